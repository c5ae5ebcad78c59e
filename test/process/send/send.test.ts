import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Program from "../utils/Program.ts"

const sending = (fake: FakeDingTalk.Fake, args: ReadonlyArray<string>, stdin = "") =>
  Effect.gen(function*() {
    const config = yield* Program.configFile({ ...fake.config, renderMode: "plain" })
    return yield* Program.run(["send", "--config", config, ...args], { stdin })
  })

describe("send", () => {
  it.scopedLive("to a person", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { code, objects, stderr } = yield* sending(fake, ["--to", "user:zhangsan", "--text", "-5 度，你好"])
      assert.strictEqual(code, 0, stderr)
      const [send] = yield* fake.sends
      assert.containSubset(send, { userIds: ["zhangsan"], content: { content: "-5 度，你好" } })
      assert.strictEqual(objects().length, 1)
      assert.containSubset(objects()[0], {
        messageId: send?.processQueryKey,
        chatId: "zhangsan",
        chunks: [{ index: 0 }]
      })
    }))

  it.scopedLive("to a group, from stdin", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { code } = yield* sending(fake, ["--to", "chat:cidG==", "--text", "-"], "第一行\n第二行\n")
      assert.strictEqual(code, 0)
      const [reply] = yield* fake.replies
      assert.containSubset(reply, { to: "cidG==", group: true, text: "第一行\n第二行\n" })
    }))

  it.scopedLive("a person whom DingTalk refuses is a failure, with its reason", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.refuseUsers({ invalid: ["nobody"] })
      const { code, stderr, stdout } = yield* sending(fake, ["--to", "user:nobody", "--text", "x"])
      assert.strictEqual(code, 1)
      assert.strictEqual(stdout, "")
      assert.include(stderr, "nobody (invalid)")
    }))

  it.scopedLive("so are wrong credentials, an unknown account and an empty target", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const config = yield* Program.configFile({ ...fake.config, appSecret: "wrong-secret" })
      const to = ["--to", "user:zhangsan", "--text", "x"]
      const wrong = yield* Program.run(["send", "--config", config, ...to])
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.stderr, "effect-dingtalk: account \"default\"")
      assert.notInclude(wrong.stderr, "wrong-secret")

      const unknown = yield* sending(fake, ["--account", "hr", ...to])
      assert.strictEqual(unknown.code, 1)
      assert.include(unknown.stderr, "there is no account \"hr\"")

      const nobody = yield* sending(fake, ["--to", "user:", "--text", "x"])
      assert.strictEqual(nobody.code, 1)
      assert.include(nobody.stderr, "empty target")
    }))
})
