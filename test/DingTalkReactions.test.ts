import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as DingTalkReactions from "../src/DingTalkReactions.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import * as Fake from "./outbound/api/utils/fakeApi.ts"

const addPath = "/v1.0/robot/emotion/reply"
const removePath = "/v1.0/robot/emotion/recall"

const message = { accountId: "default", conversationId: "cidA", messageId: "msg1==" }

const reactions = (script: (seen: Fake.Seen, nth: number) => Fake.Answer | undefined = () => undefined) =>
  Fake.dingtalk((seen, nth) =>
    script(seen, nth) ?? (seen.path === addPath || seen.path === removePath
      ? { status: 200, body: { success: true }, delayMs: 100 }
      : undefined)
  )

const inWorld = (api: Fake.FakeApi) => <A, E, R>(effect: Effect.Effect<A, E, R | DingTalkSender.DingTalkSender>) =>
  effect.pipe(Effect.provide(DingTalkSender.layer), Effect.provide(Fake.world(api, Fake.account())))

/** Runs to the end, however much virtual time that takes; returns when that was. */
const run = <A, E>(effect: Effect.Effect<A, E, DingTalkSender.DingTalkSender>, api: Fake.FakeApi) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.fork(Effect.zip(Effect.exit(effect), Clock.currentTimeMillis))
    yield* TestClock.adjust("10 minutes")
    const [exit, end] = yield* Fiber.join(fiber)
    const calls = api.seen.filter(({ path }) => path !== Fake.tokenPath)
    return { exit, took: end - start, calls: calls.map(({ at, path }) => [at - start, path.split("/").at(-1)]) }
  }).pipe(inWorld(api))

const answering = (ms: number) => (given: typeof message) => Effect.delay(Effect.succeed(given.messageId), ms)

describe("DingTalkReactions.withThinking", () => {
  it.effect("the reaction comes at once and goes when the handler is done", () =>
    Effect.gen(function*() {
      const api = reactions()
      const { calls, exit, took } = yield* run(DingTalkReactions.withThinking(answering(3_000))(message), api)
      assert.deepStrictEqual(exit, Exit.succeed("msg1=="))
      assert.deepStrictEqual(calls, [[0, "reply"], [3_000, "recall"]])
      assert.strictEqual(took, 3_100)
      const body = {
        robotCode: "dingrobot",
        openMsgId: "msg1==",
        openConversationId: "cidA",
        emotionType: 2,
        emotionName: DingTalkReactions.thinking,
        textEmotion: {
          emotionId: "2659900",
          emotionName: DingTalkReactions.thinking,
          text: DingTalkReactions.thinking,
          backgroundId: "im_bg_1"
        }
      }
      assert.deepStrictEqual(api.of(addPath)[0]?.body, body)
      assert.deepStrictEqual(api.of(removePath)[0]?.body, body)
    }))

  it.effect("a handler that is done before it came: it is taken away after it came", () =>
    Effect.gen(function*() {
      const { calls } = yield* run(DingTalkReactions.withThinking(answering(10))(message), reactions())
      assert.deepStrictEqual(calls, [[0, "reply"], [100, "recall"]])
    }))

  it.effect("goes however the handler ends", () =>
    Effect.gen(function*() {
      const failing = yield* run(
        DingTalkReactions.withThinking(() => Effect.delay(Effect.fail("boom"), 500))(message),
        reactions()
      )
      assert.deepStrictEqual(failing.exit, Exit.fail("boom"))
      assert.deepStrictEqual(failing.calls, [[0, "reply"], [500, "recall"]])
      const dying = yield* run(
        DingTalkReactions.withThinking(() => Effect.delay(Effect.die("bug"), 500))(message),
        reactions()
      )
      assert.deepStrictEqual(dying.calls, [[0, "reply"], [500, "recall"]])
      const cut = yield* run(
        Effect.timeoutOption(DingTalkReactions.withThinking(() => Effect.never)(message), 500),
        reactions()
      )
      assert.deepStrictEqual(cut.calls, [[0, "reply"], [500, "recall"]])
      assert.strictEqual(cut.took, 600)
    }))

  it.effect("goes when the handler is interrupted while it comes, and when that happens again while it goes", () =>
    Effect.gen(function*() {
      const interruptedAt = (...times: ReadonlyArray<number>) =>
        Effect.gen(function*() {
          const handler = yield* Effect.fork(DingTalkReactions.withThinking(() => Effect.never)(message))
          yield* Effect.forEach(times, (at) => Effect.delay(Fiber.interruptFork(handler), at), {
            concurrency: "unbounded"
          })
          yield* Fiber.await(handler)
        })
      const coming = yield* run(interruptedAt(50), reactions())
      assert.deepStrictEqual(coming.calls, [[0, "reply"], [100, "recall"]])
      const going = yield* run(interruptedAt(500, 550), reactions())
      assert.deepStrictEqual([going.took, going.calls], [600, [[0, "reply"], [500, "recall"]]])
    }))

  it.effect("where it can't be put there, nothing is taken away, and the handler does not mind", () =>
    Effect.gen(function*() {
      const refused = reactions((seen) => seen.path === addPath ? { status: 403, body: {} } : undefined)
      const { calls, exit, took } = yield* run(DingTalkReactions.withThinking(answering(3_000))(message), refused)
      assert.deepStrictEqual(exit, Exit.succeed("msg1=="))
      assert.deepStrictEqual(calls, [[0, "reply"]])
      assert.strictEqual(took, 3_000)
      const unknown = { ...message, accountId: "gone" }
      assert.deepStrictEqual(
        (yield* run(DingTalkReactions.withThinking(answering(0))(unknown), reactions())).exit,
        Exit.succeed("msg1==")
      )
    }))

  it.effect("a server that does not answer keeps the handler 5 s, not longer", () =>
    Effect.gen(function*() {
      const silent = (path: string) => reactions((seen) => seen.path === path ? "silence" : undefined)
      const adding = yield* run(DingTalkReactions.withThinking(answering(1_000))(message), silent(addPath))
      assert.deepStrictEqual([adding.took, adding.calls], [6_000, [[0, "reply"]]])
      const removing = yield* run(DingTalkReactions.withThinking(answering(1_000))(message), silent(removePath))
      assert.deepStrictEqual([removing.took, removing.calls], [6_000, [[0, "reply"], [1_000, "recall"]]])
    }))

  it.effect("is not put there while the account is throttled", () =>
    Effect.gen(function*() {
      const api = reactions((seen, nth) =>
        seen.path === Fake.userPath && nth === 1
          ? { status: 429, body: "", headers: { "retry-after": "20" } }
          : undefined
      )
      const program = Effect.gen(function*() {
        yield* Effect.fork(DingTalkSender.send({ to: "zhangsan", text: "hi" }))
        yield* Effect.sleep(100)
        return yield* DingTalkReactions.withThinking(answering(1_000))(message)
      })
      const { exit, took } = yield* run(program, api)
      assert.deepStrictEqual(exit, Exit.succeed("msg1=="))
      assert.strictEqual(took, 1_100)
      assert.strictEqual(api.of(addPath).length, 0)
    }))

  it.effect("add and remove say how it went", () =>
    Effect.gen(function*() {
      const api = reactions((seen) => seen.path === addPath ? { status: 200, body: { success: false } } : undefined)
      const { exit } = yield* run(Effect.flip(DingTalkReactions.add(message, "👍")), api)
      assert.isTrue(Exit.isSuccess(exit) && exit.value._tag === "BadRequest")
      assert.isTrue(Exit.isSuccess((yield* run(DingTalkReactions.remove(message, "👍"), api)).exit))
      assert.strictEqual(api.of(removePath)[0]?.body["emotionName"], "👍")
    }))
})
