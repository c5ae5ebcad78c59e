/** The official Node SDK as it is, its two hosts redirected: what it understands and answers shows the fake faithful. */
import { assert, describe, it } from "@effect/vitest"
import axios from "axios"
import { DWClient, type DWClientDownStream, EventAck, TOPIC_CARD, TOPIC_ROBOT } from "dingtalk-stream"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { vi } from "vitest"
import { FakeDingTalk } from "../../src/testing/index.ts"

/** The SDK's hosts are constants: its HTTP client sends them elsewhere, and changes nothing else. */
const redirected = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      axios.interceptors.request.use((config) => ({
        ...config,
        url: config.url?.replace(/^https:\/\/o?api\.dingtalk\.com/, url) ?? ""
      }))
    ),
    (interceptor) => Effect.sync(() => axios.interceptors.request.eject(interceptor))
  )

const silenced = Effect.acquireRelease(
  Effect.sync(() => (["info", "warn", "error"] as const).map((name) => vi.spyOn(console, name).mockReturnValue())),
  (spies) => Effect.sync(() => spies.forEach((spy) => spy.mockRestore()))
)

/** A client that is connected, without its own reconnecting, which would outlive the test. */
const connected = (configure: (client: DWClient) => void, fake: FakeDingTalk.Fake) =>
  Effect.gen(function*() {
    yield* silenced
    yield* redirected(fake.url)
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const { appKey, appSecret } = fake.config
        const client = new DWClient({ clientId: appKey, clientSecret: appSecret, ua: "official-sdk" })
        client.config.autoReconnect = false
        // The default list is one for the whole module: registrations of one client would show up in the next.
        client.config.subscriptions = [{ type: "EVENT", topic: "*" }]
        return client
      }),
      (client) => Effect.zipRight(Effect.sync(() => client.disconnect()), Effect.ignore(fake.awaitClosed()))
    )
    configure(client)
    yield* Effect.promise(() => client.connect())
    yield* fake.awaitConnection
    return client
  })

describe("the official Node SDK against the fake", () => {
  it.scoped("opens, receives a robot message, acknowledges it and answers by the session webhook", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const got: Array<DWClientDownStream> = []
      const client = yield* connected((client) => {
        client.registerCallbackListener(TOPIC_ROBOT, (frame) => {
          got.push(frame)
          const message = JSON.parse(frame.data)
          void axios.post(message.sessionWebhook, {
            msgtype: "text",
            text: { content: `echo ${message.text.content}` }
          })
          client.socketCallBackResponse(frame.headers.messageId, { success: true })
        })
      }, fake)
      assert.isTrue(client.connected)

      const [opening] = yield* fake.opens
      assert.deepStrictEqual(opening?.json, {
        clientId: fake.config.appKey,
        clientSecret: fake.config.appSecret,
        ua: "official-sdk",
        subscriptions: [{ type: "EVENT", topic: "*" }, { type: "CALLBACK", topic: TOPIC_ROBOT }]
      })

      const { messageId, msgId } = yield* fake.say("你好", { from: "zhangsan" })
      const ack = yield* fake.awaitAck(messageId)
      assert.strictEqual(ack.code, 200)
      assert.strictEqual(ack.message, "OK")
      assert.deepStrictEqual(ack.data, { response: { success: true } })
      assert.strictEqual(ack.connection, ack.delivery.connection)
      assert.strictEqual(got[0]?.headers.messageId, messageId)
      assert.strictEqual(JSON.parse(got[0]?.data ?? "").msgId, msgId)

      const [reply] = yield* fake.awaitReplies(1)
      assert.include(reply, { to: "zhangsan", text: "echo 你好", via: "webhook" })
      assert.deepStrictEqual(
        (yield* fake.conversation("zhangsan")).map(({ from, text }) => ({ from, text })),
        [{ from: "zhangsan", text: "你好" }, { from: fake.config.appKey, text: "echo 你好" }]
      )
    }))

  it.scoped("gives a ping's opaque back, and takes the greeting and the notice", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ greet: true, closeAfterNoticeMs: 1 })
      const client = yield* connected(() => undefined, fake)
      const [ping] = yield* fake.ping()
      const ack = yield* fake.awaitAck(ping?.messageId ?? "")
      assert.isTrue(ack.echoed)
      assert.strictEqual(ack.code, 200)
      assert.isTrue(client.registered)

      yield* fake.notice()
      const closed = yield* fake.awaitClosed()
      assert.include(closed, { closedBy: "fake", closeCode: 1000 })
    }))

  it.scoped("says LATER to an event, gets it again and says SUCCESS", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ redeliverLaterAfterMs: 1 })
      const seen: Array<DWClientDownStream> = []
      yield* connected((client) => {
        client.registerAllEventListener((frame) => {
          seen.push(frame)
          return { status: seen.length === 1 ? EventAck.LATER : EventAck.SUCCESS, message: "" }
        })
      }, fake)
      const event = yield* fake.event("user_add_org", { userId: ["zhangsan"] })
      const statuses = yield* fake.until(
        "two answers",
        Effect.map(fake.acks, (acks) => acks.length === 2 ? Option.some(acks.map((ack) => ack.data)) : Option.none())
      )
      assert.deepStrictEqual(statuses, [{ status: "LATER", message: "" }, { status: "SUCCESS", message: "" }])
      assert.deepStrictEqual(seen.map((frame) => frame.headers.eventId), [event.msgId, event.msgId])
      assert.strictEqual(new Set(seen.map((frame) => frame.headers.messageId)).size, 2)
      assert.strictEqual(seen[0]?.headers.eventType, "user_add_org")
    }))

  it.scoped("receives a card action and fetches a legacy token", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connected((client) => {
        client.registerCallbackListener(TOPIC_CARD, (frame) => {
          const pressed = JSON.parse(JSON.parse(frame.data).content).cardPrivateData
          client.socketCallBackResponse(frame.headers.messageId, { cardData: { cardParamMap: pressed.params } })
        })
      }, fake)
      const action = yield* fake.cardAction({
        outTrackId: "card-1",
        userId: "zhangsan",
        actionIds: ["yes"],
        params: { choice: "1" }
      })
      const ack = yield* fake.awaitAck(action.messageId)
      assert.deepStrictEqual(ack.data, { response: { cardData: { cardParamMap: { choice: "1" } } } })
      assert.match(yield* Effect.promise(() => client.getAccessToken()), /^[0-9a-f-]{36}$/)
    }))

  it.scoped("disconnects by itself", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connected(() => undefined, fake)
      client.disconnect()
      const closed = yield* fake.awaitClosed()
      assert.strictEqual(closed.closedBy, "client")
      assert.strictEqual(yield* fake.connectionsEver, 1)
    }))
})
