import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { scaled } from "../../chaos/faults/timing.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Message } from "../../src/inbound/message/Message.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import * as SessionWebhookUrl from "../../src/SessionWebhookUrl.ts"
import { StreamTiming } from "../../src/stream/StreamTiming.ts"
import { Transport } from "../../src/stream/Transport.ts"
import { FakeDingTalk, Script } from "../../src/testing/index.ts"
import * as Observer from "./observer.ts"

const appSecret = "S3cr3t-of-the-application"

/** Every ticket that a transport is handed. */
const ticketsInto = (tickets: Set<string>) =>
  Layer.effect(
    Transport,
    Effect.map(Transport, (transport) => ({
      connect: (options) => {
        tickets.add(new URL(Redacted.value(options.url)).searchParams.get("ticket") ?? "")
        return transport.connect(options)
      }
    }))
  )

const parts = (url: string): ReadonlyArray<string> => [url, ...new URL(url).searchParams.values()]

describe("secrets, tokens, tickets and session webhooks", () => {
  it.scopedLive("appear in nothing that an application gets to see of a session, its failures included", () =>
    Effect.gen(function*() {
      const observer = Observer.make()
      const tickets = new Set<string>()
      const webhooks = new Set<string>()
      const fake = yield* FakeDingTalk.make({ apps: [{ clientId: "dingkey", clientSecret: appSecret }] })
      const lastMessage: Array<Message> = []

      yield* Effect.gen(function*() {
        const settings = yield* DingTalkConfig.decodeUnknown({ ...fake.config, events: true, rateBurst: 100 })
        observer.see("settings", settings)
        const context = yield* Layer.build(
          DingTalkChannel.layer({
            onMessage: (message) =>
              Effect.gen(function*() {
                observer.see("message", message)
                if (message.sessionWebhook !== undefined) {
                  for (
                    const part of parts(Redacted.value(SessionWebhookUrl.redacted(message.sessionWebhook)))
                  ) webhooks.add(part)
                }
                lastMessage.push(message)
                if (message.text === "fail") return yield* Effect.fail(message)
                if (message.text === "die") return yield* Effect.die(message)
                observer.see("reply", yield* DingTalkSender.reply(message, "hello"))
              }),
            onEvent: (event) => Effect.sync(() => observer.see("event", event)),
            onCardAction: (action) => Effect.sync(() => observer.see("card action", action)),
            onGraphCall: (call) => Effect.sync(() => observer.see("graph call", call)).pipe(Effect.as({ body: "" }))
          }).pipe(
            Layer.provideMerge(DingTalkSender.layer),
            Layer.provideMerge(DingTalkConfig.layer(settings)),
            Layer.provideMerge(ticketsInto(tickets)),
            Layer.provideMerge(NodeDingTalk.layer())
          )
        )
        observer.see("services", context)
        for (const [key, service] of context.unsafeMap) observer.see(`service ${key}`, service)

        const body = Effect.gen(function*() {
          const channel = yield* DingTalkChannel.DingTalkChannel
          const sender = yield* DingTalkSender.DingTalkSender
          const watching = yield* Effect.fork(
            Stream.runForEach(channel.statusChanges, (statuses) => Effect.sync(() => observer.see("status", statuses)))
          )
          const failing = <A, E>(what: string, effect: Effect.Effect<A, E>) =>
            Effect.flatMap(Effect.exit(effect), (exit) =>
              Effect.sync(() => {
                observer.see(`failure ${what}`, exit)
                assert.isTrue(exit._tag === "Failure", `${what} was to fail`)
                if (exit._tag === "Failure") {
                  observer.see(`failure ${what}`, Cause.pretty(exit.cause, { renderErrorCause: true }))
                  observer.see(`failure ${what}`, Cause.squash(exit.cause))
                }
              }))

          // A session in good health.
          yield* fake.awaitConnection
          yield* fake.say("hello", { from: "zhangsan" })
          yield* fake.awaitReplies(1)
          observer.see("sent", yield* sender.send({ to: "user:lisi", text: "hi" }))
          yield* fake.event("user_add_org", { a: 1 })
          yield* fake.cardAction({ outTrackId: "card", userId: "lisi", actionIds: ["ok"] })
          yield* fake.graphCall({ uri: "/x" })
          for (const text of ["fail", "die"]) yield* fake.say(text, {})
          yield* fake.raw("{\"type\":\"CALLBACK\",\"headers\":{\"topic\":\"/new\",\"messageId\":\"m\"}}")
          yield* fake.awaitAllAcked

          // Everything that refuses repeats what it was sent.
          const [first] = yield* fake.requests("/v1.0/robot/oToMessages/batchSend")
          const token = first?.headers["x-acs-dingtalk-access-token"] ?? ""
          assert.notStrictEqual(token, "")
          const echo = (code: string) =>
            Script.refusal(400, code, `bad: access_token=${token} (${token}), ${appSecret}`)
          yield* fake.answerNext("/v1.0/robot/oToMessages/batchSend", echo("invalidParameter.userIds.invalid"))
          yield* failing("send", sender.send({ to: "user:lisi", text: "hi" }))
          yield* fake.answerNext("/v1.0/robot/oToMessages/batchSend", "handleThenHangUp")
          yield* failing("ambiguous", sender.send({ to: "user:lisi", text: "hi" }))
          yield* fake.answerNext("/v1.0/robot/groupMessages/send", "handle", echo("send.forbidden"))
          yield* failing("partial", sender.send({ to: "chat:cidX", text: "long\n".repeat(2_000) }))
          yield* fake.refuseUsers({ invalid: ["nobody"] })
          yield* failing("refused", sender.send({ to: "user:nobody", text: "hi" }))
          yield* failing("target", sender.send({ to: " ", text: "hi" }))
          yield* failing("account", sender.send({ account: "other", to: "user:lisi", text: "hi" }))
          yield* failing("unknown account", channel.start("other"))
          yield* fake.expireTokens
          yield* fake.answerNext(
            "/v1.0/oauth2/accessToken",
            Script.refusal(400, "invalidClientIdOrSecret", `no such pair: dingkey, ${appSecret}`)
          )
          yield* failing("token", sender.send({ to: "user:lisi", text: "hi" }))

          const [message] = lastMessage
          assert.isDefined(message)
          if (message === undefined) return
          const webhook = message.sessionWebhook === undefined
            ? ""
            : Redacted.value(SessionWebhookUrl.redacted(message.sessionWebhook))
          yield* fake.answerNext("/robot/sendBySession", {
            status: 200,
            body: { errcode: 300001, errmsg: `unknown session ${webhook} ${[...parts(webhook)].join(" ")}` }
          })
          yield* failing("webhook", sender.reply({ ...message, senderStaffId: undefined }, "hi"))
          yield* fake.answerNext("/robot/sendBySession", "handleThenHangUp")
          yield* failing("webhook", sender.reply({ ...message, senderStaffId: undefined }, "hi"))

          const ticket = [...tickets].at(-1) ?? ""
          yield* fake.answerOpen([
            Script.refusal(400, "weird", `clientSecret=${appSecret}`),
            { status: 502, body: `<html>${appSecret}</html>` },
            {
              status: 200,
              body: { endpoint: `wss://example.org/?secret=${appSecret}`, ticket: "tick3t-of-a-stranger" }
            },
            { status: 200, body: { endpoint: "ws://127.0.0.1:1/", ticket: "tick3t-for-nobody" } },
            Script.refuseUpgrade(401),
            Script.acceptThenClose(0, 4000, `ticket=${ticket}`)
          ])
          tickets.add("tick3t-of-a-stranger")
          tickets.add("tick3t-for-nobody")
          yield* fake.closeAll(4000, `no more of ticket=${ticket}`)
          yield* fake.awaitOpens(8)
          yield* fake.awaitConnections(1)
          yield* fake.answerOpen([Script.refusal(401, "authFailed", `no such pair: dingkey, ${appSecret}`)])
          yield* fake.closeAll(1000)
          observer.see("stop", yield* channel.awaitAllStopped)
          observer.see("statuses", yield* channel.statuses)
          observer.see("metrics", yield* Metric.snapshot)
          yield* Fiber.interrupt(watching)
        })
        yield* Effect.withSpan(Effect.provide(body, context), "application")
      }).pipe(
        Effect.scoped,
        Effect.provideService(StreamTiming, scaled(200)),
        Effect.provide(observer.layer)
      )

      const tokens = (yield* fake.requests())
        .flatMap(({ headers }) => headers["x-acs-dingtalk-access-token"] ?? [])
      // What proves that something was looked at, and that there was something to be found.
      assert.isAtLeast(observer.count("log"), 20)
      assert.isAtLeast(observer.count("span"), 10)
      assert.isAtLeast(observer.count("status"), 5)
      assert.isAtLeast(tickets.size, 4)
      assert.isAtLeast(webhooks.size, 2)
      assert.isAtLeast(new Set(tokens).size, 1)
      assert.deepStrictEqual(observer.holding([appSecret, ...tokens, ...tickets, ...webhooks]), [])
    }))

  it.effect("appear in no configuration error, wherever they were put", () =>
    Effect.gen(function*() {
      const observer = Observer.make()
      const inputs: ReadonlyArray<unknown> = [
        { appKey: "k", appSecret: { value: appSecret } },
        { appKey: "k", appSecret: [appSecret] },
        { appKey: "", appSecret },
        { appKey: appSecret, appSecret: 1, accounts: appSecret },
        { appKey: "k", appSecret, apiBaseUrl: `https://user:${appSecret}@example.org/?${appSecret}` },
        { appKey: "k", appSecret, accounts: { a: { appSecret }, b: { appKey: "k" }, c: { appKey: "k" } } },
        { appKey: "k", appSecret, dispatchWorkers: 0 },
        [appSecret],
        appSecret
      ]
      for (const input of inputs) {
        observer.see("object", yield* Effect.either(DingTalkConfig.decodeUnknown(input)))
        const text = JSON.stringify(input)
        observer.see("text", yield* Effect.either(DingTalkConfig.fromJson(text, "settings.json")))
        for (const cut of [1, text.indexOf(appSecret) + 5, text.length - 1]) {
          const broken = yield* Effect.either(DingTalkConfig.fromJson(`${text.slice(0, cut)}\n`, "settings.json"))
          assert.isTrue(Either.isLeft(broken))
          observer.see("broken", broken)
        }
      }
      assert.deepStrictEqual(observer.holding([appSecret]), [])
    }))

  it("an observer that is shown one finds it, however deep", () => {
    const observer = Observer.make()
    class Hidden {
      readonly #inner = appSecret
      get inner() {
        return this.#inner
      }
    }
    const values = [
      { a: [{ b: new Map([["c", new Set([appSecret])]]) }] },
      new Hidden(),
      Object.defineProperty({}, "x", { value: appSecret, enumerable: false }),
      Object.assign(new Error("e"), { cause: new Error(appSecret) })
    ]
    for (const value of values) observer.see("value", value)
    assert.lengthOf(observer.holding([appSecret]), values.length)
    observer.see("redacted", { secret: Redacted.make(appSecret) })
    assert.lengthOf(observer.holding([appSecret]), values.length)
  })
})
