import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Bodies, FakeDingTalk, Payloads } from "../../../src/testing/index.ts"
import { answerAll, connect, credentials, decoded, postJson, robotTopic, subscribed } from "../bareClient.ts"

const second = { clientId: "second", clientSecret: "s" }

describe("robot messages", () => {
  it.scoped("direct ones have the fields of the protocol", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      const { messageId, msgId } = yield* fake.say("你好", { from: { staffId: "zhangsan", nick: "张三", admin: true } })
      const frame = yield* client.next
      const [connection] = yield* fake.connections
      assert.strictEqual(frame.type, "CALLBACK")
      assert.deepInclude(frame.headers, {
        topic: robotTopic,
        messageId,
        contentType: "application/json",
        connectionId: connection?.id
      })
      assert.match(String(frame.headers["time"]), /^\d{13}$/)
      assert.match(messageId, /^[0-9a-f]{8}_[0-9a-f]+_[0-9a-f]+_[0-9a-f]+$/)
      assert.match(msgId, /^msg.+==$/)
      assert.deepInclude(frame.data, {
        msgId,
        msgtype: "text",
        text: { content: "你好" },
        conversationType: "1",
        conversationId: Payloads.directConversationId("zhangsan", "dingfakeappkey"),
        senderStaffId: "zhangsan",
        senderNick: "张三",
        isAdmin: true,
        robotCode: "dingfakeappkey",
        chatbotUserId: Payloads.encryptedId("dingfakeappkey")
      })
      assert.match(String(frame.data["senderId"]), /^\$:LWCP_v1:\$/)
      assert.notProperty(frame.data, "isInAtList")
      assert.match(String(frame.data["sessionWebhook"]), new RegExp(`^${fake.url}/robot/sendBySession\\?session=`))
    }))

  it.scoped("in groups: the name of the robot is off the text, a stranger has no staff id", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      yield* fake.say("@robot hi", { from: { staffId: "lisi", outside: true }, group: "cidGroup1", mention: true })
      yield* fake.say("@robot hi", { group: { conversationId: "cidGroup1", title: "Team" } })
      const [mentioned, plain] = [yield* client.next, yield* client.next]
      assert.deepInclude(mentioned.data, {
        text: { content: " hi" },
        conversationType: "2",
        conversationId: "cidGroup1",
        isInAtList: true,
        atUsers: [{ dingtalkId: Payloads.encryptedId("dingfakeappkey") }]
      })
      assert.notProperty(mentioned.data, "senderStaffId")
      assert.deepInclude(plain.data, { text: { content: "@robot hi" }, isInAtList: false, conversationTitle: "Team" })
      assert.deepStrictEqual(
        (yield* fake.conversation("cidGroup1")).map(({ from, text }) => [from, text]),
        [["lisi", "@robot hi"], ["zhangsan", "@robot hi"]]
      )
    }))

  it.scoped("go to each robot under one msgId", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ apps: [credentials, second] })
      const one = yield* connect(fake)
      const two = yield* connect(fake, { ...second, subscriptions: subscribed })
      const said = yield* fake.say("hi", { group: "cidG", mention: true, robots: ["dingfakeappkey", "second"] })
      const frames = [yield* one.next, yield* two.next]
      assert.deepStrictEqual(frames.map(({ data }) => data["msgId"]), [said.msgId, said.msgId])
      assert.deepStrictEqual(frames.map(({ data }) => data["robotCode"]), ["dingfakeappkey", "second"])
      assert.strictEqual(new Set(frames.map(({ headers }) => headers["messageId"])).size, 2)
      assert.strictEqual((yield* fake.conversation("cidG")).length, 1)
    }))

  it.scoped("of a delegate have their own topic, extra fields may be set and removed", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const subscriptions = [{ type: "CALLBACK", topic: Payloads.topics.delegatedMessage }]
      const client = yield* connect(fake, { ...credentials, subscriptions })
      yield* fake.say("hi", { delegateOf: "boss", fields: { senderNick: undefined, extra: 1 } })
      const frame = yield* client.next
      assert.strictEqual(frame.headers["topic"], Payloads.topics.delegatedMessage)
      assert.deepInclude(frame.data, { hostingContext: { userId: "boss", nick: "boss" }, extra: 1 })
      assert.notProperty(frame.data, "senderNick")
    }))

  const bodies: ReadonlyArray<readonly [Payloads.Body, string]> = [
    [Bodies.picture(), "content"],
    [Bodies.audio("said"), "content"],
    [Bodies.video(), "content"],
    [Bodies.file("a.pdf"), "content"],
    [Bodies.richText(Bodies.rich.text("a"), Bodies.rich.picture(), Bodies.rich.at("lisi")), "content"],
    [Bodies.interactiveCard("doc"), "content"],
    [Bodies.card("doc", "https://example.com"), "card"],
    [Bodies.markdown("t", "x"), "content"],
    [Bodies.actionCard("t", "x"), "content"],
    [Bodies.chatRecord("t", { senderName: "a", content: "b" }), "content"],
    [Bodies.unknown(), "content"],
    [Bodies.contentAsString(Bodies.picture()), "content"],
    [Bodies.quoting(Bodies.text("x"), { msgType: "text", msgId: "m", content: { text: "q" } }), "text"],
    [Bodies.quotingById(Bodies.richText(), "m", "k"), "content"]
  ]
  for (const [body, field] of bodies) {
    it.scoped(`${body.msgtype} arrives as it was built`, () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const client = yield* connect(fake)
        yield* fake.post(body)
        const { data } = yield* client.next
        assert.strictEqual(data["msgtype"], body.msgtype)
        assert.deepStrictEqual(data[field], body[field])
      }))
  }
})

describe("where a frame goes", () => {
  it.scoped("to one live connection of the application, at random, and each gets its share", () =>
    Effect.gen(function*() {
      let draw = 0
      const fake = yield* FakeDingTalk.make({ random: () => (draw++ % 3) / 3, apps: [credentials, second] })
      const clients = [yield* connect(fake), yield* connect(fake), yield* connect(fake)]
      const other = yield* connect(fake, { ...second, subscriptions: subscribed })
      yield* Effect.replicateEffect(fake.say("hi"), 6)
      yield* Effect.forEach(clients, (client) => Effect.zipRight(client.next, client.next))
      assert.deepStrictEqual(yield* Effect.forEach([...clients, other], (client) => client.waiting), [0, 0, 0, 0])
      assert.strictEqual(yield* fake.maxConcurrent(), 3)
      assert.strictEqual(yield* fake.maxConcurrent("second"), 1)
    }))

  it.scoped("only where it is subscribed; else it is lost, and counted", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake, { ...credentials, subscriptions: [{ type: "EVENT", topic: "*" }] })
      const lost = yield* fake.say("hi")
      const event = yield* fake.event("user_add_org")
      assert.isUndefined(lost.deliveries[0]?.connection)
      assert.isString(event.connection)
      assert.strictEqual((yield* client.next).type, "EVENT")
      assert.include(yield* fake.stats, { delivered: 1, undelivered: 1 })
    }))

  it.scoped("raw frames go anywhere: unknown topics, text, bytes, and what is no WebSocket frame", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      const unknown = { type: "CALLBACK", topic: "/no/such", messageId: "m", at: 0, data: {} }
      yield* fake.raw(Payloads.frame(unknown))
      yield* fake.raw(Payloads.frame({ ...unknown, headersKey: "header" }))
      yield* fake.raw("{")
      yield* fake.raw(new Uint8Array([1, 2]))
      assert.strictEqual((yield* client.next).headers["topic"], "/no/such")
      assert.property(decoded((yield* client.next).text), "header")
      assert.strictEqual((yield* client.next).text, "{")
      assert.strictEqual((yield* client.next).type, "binary")
      yield* fake.raw("no frame at all", { as: "tcp" })
      assert.strictEqual((yield* client.closed).code, 1006)
    }))

  it.scoped("a held back message arrives right behind the handshake", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ greet: true })
      const { messageId, msgId } = yield* fake.say("early", { behindHandshake: true })
      assert.strictEqual(messageId, "")
      const client = yield* connect(fake)
      assert.strictEqual((yield* client.next).headers["topic"], "CONNECTED")
      assert.strictEqual((yield* client.next).headers["topic"], "REGISTERED")
      const frame = yield* client.next
      assert.strictEqual(frame.data["msgId"], msgId)
      yield* client.answer(frame, { response: null })
      assert.strictEqual((yield* fake.awaitAck(msgId)).delivery.messageId, frame.headers["messageId"])
    }))
})

describe("answers", () => {
  it.scoped("are booked once; a second one counts, strays are odd frames", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      const { messageId } = yield* fake.say("hi")
      const frame = yield* client.next
      assert.deepStrictEqual((yield* fake.unacked).map((it) => it.messageId), [messageId])
      yield* client.answer(frame, { response: null })
      yield* client.answer(frame, { response: "again" }, 500)
      client.socket.send("{")
      client.socket.send(JSON.stringify({ code: 200, message: "ping" }))
      client.socket.send(JSON.stringify({ code: 200, headers: { messageId: "nobody's" } }))
      client.socket.send(new Uint8Array([1]))
      const odd = yield* fake.until(
        "four odd frames",
        Effect.map(fake.oddFrames, (all) => all.length === 4 ? Option.some(all) : Option.none())
      )
      assert.deepStrictEqual(odd.map(({ why }) => why), ["notJson", "noMessageId", "unknownMessageId", "binary"])
      const [ack, ...others] = yield* fake.acks
      assert.strictEqual(others.length, 0)
      assert.deepInclude(ack, { code: 200, data: { response: null }, count: 2, echoed: undefined })
      assert.isAtLeast(ack?.delayMs ?? -1, 0)
      assert.include(yield* fake.awaitAllAcked, { delivered: 1, acked: 1, doubleAcked: 1, unacked: 0 })
    }))

  it.scoped("of a ping must bring the opaque back", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ pingIntervalMs: 1 })
      const client = yield* connect(fake)
      const [first, next] = [yield* client.next, yield* client.next]
      yield* client.answer(first, first.data)
      yield* client.answer(next, { opaque: "another" })
      const echoed = yield* Effect.forEach([first, next], ({ headers }) => fake.awaitAck(String(headers["messageId"])))
      assert.deepStrictEqual(echoed.map((ack) => ack.echoed), [true, false])
    }))
})

describe("redelivery", () => {
  it.scoped("by hand: a new frame id, the same msgId; an unknown one fails", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      const { messageId, msgId } = yield* fake.say("hi")
      const [again] = yield* fake.redeliver(msgId)
      const frames = [yield* client.next, yield* client.next]
      assert.deepStrictEqual(frames.map(({ data }) => data["msgId"]), [msgId, msgId])
      assert.deepStrictEqual(frames.map(({ headers }) => headers["messageId"]), [messageId, again?.messageId])
      assert.strictEqual(again?.attempt, 2)
      const failed = yield* Effect.flip(fake.redeliver("unknown"))
      assert.strictEqual(failed._tag, "NoSuchElementException")
    }))

  it.scoped("of an unanswered callback, until any attempt is answered", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ redeliverAfterMs: 1, redeliverEventsAfterMs: 1 })
      const client = yield* connect(fake)
      const { msgId } = yield* fake.say("hi")
      const [first, next] = [yield* client.next, yield* client.next]
      assert.notStrictEqual(first.headers["messageId"], next.headers["messageId"])
      assert.strictEqual(next.data["msgId"], msgId)
      yield* client.answer(first, { response: null })
      yield* fake.awaitAck(msgId)
      const attempts = (yield* fake.deliveries).length
      // An event that nobody answers, delivered over and over, is the clock by which a redelivery would have come.
      yield* fake.event("clock")
      yield* Effect.repeatN(Effect.repeat(client.next, { until: ({ type }) => type === "EVENT" }), 5)
      assert.strictEqual((yield* fake.deliveries).filter((it) => it.type === "CALLBACK").length, attempts)
    }))

  it.scoped("is off for callbacks by default; an event is repeated until SUCCESS", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ redeliverEventsAfterMs: 1, redeliverLaterAfterMs: 1 })
      // Nobody is there at first: an event is not lost by that.
      const { msgId } = yield* fake.event("user_add_org", { n: 1 })
      const client = yield* connect(fake)
      yield* fake.say("hi")
      const message = yield* Effect.repeat(client.next, { until: ({ type }) => type === "CALLBACK" })
      const later = yield* client.next
      assert.deepInclude(later.headers, { eventId: msgId, eventType: "user_add_org" })
      yield* client.answer(later, { status: "LATER" })
      const again = yield* client.next
      assert.strictEqual(again.headers["eventId"], msgId)
      yield* client.answer(again, { status: "SUCCESS" })
      yield* client.answer(message, { response: null })
      yield* fake.awaitAck(String(message.headers["messageId"]))
      assert.strictEqual((yield* fake.deliveries).filter((it) => it.type === "CALLBACK").length, 1)
    }))
})

describe("reading back", () => {
  it.scoped("a flood is delivered, answered and measured", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      answerAll(client)
      const sent = yield* fake.flood(2_000)
      const stats = yield* fake.awaitAllAcked
      assert.strictEqual(sent.length, 2_000)
      assert.include(stats, { delivered: 2_000, acked: 2_000, unacked: 0, undelivered: 0 })
      assert.isAtMost(stats.p50Ms ?? 1, stats.p99Ms ?? 0)
      const frame = yield* client.next
      assert.isTrue(frame.text.length > 800 && Buffer.byteLength(frame.text) < 1_500, `${frame.text.length}`)
    }))

  it.scoped("replies come as a stream", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      yield* fake.say("hi")
      const url = String((yield* client.next).data["sessionWebhook"])
      const reply = (content: string) => postJson(url, { msgtype: "text", text: { content } })
      yield* reply("one")
      const texts = yield* Effect.fork(Stream.runCollect(Stream.take(fake.replyStream, 3)))
      yield* reply("two")
      yield* reply("three")
      assert.deepStrictEqual([...yield* texts].map(({ text }) => text), ["one", "two", "three"])
    }))

  it.scoped("an await that does not come true says what was seen", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 1 })
      yield* connect(fake)
      const failed = yield* Effect.flip(fake.awaitReplies(1))
      assert.strictEqual(failed._tag, "NeverHappened")
      assert.match(failed.message, /^waited 1 ms for 1 replies, but saw 1 openings, 1 connections \(1 live, /)
    }))
})
