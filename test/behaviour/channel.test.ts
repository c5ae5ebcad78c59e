import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Bodies, FakeDingTalk, Script } from "../../src/testing/index.ts"
import * as Robot from "../utils/robot.ts"
import { settle } from "../utils/settle.ts"

const texts = (replies: ReadonlyArray<{ readonly text: string }>) => replies.map(({ text }) => text)

/** Lets the virtual clock go on, and real sockets with it. */
const seconds = (n: number) => Effect.zipRight(TestClock.adjust(n * 1_000), settle)

/** Moves the clock second by second until something real has happened. */
const until = <A, E>(happened: Effect.Effect<A, E>) =>
  Effect.raceFirst(happened, Effect.forever(Effect.zipRight(seconds(1), Effect.yieldNow())))

describe("connection", () => {
  it.scoped("what is sent right behind the handshake is answered", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.say("early", { behindHandshake: true })
      yield* Robot.start(fake.config, Robot.echo)
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["echo early"])
    }))

  it.scoped("hand-over under load: nothing lost, nothing twice, every answer on the socket that asked", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ closeAfterNoticeMs: 50 })
      const handled: Array<string> = []
      yield* Robot.start({ ...fake.config, dispatchQueueSize: 100_000 }, {
        onMessage: (message) => Effect.sync(() => handled.push(message.messageId))
      })
      yield* fake.awaitConnection
      for (let round = 1; round <= 5; round++) {
        yield* fake.flood(100)
        // Of this age a connection is replaced at once; younger ones are paced.
        yield* seconds(30)
        yield* fake.notice()
        yield* fake.awaitConnectionsEver(round + 1)
        yield* fake.flood(100)
      }
      const stats = yield* fake.awaitAllAcked
      assert.deepInclude(stats, { undelivered: 0, doubleAcked: 0, unacked: 0 })
      for (const ack of yield* fake.acks) assert.strictEqual(ack.connection, ack.delivery.connection)
      yield* settle
      assert.strictEqual(handled.length, 1_000)
      assert.strictEqual(new Set(handled).size, 1_000)
      assert.isAtMost(yield* fake.maxConcurrent(), 3)
    }))

  it.scoped("a dead-but-open connection is found within 60 s and replaced", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      const first = yield* fake.awaitConnection
      yield* settle
      yield* fake.freeze()
      for (let i = 0; i < 60 && (yield* fake.connectionsEver) === 1; i++) yield* seconds(1)
      yield* until(fake.awaitConnectionsEver(2))
      // Frozen, it reads nothing, not even the end.
      yield* fake.thaw()
      assert.strictEqual((yield* fake.awaitClosed(first.id)).closedBy, "client")
      yield* fake.say("still there?", {})
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["echo still there?"])
    }))

  it.scoped("junk of every kind is survived on the same connection; only an unknown topic is answered, with 404", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      yield* fake.awaitConnection
      const junk = [
        "{",
        "",
        "null",
        "[]",
        "\"text\"",
        "{\"type\":\"NEW\",\"headers\":{\"topic\":\"x\",\"messageId\":\"1\"}}",
        "{\"type\":\"CALLBACK\"}",
        "{\"__proto__\":{\"type\":\"CALLBACK\"},\"headers\":[]}",
        new Uint8Array([0, 255, 1]),
        "x".repeat(1_500_000)
      ]
      for (const frame of junk) yield* fake.raw(frame)
      yield* fake.raw(JSON.stringify({ type: "CALLBACK", headers: { topic: "/v1.0/unknown", messageId: "u1" } }))
      yield* fake.say("fine?", {})
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["echo fine?"])
      assert.strictEqual(yield* fake.connectionsEver, 1)
      assert.deepStrictEqual(
        (yield* fake.oddFrames).map(({ text }) => JSON.parse(text).code),
        [404]
      )
    }))

  it.scoped("a breach of the WebSocket protocol costs the connection, not the account", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      yield* fake.awaitConnection
      yield* fake.raw(new Uint8Array([0xff, 0xff, 0xff, 0xff]), { as: "tcp" })
      yield* until(fake.awaitConnectionsEver(2))
      yield* fake.say("fine?", {})
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["echo fine?"])
    }))

  it.scoped("comes back from every kind of failed opening", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const openings: ReadonlyArray<Script.Opening> = [
        Script.html(502),
        Script.empty(200),
        "hangUp",
        Script.refusals.throttled,
        Script.refusals.quotaUsedUp,
        Script.refuseUpgrade(401),
        { status: 200, body: "{\"endpoint\":\"nonsense\",\"ticket\":\"t\"}" },
        Script.acceptThenClose(0, 1011)
      ]
      yield* fake.answerOpen(openings)
      const { channel } = yield* Robot.start(fake.config, Robot.echo)
      for (let i = 0; i < 1_000 && (yield* fake.opens).length <= openings.length; i++) yield* seconds(5)
      yield* fake.awaitConnection
      assert.strictEqual((yield* fake.opens).length, openings.length + 1)
      yield* settle
      assert.strictEqual((yield* channel.statuses).get("default")?._tag, "Connected")
    }))

  it.scoped("asks for CALLBACKs of what it handles, and for JSON", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      const connection = yield* fake.awaitConnection
      assert.deepStrictEqual(connection.subscriptions, [{ type: "CALLBACK", topic: "/v1.0/im/bot/messages/get" }])
      const [open] = yield* fake.opens
      assert.include(open?.headers["accept"], "application/json")
    }))

  it.scoped("a SYSTEM ping is echoed", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      yield* fake.awaitConnection
      const [ping] = yield* fake.ping()
      assert.deepInclude(yield* fake.awaitAck(ping?.messageId ?? ""), { echoed: true, code: 200 })
    }))
})

describe("messages", () => {
  it.scoped("a flood at a slow handler: every frame acknowledged once, as much handled as the line holds", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const gate = yield* Deferred.make<void>()
      let handled = 0
      yield* Robot.start(fake.config, {
        onMessage: () => Effect.zipRight(Deferred.await(gate), Effect.sync(() => handled++))
      })
      yield* fake.awaitConnection
      yield* fake.flood(5_000)
      assert.deepInclude(yield* fake.awaitAllAcked, { delivered: 5_000, acked: 5_000, doubleAcked: 0 })
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.isAtLeast(handled, 256)
      assert.isAtMost(handled, 256 + 8 + 8)
    }))

  it.scoped("a redelivery is acknowledged and not handled twice", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const handled: Array<string> = []
      yield* Robot.start(fake.config, { onMessage: (m) => Effect.sync(() => handled.push(m.text)) })
      yield* fake.awaitConnection
      const { messageId, msgId } = yield* fake.say("once", {})
      yield* fake.awaitAck(messageId)
      const [again] = yield* fake.redeliver(msgId)
      yield* fake.awaitAck(again?.messageId ?? "")
      yield* settle
      assert.deepStrictEqual(handled, ["once"])
    }))

  it.scoped("two robots mentioned in one message of a group both answer", () =>
    Effect.gen(function*() {
      const apps = [
        { clientId: "robot1", clientSecret: "s1" },
        { clientId: "robot2", clientSecret: "s2" }
      ] as const
      const fake = yield* FakeDingTalk.make({ apps })
      const { apiBaseUrl, oapiBaseUrl } = fake.config
      yield* Robot.start({
        apiBaseUrl,
        oapiBaseUrl,
        accounts: Object.fromEntries(apps.map((app) => [app.clientId, app]))
      }, Robot.echo)
      yield* fake.awaitConnections(2)
      yield* fake.say("hi", { group: "cidGroup", mention: true, robots: ["robot1", "robot2"] })
      const replies = yield* fake.awaitReplies(2)
      assert.sameMembers(replies.map(({ clientId }) => clientId), ["robot1", "robot2"])
    }))

  it.scoped("every kind of message arrives with its media", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const seen: Array<string> = []
      yield* Robot.start(fake.config, {
        onMessage: (m) => Effect.sync(() => seen.push(`${m._tag} ${m.media.map(({ kind }) => kind).join()} ${m.text}`))
      })
      yield* fake.awaitConnection
      const said = yield* fake.post(Bodies.picture())
      yield* fake.awaitAck(said.messageId)
      yield* settle
      assert.deepStrictEqual(seen, ["Picture image "])
    }))
})

describe("answers", () => {
  it.scoped("by the session webhook while it is valid, by the API after: staff id in direct, conversation in group", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      yield* fake.awaitConnection
      yield* fake.say("1", { from: "lisi" })
      yield* fake.awaitReplies(1)
      yield* fake.answerNext("/robot/sendBySession", {
        status: 200,
        body: { errcode: 300001, errmsg: "session 不存在" }
      })
      yield* fake.say("2", { from: "lisi" })
      yield* fake.awaitReplies(2)
      yield* fake.say("3", { from: "lisi", group: "cidGroup", fields: { sessionWebhook: undefined } })
      const replies = yield* fake.awaitReplies(3)
      assert.deepStrictEqual(replies.map(({ text, to, via }) => `${text} to ${to} via ${via}`), [
        "echo 1 to lisi via webhook",
        "echo 2 to lisi via api",
        "echo 3 to cidGroup via api"
      ])
    }))

  it.scoped("a token that died is fetched anew once, whoever noticed, and every message goes out once", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { sender } = yield* Robot.start({ ...fake.config, rateLimit: 1_000, rateBurst: 100 }, Robot.echo)
      yield* sender.send({ to: "user:lisi", text: "0" })
      yield* fake.expireTokens
      yield* Effect.forEach(
        Array.from({ length: 20 }, (_, i) => `${i + 1}`),
        (text) => sender.send({ to: "user:lisi", text }),
        { concurrency: "unbounded" }
      )
      assert.strictEqual((yield* fake.requests("/v1.0/oauth2/accessToken")).length, 2)
      assert.sameMembers(
        texts(yield* fake.awaitReplies(21)),
        Array.from({ length: 21 }, (_, i) => `${i}`)
      )
    }))

  it.scoped("a user whom DingTalk refuses in a 200 answer is an error that names the user", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.refuseUsers({ flowControlled: ["lisi"] })
      const { sender } = yield* Robot.start(fake.config, Robot.echo)
      const error = yield* Effect.flip(sender.send({ to: "user:lisi", text: "hi" }))
      assert.deepInclude({ ...error }, {
        _tag: "Refused",
        users: [{ userId: "lisi", reason: "flowControlled" }]
      })
    }))

  it.scoped("an answer that is lost after the message was taken is Ambiguous, and nothing is sent twice", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { sender } = yield* Robot.start(fake.config, Robot.echo)
      yield* fake.answerNext("/v1.0/robot/oToMessages/batchSend", "handleThenHangUp")
      const error = yield* Effect.flip(sender.send({ to: "user:lisi", text: "hi" }))
      assert.strictEqual(error._tag, "Ambiguous")
      yield* settle
      assert.deepStrictEqual(texts(yield* fake.replies), ["hi"])
    }))

  it.scoped("a group message of 40 000 Chinese characters goes out in pieces within every limit", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { sender } = yield* Robot.start({ ...fake.config, textChunkLimit: 20_000, rateBurst: 100 }, Robot.echo)
      const text = "一二三四五六七八九十".repeat(4_000)
      const result = yield* sender.send({ to: "chat:cidGroup", text })
      assert.isAtLeast(result.chunks.length, 8)
      assert.strictEqual(texts(yield* fake.awaitReplies(result.chunks.length)).join(""), text)
    }))
})

describe("stop", () => {
  it.effect("a server that never answers the close holds nothing up: 5 s, and the socket is gone", () =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const robot = yield* Effect.fork(
          Effect.scoped(Effect.zipRight(Robot.start(fake.config, Robot.echo), Effect.never))
        )
        const connection = yield* fake.awaitConnection
        yield* settle
        yield* fake.freeze()
        const stopping = yield* Effect.fork(Effect.zipRight(robot.interruptAsFork(yield* Effect.fiberId), robot.await))
        yield* settle
        yield* TestClock.adjust(5_000)
        yield* stopping.await
        yield* fake.thaw()
        assert.strictEqual((yield* fake.awaitClosed(connection.id)).closedBy, "client")
      }))
    }))
})
