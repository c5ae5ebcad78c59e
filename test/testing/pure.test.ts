import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Answers from "../../src/testing/internal/answers.ts"
import { journal, table } from "../../src/testing/internal/bounded.ts"
import * as Payloads from "../../src/testing/Payloads.ts"
import { msgKeys, paramProblem } from "../../src/testing/people/messageKinds.ts"
import { type Address, count, countAddress, lockMs, type Window } from "../../src/testing/server/Gate.ts"
import { ticketProblem } from "../../src/testing/server/Upgrades.ts"

describe("bounded memories", () => {
  const entries = FastCheck.array(FastCheck.integer(), { maxLength: 60 })
  const limits = FastCheck.integer({ min: 1, max: 12 })

  it("a journal knows the last entries, in order, and how many there were", () => {
    FastCheck.assert(FastCheck.property(entries, limits, FastCheck.nat(70), (all, limit, known) => {
      const kept = journal<number>(limit)
      for (const entry of all) kept.push(entry)
      assert.deepStrictEqual(kept.all(), all.slice(-limit))
      assert.strictEqual(kept.total(), all.length)
      assert.deepStrictEqual(kept.since(known), all.slice(Math.max(known, all.length - limit)))
    }))
  })

  it("a table knows the keys that came last, in their order, and not many more", () => {
    FastCheck.assert(FastCheck.property(entries, limits, (all, limit) => {
      const kept = table<number, string>(limit)
      for (const key of all) kept.set(key, `${key}`)
      assert.isBelow(kept.size(), 2 * limit)
      assert.strictEqual(kept.values().length, kept.size())
    }))
    FastCheck.assert(FastCheck.property(FastCheck.uniqueArray(FastCheck.integer()), limits, (all, limit) => {
      const kept = table<number, string>(limit)
      for (const key of all) kept.set(key, `${key}`)
      assert.deepStrictEqual(kept.values().slice(-limit), all.slice(-limit).map(String))
    }))
  })

  it("a table sets in place, deletes and clears, in both of its generations", () => {
    const kept = table<string, number>(2)
    for (const [index, key] of ["a", "b", "c"].entries()) kept.set(key, index)
    kept.set("a", 10)
    assert.deepStrictEqual([kept.get("a"), kept.get("c"), kept.get("d")], [10, 2, undefined])
    assert.deepStrictEqual(kept.values(), [10, 1, 2])
    kept.delete("b")
    kept.delete("c")
    assert.deepStrictEqual(kept.values(), [10])
    kept.clear()
    assert.strictEqual(kept.size(), 0)
  })
})

describe("throttle", () => {
  it("admits at most its limit in any window, and the first call of each", () => {
    const gaps = FastCheck.array(FastCheck.nat(600), { maxLength: 50 })
    FastCheck.assert(FastCheck.property(gaps, FastCheck.integer({ min: 1, max: 5 }), (gaps, limit) => {
      let window: Window | undefined
      let now = 0
      const admitted = new Map<number, number>()
      for (const gap of gaps) {
        now += gap
        const before = window
        const counted = count(window, now, limit)
        window = counted.window
        if (window !== before && window.startedAt === now && window.calls === 1) assert.isTrue(counted.admitted)
        if (counted.admitted) admitted.set(window.startedAt, (admitted.get(window.startedAt) ?? 0) + 1)
        assert.isBelow(now - window.startedAt, 1_000)
      }
      for (const calls of admitted.values()) assert.isAtMost(calls, limit)
    }))
  })
})

describe("the lock-out of an address", () => {
  it("begins with the first call too many in 20 s, meets every call for 5 minutes, and ends", () => {
    const gaps = FastCheck.array(FastCheck.nat(30_000), { maxLength: 40 })
    FastCheck.assert(FastCheck.property(gaps, FastCheck.integer({ min: 1, max: 4 }), (gaps, limit) => {
      let address: Address = { window: undefined, lockedUntil: 0 }
      let now = 1
      let lockedAt: number | undefined
      const admitted: Array<number> = []
      for (const gap of gaps) {
        now += gap
        const counted = countAddress(address, now, limit)
        if (lockedAt !== undefined && now < lockedAt + lockMs) assert.isFalse(counted.admitted)
        else {
          if (!counted.admitted) {
            assert.isAtLeast(admitted.filter((at) => now - at < 20_000).length, limit)
            lockedAt = now
          } else admitted.push(now)
        }
        address = counted.address
      }
    }))
  })
})

describe("answers of a client", () => {
  it("reading is total, and gives back what a client wrote", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string(), (text) => {
      const read = Answers.read(text)
      return typeof read === "string" || read.messageId !== ""
    }))
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ minLength: 1 }), FastCheck.jsonValue(), (messageId, value) => {
        const data = JSON.stringify(value)
        const answer = { code: 200, headers: { messageId }, message: "OK", data }
        assert.deepStrictEqual(Answers.read(JSON.stringify(answer)), { messageId, code: 200, message: "OK", data })
      })
    )
  })

  it("what settles an event", () => {
    const table: ReadonlyArray<readonly [number | undefined, unknown, boolean]> = [
      [200, "{\"status\":\"SUCCESS\"}", true],
      [200, "{\"status\":\"LATER\"}", false],
      // The Go client says LATER with code 500.
      [500, "{\"status\":\"LATER\"}", false],
      [500, "{\"status\":\"SUCCESS\"}", false],
      [404, "{}", false],
      // The Python client sends the event's own data back.
      [200, "{\"userId\":[\"a\"]}", true],
      [200, { status: "LATER" }, false],
      [undefined, "{}", false]
    ]
    for (const [code, data, settled] of table) assert.strictEqual(Answers.settlesEvent({ code, data }), settled)
  })

  it("what echoes a ping", () => {
    assert.isTrue(Answers.echoes("a", { code: 200, data: "{\"opaque\":\"a\"}" }))
    assert.isFalse(Answers.echoes("a", { code: 200, data: "{\"opaque\":\"b\"}" }))
    assert.isFalse(Answers.echoes("a", { code: 500, data: "{\"opaque\":\"a\"}" }))
    assert.isFalse(Answers.echoes("a", { code: 200, data: "a" }))
  })

  it("quantile is the smallest value with the share at or below it", () => {
    assert.isUndefined(Answers.quantile([], 0.5))
    const values = FastCheck.array(FastCheck.integer(), { minLength: 1 })
    FastCheck.assert(
      FastCheck.property(values, FastCheck.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const found = Answers.quantile(values, share) ?? Number.NaN
        const needed = values.length * share
        return values.filter((value) => value <= found).length >= needed &&
          values.filter((value) => value < found).length < needed
      })
    )
  })
})

describe("tickets", () => {
  it("open once, in time", () => {
    assert.strictEqual(ticketProblem(undefined, 0), "unknownTicket")
    assert.strictEqual(ticketProblem({ used: true, expiresAt: 10 }, 9), "usedTicket")
    assert.strictEqual(ticketProblem({ used: false, expiresAt: 10 }, 10), "expiredTicket")
    assert.isUndefined(ticketProblem({ used: false, expiresAt: 10 }, 9))
  })
})

describe("kinds of messages", () => {
  it("every msgKey names its first missing field", () => {
    for (const [msgKey, fields] of msgKeys) {
      const full = Object.fromEntries(fields.map((field) => [field, field === "fileType" ? "pdf" : "x"]))
      assert.isUndefined(paramProblem(msgKey, full), msgKey)
      for (const field of fields) {
        const code = msgKey === "sampleMarkdown" && field === "title" ? "markdownTotitle" : field
        assert.strictEqual(paramProblem(msgKey, { ...full, [field]: "" }), `miss.param.${code}`)
      }
    }
    assert.strictEqual(msgKeys.size, 13)
  })
})

describe("payloads", () => {
  it("a mention is the first word, and leaves its space", () => {
    assert.strictEqual(Payloads.withoutMention("@robot hi @lisi"), " hi @lisi")
    assert.strictEqual(Payloads.withoutMention("hi @robot"), "hi @robot")
  })

  it("ids differ by what they stand for", () => {
    assert.notStrictEqual(Payloads.encryptedId("a"), Payloads.encryptedId("b"))
    assert.notStrictEqual(Payloads.directConversationId("a", "r1"), Payloads.directConversationId("a", "r2"))
    assert.match(Payloads.appIdOf("a"), /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  })
})
