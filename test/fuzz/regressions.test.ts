/** What fuzzing found, each by the shortest input that showed it. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as GraphCall from "../../src/inbound/call/GraphCall.ts"
import * as Gate from "../../src/inbound/Gate.ts"
import * as Message from "../../src/inbound/message/Message.ts"
import { classifyAnswer, noErrorProves } from "../../src/outbound/api/classifyAnswer.ts"
import * as FileName from "../../src/outbound/media/FileName.ts"
import * as RobotMessage from "../../src/outbound/message/RobotMessage.ts"
import * as WebhookMessage from "../../src/outbound/message/WebhookMessage.ts"
import * as Frame from "../../src/stream/Frame.ts"
import { classify } from "../../src/stream/internal/openingAnswer.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Robot from "../utils/robot.ts"

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth)

/** It can't be turned into a string or a number. */
const hostile = { toString: 1, valueOf: 1 }

const account = { id: "default", robotCode: "dingkey" }

describe("JSON nested more deeply than a stack", () => {
  it.scopedLive("a ping of it: the process lives, the connection too", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      yield* fake.awaitConnection
      for (const type of ["SYSTEM", "EVENT", "CALLBACK"]) {
        yield* fake.raw(`{"type":"${type}","headers":{"topic":"ping","messageId":"m"},"data":${nested(20_000)}}`)
      }
      yield* fake.say("fine?", {})
      const replies = yield* fake.awaitReplies(1)
      assert.deepStrictEqual(replies.map(({ text }) => text), ["echo fine?"])
      assert.strictEqual(yield* fake.connectionsEver, 1)
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))

  it.scopedLive("an event of it is answered once and for all, a card action as unreadable", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const handled: Array<unknown> = []
      yield* Robot.start({ ...fake.config, events: true }, {
        onEvent: ({ data }) => Effect.sync(() => handled.push(data)),
        onCardAction: () => Effect.succeed({})
      })
      yield* fake.awaitConnection
      const event = yield* fake.event("x", JSON.parse(nested(2_000)))
      const ack = yield* fake.awaitAck(event.messageId)
      assert.deepInclude({ ...ack }, { code: 200, count: 1 })
      assert.include(JSON.stringify(ack), "SUCCESS")
      const action = yield* fake.callback("/v1.0/card/instances/callback", `{"outTrackId":"a","x":${nested(100_000)}}`)
      assert.deepInclude({ ...(yield* fake.awaitAck(action.messageId)) }, { code: 400, count: 1 })
      const empty = yield* fake.event("x", null)
      yield* fake.awaitAck(empty.messageId)
      assert.deepStrictEqual(handled, [null])
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))

  it("the body of a graph call, and fields that are read as text or number", () => {
    const deep: unknown = JSON.parse(nested(20_000))
    assert.doesNotThrow(() => GraphCall.decode(account, { requestLine: { uri: "/x" }, body: deep }))
    assert.doesNotThrow(() => classify({ status: 200, headers: {}, body: `{"status":1111,"wait":${nested(20_000)}}` }))
    const message = {
      senderId: "x",
      msgtype: "text",
      text: { content: "hi" },
      conversationMsgContext: [{ readStatus: deep }]
    }
    assert.strictEqual(Message.decode(account, message, "f")._tag, "Decoded")
  })
})

describe("values that can't be turned into text", () => {
  it("the read status of a delegated message", () => {
    const message = {
      senderId: "x",
      msgtype: "text",
      text: { content: "hi" },
      conversationMsgContext: [{ readStatus: hostile }, { readStatus: 2 }, { readStatus: "2" }]
    }
    const decoded = Message.decode(account, message, "f")
    assert.deepStrictEqual(
      decoded._tag === "Decoded" && decoded.value.conversationMsgContext.map(({ isRead }) => isRead),
      [false, true, true]
    )
  })

  it("the minutes of a lock-out: five of them", () => {
    const answer = { status: 200, headers: {}, body: JSON.stringify({ status: 1111, wait: hostile }) }
    assert.deepInclude(classify(answer), { _tag: "Transient", reason: "ipBanned", retryAfterMs: 300_000 })
    const operation = { name: "send", kind: "send", proves: noErrorProves } as const
    assert.deepInclude(classifyAnswer(operation, answer), { _tag: "Throttled", retryAfterMs: 300_000 })
  })
})

describe("patterns of the configuration", () => {
  const text = (length: number) => ({
    isFromSelf: false,
    senderStaffId: "a",
    senderDingTalkId: "b",
    chatType: "group",
    chatId: "cid",
    mentioned: false,
    text: `${"a".repeat(length)}b`
  } as const)

  it.effect("one that backtracks for ever elsewhere takes time in proportion to the text", () =>
    Effect.gen(function*() {
      for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*c", "^a*a*a*a*a*a*c$"]) {
        const { accounts } = yield* DingTalkConfig.decodeUnknown({
          appKey: "k",
          appSecret: "s",
          requireMention: true,
          mentionPatterns: [pattern]
        })
        const gates = [...accounts.values()].map(Gate.make)
        for (const gate of gates) {
          // Doubling the text 24 times over would double the time as often: a backtracking engine needs a second here.
          const since = performance.now()
          assert.strictEqual(gate(text(25))._tag, "Drop")
          assert.isBelow(performance.now() - since, 250, pattern)
          assert.strictEqual(gate(text(200_000))._tag, "Drop")
        }
      }
    }))
})

/** Far more than linear work on so little text takes, far less than quadratic work does. */
const isQuick = (what: string, run: () => void) => {
  const since = performance.now()
  run()
  assert.isBelow(performance.now() - since, 500, what)
}

describe("what is sent", () => {
  it("a mention of an id of any length and any characters", () => {
    for (const id of ["(".repeat(60_000), "\n\u0000\\", "[a-", "$&"]) {
      const message = RobotMessage.Markdown({ text: "hi" })
      assert.deepStrictEqual(WebhookMessage.encode(message, { userIds: [id] })?.["markdown"], {
        title: "hi",
        text: `hi\n\n@${id}`
      })
    }
    assert.strictEqual(WebhookMessage.withMentions("@lisi-2 and @lisi", { userIds: ["lisi"] }), "@lisi-2 and @lisi")
    assert.strictEqual(WebhookMessage.withMentions("@lisi-2", { userIds: ["lisi"] }), "@lisi-2\n\n@lisi")
  })
})

describe("long texts in odd places", () => {
  it("take no time to speak of", () => {
    const operation = { name: "send", kind: "send", proves: noErrorProves } as const
    for (const bracket of ["[", "【"]) {
      const body = JSON.stringify({ code: "Forbidden", message: bracket.repeat(80_000) })
      isQuick("missing scopes", () => void classifyAnswer(operation, { status: 403, headers: {}, body }))
    }
    for (const apiBaseUrl of ["/".repeat(60_000), `https://a${"/".repeat(60_000)}x`]) {
      const decoded = Effect.either(DingTalkConfig.decodeUnknown({ appKey: "k", appSecret: "s", apiBaseUrl }))
      isQuick("a base URL", () => void Effect.runSync(decoded))
    }
    isQuick("a file name", () => void FileName.safe(`a${" ".repeat(60_000)}x${".".repeat(60_000)}`))
  })

  it.effect("JSON with a mistake behind ten million characters is a configuration error", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(DingTalkConfig.fromJson(`{"a":"${"x".repeat(10_000_000)}`))
      assert.isTrue(Exit.isFailure(exit) && Option.isSome(Cause.failureOption(exit.cause)))
    }))
})

describe("__proto__ and constructor in payloads and settings", () => {
  const evil = "{\"__proto__\":{\"polluted\":1},\"constructor\":{\"prototype\":{\"polluted\":1}}}"

  it.effect("pollute nothing, and set nothing", () =>
    Effect.gen(function*() {
      const frame = Frame.decode(
        `{"type":"CALLBACK","headers":{"__proto__":{"topic":"x"}},"data":${evil},"__proto__":{}}`
      )
      assert.deepInclude({ ...(typeof frame === "string" ? {} : frame) }, { topic: "", messageId: "" })
      Message.decode(
        account,
        JSON.parse(`{"senderId":"x","msgtype":"__proto__","__proto__":{"text":"evil"},"content":${evil}}`),
        "f"
      )
      GraphCall.decode(account, JSON.parse(`{"requestLine":{"uri":"/"},"headers":${evil}}`))
      const error = yield* Effect.flip(
        DingTalkConfig.fromJson(
          "{\"__proto__\":{\"appKey\":\"k\",\"appSecret\":\"s\"},\"accounts\":{\"a\":{\"__proto__\":{\"appKey\":\"k\"}}}}"
        )
      )
      assert.strictEqual(error._tag, "DingTalkConfigError")
      const settings = yield* DingTalkConfig.fromJson(
        "{\"accounts\":{\"__proto__\":{\"appKey\":\"k\",\"appSecret\":\"s\"}}}"
      )
      assert.deepStrictEqual([...settings.accounts.keys()], ["__proto__"])
      assert.isUndefined(Reflect.get({}, "polluted"))
    }))
})

describe("an answer that is not JSON", () => {
  it.scopedLive("is a failure of its handler, and answered as one", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const circle: Record<string, string> = {}
      Reflect.set(circle, "self", circle)
      yield* Robot.start(fake.config, {
        onCardAction: () => Effect.succeed({ cardData: circle }),
        onGraphCall: () => Effect.succeed({ body: "fine", headers: circle })
      })
      yield* fake.awaitConnection
      const action = yield* fake.cardAction({ outTrackId: "card", userId: "lisi", actionIds: [] })
      const call = yield* fake.graphCall({ uri: "/x" })
      assert.deepInclude({ ...(yield* fake.awaitAck(action.messageId)) }, { code: 500, count: 1 })
      assert.deepInclude({ ...(yield* fake.awaitAck(call.messageId)) }, { code: 500, count: 1 })
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))
})
