import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Answers from "../../src/testing/internal/answers.ts"
import { journal, table } from "../../src/testing/internal/bounded.ts"
import { msgKeys, paramProblem } from "../../src/testing/internal/messageKinds.ts"
import type { Call, World } from "../../src/testing/internal/route.ts"
import { routeOf } from "../../src/testing/internal/routes.ts"
import { resolve } from "../../src/testing/internal/settings.ts"
import { count, type Window } from "../../src/testing/internal/throttle.ts"
import { ticketProblem } from "../../src/testing/internal/upgrades.ts"
import * as Payloads from "../../src/testing/Payloads.ts"

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

describe("routes", () => {
  const world: World = {
    settings: resolve({}),
    host: "127.0.0.1:1",
    token: (token) => token === "good" ? { clientId: "dingfakeappkey", expiresAt: 2 } : undefined,
    session: (id) =>
      id === "good"
        ? { clientId: "dingfakeappkey", conversationId: "cidA", userId: "zhangsan", expiresAt: 2 }
        : undefined,
    conversation: () => undefined,
    refused: { invalid: [], flowControlled: [], filtered: [] }
  }
  const paths: ReadonlyArray<readonly [string, string]> = [
    ["POST", "/v1.0/gateway/connections/open"],
    ["POST", "/v1.0/oauth2/accessToken"],
    ["GET", "/gettoken"],
    ["POST", "/v1.0/robot/oToMessages/batchSend"],
    ["POST", "/v1.0/robot/groupMessages/send"],
    ["POST", "/robot/sendBySession"],
    ["POST", "/nowhere"]
  ]
  // Mostly right bodies with anything in their fields: pure noise would be refused at the door.
  const field = (...usual: ReadonlyArray<unknown>) =>
    FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constantFrom(...usual) }, {
      weight: 1,
      arbitrary: FastCheck.jsonValue()
    })
  const body = FastCheck.record({
    clientId: field("dingfakeappkey"),
    clientSecret: field("fake-secret"),
    subscriptions: field([], [{ type: "EVENT", topic: "*" }]),
    appKey: field("dingfakeappkey"),
    appSecret: field("fake-secret"),
    robotCode: field("dingfakeappkey"),
    userIds: field(["a"], ["a", "b"]),
    openConversationId: field("cidA"),
    msgKey: field("sampleText"),
    msgParam: field("{\"content\":\"x\"}"),
    msgtype: field("text", "markdown"),
    text: field({ content: "x" }),
    markdown: field({ title: "t", text: "x" })
  }, { requiredKeys: [] })
  const calls = FastCheck.tuple(
    FastCheck.constantFrom(...paths),
    body,
    FastCheck.constantFrom("good", "bad"),
    FastCheck.constantFrom("application/json", "text/plain")
  ).map(([[method, path], json, token, type]): Call => ({
    id: "id",
    at: 1,
    method,
    path,
    query: { session: token, appkey: "dingfakeappkey", appsecret: token === "good" ? "fake-secret" : "x" },
    headers: { "content-type": type, accept: "application/json", "x-acs-dingtalk-access-token": token },
    text: JSON.stringify(json),
    bytes: new Uint8Array(),
    json
  }))

  it("are total, and nothing changes unless the answer says so", () => {
    const seen = new Set<string>()
    FastCheck.assert(
      FastCheck.property(calls, (call) => {
        const { answer, changes } = routeOf(call.method, call.path)(call, world)
        const said = JSON.parse(answer.body)
        const succeeded = answer.status === 200 && (said.errcode ?? 0) === 0
        assert.strictEqual(changes.length, succeeded ? 1 : 0, answer.body)
        assert.include([200, 400, 401, 404], answer.status)
        if (answer.status !== 200) assert.isString(said.code)
        seen.add(`${call.path} ${succeeded}`)
      }),
      { numRuns: 3_000, seed: 1 }
    )
    // Both outcomes of every route were met; nowhere knows but one.
    assert.strictEqual(seen.size, 2 * (paths.length - 1) + 1)
  })

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
