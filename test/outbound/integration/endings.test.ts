/** How an answer that is being shown ends when it does not come to its end. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Mailbox from "effect/Mailbox"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as DingTalkCards from "../../../src/DingTalkCards.ts"
import * as DingTalkChannel from "../../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import * as NodeDingTalk from "../../../src/node/NodeDingTalk.ts"
import { FakeDingTalk, Script } from "../../../src/testing/index.ts"
import * as Desk from "./utils/desk.ts"

const me = "zhangsan"
const apology = "抱歉，请再问一次"
const silent = Effect.provide(Logger.remove(Logger.defaultLogger))

/** A robot that answers everything with what the test says, and whose end the test decides. */
const robot = (settings: object, options: DingTalkCards.ModelOptions = { apology, intervalMs: 200 }) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const words = yield* Mailbox.make<DingTalkCards.Part>()
    const begun = yield* Deferred.make<void>()
    const parts = Stream.unwrap(Effect.as(Deferred.succeed(begun, undefined), Mailbox.toStream(words)))
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    yield* DingTalkChannel.layer({
      onMessage: (message) => DingTalkCards.streamReply(message, parts, options)
    }).pipe(
      Layer.provide(DingTalkSender.layer),
      Layer.provide(DingTalkConfig.layerUnknown({ ...Desk.settingsOf(fake), ...settings })),
      Layer.provide(NodeDingTalk.layer()),
      Layer.buildWithScope(scope)
    )
    yield* fake.awaitConnection
    yield* fake.say("讲个故事", { from: me })
    yield* Deferred.await(begun)
    const say = (delta: string) => words.offer({ type: "text-delta", delta })
    return { fake, words, say, stop: Scope.close(scope, Exit.void) }
  })

const shows = (fake: FakeDingTalk.Fake, text: string) => fake.awaitCard((card) => card.text === text)

describe("an answer that does not come to its end", () => {
  it.scopedLive("at a stop that does not wait for it: its card is settled with the apology before the stop is done", () =>
    Effect.gen(function*() {
      const { fake, say, stop } = yield* robot({ drainTimeoutMs: 50 })
      yield* say("从前```")
      yield* shows(fake, "从前```")
      yield* stop
      const [card, ...others] = yield* fake.cards
      assert.deepInclude(card, { text: `从前\`\`\`\n\n${apology}`, status: "failed" })
      assert.isEmpty(others)
      assert.deepStrictEqual(yield* Desk.shown(fake, me), ["讲个故事", `从前\`\`\`\n\n${apology}`])
    }).pipe(silent))

  it.scopedLive("at such a stop, before a word of it came: the apology is a message", () =>
    Effect.gen(function*() {
      const { fake, stop } = yield* robot({ drainTimeoutMs: 50 })
      yield* stop
      assert.deepStrictEqual(yield* Desk.shown(fake, me), ["讲个故事", apology])
    }).pipe(silent))

  it.scopedLive("at a stop that has the time: it comes to its end, and nobody apologises", () =>
    Effect.gen(function*() {
      const { fake, say, stop, words } = yield* robot({ drainTimeoutMs: 10_000 })
      yield* say("从前")
      yield* shows(fake, "从前")
      const stopping = yield* Effect.fork(stop)
      yield* say("，完")
      yield* words.end
      yield* Fiber.join(stopping)
      assert.deepInclude((yield* fake.cards)[0], { text: "从前，完", status: "finished" })
    }).pipe(silent))

  it.scopedLive("because the handler takes too long: the same, with the tool that was at work taken off", () =>
    Effect.gen(function*() {
      const { fake, say, words } = yield* robot({ handlerTimeoutMs: 1_500 })
      yield* say("从前")
      yield* words.offer({ type: "tool-call", id: "1", name: "search", params: {} })
      yield* shows(fake, "从前\n\n正在使用 search …")
      yield* fake.awaitCard(({ status, text }) => status === "failed" && text === `从前\n\n${apology}`)
    }).pipe(silent))

  it.scopedLive("without an apology: marked failed, with a note where there is nothing else", () =>
    Effect.gen(function*() {
      const { fake, stop, words } = yield* robot({ drainTimeoutMs: 50 }, { intervalMs: 200 })
      yield* words.offer({ type: "tool-call", id: "1", name: "search", params: {} })
      yield* shows(fake, "正在使用 search …")
      yield* stop
      assert.deepInclude((yield* fake.cards)[0], { text: "正在使用 search …", status: "failed" })
    }).pipe(silent))
})

describe("what a model gives", () => {
  it.scoped("fails with what its provider says, on the card, and where there is none yet", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const parts: ReadonlyArray<DingTalkCards.Part> = [
        { type: "text-delta", delta: "一半" },
        { type: "error", error: "overloaded" }
      ]
      const failed = yield* Effect.flip(
        run(DingTalkCards.stream({ to: me, apology }, Stream.fromIterable(parts)))
      )
      assert.deepInclude({ ...failed }, { _tag: "ModelFailed", reason: "error", error: "overloaded" })
      assert.deepStrictEqual(yield* Desk.shown(fake, me), [apology])
      const words = yield* Mailbox.make<DingTalkCards.Part>()
      const streaming = yield* Effect.fork(
        Effect.flip(run(DingTalkCards.stream({ to: me, apology }, Mailbox.toStream(words))))
      )
      yield* words.offer({ type: "text-delta", delta: "一半" })
      yield* Desk.until(shows(fake, "一半"))
      yield* words.offer({ type: "finish", reason: "content-filter" })
      assert.deepInclude({ ...(yield* Desk.until(Fiber.join(streaming))) }, { reason: "content-filter" })
      assert.deepInclude((yield* fake.cards)[0], { text: `一半\n\n${apology}`, status: "failed" })
    }))

  it.scoped("that ends without a word before there is a card: the apology is a message, blanks are no answer", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      for (const parts of [[], [{ type: "text-delta", delta: "\n\n" } as const]]) {
        yield* run(DingTalkCards.stream({ to: me, apology }, Stream.fromIterable<DingTalkCards.Part>(parts)))
      }
      assert.deepStrictEqual(yield* Desk.shown(fake, me), [apology, apology])
      assert.isEmpty(yield* fake.cards)
    }))

  it.scoped("that ends without a word leaves no card that waits, and none that is empty", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const words = yield* Mailbox.make<DingTalkCards.Part>()
      const streaming = yield* Effect.fork(run(DingTalkCards.stream({ to: me }, Mailbox.toStream(words))))
      yield* words.offer({ type: "tool-call", id: "1", name: "search", params: {} })
      yield* Desk.until(shows(fake, "正在使用 search …"))
      yield* words.offer({ type: "tool-result", id: "1" })
      yield* words.end
      const { degraded, text } = yield* Desk.until(Fiber.join(streaming))
      assert.deepStrictEqual([text, degraded], ["", undefined])
      assert.deepInclude((yield* fake.cards)[0], { text: "正在使用 search …", status: "failed" })
    }))

  it.scoped("is not pushed beyond what a card holds by what is said behind it", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const words = yield* Mailbox.make<DingTalkCards.Part>()
      const long = "字".repeat(195)
      const streaming = yield* Effect.fork(
        run(DingTalkCards.stream({ to: me, cardCharacters: 200, apology }, Mailbox.toStream(words)))
      )
      yield* words.offer({ type: "text-delta", delta: long })
      yield* words.offer({ type: "tool-call", id: "1", name: "search", params: {} })
      yield* Desk.until(shows(fake, long))
      yield* Fiber.interrupt(streaming)
      const [card] = yield* fake.cards
      assert.strictEqual(card?.text, `${"字".repeat(190)}\n\n${apology}`)
      assert.isAtMost(card?.text.length ?? 0, 200)
    }))

  it.scoped("goes out as messages where cards can't be had, without what was said of tools", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerEvery(Desk.createPath, Script.refusals.noPermission)
      const parts: ReadonlyArray<DingTalkCards.Part> = [
        { type: "tool-call", id: "1", name: "search", params: {} },
        { type: "tool-result", id: "1" },
        { type: "text-delta", delta: "十天" },
        { type: "finish", reason: "stop" }
      ]
      const { degraded } = yield* run(DingTalkCards.stream({ to: me }, Stream.fromIterable(parts)))
      assert.strictEqual(degraded?._tag, "PermissionDenied")
      assert.deepStrictEqual(yield* Desk.shown(fake, me), ["十天"])
    }))
})
