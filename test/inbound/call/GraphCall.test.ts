import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as GraphCall from "../../../src/inbound/call/GraphCall.ts"

const account = { id: "default" }

const payload = {
  requestLine: { method: "post", uri: "/v1.0/weather?city=杭州" },
  headers: {
    "X-Plugin-Id": "p1",
    "x-plugin-version": ["1", "2"],
    "x-ability-key": "weather",
    "x-retry": 3,
    "x-odd": { a: 1 }
  },
  body: "{\"days\":3}"
}

describe("GraphCall", () => {
  it("reads a call", () => {
    assert.deepStrictEqual(GraphCall.decode(account, payload), {
      _tag: "Decoded",
      value: {
        _tag: "GraphCall",
        accountId: "default",
        method: "POST",
        uri: "/v1.0/weather?city=杭州",
        headers: { "x-plugin-id": "p1", "x-plugin-version": "1, 2", "x-ability-key": "weather", "x-retry": "3" },
        pluginId: "p1",
        pluginVersion: "1, 2",
        abilityKey: "weather",
        body: "{\"days\":3}",
        raw: payload
      }
    })
  })

  it("gives the text of a body that came as JSON, and none for none", () => {
    const bodyOf = (body: unknown) => {
      const result = GraphCall.decode(account, { requestLine: { uri: "/" }, body })
      return result._tag === "Decoded" ? result.value.body : assert.fail("undecodable")
    }
    assert.strictEqual(bodyOf({ days: 3 }), "{\"days\":3}")
    assert.strictEqual(bodyOf(undefined), "")
    assert.strictEqual(bodyOf(null), "")
  })

  it("says why it can't be read", () => {
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000))
    assert.deepStrictEqual(GraphCall.decode(account, { ...payload, body: deep }), {
      _tag: "Undecodable",
      reason: "tooDeep"
    })
    assert.deepStrictEqual(GraphCall.decode(account, null), { _tag: "Undecodable", reason: "notAnObject" })
    assert.deepStrictEqual(GraphCall.decode(account, { body: "x" }), { _tag: "Undecodable", reason: "noRequest" })
  })

  it("encodes an answer", () => {
    assert.deepStrictEqual(JSON.parse(GraphCall.encodeResponse({ body: "{\"t\":21}" })), {
      response: { statusLine: { code: 200, reasonPhrase: "OK" }, headers: {}, body: "{\"t\":21}" }
    })
    assert.deepStrictEqual(
      JSON.parse(GraphCall.encodeResponse({ status: 404, reasonPhrase: "Not Found", headers: { a: "b" }, body: "" })),
      { response: { statusLine: { code: 404, reasonPhrase: "Not Found" }, headers: { a: "b" }, body: "" } }
    )
    assert.deepStrictEqual(JSON.parse(GraphCall.encodeResponse({ status: 500, body: "" })), {
      response: { statusLine: { code: 500, reasonPhrase: "" }, headers: {}, body: "" }
    })
  })

  const json = FastCheck.jsonValue()
  it.prop("never throws, and has only text in its headers", [
    FastCheck.oneof(
      json,
      FastCheck.record({
        requestLine: FastCheck.record({ uri: FastCheck.constant("/"), method: json }),
        headers: FastCheck.oneof(json, FastCheck.dictionary(FastCheck.string(), json)),
        body: json
      })
    )
  ], ([data]) => {
    const result = GraphCall.decode(account, data)
    if (result._tag === "Decoded") {
      assert.isTrue(Object.values(result.value.headers).every((value) => typeof value === "string"))
      assert.strictEqual(typeof result.value.body, "string")
    }
  })
})
