import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Card from "../../../src/testing/people/card.ts"
import { spacesOf } from "../../../src/testing/routes/messages/card.ts"

const params = FastCheck.dictionary(
  FastCheck.constantFrom("a", "b", "msgContent", "flowStatus"),
  FastCheck.constantFrom("", "1", "2", "3", "x"),
  { noNullPrototype: true }
)

const card = (params: Card.Params): Card.Card => ({
  ...Card.blank("card", "template", "app", 0),
  params,
  callsBack: true
})

const writing = FastCheck.record({
  guid: FastCheck.constantFrom("1", "2", "3", "4", "5"),
  key: FastCheck.constantFrom("a", "msgContent"),
  content: FastCheck.string({ minLength: 1, maxLength: 3 }),
  isFull: FastCheck.boolean(),
  isFinalize: FastCheck.boolean(),
  isError: FastCheck.constantFrom(false, false, true)
}, { noNullPrototype: true })

describe("a card", () => {
  it("after any writings: each id once, nothing after the last frame, what was appended is in order", () => {
    FastCheck.assert(FastCheck.property(params, FastCheck.array(writing, { maxLength: 12 }), (before, writings) => {
      const expected: Record<string, string> = { ...before }
      const taken = new Set<string>()
      let ended = false
      for (const { content, guid, isError, isFinalize, isFull, key } of writings) {
        if (ended || taken.has(guid)) continue
        taken.add(guid)
        expected[key] = isFull ? content : `${expected[key] ?? ""}${content}`
        if (isError) expected["flowStatus"] = "5"
        else if (isFinalize) expected["flowStatus"] = "3"
        ended = isFinalize || isError
      }
      const after = writings.reduce((card, one) => Card.written(card, one, 1), card(before))
      assert.deepStrictEqual(after.params, expected)
      assert.strictEqual(after.writes, taken.size)
      assert.strictEqual(after.finalized, ended)
    }))
  })

  it("an update by key is the same as one of everything with the key changed", () => {
    FastCheck.assert(FastCheck.property(params, params, (before, change) => {
      const update = (params: Card.Params, keepParams: boolean) =>
        Card.updated(card(before), { params, privateParams: {}, keepParams, keepPrivateParams: keepParams }, 1).params
      assert.deepStrictEqual(update(change, true), update({ ...before, ...change }, false))
    }))
  })

  it("an answer to a press is total: what is no answer changes nothing", () => {
    FastCheck.assert(FastCheck.property(FastCheck.jsonValue(), params, (data, before) => {
      assert.deepStrictEqual(Card.answered(card(before), "a", { response: { other: data } }, 1), card(before))
      const after = Card.answered(card(before), "a", data, 1)
      for (const value of Object.values(after.params)) assert.isString(value)
    }))
  })

  it("shows what was written last, or the usual variable; to a person, its own values", () => {
    const plain = card({ title: "T", content: "C", other: "O" })
    assert.deepInclude(Card.shown(plain), { text: "C", status: "plain" })
    const own = { ...plain, privateParams: { a: { content: "mine", flowStatus: "1" } } }
    assert.deepInclude(Card.shown(own, "a"), { text: "mine", status: "processing" })
    assert.deepInclude(Card.shown(own, "b"), { text: "C", status: "plain" })
    assert.strictEqual(Card.shown({ ...plain, writtenKey: "other" }).text, "O")
    assert.strictEqual(Card.shown(card({})).text, "[card]")
    assert.strictEqual(Card.shown(card({ flowStatus: "9" })).status, "plain")
  })
})

describe("the spaces of a card", () => {
  it("are read back from what the reference says they look like", () => {
    const id = FastCheck.stringMatching(/^[\w.+/=-]{1,20}$/)
    const space = FastCheck.record({ type: FastCheck.constantFrom("IM_GROUP" as const, "IM_ROBOT" as const), id }, {
      noNullPrototype: true
    })
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(space, { minLength: 1, maxLength: 4 }),
        FastCheck.boolean(),
        (spaces, lower) => {
          const text = spaces.map(({ id, type }) => `${lower ? type.toLowerCase() : type}.${id}`).join(";")
          assert.deepStrictEqual(spacesOf(`dtv1.card//${text}`), spaces)
        }
      )
    )
    for (const wrong of ["", "dtv1.card//", "dtv1.card//IM_GROUP", "dtv1.card//IM_GROUP.", "dtv1.card//SPACE.x", "x"]) {
      assert.isUndefined(spacesOf(wrong), wrong)
    }
  })
})
