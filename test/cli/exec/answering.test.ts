import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Answering from "../../../src/cli/exec/answering.ts"
import * as Children from "../../../src/cli/exec/Children.ts"
import { DingTalkConfig } from "../../../src/DingTalkConfig.ts"
import { TestDingTalk, TestMessage } from "../../../src/testing/index.ts"

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

const handlers = (isKept: boolean) =>
  Effect.gen(function*() {
    const settings = yield* Effect.flatMap(DingTalkConfig, ({ get }) => get)
    const plan = yield* Answering.plan(given, ["false"])
    const { handlers } = yield* Answering.make(plan, settings, isKept)
    return yield* handlers
  })

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
