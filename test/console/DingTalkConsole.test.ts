import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as DingTalkConsole from "../../src/console/DingTalkConsole.ts"
import * as Protocol from "../../src/console/Protocol.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as Inbox from "../../src/inbound/Inbox.ts"
import type * as Message from "../../src/inbound/message/Message.ts"
import { NodeDingTalk } from "../../src/node/index.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Utils from "./utils.ts"

/** A robot with a console over it, and an inbox if one is given. */
const robot = (
  input: object,
  options: DingTalkConsole.Options = {},
  inbox: Layer.Layer<Inbox.Inbox> = Inbox.layerMemory,
  onMessage: (message: Message.Message) => Effect.Effect<void> = ({ text }) =>
    text === "坏" ? Effect.die(new Error("it broke")) : Effect.void
) =>
  Layer.build(
    DingTalkChannel.layer({ onMessage }).pipe(
      Layer.provide(inbox),
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

const decodeDead = Schema.decodeUnknown(Protocol.DeadLetters.success)

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
      const { channel, url } = yield* robot(fake.config)
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
      const isDebugged = Effect.map(
        Utils.until(url, ({ accounts }) => accounts.has("default")),
        ({ accounts }) => accounts.get("default")?.debug
      )
      yield* channel.reload(yield* DingTalkConfig.decodeUnknown(fake.config))
      assert.isTrue(yield* isDebugged)
      // What is started anew by a reload logs as everything does.
      yield* channel.reload(yield* DingTalkConfig.decodeUnknown({ ...fake.config, dispatchWorkers: 2 }))
      assert.isFalse(yield* isDebugged)
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

  it.scopedLive("shows what the inbox has given up, and has it handled again, or never", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const handled = yield* Ref.make<ReadonlyArray<string>>([])
      const isWell = yield* Ref.make(false)
      const inbox = DingTalkInbox.layer({ maxAttempts: 1 }).pipe(
        Layer.provide(SqliteClient.layer({ filename: ":memory:" })),
        Layer.orDie
      )
      const onMessage = ({ text }: Message.Message) =>
        Effect.if(Ref.get(isWell), {
          onTrue: () => Ref.update(handled, (all) => [...all, text]),
          onFalse: () => Effect.die(new Error("it broke"))
        })
      const hidden = yield* robot(fake.config, {}, inbox, onMessage)
      yield* fake.awaitConnection
      yield* fake.say("一")
      yield* fake.say("二")
      const buried = (url: string, count: number) =>
        Effect.flatMap(Utils.post(url, "/api/dead", {}), ({ json }) => decodeDead(json)).pipe(
          Effect.filterOrFail((dead) => dead.count === count),
          Effect.retry(Schedule.spaced(20)),
          Effect.timeout(5_000),
          Effect.orDie
        )
      const { entries: [second, first] } = yield* buried(hidden.url, 2)
      assert.deepInclude(first, { account: "default", number: 1, attempts: 1 })
      assert.include(first?.cause, "it broke")
      assert.isString(first?.id)
      assert.isNumber(first?.endedAt)
      assert.strictEqual(second?.number, 2)
      // Nobody asked for the text, and nobody may have the credential of the payload.
      const { json } = yield* Utils.post(hidden.url, "/api/dead", {})
      assert.notMatch(JSON.stringify(json), /[一二]|session/)

      const decide = (number: number, decision: "retry" | "drop") =>
        Utils.post(hidden.url, "/api/dead/decide", { account: "default", number, decision })
      assert.strictEqual((yield* decide(2, "drop")).status, 200)
      yield* Ref.set(isWell, true)
      assert.strictEqual((yield* decide(1, "retry")).status, 200)
      yield* Ref.get(handled).pipe(
        Effect.filterOrFail((all) => all.length > 0),
        Effect.retry(Schedule.spaced(20)),
        Effect.timeout(5_000)
      )
      assert.deepStrictEqual(yield* Ref.get(handled), ["一"])
      assert.deepStrictEqual(yield* buried(hidden.url, 0), { count: 0, entries: [] })
      const { json: again, status } = yield* decide(2, "retry")
      assert.strictEqual(status, 409)
      assert.include(JSON.stringify(again), "noDeadLetter")
      yield* Utils.updates(hidden.url).pipe(
        Stream.filter(({ hasInbox }) => hasInbox),
        Stream.runHead,
        Effect.timeout(5_000)
      )

      yield* Ref.set(isWell, false)
      const shown = yield* robot(fake.config, { showText: true }, inbox, onMessage)
      yield* hidden.channel.stop("default")
      yield* fake.awaitConnection
      yield* fake.say("三")
      const { entries: [third] } = yield* buried(shown.url, 1)
      assert.strictEqual(third?.text, "三")
    }))
})
