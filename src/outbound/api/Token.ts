/**
 * Access tokens: fetched once for all who wait, kept until shortly before they expire.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberMap from "effect/FiberMap"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
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
  /** The token, if {@link TokenCache.get} would not have to fetch it; the time in milliseconds since 1970. */
  readonly known: (now: number) => Redacted.Redacted<string> | undefined
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
 * Makes a cache around a way to fetch a token.
 *
 * @since 0.1.0
 * @category models
 */
export type MakeCache = (fetch: Effect.Effect<Issued, ApiError>) => TokenCache

/**
 * Makes caches, each around a way to fetch a token, whose fetches live in the scope and not in a caller.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeCaches: Effect.Effect<MakeCache, never, Scope.Scope> = Effect.gen(function*() {
  const inFlight = yield* FiberMap.make<object, Redacted.Redacted<string>, ApiError>()
  const run = yield* FiberMap.runtime(inFlight)<never>()

  return (fetch) => {
    const key = {}
    let current: { readonly token: Redacted.Redacted<string>; readonly until: number } | undefined

    const refresh = Effect.flatMap(Clock.currentTimeMillis, (asked) =>
      Effect.map(fetch, ({ lifetimeMs, token }) => {
        current = { token, until: asked + lifetimeMs - refreshMarginMs }
        return token
      }))
    const known = (now: number) => current !== undefined && now < current.until ? current.token : undefined
    return {
      known,
      get: Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const token = known(now)
        if (token !== undefined) return Effect.succeed(token)
        // Looking and starting happen in one step of one fiber: nobody can come between.
        const fiber = Option.getOrElse(FiberMap.unsafeGet(inFlight, key), () => run(key, refresh))
        // Not `join`: it would hand this fiber the context of that one.
        return Effect.flatten(Fiber.await(fiber))
      }),
      invalidate: (token) =>
        Effect.sync(() => {
          if (current !== undefined && Redacted.value(current.token) === Redacted.value(token)) current = undefined
        })
    }
  }
})
