/** Cards that a crash leaves open: one that is being written, and one that asks. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as DingTalkCards from "../../src/DingTalkCards.ts"
import type * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import type * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import type { FakeDingTalk } from "../../src/testing/index.ts"

/** Begins a story that has no end, or asks. */
export const handlers: Handlers<DingTalkSender.DingTalkSender | DingTalkChannel.DingTalkChannel> = {
  asks: true,
  onMessage: (message) =>
    message.text === "ask"
      ? Effect.asVoid(DingTalkCards.confirm(message, "Really?"))
      : Effect.asVoid(
        DingTalkCards.streamReply(message, Stream.concat(Stream.make("Once upon"), Stream.never), {
          apology: "sorry",
          intervalMs: 200
        })
      )
}

/** Has both opened, in two conversations. */
export const open = (fake: FakeDingTalk.Fake) =>
  Effect.gen(function*() {
    yield* fake.awaitConnection
    yield* fake.say("a story", { from: "zhangsan" })
    yield* fake.say("ask", { from: "lisi" })
    const story = yield* fake.awaitCard(({ text }) => text === "Once upon")
    const question = yield* fake.awaitCard(({ outTrackId }) => outTrackId !== story.outTrackId)
    return { story: story.outTrackId, question: question.outTrackId }
  })

/** Waits until the one shows how far it came, and that it ends there, and the other is withdrawn. */
export const awaitSettled = (
  fake: FakeDingTalk.Fake,
  { question, story }: Effect.Effect.Success<ReturnType<typeof open>>
) =>
  Effect.gen(function*() {
    const told = yield* fake.awaitCard((card) => card.outTrackId === story && card.status === "failed")
    assert.strictEqual(told.text, "Once upon\n\nsorry")
    yield* fake.awaitCard((card) => card.outTrackId === question && JSON.stringify(card.params).includes("已取消"))
  })
