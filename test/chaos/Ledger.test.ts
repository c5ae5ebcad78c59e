import { assert, describe, it } from "@effect/vitest"
import * as Ledger from "../../chaos/faults/Ledger.ts"
import type { Report } from "../../chaos/faults/run.ts"
import { missed, rows } from "../../chaos/faults/verdict.ts"

const ledger = () => {
  let now = 0
  const it = Ledger.make(() => now)
  return {
    ...it,
    at: (ms: number) => {
      now = ms
    },
    arrive: (id: string) => {
      it.reached(id)
      it.handled(id)
    }
  }
}

const report = (summary: Ledger.Summary, more: Partial<Report> = {}): Report => ({
  summary,
  acks: { once: 0, twice: 0, broken: 0, missing: 0 },
  connections: 1,
  neverRecovered: [],
  impostorHeard: "",
  statusAtEnd: "Connected",
  leftOver: 0,
  loopStallMs: 0,
  durationMs: 0,
  ...more
})

const lenient = { redelivery: false, timed: false }

describe("the books of a run", () => {
  it("a message lost while nothing was wrong is a missed bar; one lost in a window, or on its way into one, is not", () => {
    const books = ledger()
    books.said("1")
    books.arrive("1")
    books.said("2")
    books.open("cut", 100)
    books.said("3")
    books.close()
    assert.deepStrictEqual(books.summary().losses.map(({ id, kind }) => `${id} ${kind}`), ["2 cut", "3 cut"])
    assert.deepStrictEqual(missed(report(books.summary()), lenient), [])
    assert.strictEqual(missed(report(books.summary()), { redelivery: true, timed: false }).length, 1)
    books.said("4")
    assert.deepStrictEqual(missed(report(books.summary()), lenient), ["1 messages lost while nothing was wrong"])
  })

  it("what reached the client must be handled, unless it was being restarted, and nothing twice", () => {
    const books = ledger()
    books.open("restart", 0)
    books.said("1")
    books.reached("1")
    books.close()
    assert.deepStrictEqual(missed(report(books.summary()), lenient), [])
    books.open("cut", 0)
    books.said("2")
    books.reached("2")
    books.close()
    assert.lengthOf(missed(report(books.summary()), lenient), 1)
    books.handled("2")
    assert.lengthOf(missed(report(books.summary()), lenient), 0)
    books.handled("2")
    assert.deepStrictEqual(missed(report(books.summary()), lenient), ["1 messages handled twice"])
  })

  it("deafness is the longest silence in a window, from the fault or from the arrival before", () => {
    const books = ledger()
    for (const id of ["1", "2", "3"]) books.said(id)
    books.at(10)
    books.arrive("1")
    books.at(50)
    books.open("cut", 100)
    books.at(200)
    books.arrive("2")
    books.at(230)
    books.arrive("3")
    books.close()
    const { longestGapMs, windows } = books.summary()
    assert.strictEqual(windows[0]?.deafMs, 150)
    assert.strictEqual(longestGapMs, 190)
    assert.strictEqual(books.latestHandled(), 2)
    const late = (loopStallMs: number) =>
      missed(report(books.summary(), { loopStallMs }), { redelivery: false, timed: true })
    assert.deepStrictEqual(late(0), ["deaf for too long: cut (150 ms)"])
    assert.deepStrictEqual(late(60), [])
    assert.deepStrictEqual(rows(report(books.summary())), [["cut", 1, 2, 0, 150, 100]])
  })

  it("each other slip is a bar of its own", () => {
    const slips: ReadonlyArray<Partial<Report>> = [
      { acks: { once: 0, twice: 1, broken: 0, missing: 0 } },
      { acks: { once: 0, twice: 0, broken: 1, missing: 0 } },
      { acks: { once: 0, twice: 0, broken: 0, missing: 1 } },
      { neverRecovered: ["cut"] },
      { impostorHeard: "GET /connect?ticket=" },
      { statusAtEnd: "BackingOff" },
      { leftOver: 1 }
    ]
    for (const slip of slips) assert.lengthOf(missed(report(ledger().summary(), slip), lenient), 1)
    assert.deepStrictEqual(missed(report(ledger().summary()), lenient), [])
  })
})
