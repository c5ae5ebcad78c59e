import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as DingTalkConsole from "../../src/console/DingTalkConsole.ts"
import type * as Protocol from "../../src/console/Protocol.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import { NodeDingTalk } from "../../src/node/index.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Utils from "./utils.ts"

/** A robot with a console over it. */
const robot = (input: object, options: DingTalkConsole.Options = {}) =>
  Layer.build(
    DingTalkChannel.layer({
      onMessage: ({ text }) => text === "坏" ? Effect.die(new Error("it broke")) : Effect.void
    }).pipe(
      Layer.provide(DingTalkConfig.layerUnknown(input)),
      Layer.provide(NodeDingTalk.layer()),
      Layer.provideMerge(DingTalkConsole.layer({ onServed: () => Effect.void, ...options }))
    )
  ).pipe(Effect.map((context) => ({
    channel: Context.get(context, DingTalkChannel.DingTalkChannel),
    url: Redacted.value(Context.get(context, DingTalkConsole.DingTalkConsole).url)
  })))

const heard = ({ entries }: Utils.Sight): ReadonlyArray<Protocol.Heard> =>
  [...entries.values()].filter((entry) => entry._tag === "Heard")

describe("the console", () => {
  it.scopedLive("shows accounts, their numbers, and what became of messages", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { url } = yield* robot({ ...fake.config, allowedUsers: ["zhangsan"] })
      yield* fake.awaitConnection
      yield* fake.say("你好")
      yield* fake.say("坏")
      yield* fake.say("我呢", { from: "lisi" })
      const sight = yield* Utils.until(url, (sight) =>
        heard(sight).filter(({ outcome }) => outcome !== "atWork").length === 3)
      assert.deepStrictEqual(
        heard(sight).map(({ outcome }) =>
          outcome
        ).toSorted(),
        ["failed", "handled", "refused"]
      )
      assert.include(heard(sight).find(({ outcome }) => outcome === "failed")?.why, "it broke")
      assert.deepInclude(heard(sight).find(({ outcome }) => outcome === "refused"), { sender: "lisi", why: "sender" })
      // Nobody asked for the text.
      assert.isTrue(heard(sight).every(({ text }) => text === undefined))
      const account = sight.accounts.get("default")
      assert.strictEqual(account?.status.name, "Connected")
      assert.strictEqual(account?.clientId, fake.config.appKey)
      assert.notInclude(JSON.stringify([...sight.accounts, ...sight.entries]), fake.config.appSecret)
      const changes = [...sight.entries.values()].flatMap((entry) => entry._tag === "Change" ? [entry.status.name] : [])
      assert.deepStrictEqual(changes.slice(-2), ["Connecting", "Connected"])
      const events = [...sight.entries.values()].flatMap((entry) => entry._tag === "Incident" ? [entry.event] : [])
      assert.include(events, "dingtalk.stream.connected")
      assert.include(events, "dingtalk.handler.failed")
    }))

  it.scopedLive("shows why connections end and accounts stop, with what to do about it, and starts them again", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { url } = yield* robot(fake.config)
      yield* fake.awaitConnection
      yield* fake.cut()
      const cut = yield* Utils.until(
        url,
        ({ entries }) =>
          [...entries.values()].some((entry) =>
            entry._tag === "Incident" && entry.event === "dingtalk.stream.disconnected"
          )
      )
      assert.isTrue(
        [...cut.entries.values()].some((entry) =>
          entry._tag === "Incident" && entry.facts["reason"] === "connectionClosed"
        )
      )
      const wrong = yield* robot({ ...fake.config, appSecret: "wrong" })
      const refused = yield* Utils.until(
        wrong.url,
        ({ accounts }) => accounts.get("default")?.status.name === "Stopped"
      )
      const { status } = refused.accounts.get("default") ?? {}
      assert.strictEqual(status?.trouble?.error, "PermanentAuth")
      assert.include(status?.trouble?.hint?.en, "open-dev.dingtalk.com")
      assert.deepStrictEqual(yield* Utils.post(url, "/api/act", { account: "default", act: "stop" }), {
        status: 200,
        json: {}
      })
      yield* Utils.until(url, ({ accounts }) => accounts.get("default")?.status.byRequest === true)
      yield* Utils.post(url, "/api/act", { account: "default", act: "debug" })
      const again = yield* Utils.until(url, ({ accounts }) => accounts.get("default")?.status.name === "Connected")
      assert.isTrue(again.accounts.get("default")?.debug)
      yield* fake.say("你好")
      yield* Utils.until(
        url,
        ({ entries }) =>
          [...entries.values()].some((entry) =>
            entry._tag === "Incident" && entry.event === "dingtalk.delivery.received"
          )
      )
    }))

  it.scopedLive("shows what people say where it is told to", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { url } = yield* robot(fake.config, { showText: true })
      yield* fake.awaitConnection
      yield* fake.say("你好")
      const sight = yield* Utils.until(url, (sight) => heard(sight).some(({ outcome }) => outcome === "handled"))
      assert.strictEqual(heard(sight)[0]?.text, "你好")
    }))

  it.scopedLive("shows nothing to another origin, another name, or without the token", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { url } = yield* robot(fake.config)
      const act = { account: "default", act: "stop" }
      assert.strictEqual((yield* Utils.post(url, "/api/act", act, { origin: "http://evil.example" })).status, 403)
      assert.strictEqual((yield* Utils.post(url, "/api/act", act, { cookie: "" })).status, 401)
      assert.strictEqual((yield* Utils.post(url, "/api/act", { account: "x", act: "stop" })).status, 200)
    }))
})
