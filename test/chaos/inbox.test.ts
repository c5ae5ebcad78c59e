import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Bulk from "../../chaos/inbox/bulk.ts"
import { run } from "../../chaos/inbox/scenarios.ts"
import { judge, missed } from "../../chaos/inbox/verdict.ts"

const row = (id: string, number: number, line = "a") => ({ id, number, line, state: "done" })

describe("the verdict", () => {
  it("sees what was acknowledged and not handled", () =>
    assert.deepStrictEqual(judge("start 1\nbegin m1 1\n", ["m1"], [row("m1", 1)]).unhandled, ["m1"]))

  it("sees what was acknowledged and not kept", () =>
    assert.deepStrictEqual(judge("start 1\nend m1\nend m2\n", ["m1", "m2"], [row("m1", 1)]).unkept, ["m2"]))

  it("sees what overtook, by the first end", () => {
    const diary = "start 1\nend m2\nend m1\nend m3\n"
    assert.deepStrictEqual(judge(diary, [], [row("m1", 1), row("m2", 2), row("m3", 3, "b")]).misordered, ["m2"])
  })

  it("tells what is handled twice after a kill from what one process handled twice", () => {
    const diary = "start 1\nbegin m1 1\nend m1\nstart 2\nbegin m1 2\nend m1\nbegin m2 1\nend m2\nend m2\n"
    const judged = judge(diary, [], [])
    assert.deepStrictEqual([judged.twice, judged.twiceWithoutKill, judged.mostInHand], [["m1", "m2"], ["m2"], 1])
    assert.strictEqual(missed(judged, 1).length, 1)
  })
})

describe("a robot with an inbox", () => {
  it.live(
    "loses nothing that it acknowledged, killed under load, on a full disk, beside a lock and when its clock is set back",
    () =>
      Effect.map(run({ seed: 1, kills: 2, faultMs: 300 }), ({ acked, judged, missed }) => {
        assert.deepStrictEqual(missed, [])
        assert.isAtLeast(acked, 20)
        assert.strictEqual(judged.starts, 4)
      }),
    120_000
  )
})

describe("a message to many", () => {
  it.live(
    "killed and taken up again, goes to nobody twice, and names those whose call was on its way",
    () =>
      Effect.map(Bulk.run({ seed: 1, people: 3_000, kills: 2 }), ({ kills, missed, twice, unknown }) => {
        assert.strictEqual(kills, 2)
        assert.deepStrictEqual([twice, missed], [[], []])
        assert.isAtMost(unknown.length, 40)
      }),
    120_000
  )
})
