import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { coalesce } from "../../../src/outbound/card/coalesce.ts"

const options = { intervalMs: 1_000, maxCharacters: 100 }

/** Tokens, each after a pause. */
const timed = (...tokens: ReadonlyArray<readonly [pauseMs: number, token: string]>) =>
  Stream.fromIterable(tokens).pipe(
    Stream.mapEffect(([pause, token]) => Effect.delay(Effect.succeed(token), pause)),
    Stream.rechunk(1)
  )

/** Runs for a minute; what was shown, and when. */
const watch = <E>(
  tokens: Stream.Stream<string, E>,
  { limit = 100, takesMs = 0 }: { readonly limit?: number; readonly takesMs?: number } = {}
) =>
  Effect.gen(function*() {
    const shown = yield* Ref.make<ReadonlyArray<readonly [number, string]>>([])
    const fiber = yield* Effect.fork(coalesce(tokens, { ...options, maxCharacters: limit }, (text) =>
      Clock.currentTimeMillis.pipe(
        Effect.flatMap((at) => Ref.update(shown, (all) => [...all, [at, text] as const])),
        Effect.zipLeft(Effect.sleep(takesMs))
      )))
    yield* TestClock.adjust("1 minute")
    return { exit: yield* Fiber.await(fiber), shown: yield* Ref.get(shown) }
  })

describe("coalesce", () => {
  it.effect("shows the text so far, at most once per interval, and leaves the end to the caller", () =>
    Effect.gen(function*() {
      const { exit, shown } = yield* watch(
        timed([500, "a"], [100, "b"], [600, "c"], [500, "d"], [100, "e"], [5_000, "f"], [1_500, "g"], [100, "h"])
      )
      assert.deepStrictEqual(shown, [[1_500, "abc"], [2_500, "abcde"], [6_800, "abcdef"], [8_300, "abcdefg"]])
      assert.deepStrictEqual(exit, Exit.succeed({ text: "abcdefgh", truncated: false }))
    }))

  it.effect("a clock that is set back by a day does not hold the text up for as long", () =>
    Effect.gen(function*() {
      const clock = yield* Effect.clock
      const back = yield* Ref.make(0)
      const shown = yield* Ref.make<ReadonlyArray<string>>([])
      const wall = Effect.zipWith(clock.currentTimeMillis, Ref.get(back), (now, ms) => now - ms)
      const fiber = yield* coalesce(
        timed([0, "a"], [1_500, "b"], [10_000, "c"]),
        options,
        (text) => Ref.update(shown, (all) => [...all, text])
      ).pipe(Effect.withClock(Object.assign(Object.create(clock), { currentTimeMillis: wall })), Effect.fork)
      yield* TestClock.adjust(1_200)
      yield* Ref.set(back, 86_400_000)
      yield* TestClock.adjust(9_000)
      assert.deepStrictEqual(yield* Ref.get(shown), ["a", "ab"])
      yield* Fiber.interrupt(fiber)
    }))

  it.effect("a stream that ends within the interval is not shown", () =>
    Effect.gen(function*() {
      const { exit, shown } = yield* watch(timed([5_000, "a"], [900, "b"], [99, ""]))
      assert.deepStrictEqual(shown, [])
      assert.deepStrictEqual(exit, Exit.succeed({ text: "ab", truncated: false }))
      assert.deepStrictEqual((yield* watch(Stream.empty)).exit, Exit.succeed({ text: "", truncated: false }))
    }))

  it.effect("tokens are taken while something is shown; the next one begins when that is done", () =>
    Effect.gen(function*() {
      const { shown } = yield* watch(timed([0, "a"], ...Array.from({ length: 9 }, () => [500, "."] as const)), {
        takesMs: 2_500
      })
      assert.deepStrictEqual(shown, [[1_000, "a.."], [3_500, "a......."]])
    }))

  it.effect("fails as the tokens do, with what came before shown", () =>
    Effect.gen(function*() {
      const { exit, shown } = yield* watch(Stream.concat(timed([0, "a"], [1_500, "b"]), Stream.fail("boom")))
      assert.deepStrictEqual(shown, [[1_000, "a"]])
      assert.deepStrictEqual(exit, Exit.fail("boom"))
    }))

  it.effect("stops the tokens when showing fails", () =>
    Effect.gen(function*() {
      const taken = yield* Ref.make(0)
      const tokens = Stream.repeatEffect(Effect.zipRight(Effect.sleep(100), Ref.updateAndGet(taken, (n) => n + 1)))
        .pipe(
          Stream.map(String)
        )
      const fiber = yield* Effect.fork(coalesce(tokens, options, () => Effect.fail("no")))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.await(fiber), Exit.fail("no"))
      assert.isAtMost(yield* Ref.get(taken), 12)
    }))

  it.effect("an endless stream is cut at the limit", () =>
    Effect.gen(function*() {
      const { exit } = yield* watch(Stream.forever(Stream.make("字👩")), { limit: 11 })
      assert.deepStrictEqual(exit, Exit.succeed({ text: "字👩字👩字👩字", truncated: true }))
    }))
})
