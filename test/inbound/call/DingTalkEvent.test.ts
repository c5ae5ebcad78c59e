import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as DingTalkEvent from "../../../src/inbound/call/DingTalkEvent.ts"

const account = { id: "default" }

const headers = {
  topic: "*",
  messageId: "bbb43a7_fc9_19ce26ebc01_2925aa2",
  contentType: "application/json",
  time: "1698558703999",
  eventType: "user_add_org",
  eventId: "e1",
  eventCorpId: "dingcorp",
  eventBornTime: "1698558703123",
  eventUnifiedAppId: "9b0b0c4e",
  somethingNew: true
}

describe("DingTalkEvent", () => {
  it("reads an event", () => {
    assert.deepStrictEqual(DingTalkEvent.decode(account, headers, { userId: ["u1"] }), {
      _tag: "Decoded",
      value: {
        _tag: "DingTalkEvent",
        accountId: "default",
        eventId: "e1",
        eventType: "user_add_org",
        corpId: "dingcorp",
        bornTime: 1_698_558_703_123,
        unifiedAppId: "9b0b0c4e",
        data: { userId: ["u1"] },
        raw: headers
      }
    })
  })

  it("takes the frame's id for a missing event id", () => {
    const { eventId: _, ...rest } = headers
    const result = DingTalkEvent.decode(account, rest, null)
    assert.strictEqual(result._tag === "Decoded" && result.value.eventId, "bbb43a7_fc9_19ce26ebc01_2925aa2")
  })

  it("says why it can't be read", () => {
    assert.deepStrictEqual(DingTalkEvent.decode(account, headers, undefined), {
      _tag: "Undecodable",
      reason: "notJson"
    })
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000))
    assert.deepStrictEqual(DingTalkEvent.decode(account, headers, { a: deep }), {
      _tag: "Undecodable",
      reason: "tooDeep"
    })
    assert.deepStrictEqual(DingTalkEvent.decode(account, 1, {}), { _tag: "Undecodable", reason: "notAnObject" })
  })

  it("encodes its answers", () => {
    assert.strictEqual(DingTalkEvent.success, "{\"status\":\"SUCCESS\"}")
    assert.strictEqual(DingTalkEvent.later, "{\"status\":\"LATER\"}")
    assert.strictEqual(
      DingTalkEvent.encodeAck("LATER", "queue full"),
      "{\"status\":\"LATER\",\"message\":\"queue full\"}"
    )
  })

  it.prop(
    "never throws, and hands the data on as it is",
    [FastCheck.jsonValue(), FastCheck.jsonValue()],
    ([headers, data]) => {
      const result = DingTalkEvent.decode(account, headers, data)
      if (result._tag === "Decoded") assert.strictEqual(result.value.data, data)
    }
  )
})
