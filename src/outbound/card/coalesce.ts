/**
 * A stream of tokens as the text so far, at most so often.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { append } from "../text/liveText.ts"

/**
 * A text that is complete.
 *
 * @since 0.1.0
 * @category models
 */
export interface Whole {
  readonly text: string
  /** Whether there was more than `maxCharacters`. */
  readonly truncated: boolean
}

/**
 * How tokens are put together.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The least time between two calls of `show`, and from the first token to the first one, in milliseconds. */
  readonly intervalMs: number
  /** Beyond this many characters no more tokens are taken. */
  readonly maxCharacters: number
}

/**
 * Takes the tokens as they come and calls `show` with the text so far whenever there is more of it, at most once every
 * `intervalMs`, one call at a time. Tokens go on being taken during a call. The end of the stream is not shown: its text
 * is returned. A stream that ends within `intervalMs` of its first token is not shown at all.
 *
 * Fails as the tokens do, or as `show` does, which also stops the tokens.
 *
 * @since 0.1.0
 * @category operations
 */
export const coalesce = <E, R, E2, R2>(
  tokens: Stream.Stream<string, E, R>,
  { intervalMs, maxCharacters }: Options,
  show: (text: string) => Effect.Effect<void, E2, R2>
): Effect.Effect<Whole, E | E2, R | R2> =>
  Effect.scoped(Effect.gen(function*() {
    const text = yield* Ref.make<Whole>({ text: "", truncated: false })
    const grown = yield* Effect.makeLatch(false)
    const ended = yield* Deferred.make<void, E>()

    const add = (token: string) =>
      Effect.zipRight(
        Ref.update(text, (whole) => ({
          text: append(whole.text, token, maxCharacters),
          truncated: whole.truncated || whole.text.length + token.length > maxCharacters
        })),
        grown.open
      )
    yield* tokens.pipe(
      Stream.filter((token) => token !== ""),
      Stream.tap(add),
      Stream.takeUntilEffect(() => Effect.map(Ref.get(text), ({ truncated }) => truncated)),
      Stream.runDrain,
      Effect.intoDeferred(ended),
      Effect.forkScoped
    )

    const over = Effect.as(Deferred.await(ended), true)
    const unless = (wait: Effect.Effect<void>) => Effect.raceFirst(over, Effect.as(wait, false))
    const follow = (notBefore: number | undefined): Effect.Effect<void, E | E2, R2> =>
      Effect.gen(function*() {
        if (yield* unless(grown.await)) return
        const now = yield* Clock.currentTimeMillis
        // A clock that was set back must not hold the text up for as long.
        const wait = Math.min(intervalMs, (notBefore ?? now + intervalMs) - now)
        if (yield* unless(Clock.sleep(Math.max(0, wait)))) return
        yield* grown.close
        const at = yield* Clock.currentTimeMillis
        yield* show((yield* Ref.get(text)).text)
        return yield* follow(at + intervalMs)
      })
    yield* follow(undefined)
    return yield* Ref.get(text)
  }))
