import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Script from "../../../src/testing/Script.ts"
import * as Program from "../utils/Program.ts"

const recallPath = "/v1.0/robot/otoMessages/batchRecall"

const prepared = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make()
  const config = yield* Program.configFile({ ...fake.config, rateBurst: 100 })
  const run = (command: string, args: ReadonlyArray<string>, stdin = "") =>
    Program.run([command, "--config", config, ...args], { stdin })
  return { fake, run }
})

describe("recall", () => {
  it.scopedLive("what was sent to a person, and what was not recalled and why: 1", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* prepared
      const sent = yield* run("send", ["--to", "zhangsan", "--text", "oops"])
      const key = String(sent.objects()[0]?.["messageId"])
      const first = yield* run("recall", [key])
      assert.strictEqual(first.code, 0, first.stderr)
      assert.deepStrictEqual(first.objects(), [{ messageId: key, outcome: "recalled" }])
      assert.strictEqual(first.stderr, "1 of 1 recalled\n")
      assert.deepStrictEqual(yield* fake.conversation("zhangsan"), [])

      const again = yield* run("recall", [key, "no-such-key", key])
      assert.strictEqual(again.code, 1)
      assert.deepStrictEqual(again.objects(), [
        { messageId: key, outcome: "failed", reason: "message.recalled" },
        { messageId: "no-such-key", outcome: "failed", reason: "processQueryKey.notExist" }
      ])
      assert.strictEqual(again.stderr, "0 of 2 recalled, 2 failed\n")
    }))

  it.scopedLive("of a group, behind the keys or before them", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* prepared
      const sent = yield* run("send", ["--to", "cidG==", "--text", "oops"])
      const key = String(sent.objects()[0]?.["messageId"])
      assert.strictEqual((yield* run("recall", [key])).code, 1)
      const { code, stderr } = yield* run("recall", [key, "--to", "chat:cidG=="])
      assert.strictEqual(code, 0, stderr)
      assert.deepStrictEqual(yield* fake.conversation("cidG=="), [])
    }))

  it.scopedLive("all that send has printed, 20 keys a call, wherever it went", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* prepared
      yield* fake.refuseUsers({ invalid: ["u3"] })
      const to = ["cidG==", "u1", "u2", "u3"].flatMap((one) => ["--to", one])
      const sent = yield* run("send", [...to, "--card-template", "t", "--param", "msgContent=oops"])
      const keys = Array.from({ length: 25 }, (_, index) => `key${index}`)
      const { code, objects, stderr } = yield* run("recall", ["-"], `${sent.stdout}\n${keys.join("\n")}`)
      assert.strictEqual(code, 1)
      assert.strictEqual(stderr, "3 of 28 recalled, 25 failed\n")
      assert.strictEqual(objects().filter(({ outcome }) => outcome === "recalled").length, 3)
      for (const id of ["cidG==", "u1", "u2"]) assert.deepStrictEqual(yield* fake.conversation(id), [])
      const sizes = (yield* fake.requests(recallPath)).map(({ text }) => text.split("key").length)
      assert.strictEqual(sizes.length, 2)
    }))

  it.scopedLive("without a key, and where DingTalk refuses it", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* prepared
      const none = yield* run("recall", [])
      assert.strictEqual(none.code, 2)
      assert.include(none.stderr, "there is no message to recall")
      yield* fake.answerNext(recallPath, Script.refusals.noPermission)
      const refused = yield* run("recall", ["k"])
      assert.deepStrictEqual([refused.code, refused.stdout], [1, ""])
      assert.include(refused.stderr, "permission denied")
    }))
})
