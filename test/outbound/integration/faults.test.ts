import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as DingTalkCards from "../../../src/DingTalkCards.ts"
import * as DingTalkMedia from "../../../src/DingTalkMedia.ts"
import * as DingTalkReactions from "../../../src/DingTalkReactions.ts"
import * as DingTalkRobot from "../../../src/DingTalkRobot.ts"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import type { MediaError, SendError } from "../../../src/outbound/api/SendError.ts"
import { Script } from "../../../src/testing/index.ts"
import * as Desk from "./utils/desk.ts"

const to = "user:zhangsan"

const say = (text: string) => DingTalkSender.send({ to, text })

/** A call of every kind. */
const everything: ReadonlyArray<
  Effect.Effect<unknown, MediaError | SendError, DingTalkSender.DingTalkSender>
> = [
  DingTalkMedia.upload({ source: DingTalkMedia.fromBytes(new Uint8Array([1]), "a.png") }),
  DingTalkCards.update({ outTrackId: "card", params: { a: "1" } }),
  DingTalkRobot.recall({ messageIds: ["key"] }),
  DingTalkSender.send({ to: Desk.group, text: "hi" })
]

describe("tokens", () => {
  it.scoped("that die in the middle of a burst of every kind are renewed once, by one call", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* run(DingTalkCards.create({ to, templateId: "t", params: {}, outTrackId: "card" }))
      yield* fake.expireTokens
      const texts = Array.from({ length: 26 }, (_, i) => `${i}`)
      yield* run(Effect.all([...texts.map(say), ...everything], { concurrency: "unbounded", discard: true }))
      assert.strictEqual((yield* fake.requests(Desk.tokenPath)).length, 2)
      // Every one of them was sent once.
      assert.sameMembers((yield* Desk.shown(fake, "zhangsan")).slice(1), texts)
    }))

  it.scoped("of a pair that is wrong: an error at once, without trying again", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({}, { appSecret: "wrong" })
      const calls = Array.from({ length: 20 }, (_, i) => say(`${i}`))
      const results = yield* run(Effect.forEach(calls, Effect.either, { concurrency: "unbounded" }))
      for (const result of results) {
        assert.strictEqual(Either.isLeft(result) && result.left._tag, "CredentialsRejected")
      }
      // Whoever waits for the same token shares its fate.
      assert.strictEqual((yield* fake.requests(Desk.tokenPath)).length, 1)
      assert.deepStrictEqual(yield* fake.replies, [])
    }))

  it.scoped("that are refused whatever they are: one renewal, then an error", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerEvery(Desk.userPath, Script.refusal(400, "InvalidAuthentication"))
      assert.strictEqual((yield* Effect.flip(run(say("hi"))))._tag, "CredentialsRejected")
      assert.strictEqual((yield* fake.requests(Desk.userPath)).length, 2)
      assert.strictEqual((yield* fake.requests(Desk.tokenPath)).length, 2)
    }))
})

describe("answers that are none", () => {
  const cases: ReadonlyArray<readonly [what: string, send: Script.Answer, update?: Script.Answer]> = [
    ["an HTML page of a gateway", Script.html(502)],
    ["an HTML page with status 200", Script.html(200)],
    ["an empty body", Script.empty(200)],
    ["a 500", Script.refusal(500, "unknownError")],
    ["a success that lacks its key", { status: 200, body: {} }],
    [
      "an answer that breaks off",
      { status: 200, body: { processQueryKey: "key" }, cutAfterBytes: 5 },
      { status: 200, body: { success: true }, cutAfterBytes: 5 }
    ],
    ["a connection that is cut after the message went out", "handleThenHangUp"],
    ["a connection that is cut before", "hangUp"]
  ]
  for (const [what, answer, answerToUpdate = answer] of cases) {
    it.scoped(`${what}: a send is Ambiguous and never repeated; what may be repeated is`, () =>
      Effect.gen(function*() {
        const { fake, run } = yield* Desk.open()
        yield* run(say("before"))
        yield* fake.answerNext(Desk.userPath, answer)
        assert.strictEqual((yield* Effect.flip(run(say("once"))))._tag, "Ambiguous")
        yield* Desk.after(60_000)
        assert.strictEqual((yield* fake.requests(Desk.userPath)).length, 2)
        const copies = (yield* Desk.shown(fake, "zhangsan")).filter((text) => text === "once")
        assert.strictEqual(copies.length, answer === "handleThenHangUp" ? 1 : 0)

        yield* run(DingTalkCards.create({ to, templateId: "t", params: {}, outTrackId: "card" }))
        yield* fake.answerNext(Desk.cardPath, answerToUpdate)
        const updating = yield* Effect.forkScoped(
          run(DingTalkCards.update({ outTrackId: "card", params: { content: "new" } }))
        )
        yield* Desk.until(fake.awaitRequests(Desk.cardPath, 2))
        yield* Fiber.join(updating)
        assert.strictEqual((yield* fake.card("card")).text, "new")
      }))
  }

  it.scoped("a call that is never answered: 30 s, then Ambiguous", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerNext(Desk.userPath, "handleThenHang")
      const sending = yield* Effect.forkScoped(Effect.flip(run(say("once"))))
      yield* fake.awaitReplies(1)
      yield* Desk.after(29_000)
      assert.isTrue((yield* Fiber.poll(sending))._tag === "None")
      yield* Desk.after(1_000)
      assert.strictEqual((yield* Fiber.join(sending))._tag, "Ambiguous")
      assert.deepStrictEqual(yield* Desk.shown(fake, "zhangsan"), ["once"])
    }))

  it.scoped("a webhook whose answer is lost: Ambiguous, and the API is not tried", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("hi"))
      yield* fake.answerNext(Desk.webhookPath, "handleThenHangUp")
      assert.strictEqual((yield* Effect.flip(run(DingTalkSender.reply(message, "once"))))._tag, "Ambiguous")
      assert.deepStrictEqual(yield* Desk.shown(fake, "zhangsan"), ["hi", "once"])
      assert.deepStrictEqual(yield* fake.requests(Desk.userPath), [])
    }))
})

describe("too many calls", () => {
  it.scoped("of one API: everybody waits for the window, and every message goes out once", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerNext(Desk.userPath, Script.refusals.throttled, Script.refusals.throttled)
      const sending = yield* Effect.forkScoped(run(
        Effect.forEach(["1", "2", "3", "4"], say, { concurrency: "unbounded" })
      ))
      yield* Desk.until(Fiber.join(sending))
      assert.sameMembers([...yield* Desk.shown(fake, "zhangsan")], ["1", "2", "3", "4"])
      assert.strictEqual((yield* fake.requests(Desk.userPath)).length, 6)
    }))

  it.scoped("of one address: HTTP 200 that is no answer is a throttle of minutes, and nobody calls any more", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({ addressLimit: 3 })
      yield* run(say("1"))
      yield* run(say("2"))
      const banned = yield* Effect.flip(run(say("3")))
      assert.deepInclude({ ...banned }, { _tag: "Throttled", code: "1111", retryAfterMs: 300_000 })
      const calls = (yield* fake.requests()).length
      for (const call of everything) {
        const error = yield* Effect.flip(run(call))
        assert.strictEqual(error._tag, "Throttled")
      }
      assert.strictEqual((yield* fake.requests()).length, calls)
      assert.deepStrictEqual(yield* Desk.shown(fake, "zhangsan"), ["1", "2"])
    }))

  it.scoped("of the month: an error of its own; what embellishes is left out, what is waited for is tried", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({ quota: 1 })
      const { conversationId, msgId: messageId } = yield* fake.say("hi")
      yield* run(say("1"))
      assert.strictEqual((yield* Effect.flip(run(say("2"))))._tag, "QuotaExhausted")
      const message = { accountId: "default", conversationId, messageId }
      const calls = (yield* fake.requests()).length
      assert.strictEqual((yield* Effect.flip(run(DingTalkReactions.add(message, "ok"))))._tag, "QuotaExhausted")
      assert.strictEqual((yield* fake.requests()).length, calls)
      assert.strictEqual((yield* Effect.flip(run(say("3"))))._tag, "QuotaExhausted")
      assert.strictEqual((yield* fake.requests()).length, calls + 1)
    }))
})

describe("refusals", () => {
  it.scoped("say what to mend", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const denied = {
        status: 403,
        body: {
          code: "Forbidden.AccessDenied.AccessTokenPermissionDenied",
          message: "应用尚未开通所需的权限：[qyapi_robot_sendmsg]",
          accessdenieddetail: { requiredScopes: ["qyapi_robot_sendmsg"] }
        }
      }
      yield* fake.answerNext(Desk.userPath, denied)
      const permission = yield* Effect.flip(run(say("hi")))
      assert.deepInclude({ ...permission }, { _tag: "PermissionDenied", scopes: ["qyapi_robot_sendmsg"] })
      yield* fake.answerNext(Desk.userPath, Script.refusals.ipNotAllowed)
      assert.strictEqual((yield* Effect.flip(run(say("hi"))))._tag, "IpNotAllowed")
      for (const code of ["group.disbanded", "bot.stopped"]) {
        yield* fake.refuseGroup(Desk.group, code)
        const gone = yield* Effect.flip(run(DingTalkSender.send({ to: Desk.group, text: "hi" })))
        assert.deepInclude({ ...gone }, { _tag: "TargetGone", code })
      }
      const wrong = yield* Effect.flip(run(DingTalkSender.send({ to: "chat:zhangsan", text: "hi" })))
      assert.deepInclude({ ...wrong }, { _tag: "BadRequest", field: "openConversationId" })
      assert.deepStrictEqual(yield* fake.replies, [])
    }))

  it.scoped("of a webhook that is over, or too fast: the API answers in its place", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      for (const refusal of [Script.refusals.noSession, Script.refusals.webhookTooFast, Script.html(502)] as const) {
        const message = yield* hear(fake.say("hi", { group: Desk.group }))
        yield* fake.answerNext(Desk.webhookPath, refusal)
        const result = yield* Effect.either(run(DingTalkSender.reply(message, "answer")))
        // Whether a gateway's page came before or behind the message nobody knows.
        if (refusal.status === 502) assert.isTrue(Either.isLeft(result) && result.left._tag === "Ambiguous")
        else assert.deepStrictEqual(Either.isRight(result) && result.right.chunks.map(({ via }) => via), ["api"])
      }
      assert.strictEqual((yield* fake.replies).length, 2)
    }))
})
