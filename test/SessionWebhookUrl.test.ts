import { assert, describe, it } from "@effect/vitest"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import * as SessionWebhookUrl from "../src/SessionWebhookUrl.ts"

const url = "https://oapi.dingtalk.com/robot/sendBySession?session=5ec2e7"

describe("SessionWebhookUrl", () => {
  const hidden = SessionWebhookUrl.make(url)

  it("is shown by nothing", () => {
    const shown = [
      String(hidden),
      JSON.stringify({ hidden }),
      inspect(hidden, { depth: 10, showHidden: true, getters: true }),
      inspect(structuredClone(hidden), { showHidden: true }),
      JSON.stringify({ ...hidden }),
      JSON.stringify(Object.getOwnPropertyDescriptors(hidden))
    ]
    for (const text of shown) assert.notInclude(text, "5ec2e7")
  })

  it("is revealed as a Redacted, which hides it too", () => {
    const redacted = SessionWebhookUrl.redacted(hidden)
    assert.strictEqual(Redacted.value(redacted), url)
    assert.strictEqual(String(redacted), "<redacted>")
  })

  it("equals another of the same URL only", () => {
    assert.isTrue(Equal.equals(hidden, SessionWebhookUrl.make(url)))
    assert.strictEqual(Hash.hash(hidden), Hash.hash(SessionWebhookUrl.make(url)))
    assert.isFalse(Equal.equals(hidden, SessionWebhookUrl.make(`${url}0`)))
  })

  it("is stored as a text", () => {
    assert.strictEqual(Schema.encodeSync(SessionWebhookUrl.SessionWebhookUrl)(hidden), url)
    const restored = Schema.decodeUnknownSync(SessionWebhookUrl.SessionWebhookUrl)(url)
    assert.isTrue(Equal.equals(restored, hidden))
  })
})
