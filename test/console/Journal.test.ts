import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Journal from "../../src/console/Journal.ts"
import type * as Protocol from "../../src/console/Protocol.ts"

const most = 4

const begun = (messageId: string) => ({
  _tag: "Heard" as const,
  at: 0,
  account: "default",
  messageId,
  outcome: "atWork" as const
})

describe("the console's memory", () => {
  it("tells of each message as it stands, of no more than it may hold, and to those who come back only what is new", () => {
    // Each number is a message: it begins the first time, ends the second time, begins again the third time …
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.nat(7)), FastCheck.nat(40), (steps, cut) => {
        const journal = Journal.make(most)
        const atWork = new Map<string, (ending: Journal.Ending) => void>()
        const truth = new Map<string, Protocol.Outcome>()
        const step = (n: number) => {
          const id = `m${n}`
          const end = atWork.get(id)
          if (end === undefined) atWork.set(id, journal.begin(begun(id)))
          else {
            end({ outcome: "handled", durationMs: 1 })
            atWork.delete(id)
          }
          const outcome = end === undefined ? "atWork" : "handled"
          truth.set(id, outcome)
          // The last thing that happened is always remembered.
          assert.deepInclude(journal.since(0).at(-1), { messageId: id, outcome })
        }
        const first = steps.slice(0, cut)
        first.forEach(step)
        const seen = journal.last()
        const before = journal.since(0)
        steps.slice(cut).forEach(step)
        const after = journal.since(0)
        assert.isAtMost(after.length, most)
        for (const entry of after) {
          if (entry._tag === "Heard") assert.strictEqual(entry.outcome, truth.get(entry.messageId))
        }
        assert.deepStrictEqual(journal.since(seen), after.filter(({ seq }) => seq > seen))
        assert.isTrue(before.every(({ seq }) => seq <= seen))
      })
    )
  })

  it("keeps the last of each kind, whatever comes of another", () => {
    const journal = Journal.make(most)
    journal.add({ _tag: "Incident", at: 0, level: "INFO", event: "dingtalk.stream.connected", facts: {} })
    for (let i = 0; i < 10; i++) journal.begin(begun(`m${i}`))({ outcome: "handled" })
    assert.deepStrictEqual(
      journal.since(0).map((entry) => entry._tag === "Heard" ? entry.messageId : entry._tag),
      ["Incident", "m6", "m7", "m8", "m9"]
    )
  })
})
