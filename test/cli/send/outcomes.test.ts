import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Outcomes from "../../../src/cli/send/outcomes.ts"
import { catalogue } from "../../../src/cli/words/Catalogue.ts"
import * as Target from "../../../src/outbound/message/Target.ts"

const { en, zh } = catalogue

const kind = FastCheck.constantFrom(
  { outcome: "sent", messageId: "k" } as const,
  { outcome: "refused", reason: "invalid" } as const,
  { outcome: "unknown", detail: "lost" } as const,
  { outcome: "failed", detail: "later" } as const
)

/** Batches of people, each of whom is in one of them, and what becomes of them. */
const batches = FastCheck.array(FastCheck.array(kind, { minLength: 1, maxLength: 5 }), { maxLength: 8 }).map((all) =>
  all.map((batch, index) =>
    batch.map((outcome, place): Outcomes.Outcome => ({ to: `user:${index}-${place}`, ...outcome }))
  )
)

/** As sending does it: each batch is announced, and then told. */
const play = (all: ReadonlyArray<ReadonlyArray<Outcomes.Outcome>>) => {
  const steps = [
    ...all.flatMap((batch) => [
      batch.map(({ to }): Outcomes.Outcome => ({ to, outcome: "unknown", detail: "under way" })),
      batch
    ]),
    []
  ]
  const printed: Array<Outcomes.Outcome> = []
  let state = Outcomes.initial(all.flat().length)
  for (const step of steps) {
    const [final, next] = Outcomes.advance(state, step)
    printed.push(...final)
    state = next
  }
  return { printed, state }
}

const counts = { total: 100, sent: 97, refused: 1, unknown: 0, failed: 0 }

describe("outcomes", () => {
  it("each target is told once, when nothing will change it any more, and counted", () => {
    FastCheck.assert(FastCheck.property(batches, (all) => {
      const { printed, state } = play(all)
      assert.deepStrictEqual(printed, all.flat())
      const { failed, refused, sent, total, unknown } = state.counts
      assert.strictEqual(sent + refused + unknown + failed, total)
      assert.strictEqual(Outcomes.isComplete(state.counts), all.flat().every(({ outcome }) => outcome === "sent"))
    }))
  })

  it("who was under way at the end is unknown", () => {
    const [, announced] = Outcomes.advance(Outcomes.initial(2), [{
      to: "user:a",
      outcome: "unknown",
      detail: "under way"
    }])
    const [final, { counts }] = Outcomes.advance(announced, [])
    assert.deepStrictEqual(final.map(({ to }) => to), ["user:a"])
    assert.strictEqual(Outcomes.summary(en, counts), "0 of 2 sent, 1 unknown (may have arrived), 1 not tried")
    assert.strictEqual(Outcomes.summary(zh, counts), "2 个目标已发送 0 个，1 个结果不明（可能已送达），1 个未尝试")
  })

  it("what was printed is read back, the last word about each", () => {
    FastCheck.assert(FastCheck.property(batches, (all) => {
      const lines = all.flat().map(Outcomes.line).join("\n")
      const known = Either.getOrThrow(Outcomes.fromLines("out", `${lines}\n${lines}`))
      assert.deepStrictEqual([...known.outcomes], all.flat().map(({ outcome, to }) => [to, outcome]))
    }))
    const again = "{\"to\":\"user:a\",\"outcome\":\"failed\",\"detail\":\"\"}\n{\"to\":\"user:a\",\"outcome\":\"sent\"}"
    assert.deepStrictEqual([...Either.getOrThrow(Outcomes.fromLines("out", again)).outcomes], [["user:a", "sent"]])
  })

  it("of a line that was cut, wherever, nothing is believed but whom it is about", () => {
    const whole = Outcomes.line({ to: "user:张\"三", outcome: "sent", messageId: "k" })
    const before = Outcomes.line({ to: "user:a", outcome: "sent", messageId: "k" })
    for (let length = 1; length < whole.length; length += 1) {
      for (const text of [`${before}\n${whole.slice(0, length)}`, `${whole.slice(0, length)}\n${before}\n`]) {
        const { outcomes, torn } = Either.getOrThrow(Outcomes.fromLines("out", text))
        assert.deepStrictEqual(torn, [text.startsWith(before) ? 2 : 1])
        assert.strictEqual(outcomes.get("user:a"), "sent")
        assert.include([undefined, "unknown"], outcomes.get("user:张\"三"))
      }
    }
    const cut = Outcomes.fromLines("out", whole.slice(0, -4))
    assert.strictEqual(Either.getOrThrow(cut).outcomes.get("user:张\"三"), "unknown")
  })

  it("lines of something else are named", () => {
    const found = Outcomes.fromLines("out", "{\"to\":\"user:a\",\"outcome\":\"sent\"}\nhello\n{\"messageId\":\"k\"}")
    assert.deepStrictEqual(Either.getOrThrow(Either.flip(found)), [
      "out, line 2: no line that send has printed for many targets",
      "out, line 3: no line that send has printed for many targets"
    ])
  })

  it("a later run goes on with those who were not tried or failed, and with the unknown only if told", () => {
    const targets = ["a", "b", "c", "d", "e"].map((id) => Target.User({ id }))
    const known = new Map(
      [["user:a", "sent"], ["user:b", "refused"], ["user:c", "unknown"], ["user:d", "failed"]] as const
    )
    const ids = (againUnknown: boolean) => Outcomes.remaining(targets, known, againUnknown).targets.map(({ id }) => id)
    assert.deepStrictEqual(ids(false), ["d", "e"])
    assert.deepStrictEqual(ids(true), ["c", "d", "e"])
    const left = Outcomes.leftOut(en, Outcomes.remaining(targets, known, false))
    assert.include(left, "of 1 it is unknown")
    assert.include(left, "--again-unknown")
    assert.include(left, "1 were refused")
    assert.strictEqual(Outcomes.leftOut(en, Outcomes.remaining(targets.slice(0, 1), known, false)), "")
  })

  it("the bar", () => {
    assert.strictEqual(Outcomes.bar(counts, 80), "[#######################.] 98/100, 1 refused")
    assert.strictEqual(Outcomes.bar(Outcomes.initial(0).counts, 80), "[########################] 0/0")
    assert.strictEqual(Outcomes.bar(counts, 10).length, 10)
  })
})
