import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Question from "../../src/conversation/question.ts"

const people = ["a", "b", "c"] as const
const choices = [{ value: "yes", label: "同意" }, { value: "no" }, { value: "later", label: "２天后" }]

type Step =
  | { readonly _tag: "Answer"; readonly by: string; readonly choice: string }
  | { readonly _tag: "End"; readonly how: "Expired" | "Withdrawn" }

const step: FastCheck.Arbitrary<Step> = FastCheck.oneof(
  FastCheck.record({
    _tag: FastCheck.constant("Answer" as const),
    by: FastCheck.constantFrom(...people),
    choice: FastCheck.constantFrom("yes", "no")
  }),
  FastCheck.record({
    _tag: FastCheck.constant("End" as const),
    how: FastCheck.constantFrom("Expired" as const, "Withdrawn" as const)
  })
)

describe("a question", () => {
  it("ends once, by the first of those who are asked or by an end, and stays so", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(step), FastCheck.subarray([...people]), (steps, asked) => {
      let state: Question.State = Question.open
      let taken = 0
      for (const step of steps) {
        const before: Question.State = state
        if (step._tag === "End") state = Question.end(before, step.how)
        else {
          const isAsked = Question.isAsked(asked, step.by)
          const answer = { choice: step.choice, values: {}, by: step.by, via: "card" } as const
          const [verdict, after] = Question.hear(before, answer, isAsked)
          state = after
          assert.strictEqual(verdict === "notAsked", !isAsked)
          assert.strictEqual(verdict === "taken", isAsked && before._tag === "Open")
          if (verdict === "taken") {
            taken += 1
            assert.deepStrictEqual(after, { _tag: "Settled", answer })
          }
          if (verdict === "again") assert.deepStrictEqual(before, { _tag: "Settled", answer })
        }
        if (before._tag !== "Open") assert.strictEqual(state, before)
      }
      assert.isAtMost(taken, 1)
    }))
  })

  it("a text means a choice by its number, its label or its value", () => {
    const value = (text: string) => Question.choiceIn(text, choices)?.value
    for (const text of ["1", " 1. ", "１", "第1个", "选 1", "同意", "YES", "yes"]) {
      assert.strictEqual(value(text), "yes", text)
    }
    assert.strictEqual(value("2天后"), "later")
    assert.strictEqual(value("2"), "no")
    for (const text of ["", "0", "4", "12", "1 2", "不", "你好", "同意吗"]) assert.isUndefined(value(text), text)
  })

  it("is for those who are named, whatever the case of their ids, and for nobody without one", () => {
    assert.isTrue(Question.isAsked(["Boss"], undefined, "boss"))
    assert.isTrue(Question.isAsked("anyone", ""))
    assert.isFalse(Question.isAsked(["boss", ""], "", undefined))
    assert.isFalse(Question.isAsked([], "boss"))
  })
})
