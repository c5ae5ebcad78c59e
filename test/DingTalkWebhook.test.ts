import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as DingTalkWebhook from "../src/DingTalkWebhook.ts"
import * as NodeDingTalk from "../src/node/NodeDingTalk.ts"
import * as RobotMessage from "../src/outbound/message/RobotMessage.ts"
import * as FakeDingTalk from "../src/testing/FakeDingTalk.ts"

const customRobots = [
  { accessToken: "signed-token", secret: "SECright" },
  { accessToken: "keyword-token", keywords: ["告警"] }
]

const text = (content: string) => RobotMessage.Text({ content })

const setUp = (accessToken: string, secret?: string) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({ customRobots })
    const alerts = yield* DingTalkWebhook.make({
      name: "alerts",
      url: Redacted.make(`${fake.url}/robot/send?access_token=${accessToken}`),
      secret: secret === undefined ? undefined : Redacted.make(secret)
    }).pipe(Effect.provide(yield* Layer.build(NodeDingTalk.layer())))
    // The fake's clock is the real one.
    yield* TestClock.setTime(Date.now())
    return { alerts, fake }
  })

describe("DingTalkWebhook", () => {
  it.scoped("sends what a webhook carries, signed, with mentions", () =>
    Effect.gen(function*() {
      const { alerts, fake } = yield* setUp("signed-token", "SECright")
      yield* alerts.send(text("磁盘满了"), { at: { mobiles: ["13800138000"], all: true } })
      yield* alerts.send(RobotMessage.Link({ title: "t", text: "x", picUrl: "", messageUrl: "https://example.com" }))
      const replies = yield* fake.awaitReplies(2)
      assert.deepStrictEqual(replies.map(({ kind, via }) => [kind, via]), [["text", "webhook"], ["link", "webhook"]])
      assert.deepStrictEqual(replies[0]?.mentions, ["*", "13800138000"])
    }))

  const refused = (name: string, token: string, secret: string | undefined, tag: string, hint: string) =>
    it.scoped(name, () =>
      Effect.gen(function*() {
        const { alerts, fake } = yield* setUp(token, secret)
        const error = yield* Effect.flip(alerts.send(text("hello")))
        assert.strictEqual(error._tag, tag)
        assert.include(error.message, hint)
        for (const hidden of [token, secret ?? token]) assert.notInclude(JSON.stringify(error), hidden)
        assert.deepStrictEqual(yield* fake.replies, [])
      }))

  refused("a secret that is wrong", "signed-token", "SECwrong", "BadRequest", "加签")
  refused("a secret that is missing", "signed-token", undefined, "BadRequest", "加签")
  refused("a message without a keyword", "keyword-token", undefined, "BadRequest", "关键词")
  refused("a robot that is gone", "another-token", undefined, "BadRequest", "copy its URL anew")

  it.scoped("refuses without a call what no webhook carries", () =>
    Effect.gen(function*() {
      const { alerts } = yield* setUp("signed-token", "SECright")
      const error = yield* Effect.flip(alerts.send(RobotMessage.Image({ photo: "@media" })))
      assert.strictEqual(error._tag, "BadRequest")
      assert.include(error.message, "send a link")
    }))
})
