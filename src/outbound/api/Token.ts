/**
 * Access tokens: fetched once for all who wait, kept until shortly before they expire.
 *
 * Not an `effect/Cache`: it interrupts all who wait together with the one who came first ("an interrupted first caller
 * does not hurt the second" in test/outbound/api/Token.test.ts).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Fiber from "effect/Fiber"
import * as FiberHandle from "effect/FiberHandle"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { type JsonObject, text } from "../../internal/json.ts"
import type { ApiError } from "./ApiError.ts"

/**
 * A token as DingTalk issued it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Issued {
  readonly token: Redacted.Redacted<string>
  /** How long it lives, in milliseconds. */
  readonly lifetimeMs: number
}

/**
 * The token of one account.
 *
 * @since 0.1.0
 * @category models
 */
export interface TokenCache {
  /**
   * The token. Fetched if there is none, or if it expires within 60 s; whoever asks meanwhile waits for the same fetch,
   * which goes on when one of them is interrupted. A failed fetch is told to those who waited, and forgotten.
   */
  readonly get: Effect.Effect<Redacted.Redacted<string>, ApiError>
  /** Drops the token if it is this very one; a newer one stays. */
  readonly invalidate: (token: Redacted.Redacted<string>) => Effect.Effect<void>
}

/**
 * How long before its end a token is replaced, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const refreshMarginMs = 60_000

const defaultLifetimeSeconds = 7_200

/**
 * Reads the answer to the token call, whose `expireIn` is in seconds, 7 200 if it is missing; `undefined` if there is no
 * token in it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fromAnswer = (json: JsonObject): Issued | undefined => {
  const token = text(json["accessToken"])
  if (token === undefined) return undefined
  const seconds = Number(text(json["expireIn"]))
  return {
    token: Redacted.make(token),
    lifetimeMs: (Number.isFinite(seconds) && seconds > 0 ? seconds : defaultLifetimeSeconds) * 1_000
  }
}

/**
 * A cache around a way to fetch a token. Fetches live in the scope and not in a caller.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (fetch: Effect.Effect<Issued, ApiError>): Effect.Effect<TokenCache, never, Scope.Scope> =>
  Effect.gen(function*() {
    const inFlight = yield* FiberHandle.make<Redacted.Redacted<string>, ApiError>()
    const run = yield* FiberHandle.runtime(inFlight)<never>()
    const current = yield* Ref.make(
      Option.none<{ readonly token: Redacted.Redacted<string>; readonly until: number }>()
    )

    const refresh = Effect.flatMap(
      Clock.currentTimeMillis,
      (asked) =>
        Effect.flatMap(
          fetch,
          ({ lifetimeMs, token }) =>
            Effect.as(Ref.set(current, Option.some({ token, until: asked + lifetimeMs - refreshMarginMs })), token)
        )
    )
    // Whether somebody fetches, and starting it, is one step of one fiber: nobody can come between.
    const fetched = Effect.suspend(() =>
      // Not `join`: it would hand this fiber the context of that one.
      Effect.flatten(Fiber.await(Option.getOrElse(FiberHandle.unsafeGet(inFlight), () => run(refresh))))
    )

    return {
      get: Effect.flatMap(
        Clock.currentTimeMillis,
        (now) =>
          Effect.flatMap(Ref.get(current), (known) =>
            Option.match(Option.filter(known, ({ until }) => now < until), {
              onNone: () => fetched,
              onSome: ({ token }) => Effect.succeed(token)
            }))
      ),
      invalidate: (token) => Ref.update(current, Option.filter((known) => !Equal.equals(known.token, token)))
    }
  })
