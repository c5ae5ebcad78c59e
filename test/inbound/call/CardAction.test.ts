import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as CardAction from "../../../src/inbound/call/CardAction.ts"

const account = { id: "default" }

const action = { cardPrivateData: { actionIds: ["approve"], params: { reason: "好", amount: 3 } } }

const payload = {
  type: "actionCallback",
  outTrackId: "card-1",
  userId: "manager42",
  userIdType: 1,
  corpId: "dingcorp",
  spaceId: "cidXyZ==",
  spaceType: "im",
  extension: "{\"origin\":\"oa\"}",
  content: JSON.stringify(action),
  somethingNew: [1]
}

const expected: CardAction.CardAction = {
  _tag: "CardAction",
  accountId: "default",
  outTrackId: "card-1",
  userId: "manager42",
  userIdType: "1",
  corpId: "dingcorp",
  spaceId: "cidXyZ==",
  spaceType: "im",
  actionIds: ["approve"],
  params: { reason: "好", amount: 3 },
  actionValue: undefined,
  extension: { origin: "oa" },
  raw: payload
}

describe("CardAction", () => {
  it("reads an action whose content is a string of JSON", () => {
    assert.deepStrictEqual(CardAction.decode(account, payload), { _tag: "Decoded", value: expected })
  })

  it("reads it from `value`, and from objects", () => {
    const { content: _, ...rest } = payload
    const variants = [
      { ...rest, value: JSON.stringify(action) },
      { ...rest, value: action, extension: { origin: "oa" }, userIdType: "1" },
      { ...payload, content: action },
      {
        ...payload,
        content: {
          cardPrivateData: JSON.stringify({
            actionIds: "[\"approve\"]",
            params: JSON.stringify(action.cardPrivateData.params)
          })
        }
      }
    ]
    for (const raw of variants) {
      assert.deepStrictEqual(CardAction.decode(account, raw), { _tag: "Decoded", value: { ...expected, raw } })
    }
  })

  it("keeps an action whose details can't be read", () => {
    const raw = { outTrackId: "card-1", content: "{broken", extension: 17, userId: null }
    assert.deepStrictEqual(CardAction.decode(account, raw), {
      _tag: "Decoded",
      value: {
        _tag: "CardAction",
        accountId: "default",
        outTrackId: "card-1",
        userId: "",
        userIdType: undefined,
        corpId: undefined,
        spaceId: undefined,
        spaceType: undefined,
        actionIds: [],
        params: {},
        actionValue: "{broken",
        extension: {},
        raw
      }
    })
  })

  const { content: _content, outTrackId: _outTrackId, ...envelope } = payload
  const read = (fields: object) => {
    const result = CardAction.decode(account, { ...envelope, ...fields })
    return result._tag === "Decoded" ? result.value : assert.fail(result.reason)
  }

  it("reads the action from whichever of `content` and `value` has it", () => {
    for (const blank of ["{}", {}, "", null, "{\"cardPrivateData\":{\"actionIds\":[]}}"]) {
      for (
        const fields of [{ content: blank, value: JSON.stringify(action) }, { content: action, value: blank }]
      ) {
        const found = read({ outTrackId: "card-1", ...fields })
        assert.deepStrictEqual(found.actionIds, ["approve"])
        assert.deepStrictEqual(found.params, { reason: "好", amount: 3 })
      }
    }
  })

  it("reads the card and the button's value from inside, and never who acted", () => {
    const inside = { ...action, outTrackId: "card-7", actionValue: { step: 2 }, userId: "boss" }
    for (
      const fields of [
        { content: JSON.stringify(inside) },
        { content: "{}", value: JSON.stringify(inside) },
        { value: { content: JSON.stringify(inside) } },
        { content: JSON.stringify({ value: JSON.stringify({ content: JSON.stringify(inside) }) }) },
        { value: { cardPrivateData: { ...action.cardPrivateData, outTrackId: "card-7", actionValue: { step: 2 } } } },
        { content: JSON.stringify(JSON.stringify(inside)) }
      ]
    ) {
      assert.deepInclude({ ...read(fields) }, {
        outTrackId: "card-7",
        userId: "manager42",
        actionIds: ["approve"],
        params: { reason: "好", amount: 3 },
        actionValue: { step: 2 }
      })
    }
    assert.strictEqual(read({ userId: undefined, content: JSON.stringify(inside) }).userId, "")
    assert.strictEqual(read({ outTrackId: "card-1", content: "{\"outTrackId\":\"card-7\"}" }).outTrackId, "card-1")
  })

  it("reads ids that stand without a name around them, and a value that is a word", () => {
    const found = read({ content: { outTrackId: "card-7", actionId: "approve", actionValue: "yes" } })
    assert.deepInclude({ ...found }, { actionIds: ["approve"], actionValue: "yes", params: {} })
    assert.strictEqual(read({ outTrackId: "card-7", value: "yes" }).actionValue, "yes")
    const wrapped = read({ outTrackId: "card-7", content: { actionValue: JSON.stringify(action) } })
    assert.deepStrictEqual(wrapped.actionIds, ["approve"])
  })

  it("says why it can't be read", () => {
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000))
    assert.deepStrictEqual(CardAction.decode(account, { ...payload, content: deep }), {
      _tag: "Undecodable",
      reason: "tooDeep"
    })
    assert.deepStrictEqual(CardAction.decode(account, { ...envelope, content: "{\"outTrackId\":\" \"}" }), {
      _tag: "Undecodable",
      reason: "noCard"
    })
    assert.deepStrictEqual(CardAction.decode(account, "x"), { _tag: "Undecodable", reason: "notAnObject" })
    assert.deepStrictEqual(CardAction.decode(account, { userId: "u" }), { _tag: "Undecodable", reason: "noCard" })
  })

  it("encodes an answer", () => {
    assert.deepStrictEqual(
      JSON.parse(CardAction.encodeResponse({
        cardUpdateOptions: { updateCardDataByKey: true },
        cardData: { status: "approved" },
        userPrivateData: { mine: "yes" }
      })),
      {
        response: {
          cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
          cardData: { cardParamMap: { status: "approved" } },
          userPrivateData: { cardParamMap: { mine: "yes" } }
        }
      }
    )
  })

  it("leaves variables alone that an answer does not name, unless it is told otherwise", () => {
    const optionsOf = (response: CardAction.CardActionResponse): unknown =>
      JSON.parse(CardAction.encodeResponse(response)).response.cardUpdateOptions
    const kept = { updateCardDataByKey: true, updatePrivateDataByKey: true }
    assert.deepStrictEqual(optionsOf({ cardData: { status: "approved" } }), kept)
    assert.deepStrictEqual(optionsOf({ userPrivateData: { mine: "yes" } }), kept)
    assert.deepStrictEqual(
      optionsOf({ cardData: { status: "approved" }, cardUpdateOptions: { updateCardDataByKey: false } }),
      { updateCardDataByKey: false, updatePrivateDataByKey: true }
    )
  })

  it("encodes an answer that changes nothing", () => {
    assert.strictEqual(CardAction.encodeResponse({}), "{\"response\":{}}")
  })

  const json = FastCheck.jsonValue()
  it.prop("never throws", [
    FastCheck.oneof(
      json,
      FastCheck.record({
        outTrackId: FastCheck.constant("card-1"),
        content: FastCheck.oneof(json, FastCheck.record({ cardPrivateData: json }), FastCheck.json()),
        extension: json,
        userIdType: json
      })
    )
  ], ([data]) => {
    const result = CardAction.decode(account, data)
    if (result._tag === "Decoded") assert.isTrue(result.value.actionIds.every((id) => typeof id === "string"))
  })
})
