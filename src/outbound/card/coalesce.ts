/**
 * A stream of tokens as the answer so far, at most so often.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Answer from "./Answer.ts"

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
  /** What is shown besides the text. */
  readonly progress?: Answer.Progress | undefined
}

/**
 * Takes the tokens as they come and calls `show` with the text so far, and the note behind it, whenever either has
 * changed, at most once every `intervalMs`, one call at a time. Tokens go on being taken during a call. The end of the stream is not shown: its text
 * is returned. A stream that ends within `intervalMs` of its first token is not shown at all.
 *
 * Fails as the tokens do, or as `show` does, which also stops the tokens.
 *
 * @since 0.1.0
 * @category operations
 */
export const coalesce = <E, R, E2, R2>(
  tokens: Stream.Stream<Answer.Token, E, R>,
  { intervalMs, maxCharacters, progress = {} }: Options,
  show: (text: string, note: string) => Effect.Effect<void, E2, R2>
): Effect.Effect<Whole, E | E2, R | R2> =>
  Effect.scoped(Effect.gen(function*() {
    const answer = yield* Ref.make(Answer.empty)
    const changed = yield* Effect.makeLatch(false)
    const ended = yield* Deferred.make<void, E>()

    const add = (token: Answer.Token) =>
      Ref.modify(answer, (before) => {
        const after = Answer.step(before, token, progress, maxCharacters)
        return [after.text !== before.text || after.note !== before.note, after]
      }).pipe(
        Effect.flatMap((isChange) => isChange ? changed.open : Effect.void)
      )
    yield* tokens.pipe(
      Stream.tap(add),
      Stream.takeUntilEffect(() => Effect.map(Ref.get(answer), ({ truncated }) => truncated)),
      Stream.runDrain,
      Effect.intoDeferred(ended),
      Effect.forkScoped
    )

    const over = Effect.as(Deferred.await(ended), true)
    const unless = (wait: Effect.Effect<void>) => Effect.raceFirst(over, Effect.as(wait, false))
    const follow = (notBefore: number | undefined): Effect.Effect<void, E | E2, R2> =>
      Effect.gen(function*() {
        if (yield* unless(changed.await)) return
        const now = yield* Clock.currentTimeMillis
        // A clock that was set back must not hold the text up for as long.
        const wait = Math.min(intervalMs, (notBefore ?? now + intervalMs) - now)
        if (yield* unless(Clock.sleep(Math.max(0, wait)))) return
        yield* changed.close
        const at = yield* Clock.currentTimeMillis
        const { note, text } = yield* Ref.get(answer)
        yield* show(text, note)
        return yield* follow(at + intervalMs)
      })
    yield* follow(undefined)
    return yield* Effect.map(Ref.get(answer), ({ text, truncated }) => ({ text, truncated }))
  }))
