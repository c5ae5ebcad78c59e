import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import * as Queue from "effect/Queue"
import * as DingTalkCards from "../../../src/DingTalkCards.ts"
import { CurrentHandler } from "../../../src/internal/handler/CurrentHandler.ts"
import { type FakeDingTalk, Script } from "../../../src/testing/index.ts"
import * as Robot from "../../utils/robot.ts"
import * as Desk from "./utils/desk.ts"

const to = "user:zhangsan"

describe("cards", () => {
  it.scoped("are made for people and groups, updated, and say where they could not be shown", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({ cardTemplates: ["vote.schema"] })
      yield* fake.refuseUsers({ invalid: ["nobody"] })
      const { deliveries, outTrackId } = yield* run(DingTalkCards.create({
        to: [to, `chat:${Desk.group}`, "user:nobody"],
        templateId: "vote.schema",
        params: { title: "Vote", content: "0 votes" },
        privateParams: { zhangsan: { mine: "none" } }
      }))
      assert.deepStrictEqual(deliveries.map(({ delivered, spaceId, spaceType }) => [spaceType, spaceId, delivered]), [
        ["IM_ROBOT", "zhangsan", true],
        ["IM_GROUP", Desk.group, true],
        ["IM_ROBOT", "nobody", false]
      ])
      yield* run(DingTalkCards.update({ outTrackId, params: { content: "1 vote" } }))
      yield* run(DingTalkCards.update({ outTrackId, privateParams: { zhangsan: { mine: "yes" } } }))
      assert.deepInclude(yield* fake.card(outTrackId, "zhangsan"), {
        text: "1 vote",
        params: { title: "Vote", content: "1 vote", mine: "yes" },
        updates: 2
      })
      assert.deepStrictEqual(yield* Desk.shown(fake, Desk.group), ["1 vote"])
      assert.strictEqual((yield* fake.replies)[0]?.processQueryKey, deliveries[0]?.messageId)

      const nowhere = DingTalkCards.create({ to: "user:nobody", templateId: "vote.schema", params: {} })
      assert.deepInclude({ ...yield* Effect.flip(run(nowhere)) }, { _tag: "BadRequest", field: "openSpaceId" })
      const unknown = DingTalkCards.create({ to, templateId: "other", params: {} })
      assert.deepInclude({ ...yield* Effect.flip(run(unknown)) }, {
        _tag: "BadRequest",
        code: "param.templateNotExist"
      })
      const gone = DingTalkCards.update({ outTrackId: "nobody's", params: {} })
      assert.deepInclude({ ...yield* Effect.flip(run(gone)) }, { _tag: "BadRequest", code: "param.cardNotExist" })
    }))

  it.scoped("change by what the robot answers to a press: for all, and for the one who pressed", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const pressed = yield* Queue.unbounded<string>()
      yield* Robot.start(Desk.settingsOf(fake), {
        onCardAction: (action) =>
          Effect.as(Queue.offer(pressed, `${action.userId} ${action.actionIds.join()} ${action.params["n"]}`), {
            cardUpdateOptions: { updateCardDataByKey: true },
            cardData: { votes: "1" },
            userPrivateData: { voted: "yes" }
          })
      })
      yield* fake.awaitConnection
      const params = { content: "Vote", votes: "0" }
      const { outTrackId } = yield* run(DingTalkCards.create({ to: Desk.group, templateId: "t", params }))
      yield* fake.press(outTrackId, "agree", { as: "lisi", params: { n: "7" } })
      assert.strictEqual(yield* Queue.take(pressed), "lisi agree 7")
      yield* fake.awaitCard(({ params }) => params["votes"] === "1")
      assert.deepStrictEqual((yield* fake.card(outTrackId)).params, { content: "Vote", votes: "1" })
      assert.deepStrictEqual((yield* fake.card(outTrackId, "lisi")).params["voted"], "yes")
    }))
})

/** Waits for a card that shows this. */
const shows = (fake: FakeDingTalk.Fake, text: string) => Desk.until(fake.awaitCard((card) => card.text === text))

/** A text that is said piece by piece. */
const spoken = Effect.map(Mailbox.make<string, string>(), (mailbox) => ({
  tokens: Mailbox.toStream(mailbox),
  say: (text: string) => mailbox.offer(text),
  end: mailbox.end,
  fail: (error: string) => mailbox.fail(error)
}))

describe("a text that is shown while it comes", () => {
  it.scoped("types, closes what is open for display, and is finished", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const text = yield* spoken
      const streaming = yield* Effect.forkScoped(run(DingTalkCards.stream({ to }, text.tokens)))
      yield* text.say("你好")
      assert.deepInclude(yield* shows(fake, "你好"), { status: "inputting", writes: 0 })
      yield* text.say(", 世界\n```js\nlet")
      yield* shows(fake, "你好, 世界\n```js\nlet\n```")
      yield* text.say(" x")
      const open = yield* shows(fake, "你好, 世界\n```js\nlet x\n```")
      assert.deepInclude(open, { status: "inputting", finalized: false })
      yield* text.say(" = 1\n```\n完")
      yield* text.end
      const { degraded, outTrackId = "" } = yield* Fiber.join(streaming)
      assert.isUndefined(degraded)
      assert.deepInclude(yield* fake.card(outTrackId), {
        text: "你好, 世界\n```js\nlet x = 1\n```\n完",
        status: "finished",
        finalized: true
      })
    }))

  it.scoped("whose end comes before its first second: one call, which shows all of it", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const mailbox = yield* Mailbox.make<string>()
      yield* mailbox.offerAll(["one ", "call"])
      yield* mailbox.end
      yield* run(DingTalkCards.stream({ to }, Mailbox.toStream(mailbox)))
      const [card] = yield* fake.cards
      assert.deepInclude(card, { text: "one call", status: "finished", updates: 0, writes: 0 })
      assert.strictEqual((yield* fake.requests()).length, 2)
    }))

  it.scoped("that fails midway: the card says so, and shows what came", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const text = yield* spoken
      const streaming = yield* Effect.forkScoped(run(DingTalkCards.stream({ to }, text.tokens)))
      for (const [token, whole] of [["a", "a"], ["b", "ab"], ["c", "abc"]] as const) {
        yield* text.say(token)
        yield* shows(fake, whole)
      }
      yield* text.fail("the model is gone")
      assert.deepStrictEqual(yield* Fiber.await(streaming), Exit.fail("the model is gone"))
      assert.deepInclude((yield* fake.cards)[0], { text: "abc", status: "failed", finalized: true })
    }))

  for (const isGood of [true, false]) {
    it.scoped(`is noted while it is open, and forgotten once, when it has ${isGood ? "ended" : "failed"}`, () =>
      Effect.gen(function*() {
        const { fake, run } = yield* Desk.open()
        const text = yield* spoken
        const notes: Array<string> = []
        const openCards = {
          note: ({ outTrackId }: { readonly outTrackId: string }) =>
            Effect.sync(() => notes.push(`open ${outTrackId}`)),
          forget: (outTrackId: string) => Effect.sync(() => notes.push(`over ${outTrackId}`))
        }
        const handler = { isStopped: false, openCards }
        const streaming = yield* Effect.forkScoped(
          run(Effect.locally(DingTalkCards.stream({ to }, text.tokens), CurrentHandler, handler))
        )
        yield* text.say("a")
        yield* shows(fake, "a")
        yield* isGood ? text.end : text.fail("the model is gone")
        yield* Fiber.await(streaming)
        const [{ outTrackId } = { outTrackId: "" }] = yield* fake.cards
        assert.deepStrictEqual(notes, [`open ${outTrackId}`, `over ${outTrackId}`])
      }))
  }

  for (const [when, pieces] of [["has just appeared", 1], ["was updated", 2], ["is being written to", 3]] as const) {
    it.scoped(`whose fiber is interrupted when the card ${when}: it is marked failed before the fiber is done`, () =>
      Effect.gen(function*() {
        const { fake, run } = yield* Desk.open()
        const text = yield* spoken
        const streaming = yield* Effect.forkScoped(run(DingTalkCards.stream({ to }, text.tokens)))
        for (let n = 1; n <= pieces; n++) {
          yield* text.say("abc".charAt(n - 1))
          yield* shows(fake, "abc".slice(0, n))
        }
        yield* Fiber.interrupt(streaming)
        assert.deepInclude((yield* fake.cards)[0], { text: "abc".slice(0, pieces), status: "failed" })
      }))
  }

  it.scoped("that was interrupted while the card was being made: it is found and marked failed", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerNext(Desk.createPath, "handleThenHang")
      const text = yield* spoken
      const streaming = yield* Effect.forkScoped(run(DingTalkCards.stream({ to }, text.tokens)))
      yield* text.say("a")
      yield* shows(fake, "a")
      yield* Fiber.interrupt(streaming)
      assert.deepInclude((yield* fake.cards)[0], { status: "failed" })
    }))

  const refusals = [
    ["not permitted", Script.refusal(403, "permission.checkFailed"), "PermissionDenied"],
    ["out of quota", Script.refusals.quotaUsedUp, "QuotaExhausted"],
    ["of no such template", Script.refusal(400, "param.templateNotExist"), "BadRequest"]
  ] as const
  for (const [what, answer, tag] of refusals) {
    it.scoped(`where cards are ${what}: the whole text as a message at its end, and why`, () =>
      Effect.gen(function*() {
        const { fake, run } = yield* Desk.open()
        yield* fake.answerEvery(Desk.createPath, answer)
        const text = yield* spoken
        const streaming = yield* Effect.forkScoped(run(DingTalkCards.stream({ to }, text.tokens)))
        yield* text.say("a")
        yield* Desk.until(fake.awaitRequests(Desk.createPath, 1))
        for (const token of ["b", "c"]) yield* text.say(token)
        yield* text.end
        const { degraded, messages } = yield* Fiber.join(streaming)
        assert.strictEqual(degraded?._tag, tag)
        assert.strictEqual(messages?.chunks.length, 1)
        assert.deepStrictEqual((yield* fake.conversation("zhangsan")).map(({ kind, text }) => [kind, text]), [
          ["sampleMarkdown", "abc"]
        ])
        assert.strictEqual((yield* fake.requests(Desk.createPath)).length, 1)
      }))
  }

  it.scoped("whose card may or may not be there: Ambiguous, and the text is not sent a second time", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerNext(Desk.createPath, "handleThenHangUp")
      const text = yield* spoken
      const streaming = yield* Effect.forkScoped(Effect.either(run(DingTalkCards.stream({ to }, text.tokens))))
      yield* text.say("a")
      const result = yield* Desk.until(Fiber.join(streaming))
      assert.strictEqual(result._tag === "Left" && typeof result.left === "object" && result.left._tag, "Ambiguous")
      assert.deepStrictEqual((yield* fake.replies).map(({ kind }) => kind), ["card"])
      assert.strictEqual((yield* fake.requests(Desk.createPath)).length, 1)
    }))

  it.scoped("answers in the chat of a message, in a group as in a direct chat", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      for (const group of [undefined, Desk.group]) {
        const message = yield* hear(fake.say("hi", { from: "lisi", group }))
        const mailbox = yield* Mailbox.make<string>()
        yield* mailbox.offer("hello")
        yield* mailbox.end
        yield* run(DingTalkCards.streamReply(message, Mailbox.toStream(mailbox)))
        assert.deepStrictEqual(yield* Desk.shown(fake, group ?? "lisi"), ["hi", "hello"])
      }
    }))
})
