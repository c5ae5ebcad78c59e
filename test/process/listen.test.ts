import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import * as Script from "../../src/testing/Script.ts"
import * as Program from "./utils/Program.ts"

const listening = (
  more: object = {},
  options: Parameters<typeof Program.start>[1] = {},
  args: ReadonlyArray<string> = []
) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
    const config = yield* Program.configFile({ ...fake.config, ...more })
    const program = yield* Program.start(["listen", "--config", config, ...args], options)
    yield* fake.awaitConnection
    return { fake, program }
  })

describe("listen", () => {
  it.scopedLive("does not complain of events that are off", () =>
    Effect.gen(function*() {
      const { program } = yield* listening({ events: false })
      yield* program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
      assert.notInclude(program.stderr(), "onEvent")
    }))

  it.scopedLive("prints messages, events and card actions, one object per line, and ends with 0 on SIGTERM", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* listening({ events: true })
      yield* fake.say("你好\u202e\u0085", { from: { staffId: "zhangsan", nick: "张三" }, msgId: "m1" })
      yield* program.untilLines(1)
      yield* fake.say("@小丁 在吗", { group: { conversationId: "cidG==", title: "群" }, mention: true, msgId: "m2" })
      yield* program.untilLines(2)
      const event = yield* fake.event("user_add_org", { userId: ["u1"] }, { eventId: "e1" })
      yield* program.untilLines(3)
      yield* fake.cardAction({ outTrackId: "card-1", userId: "u1", actionIds: ["agree"], params: { note: "好" } })
      yield* program.untilLines(4)

      assert.notMatch(program.stdout(), /[\u0080-\u009f\u202e]/)
      assert.notInclude(program.stdout(), "sendBySession")
      assert.notInclude(program.stdout(), fake.config.appSecret)
      assert.containSubset(program.objects(), [
        {
          type: "message",
          accountId: "default",
          messageId: "m1",
          chatId: "zhangsan",
          chatType: "direct",
          senderId: "zhangsan",
          senderName: "张三",
          text: "你好\u202e\u0085",
          mentioned: false,
          msgtype: "text",
          media: []
        },
        {
          type: "message",
          messageId: "m2",
          chatId: "cidG==",
          conversationId: "cidG==",
          chatType: "group",
          text: "在吗",
          mentioned: true
        },
        { type: "event", accountId: "default", eventId: "e1", eventType: "user_add_org", data: { userId: ["u1"] } },
        { type: "cardAction", outTrackId: "card-1", userId: "u1", actionIds: ["agree"], params: { note: "好" } }
      ])
      assert.deepStrictEqual((yield* fake.awaitAck(event.messageId)).data, { status: "SUCCESS" })
      yield* fake.awaitAllAcked

      yield* program.signal("SIGTERM")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 7_000)
    }))

  it.scopedLive("ends with 0 within 7 s, even if the server never answers the close", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* listening()
      yield* fake.freeze()
      yield* program.signal("SIGTERM")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 7_000)
    }))

  it.scopedLive("ends with 0 on SIGINT while it waits for an answer that never comes", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const config = yield* Program.configFile(fake.config)
      yield* fake.answerOpen(["hang", Script.hangUpgrade])
      const first = yield* Program.start(["listen", "--config", config])
      yield* first.untilStderr(/dingtalk\.stream\.starting/)
      yield* fake.awaitOpens(1)
      yield* first.signal("SIGINT")
      assert.strictEqual((yield* first.ended).code, 0)

      const second = yield* Program.start(["listen", "--config", config])
      yield* fake.until(
        "the upgrade",
        Effect.map(fake.refusedUpgrades, (all) => all.length > 0 ? Option.some(all) : Option.none())
      )
      yield* second.signal("SIGTERM")
      const { code, tookMs } = yield* second.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 7_000)
    }))

  it.scopedLive("a second signal ends it at once", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* listening()
      yield* fake.freeze()
      yield* program.signal("SIGTERM")
      yield* program.untilStderr(/dingtalk\.cli\.stopping/)
      yield* program.signal("SIGINT")
      assert.strictEqual((yield* program.ended).code, 130)
    }))

  it.scopedLive("a reader that has gone while there was more to read: 1, and the record of what was lost", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* listening()
      yield* fake.say("one")
      yield* program.untilLines(1)
      program.child.stdout.destroy()
      yield* fake.say("two", { msgId: "m2" })
      const { code } = yield* program.ended
      assert.strictEqual(code, 1)
      assert.include(program.stderr(), "stdout cannot be written to (EPIPE: nobody reads it any more)")
      assert.match(program.stderr(), /level=ERROR message=dingtalk\.handler\.failed .*messageId=m2/)
    }))

  it.scopedLive("a flood that nobody reads: everything is acknowledged, what is too much is dropped", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* listening({}, { reading: false }, ["--health-port", "0"])
      const [, address = ""] = yield* program.untilStderr(/dingtalk\.cli\.health address=(\S+)/)
      yield* fake.flood(5_000)
      const { acked, doubleAcked } = yield* fake.awaitAllAcked
      assert.strictEqual(acked, 5_000)
      assert.strictEqual(doubleAcked, 0)
      const metrics = yield* Effect.promise(async () => (await fetch(`${address}/metrics`)).text())
      const value = (name: string) =>
        Number(new RegExp(`^${name}\\{account="default"\\} (\\d+)$`, "m").exec(metrics)?.[1])
      assert.strictEqual(value("effect_dingtalk_received_total"), 5_000)
      assert.isAbove(value("effect_dingtalk_dropped_total"), 0)
      const health = yield* Effect.promise(async () => (await fetch(`${address}/healthz`)).status)
      assert.strictEqual(health, 200)
      // Then somebody reads after all.
      const printed = { lines: 0 }
      program.child.stdout.on("data", (chunk: Buffer) => {
        printed.lines += chunk.toString("utf8").split("\n").length - 1
      })
      const expected = 5_000 - value("effect_dingtalk_dropped_total")
      yield* Effect.repeat(Effect.sleep(20), { until: () => printed.lines >= expected })
      assert.strictEqual(printed.lines, expected)
    }))

  it.scopedLive("ends with 3 when DingTalk refuses every account, and says why", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const config = yield* Program.configFile({ ...fake.config, appSecret: "wrong-secret" })
      const { code, stderr, stdout } = yield* Program.run(["listen", "--config", config])
      assert.strictEqual(code, 3)
      assert.strictEqual(stdout, "")
      for (const word of ["PermanentAuth", "default", "authFailed", "Client Secret"]) assert.include(stderr, word)
      assert.notInclude(stderr, "wrong-secret")
    }))

  it.scopedLive("one refused account does not stop the others", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const { apiBaseUrl, appKey, appSecret } = fake.config
      const config = yield* Program.configFile({
        apiBaseUrl,
        accounts: { good: { appKey, appSecret }, bad: { appKey: "dingother", appSecret: "x" } }
      })
      const program = yield* Program.start(["listen", "--config", config])
      yield* program.untilStderr(/level=ERROR message=dingtalk\.stream\.auth_failed account=bad/)
      yield* fake.awaitConnection
      yield* fake.say("still here?")
      const [line = ""] = yield* program.untilLines(1)
      assert.containSubset(JSON.parse(line), { accountId: "good", text: "still here?" })
    }))

  it.scopedLive("a gateway that dies and comes back, and junk in between, lose it nothing", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* listening()
      yield* fake.raw("not json")
      yield* fake.raw("{\"type\":\"CALLBACK\"}")
      yield* fake.raw(new Uint8Array([0, 1, 2]))
      yield* fake.say("before")
      yield* program.untilLines(1)
      yield* fake.cut({ reset: true })
      yield* fake.awaitClosed()
      yield* fake.until(
        "the next connection",
        Effect.map(fake.connectionsEver, (ever) => ever === 2 ? Option.some(ever) : Option.none())
      )
      yield* fake.say("after")
      yield* program.untilLines(2)
      assert.deepStrictEqual(program.objects().map(({ text }) => text), ["before", "after"])
    }))
})
