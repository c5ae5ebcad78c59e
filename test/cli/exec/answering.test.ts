import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Answering from "../../../src/cli/exec/answering.ts"
import * as Children from "../../../src/cli/exec/Children.ts"
import { DingTalkConfig } from "../../../src/DingTalkConfig.ts"
import { TestDingTalk, TestMessage } from "../../../src/testing/index.ts"
import { settle } from "../../utils/settle.ts"

const given: Answering.Given = {
  persistent: false,
  stream: false,
  cardTemplate: Option.none(),
  cardKey: Option.none(),
  timeout: Option.none(),
  encoding: Option.none(),
  download: Option.none(),
  onError: Option.some("sorry"),
  onTimeout: Option.some("too late"),
  onBusy: Option.none()
}

const answering = (isKept: boolean, ...command: readonly [string, ...ReadonlyArray<string>]) =>
  Effect.gen(function*() {
    const settings = yield* Effect.flatMap(DingTalkConfig, ({ get }) => get)
    const { handlers, onStopping } = yield* Answering.make(yield* Answering.plan(given, command), settings, isKept)
    return { ...yield* handlers, onStopping }
  })

const handlers = (isKept: boolean) => answering(isKept, "false")

const said = Effect.flatMap(
  TestDingTalk.TestDingTalk,
  ({ replies }) => Effect.map(replies, (all) => all.map(({ text }) => text))
)

const world = Layer.mergeAll(TestDingTalk.layer(), Children.layer, NodeFileSystem.layer)

describe("a command that fails", () => {
  it.scopedLive("is apologised for at once where nobody tries again", () =>
    Effect.gen(function*() {
      const { onDeadLetter, onMessage } = yield* handlers(false)
      assert.isUndefined(onDeadLetter)
      yield* Effect.flip(onMessage?.(TestMessage.text("hi")) ?? Effect.void)
      assert.deepStrictEqual(yield* said, ["sorry"])
    }).pipe(Effect.provide(world)))

  it.scopedLive("is apologised for once, at the end, where it is tried again", () =>
    Effect.gen(function*() {
      const { onDeadLetter, onMessage } = yield* handlers(true)
      const message = TestMessage.text("hi")
      const failure = yield* Effect.flip(onMessage?.(message) ?? Effect.void)
      assert.deepStrictEqual(yield* said, [])
      yield* onDeadLetter?.(message, { attempts: 5, cause: Cause.fail(failure) }) ?? Effect.void
      assert.deepStrictEqual(yield* said, ["sorry"])
      yield* onDeadLetter?.(message, { attempts: 5, cause: Cause.fail({ kind: "tooLate" }) }) ?? Effect.void
      yield* onDeadLetter?.(message, { attempts: 5, cause: Cause.die(new Error("the process ended")) }) ?? Effect.void
      assert.deepStrictEqual(yield* said, ["sorry", "too late", "sorry"])
    }).pipe(Effect.provide(world)))
})

describe("a command that a stop has cut off", () => {
  /** Has one run, stops, and waits until it is ended; gives the handler's fiber. */
  const cutOff = (isKept: boolean) =>
    Effect.gen(function*() {
      const groups = { begun: yield* Deferred.make<void>(), ended: yield* Deferred.make<void>() }
      const children = Layer.map(Children.layer, (context) => {
        const { add, remove } = Context.get(context, Children.Children)
        return Context.make(Children.Children, {
          add: (group: number) => {
            add(group)
            Deferred.unsafeDone(groups.begun, Exit.void)
          },
          remove: (group: number) => {
            remove(group)
            Deferred.unsafeDone(groups.ended, Exit.void)
          }
        })
      })
      const context = yield* Layer.build(Layer.merge(world, children))
      const { onMessage, onStopping } = yield* Effect.provide(answering(isKept, "sleep", "1000"), context)
      const handled = onMessage?.(TestMessage.text("hi")) ?? Effect.void
      const fiber = yield* Effect.forkScoped(Effect.provide(handled, context))
      yield* Deferred.await(groups.begun)
      yield* onStopping
      yield* Deferred.await(groups.ended)
      yield* settle
      return fiber
    })

  it.scopedLive("has failed where nobody tries again", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Fiber.join(yield* cutOff(false)))
      assert.deepInclude(error, { _tag: "CommandFailed", kind: "stopped" })
    }))

  it.scopedLive("has not failed where it is tried again: the channel cuts off its handler, which is no attempt", () =>
    Effect.gen(function*() {
      const fiber = yield* cutOff(true)
      assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
    }))
})
