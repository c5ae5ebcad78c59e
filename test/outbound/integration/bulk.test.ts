import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as DingTalkBulk from "../../../src/DingTalkBulk.ts"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import * as RobotMessage from "../../../src/outbound/message/RobotMessage.ts"
import { type FakeDingTalk, Script } from "../../../src/testing/index.ts"
import * as Desk from "./utils/desk.ts"

const message = RobotMessage.Text({ content: "all hands at three" })

const people = Array.from({ length: 410 }, (_, i) => `u${i}`)

/** How often each person sees the message. */
const copies = (fake: FakeDingTalk.Fake) =>
  Effect.map(fake.replies, (replies) => {
    const seen = new Map<string, number>()
    for (const { to } of replies) seen.set(to, (seen.get(to) ?? 0) + 1)
    return seen
  })

describe("a message to many", () => {
  it.scoped("reaches everybody once, by 20 a call, and says what became of each", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.refuseUsers({ invalid: ["u7"], filtered: ["u8"] })
      const steps = DingTalkBulk.sendToMany({ userIds: [...people, "u0"], message })
      const { counts, outcomes, stopped } = yield* run(DingTalkBulk.report(steps))
      assert.isUndefined(stopped)
      assert.deepStrictEqual(counts, { total: 410, sent: 408, refused: 2, unknown: 0, failed: 0 })
      assert.strictEqual((yield* fake.requests(Desk.userPath)).length, 21)
      const seen = yield* copies(fake)
      assert.strictEqual(seen.size, 408)
      for (const [userId, count] of seen) assert.strictEqual(count, 1, userId)
      // By what is said of each, it can be recalled.
      const keys = new Map((yield* fake.replies).map(({ processQueryKey, to }) => [to, processQueryKey]))
      for (const outcome of outcomes) {
        if (outcome.outcome === "sent") assert.strictEqual(outcome.messageId, keys.get(outcome.userId))
      }
    }))

  it.scoped("whose answers get lost: unknown, and not sent again unless it is asked for", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerNext(Desk.userPath, "handle", "handleThenHangUp", "handle", "hangUp")
      const first = yield* run(DingTalkBulk.report(DingTalkBulk.sendToMany({ userIds: people, message })))
      assert.deepInclude(first.counts, { sent: 370, unknown: 40, failed: 0 })
      const resume = { userIds: people, message, resume: first.outcomes }
      const second = yield* run(DingTalkBulk.report(DingTalkBulk.sendToMany(resume)))
      assert.deepStrictEqual([second.outcomes, second.counts], [[], first.counts])
      yield* run(DingTalkBulk.report(DingTalkBulk.sendToMany({ ...resume, againUnknown: true })))
      const seen = yield* copies(fake)
      assert.strictEqual(seen.size, 410)
      assert.strictEqual([...seen.values()].filter((count) => count === 2).length, 20)
    }))

  for (
    const [what, answer, tag] of [
      ["quota", Script.refusals.quotaUsedUp, "QuotaExhausted"],
      ["permission", Script.refusals.noPermission, "PermissionDenied"]
    ] as const
  ) {
    it.scoped(`that runs out of ${what} stops there, and goes on from there`, () =>
      Effect.gen(function*() {
        const { fake, run } = yield* Desk.open()
        yield* fake.answerNext(Desk.userPath, "handle", "handle", answer)
        const first = yield* run(DingTalkBulk.report(DingTalkBulk.sendToMany({ userIds: people, message })))
        assert.strictEqual(first.stopped?._tag, tag)
        assert.deepInclude(first.counts, { sent: 40, failed: 20 })
        const steps = DingTalkBulk.sendToMany({ userIds: people, message, resume: first.outcomes })
        const second = yield* run(DingTalkBulk.report(steps))
        assert.deepInclude(second.counts, { total: 410, sent: 410 })
        const seen = yield* copies(fake)
        assert.deepStrictEqual([seen.size, new Set(seen.values()).size], [410, 1])
      }))
  }

  it.scoped("that was interrupted in the middle of a call goes on by what was written down, and nobody gets it twice", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.answerNext(Desk.userPath, "handle", "handle", "handleThenHang")
      const written = yield* Ref.make<ReadonlyArray<DingTalkBulk.UserOutcome>>([])
      const noted = (steps: ReturnType<typeof DingTalkBulk.sendToMany>) =>
        Stream.runForEach(steps, ({ outcomes }) => Ref.update(written, (before) => [...before, ...outcomes]))
      const first = yield* Effect.forkScoped(run(noted(DingTalkBulk.sendToMany({ userIds: people, message }))))
      yield* fake.awaitReplies(60)
      yield* Fiber.interrupt(first)
      const resume = yield* Ref.get(written)
      yield* run(noted(DingTalkBulk.sendToMany({ userIds: people, message, resume })))
      const seen = yield* copies(fake)
      assert.deepStrictEqual([seen.size, new Set(seen.values()).size], [410, 1])
      // Of those whose call was under way it is known that nothing is known.
      const last = new Map((yield* Ref.get(written)).map((each) => [each.userId, each.outcome]))
      assert.strictEqual([...last.values()].filter((outcome) => outcome === "unknown").length, 20)
    }))

  it.scoped("lets replies go first", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({}, { rateLimit: 10, rateBurst: 1 })
      const sending = yield* Effect.forkScoped(
        run(Stream.runDrain(DingTalkBulk.sendToMany({ userIds: people.slice(0, 100), message })))
      )
      yield* fake.awaitReplies(20)
      const replying = yield* Effect.forkScoped(run(DingTalkSender.send({ to: "user:boss", text: "at once" })))
      yield* Desk.until(Fiber.join(replying))
      yield* Desk.until(Fiber.join(sending))
      const order = (yield* fake.sends).map(({ userIds }) => userIds[0])
      assert.strictEqual(order.length, 6)
      assert.isAtMost(order.indexOf("boss"), 2)
    }))
})
