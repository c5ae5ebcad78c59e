import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import { type AccountSettings, DingTalkConfig } from "../src/DingTalkConfig.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import type { Message } from "../src/inbound/message/Message.ts"
import * as Metrics from "../src/metrics.ts"
import * as Batch from "../src/outbound/message/Batch.ts"
import * as RobotMessage from "../src/outbound/message/RobotMessage.ts"
import * as WebhookMessage from "../src/outbound/message/WebhookMessage.ts"
import * as SessionWebhookUrl from "../src/SessionWebhookUrl.ts"
import * as Fake from "./outbound/api/utils/fakeApi.ts"
import { failureOf, valueOf } from "./utils/exits.ts"

const { groupPath, tokenPath, userPath } = Fake
const webhookPath = "/robot/sendBySession"

/** Three chunks of 9 characters. */
const threeChunks = "one-one-1\ntwo-two-2\nthree-333"
const small = { textChunkLimit: 10, renderMode: "plain" } as const

/** Runs with a sender on the fake, to the end, however much virtual time that takes. */
const run = <A, E>(
  effect: Effect.Effect<A, E, DingTalkSender.DingTalkSender | DingTalkConfig>,
  api: Fake.FakeApi,
  ...accounts: ReadonlyArray<AccountSettings>
) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.await(fiber)
  }).pipe(
    Effect.provide(DingTalkSender.layer),
    Effect.provide(Fake.world(api, ...(accounts.length === 0 ? [Fake.account()] : accounts)))
  )

const partialOf = <A, E extends { readonly _tag: string }>(
  exit: Exit.Exit<A, E>
): Extract<E, { _tag: "PartialSend" }> => {
  const error = failureOf(exit)
  const isPartial = (error: E): error is Extract<E, { _tag: "PartialSend" }> => error._tag === "PartialSend"
  if (isPartial(error)) return error
  throw new Error(`expected a PartialSend: ${error._tag}`)
}

const paramOf = (seen: Fake.Seen | undefined): unknown => JSON.parse(String(seen?.body["msgParam"]))

describe("dingtalk.sender.send", () => {
  it.effect("B01 plain: sampleText", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      yield* run(DingTalkSender.send({ to: "user:zhangsan", text: "# hi", renderMode: "Plain" }), api)
      yield* run(DingTalkSender.send({ to: "user:zhangsan", text: "# hi" }), api, Fake.account({ renderMode: "plain" }))
      for (const seen of api.of(userPath)) {
        assert.strictEqual(seen.body["msgKey"], "sampleText")
        assert.deepStrictEqual(paramOf(seen), { content: "# hi" })
      }
      assert.strictEqual(api.of(userPath).length, 2)
    }))

  it.effect("B02 anything else: sampleMarkdown, with a title and the text unchanged", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      yield* run(DingTalkSender.send({ to: "user:zhangsan", text: "# hi\nyou " }), api)
      yield* run(DingTalkSender.send({ to: "user:zhangsan", text: "# hi\nyou ", renderMode: "CARD" }), api)
      for (const seen of api.of(userPath)) {
        assert.strictEqual(seen.body["msgKey"], "sampleMarkdown")
        assert.deepStrictEqual(paramOf(seen), { title: "hi", text: "# hi\nyou " })
      }
      assert.strictEqual(api.of(userPath).length, 2)
    }))

  it.effect("B03 blank text: the title is 通知", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      valueOf(yield* run(DingTalkSender.send({ to: "user:zhangsan", text: " " }), api))
      assert.deepStrictEqual(paramOf(api.of(userPath)[0]), { title: "通知", text: " " })
    }))

  it.effect("B04 a person: batchSend; the message id is the processQueryKey, the chat id the bare target", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const result = valueOf(yield* run(DingTalkSender.send({ to: "user:zhangsan", text: "hi" }), api))
      assert.deepStrictEqual(result, {
        messageId: "key-1",
        chatId: "zhangsan",
        chunks: [{ index: 0, via: "api", messageId: "key-1", characters: 2 }],
        refused: []
      })
      assert.deepStrictEqual(api.of(userPath).map(({ body, token, url }) => ({ body, token, url })), [{
        url: "https://api.dingtalk.com/v1.0/robot/oToMessages/batchSend",
        token: "token-1",
        body: {
          robotCode: "dingrobot",
          msgKey: "sampleMarkdown",
          msgParam: "{\"title\":\"hi\",\"text\":\"hi\"}",
          userIds: ["zhangsan"]
        }
      }])
    }))

  it.effect("B05 a group: groupMessages/send with the conversation's id", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      for (const to of ["chat:cidABC==", "cidABC=="]) {
        const result = valueOf(yield* run(DingTalkSender.send({ to, text: "hi" }), api))
        assert.strictEqual(result.chatId, "cidABC==")
      }
      for (const seen of api.of(groupPath)) {
        assert.strictEqual(seen.body["openConversationId"], "cidABC==")
        assert.notProperty(seen.body, "userIds")
      }
      assert.strictEqual(api.of(groupPath).length, 2)
    }))

  it.effect("B07 no credentials: credentials not configured, and no call", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const error = failureOf(
        yield* run(DingTalkSender.send({ to: "zhangsan", text: "hi" }), api, Fake.account({ appKey: "" }))
      )
      assert.strictEqual(error._tag, "CredentialsMissing")
      assert.include(error.message, "credentials not configured")
      assert.strictEqual(api.seen.length, 0)
    }))

  it.effect("B09 an empty target: empty target, and no call", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      for (const to of ["", "  ", "user:", "chat:"]) {
        const error = failureOf(yield* run(DingTalkSender.send({ to, text: "hi" }), api))
        assert.strictEqual(error._tag, "InvalidTarget")
        assert.include(error.message, "empty target")
      }
      assert.strictEqual(api.seen.length, 0)
    }))

  it.effect("B10 a long text goes out as several messages, one after the other", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) =>
        seen.path === userPath ? { status: 200, body: { processQueryKey: `key-${nth}` }, delayMs: 100 } : undefined
      )
      const result = valueOf(
        yield* run(DingTalkSender.send({ to: "zhangsan", text: threeChunks }), api, Fake.account(small))
      )
      assert.deepStrictEqual(api.of(userPath).map((seen) => [seen.at, paramOf(seen)]), [
        [0, { content: "one-one-1" }],
        [100, { content: "two-two-2" }],
        [200, { content: "three-333" }]
      ])
      assert.strictEqual(result.messageId, "key-1")
      assert.deepStrictEqual(result.chunks.map(({ characters, index, messageId }) => [index, messageId, characters]), [
        [0, "key-1", 9],
        [1, "key-2", 9],
        [2, "key-3", 9]
      ])
    }))

  it.effect("a group's message is cut by bytes too", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const text = "字".repeat(12_000)
      valueOf(
        yield* run(DingTalkSender.send({ to: "cidA", text }), api, Fake.account({ textChunkLimit: 20_000 }))
      )
      const params = api.of(groupPath).map((seen) => String(seen.body["msgParam"]))
      for (const param of params) assert.isAtMost(Buffer.byteLength(param), 15_000)
      assert.strictEqual(params.map((param) => JSON.parse(param).text).join(""), text)
      assert.strictEqual(params.length, 3)
    }))

  it.effect("selects the account, and names the known ones for an unknown one", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const accounts = [Fake.account({ id: "a", robotCode: "A" }), Fake.account({ id: "b", robotCode: "B" })] as const
      yield* run(DingTalkSender.send({ to: "zhangsan", text: "hi" }), api, ...accounts)
      yield* run(DingTalkSender.send({ account: "b", to: "zhangsan", text: "hi" }), api, ...accounts)
      assert.deepStrictEqual(api.of(userPath).map(({ body }) => body["robotCode"]), ["A", "B"])
      const error = failureOf(
        yield* run(DingTalkSender.send({ account: "c", to: "zhangsan", text: "hi" }), api, ...accounts)
      )
      assert.deepStrictEqual(error._tag === "UnknownAccount" && error.known, ["a", "b"])
    }))

  it.effect("a later chunk fails: the error says what went out, and nothing is sent twice", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) =>
        seen.path === userPath && nth === 2 ? { status: 400, body: { code: "bot.stopped" } } : undefined
      )
      const error = partialOf(
        yield* run(DingTalkSender.send({ to: "zhangsan", text: threeChunks }), api, Fake.account(small))
      )
      assert.strictEqual(error.account, "default")
      assert.strictEqual(error.chatId, "zhangsan")
      assert.deepStrictEqual(error.sent, [{ index: 0, via: "api", messageId: "key-1", characters: 9 }])
      assert.strictEqual(error.failed.index, 1)
      assert.strictEqual(error.failed.error._tag, "TargetGone")
      assert.strictEqual(error.total, 3)
      assert.match(error.message, /^account "default": 1 of 3 chunks went out, then: .*target gone/)
      assert.deepStrictEqual(api.of(userPath).map(paramOf), [{ content: "one-one-1" }, { content: "two-two-2" }])
    }))

  it.effect("a later chunk is tried again alone", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) =>
        seen.path === userPath && nth === 2
          ? { status: 403, body: { code: "Forbidden.AccessDenied.QpsLimitForApi" } }
          : undefined
      )
      const result = valueOf(
        yield* run(DingTalkSender.send({ to: "zhangsan", text: threeChunks }), api, Fake.account(small))
      )
      assert.deepStrictEqual(result.chunks.map(({ messageId }) => messageId), ["key-1", "key-3", "key-4"])
      assert.deepStrictEqual(api.of(userPath).map((seen) => [seen.at, paramOf(seen)]), [
        [0, { content: "one-one-1" }],
        [0, { content: "two-two-2" }],
        [1_000, { content: "two-two-2" }],
        // After a throttle they go one by one.
        [1_050, { content: "three-333" }]
      ])
    }))

  it.effect("the first chunk fails: its own error, and no more is tried", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen) => seen.path === userPath ? { status: 500, body: "" } : undefined)
      const error = failureOf(
        yield* run(DingTalkSender.send({ to: "zhangsan", text: threeChunks }), api, Fake.account(small))
      )
      assert.strictEqual(error._tag, "Ambiguous")
      assert.strictEqual(api.of(userPath).length, 1)
    }))

  it.effect("a person refused in a 200 answer is an error that says why", () =>
    Effect.gen(function*() {
      const lists = [
        ["invalidStaffIdList", "invalid"],
        ["flowControlledStaffIdList", "flowControlled"],
        ["filteredStaffIdList", "filtered"]
      ] as const
      for (const [list, reason] of lists) {
        for (const processQueryKey of ["key", undefined]) {
          const api = Fake.dingtalk((seen) =>
            seen.path === userPath
              ? { status: 200, body: { processQueryKey, requestId: "R", [list]: ["zhangsan"] } }
              : undefined
          )
          const error = failureOf(yield* run(DingTalkSender.send({ to: "zhangsan", text: "hi" }), api))
          assert.strictEqual(error._tag, "Refused")
          assert.deepStrictEqual(error._tag === "Refused" && error.users, [{ userId: "zhangsan", reason }])
          assert.include(error.message, `zhangsan (${reason})`)
          assert.include(error.message, "request R")
          assert.strictEqual(api.of(userPath).length, 1)
        }
      }
    }))

  it.effect("sends of an account share one bucket", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      yield* run(
        Effect.all(Array.from({ length: 7 }, (_, n) => DingTalkSender.send({ to: `user${n}`, text: "hi" })), {
          concurrency: "unbounded"
        }),
        api,
        Fake.account({ rateLimit: 10, rateBurst: 3 })
      )
      assert.deepStrictEqual(api.of(userPath).map(({ at }) => at), [0, 0, 0, 100, 200, 300, 400])
      // The first ones wait together for a token, and leave in any order.
      assert.deepStrictEqual(
        api.of(userPath).slice(3).map(({ body }) => body["userIds"]),
        [["user3"], ["user4"], ["user5"], ["user6"]]
      )
    }))

  it.effect("follows the configuration: new credentials, new token", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const program = Effect.gen(function*() {
        const config = yield* DingTalkConfig
        yield* DingTalkSender.send({ to: "zhangsan", text: "1" })
        yield* config.set(Fake.settings(Fake.account({ renderMode: "plain" })))
        yield* DingTalkSender.send({ to: "zhangsan", text: "2" })
        yield* config.set(Fake.settings(Fake.account({ appSecret: Redacted.make("another") })))
        yield* DingTalkSender.send({ to: "zhangsan", text: "3" })
      })
      assert.isTrue(Exit.isSuccess(yield* run(program, api)))
      assert.deepStrictEqual(api.of(userPath).map(({ token }) => token), ["token-1", "token-1", "token-2"])
      assert.deepStrictEqual(api.of(tokenPath).map(({ body }) => body["appSecret"]), ["very-secret-secret", "another"])
    }))

  it.effect("counts how sends end", () =>
    Effect.gen(function*() {
      const id = "metrics-of-the-sender"
      const api = Fake.dingtalk((seen, nth) =>
        seen.path === userPath && nth >= 2 && nth <= 4 ? { status: 400, body: { code: "group.disbanded" } } : undefined
      )
      const account = Fake.account({ ...small, id })
      const texts = ["ok", "fails", threeChunks, "ok"]
      const program = Effect.forEach(texts, (text) => Effect.either(DingTalkSender.send({ to: "zhangsan", text })))
      yield* run(program, api, account)
      const partial = Fake.dingtalk((seen, nth) =>
        seen.path === userPath && nth === 2 ? { status: 400, body: { code: "group.disbanded" } } : undefined
      )
      yield* run(DingTalkSender.send({ to: "zhangsan", text: threeChunks }), partial, account)
      const count = (outcome: string) =>
        Effect.map(Metric.value(Metric.tagged(Metrics.forAccount(id).sends, "outcome", outcome)), ({ count }) => count)
      assert.strictEqual(yield* count("TargetGone"), 3)
      assert.strictEqual(yield* count("sent"), 1)
      assert.strictEqual(yield* count("partial"), 1)
    }))

  it.effect("has a span, without the text", () =>
    Effect.gen(function*() {
      const { spans, tracer } = Fake.recordingTracer()
      yield* run(DingTalkSender.send({ to: "zhangsan", text: "private words" }), Fake.dingtalk()).pipe(
        Effect.withTracer(tracer),
        Effect.withTracerEnabled(true)
      )
      assert.deepStrictEqual(spans.map(({ name }) => name), [
        "dingtalk.sender.send",
        "dingtalk.api.sendToUser",
        "dingtalk.api.getToken"
      ])
      assert.notInclude(JSON.stringify(spans.map(({ attributes }) => [...attributes])), "private words")
    }))
})

describe("DingTalkSender.reply", () => {
  const webhook = `https://oapi.dingtalk.com${webhookPath}?session=hidden-session`

  const route = (overrides: Partial<DingTalkSender.ReplyRoute> = {}): DingTalkSender.ReplyRoute => ({
    accountId: "default",
    chatType: "direct",
    chatId: "zhangsan",
    conversationId: "cidDirect",
    senderStaffId: "zhangsan",
    sessionWebhook: SessionWebhookUrl.make(webhook),
    sessionWebhookExpiresAt: undefined,
    ...overrides
  })
  const group = { chatType: "group", chatId: "cidGroup", conversationId: "cidGroup" } as const

  it.effect("goes through the session webhook while that is valid: no token, no API call", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const result = valueOf(yield* run(DingTalkSender.reply(route(), "# hi"), api))
      assert.deepStrictEqual(result, {
        messageId: undefined,
        chatId: "zhangsan",
        chunks: [{ index: 0, via: "webhook", messageId: undefined, characters: 4 }],
        refused: []
      })
      assert.deepStrictEqual(api.seen.map(({ body, token, url }) => ({ body, token, url })), [{
        url: webhook,
        token: undefined,
        body: { msgtype: "markdown", markdown: { title: "hi", text: "# hi" } }
      }])
    }))

  it.effect("plain text is plain there too", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      yield* run(DingTalkSender.reply(route(), "hi"), api, Fake.account({ renderMode: "plain" }))
      assert.deepStrictEqual(api.seen.map(({ body }) => body), [{ msgtype: "text", text: { content: "hi" } }])
    }))

  it.effect("through the API after: a person by staff id, a group by conversation id", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      for (
        const gone of [
          { sessionWebhook: undefined },
          // Within five minutes of its end, at virtual time 0.
          { sessionWebhookExpiresAt: 299_999 },
          { sessionWebhook: SessionWebhookUrl.make("https://evil.example.com/x") }
        ]
      ) {
        const direct = valueOf(yield* run(DingTalkSender.reply(route(gone), "hi"), api))
        assert.deepStrictEqual(direct.chunks.map(({ via }) => via), ["api"])
        assert.isString(direct.messageId)
        const inGroup = valueOf(yield* run(DingTalkSender.reply(route({ ...gone, ...group }), "hi"), api))
        assert.strictEqual(inGroup.chatId, "cidGroup")
      }
      assert.deepStrictEqual(
        api.of(userPath).map(({ body }) => body["userIds"]),
        Array.from({ length: 3 }, () => ["zhangsan"])
      )
      assert.deepStrictEqual(
        api.of(groupPath).map(({ body }) => body["openConversationId"]),
        ["cidGroup", "cidGroup", "cidGroup"]
      )
      assert.isFalse(api.seen.some(({ url }) => url.includes("evil") || url.includes("session")))
    }))

  it.effect("whatever shows that it did not go out makes way for the API, once", () =>
    Effect.gen(function*() {
      const refusals: ReadonlyArray<Fake.Answer> = [
        { status: 200, body: { errcode: 300001, errmsg: "session 不存在" } },
        { status: 200, body: { errcode: 300001, errmsg: "参数错误" } },
        { status: 200, body: { errcode: 310000, errmsg: "keywords not in content" } },
        { status: 200, body: { errcode: 40035 } },
        { status: 200, body: { errcode: 400105 } },
        { status: 200, body: { errcode: 130101 } },
        { status: 200, body: { errcode: -1 } },
        { status: 404, body: "" },
        { status: 403, body: "<html></html>" },
        { status: 429, body: "" },
        { broken: Fake.systemError("ECONNREFUSED") },
        { broken: new TypeError("fetch failed", { cause: Fake.systemError("ENOTFOUND") }) }
      ]
      for (const refusal of refusals) {
        const api = Fake.dingtalk((seen) => seen.path === webhookPath ? refusal : undefined)
        const result = valueOf(yield* run(DingTalkSender.reply(route(), "hi"), api))
        assert.deepStrictEqual(result.chunks.map(({ via }) => via), ["api"], JSON.stringify(refusal))
        assert.deepStrictEqual(api.seen.map(({ path }) => path), [webhookPath, tokenPath, userPath])
      }
    }))

  it.effect("an unknown outcome is an error: neither the webhook nor the API gets it again", () =>
    Effect.gen(function*() {
      const unclear: ReadonlyArray<Fake.Answer> = [
        "silence",
        { broken: Fake.systemError("ECONNRESET") },
        { status: 500, body: "" },
        { status: 502, body: "<html></html>" },
        { status: 200, body: "" },
        { status: 200, body: "<html></html>" }
      ]
      for (const answer of unclear) {
        const api = Fake.dingtalk((seen) => seen.path === webhookPath ? answer : undefined)
        const error = failureOf(yield* run(DingTalkSender.reply(route(), "hi"), api))
        assert.strictEqual(error._tag, "Ambiguous", JSON.stringify(answer))
        assert.deepStrictEqual(api.seen.map(({ path }) => path), [webhookPath])
      }
    }))

  it.effect("a webhook that refuses one chunk is not asked for the next", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) =>
        seen.path === webhookPath && nth === 2 ? { status: 200, body: { errcode: 300001 } } : undefined
      )
      const result = valueOf(yield* run(DingTalkSender.reply(route(group), threeChunks), api, Fake.account(small)))
      assert.deepStrictEqual(result.chunks.map(({ messageId, via }) => [via, messageId]), [
        ["webhook", undefined],
        ["api", "key-1"],
        ["api", "key-2"]
      ])
      assert.isUndefined(result.messageId)
      assert.deepStrictEqual(api.of(groupPath).map(paramOf), [{ content: "two-two-2" }, { content: "three-333" }])
      assert.strictEqual(api.of(webhookPath).length, 2)
    }))

  it.effect("a webhook that ends between two chunks is left in time", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen) =>
        seen.path === webhookPath ? { status: 200, body: { errcode: 0 }, delayMs: 20_000 } : undefined
      )
      const result = valueOf(
        yield* run(
          DingTalkSender.reply(route({ ...group, sessionWebhookExpiresAt: 300_000 + 30_000 }), threeChunks),
          api,
          Fake.account(small)
        )
      )
      assert.deepStrictEqual(result.chunks.map(({ via }) => via), ["webhook", "webhook", "api"])
    }))

  it.effect("a later chunk of unknown outcome: the error says what went out", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) => seen.path === webhookPath && nth === 2 ? "silence" : undefined)
      const error = partialOf(
        yield* run(DingTalkSender.reply(route(), threeChunks), api, Fake.account(small))
      )
      assert.deepStrictEqual(error.sent.map(({ index, via }) => [index, via]), [[0, "webhook"]])
      assert.strictEqual(error.failed.error._tag, "Ambiguous")
      assert.deepStrictEqual(api.seen.map(({ path }) => path), [webhookPath, webhookPath])
    }))

  it.effect("somebody outside the organisation can be answered only through the webhook", () =>
    Effect.gen(function*() {
      const outside = { senderStaffId: undefined, chatId: "$:LWCP_v1:$x" }
      const api = Fake.dingtalk()
      assert.isTrue(Exit.isSuccess(yield* run(DingTalkSender.reply(route(outside), "hi"), api)))
      const gone = failureOf(
        yield* run(DingTalkSender.reply(route({ ...outside, sessionWebhook: undefined }), "hi"), api)
      )
      assert.strictEqual(gone._tag === "BadRequest" && gone.field, "senderStaffId")
      assert.deepStrictEqual(api.seen.map(({ path }) => path), [webhookPath])
      const refusing = Fake.dingtalk(() => ({ status: 200, body: { errcode: 300001, errmsg: "no session" } }))
      const refused = failureOf(yield* run(DingTalkSender.reply(route(outside), "hi"), refusing))
      assert.strictEqual(refused._tag === "BadRequest" && refused.code, "300001")
    }))

  it.effect("no error shows the webhook, even if the server repeats it", () =>
    Effect.gen(function*() {
      for (const message of [webhook, `${webhookPath}?session=hidden-session`, "session hidden-session is gone"]) {
        const api = Fake.dingtalk(() => ({ status: 200, body: { errcode: 300001, errmsg: `not found: ${message}` } }))
        const error = failureOf(yield* run(DingTalkSender.reply(route({ senderStaffId: undefined }), "hi"), api))
        for (const shown of [JSON.stringify(error), inspect(error), error.message]) {
          assert.notInclude(shown, "hidden-session")
        }
        assert.include(error.message, "not found")
      }
    }))

  it.effect("an account that is no longer configured", () =>
    Effect.gen(function*() {
      const error = failureOf(yield* run(DingTalkSender.reply(route({ accountId: "old" }), "hi"), Fake.dingtalk()))
      assert.deepStrictEqual(error._tag === "UnknownAccount" && error.known, ["default"])
    }))
})

describe("DingTalkSender.sendMessage", () => {
  const hello = RobotMessage.Text({ content: "hello" })
  const people = Array.from({ length: 45 }, (_, n) => `user:u${n}`)

  it.effect("more than 20 people take several calls; people first, then groups", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const result = valueOf(
        yield* run(DingTalkSender.sendMessage({ to: ["cidA", ...people], message: hello }), api)
      )
      assert.deepStrictEqual(
        api.of(userPath).map(({ body }) => Array.isArray(body["userIds"]) ? body["userIds"].length : 0),
        [20, 20, 5]
      )
      assert.deepStrictEqual(api.of(groupPath).map(({ body }) => body["openConversationId"]), ["cidA"])
      assert.deepStrictEqual(result.batches.map(({ messageId }) => messageId), ["key-1", "key-2", "key-3", "key-1"])
      assert.strictEqual(result.messageId, "key-1")
    }))

  it.effect("says whom DingTalk refused and why, while the others got it", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) =>
        seen.path === userPath
          ? nth === 1
            ? {
              status: 200,
              body: {
                processQueryKey: "k",
                invalidStaffIdList: ["u1"],
                flowControlledStaffIdList: ["u2"],
                filteredStaffIdList: ["u3"]
              }
            }
            : { status: 200, body: { invalidStaffIdList: ["last"] } }
          : undefined
      )
      const result = valueOf(
        yield* run(
          DingTalkSender.sendMessage({
            to: ["u0", ...Array.from({ length: 19 }, (_, n) => `u${n + 1}`), "last"],
            message: hello
          }),
          api
        )
      )
      assert.deepStrictEqual(result.refused, [
        { userId: "u1", reason: "invalid" },
        { userId: "u2", reason: "flowControlled" },
        { userId: "u3", reason: "filtered" },
        { userId: "last", reason: "invalid" }
      ])
      assert.deepStrictEqual(result.batches.map(({ messageId }) => messageId), ["k", undefined])
    }))

  it.effect("everybody refused, in the only call: Refused", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen) =>
        seen.path === userPath ? { status: 200, body: { invalidStaffIdList: ["a", "b"] } } : undefined
      )
      const error = failureOf(yield* run(DingTalkSender.sendMessage({ to: ["a", "b"], message: hello }), api))
      assert.deepStrictEqual(error._tag === "Refused" && error.users.map(({ userId }) => userId), ["a", "b"])
    }))

  it.effect("who is named twice, or was not written to, does not count: it went out to the others", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen) =>
        seen.path === userPath
          ? {
            status: 200,
            body: { processQueryKey: "k", invalidStaffIdList: ["a", "a", "stranger"], flowControlledStaffIdList: ["a"] }
          }
          : undefined
      )
      const sent = valueOf(yield* run(DingTalkSender.sendMessage({ to: ["a", "b"], message: hello }), api))
      assert.deepStrictEqual(sent.refused, [{ userId: "a", reason: "invalid" }])
    }))

  it.effect("an answer that names thousands is an error of a line or two", () =>
    Effect.gen(function*() {
      const named = Array.from({ length: 2_000 }, (_, n) => `\u001b[31m${"x".repeat(200)}${n}`)
      const api = Fake.dingtalk((seen) =>
        seen.path === userPath ? { status: 200, body: { invalidStaffIdList: named } } : undefined
      )
      const error = failureOf(yield* run(DingTalkSender.sendMessage({ to: ["a", "b"], message: hello }), api))
      assert.strictEqual(error._tag, "Refused")
      assert.isBelow(error.message.length, 3_000)
      assert.notMatch(error.message, /[\u0000-\u001f]/)
    }))

  it.effect("a later call that fails: what went out, what failed, what was not tried", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) => seen.path === userPath && nth === 2 ? "silence" : undefined)
      const error = failureOf(
        yield* run(DingTalkSender.sendMessage({ to: ["cidA", ...people], message: hello }), api)
      )
      assert.isTrue(error._tag === "PartialDelivery")
      if (error._tag !== "PartialDelivery") return
      assert.deepStrictEqual(error.sent.map(({ messageId }) => messageId), ["key-1"])
      assert.strictEqual(error.failed.error._tag, "Ambiguous")
      assert.deepStrictEqual(
        error.failed.batch,
        Batch.Users({ userIds: people.slice(20, 40).map((to) => to.slice(5)) })
      )
      assert.strictEqual(error.rest.length, 2)
      assert.include(error.message, "1 of 4 batches went out")
      assert.strictEqual(api.of(userPath).length, 2)
      assert.strictEqual(api.of(groupPath).length, 0)
    }))

  it.effect("bytes are counted before sending to a group: 15 000 go, 15 001 do not", () =>
    Effect.gen(function*() {
      for (const unit of ["x", "字", "👩‍👩‍👧‍👦"]) {
        const room = 15_000 - `{"content":""}`.length
        const bytes = Buffer.byteLength(unit)
        const content = unit.repeat(Math.floor(room / bytes)) + "x".repeat(room % bytes)
        const api = Fake.dingtalk()
        const fits = (to: string, content: string) =>
          run(DingTalkSender.sendMessage({ to, message: RobotMessage.Text({ content }) }), api)
        assert.isTrue(Exit.isSuccess(yield* fits("cidA", content.slice(0, -1))))
        assert.isTrue(Exit.isSuccess(yield* fits("cidA", content)))
        const error = failureOf(yield* fits("cidA", `${content}x`))
        assert.deepInclude({ ...error }, { _tag: "TooLarge", bytes: 15_001, limitBytes: 15_000 })
        assert.strictEqual(api.of(groupPath).length, 2)
      }
    }))

  it.effect("a message that DingTalk would refuse is not sent", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const error = failureOf(
        yield* run(DingTalkSender.sendMessage({ to: "cidA", message: RobotMessage.Image({ photo: "" }) }), api)
      )
      assert.strictEqual(error._tag === "BadRequest" && error.field, "photo")
      assert.strictEqual(api.seen.length, 0)
    }))

  it.effect("B09 one empty target among many: no call", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const error = failureOf(yield* run(DingTalkSender.sendMessage({ to: ["a", " "], message: hello }), api))
      assert.strictEqual(error._tag, "InvalidTarget")
      assert.strictEqual(api.seen.length, 0)
    }))
})

describe("DingTalkSender.replyMessage", () => {
  const route: DingTalkSender.ReplyRoute = {
    accountId: "default",
    chatType: "group",
    chatId: "cidGroup",
    conversationId: "cidGroup",
    senderStaffId: "zhangsan",
    sessionWebhook: SessionWebhookUrl.make(`https://oapi.dingtalk.com${webhookPath}?session=hidden-session`),
    sessionWebhookExpiresAt: undefined
  }
  const file = RobotMessage.File({ mediaId: "@f", fileName: "a.pdf", fileType: "pdf" })
  const feed = WebhookMessage.FeedCard({ links: [{ title: "A", messageUrl: "https://a", picUrl: "https://p" }] })

  it.effect("what the webhook carries goes through it, mentions included", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const result = valueOf(
        yield* run(
          DingTalkSender.replyMessage(route, RobotMessage.Markdown({ text: "done" }), {
            at: { userIds: ["zhangsan"] }
          }),
          api
        )
      )
      assert.deepStrictEqual(result, { via: "webhook", messageId: undefined, chatId: "cidGroup" })
      assert.deepStrictEqual(api.seen.map(({ body }) => [body["markdown"], body["at"]]), [[
        { title: "done", text: "done\n\n@zhangsan" },
        { atUserIds: ["zhangsan"], atMobiles: [], atDingtalkIds: [], isAtAll: false }
      ]])
    }))

  it.effect("what it does not carry goes through the API from the start", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const result = valueOf(yield* run(DingTalkSender.replyMessage(route, file), api))
      assert.deepStrictEqual(result, { via: "api", messageId: "key-1", chatId: "cidGroup" })
      assert.deepStrictEqual(api.seen.map(({ path }) => path), [tokenPath, groupPath])
      const nobody = failureOf(
        yield* run(
          DingTalkSender.replyMessage({ ...route, chatType: "direct", senderStaffId: undefined }, file),
          Fake.dingtalk()
        )
      )
      assert.strictEqual(nobody._tag === "BadRequest" && nobody.field, "senderStaffId")
    }))

  it.effect("a webhook that refuses: the API, a feed card as Markdown", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen) =>
        seen.path === webhookPath ? { status: 200, body: { errcode: 400105, errmsg: "unsupported" } } : undefined
      )
      const result = valueOf(yield* run(DingTalkSender.replyMessage(route, feed), api))
      assert.strictEqual(result.via, "api")
      assert.deepStrictEqual(paramOf(api.of(groupPath)[0]), { title: "A", text: "![](https://p)\n\n[A](https://a)" })
    }))

  it.effect("a kind of message that can't mention anybody says so", () =>
    Effect.gen(function*() {
      const link = { title: "t", text: "x", picUrl: "", messageUrl: "https://example.com" }
      const at = { userIds: ["zhangsan"] }
      const api = Fake.dingtalk()
      const result = valueOf(yield* run(DingTalkSender.replyMessage(route, RobotMessage.Link(link), { at }), api))
      assert.deepStrictEqual(result, {
        via: "webhook",
        messageId: undefined,
        chatId: "cidGroup",
        notMentioned: ["zhangsan"]
      })
    }))

  it.effect("of an answer in chunks, the mention that was lost is that of the first; the names have room in it", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen) => seen.path === webhookPath ? { status: 404, body: "" } : undefined)
      const names = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`u${n}`, `名字${n}`]))
      const at = { userIds: Object.keys(names), names }
      const result = valueOf(
        yield* run(
          DingTalkSender.reply({ ...route, senderName: "张三" }, "字".repeat(6_000), { at }),
          api,
          Fake.account({ textChunkLimit: 20_000 })
        )
      )
      assert.deepStrictEqual(result.notMentioned, at.userIds)
      const [first, ...others] = api.of(groupPath).map(({ body }) => String(body["msgParam"]))
      assert.include(first, "@名字99")
      assert.isAtMost(Buffer.byteLength(first ?? ""), 15_000)
      for (const other of others) assert.notInclude(other, "@")
    }))

  it.effect("reply mentions in the first chunk only", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      yield* run(
        DingTalkSender.reply(route, threeChunks, { at: { all: true }, renderMode: "plain" }),
        api,
        Fake.account(small)
      )
      assert.deepStrictEqual(api.of(webhookPath).map(({ body }) => body["at"] !== undefined), [true, false, false])
    }))
})

it("a message of the inbound side is a route", () => {
  expectTypeOf<Message>().toMatchTypeOf<DingTalkSender.ReplyRoute>()
})
