/**
 * What the processes that send for the same accounts share, so that ten of them send as fast as one: tokens, the lines in
 * front of DingTalk's limits, and the lock-outs of the address that they call from.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/**
 * What is shared can't be read or written: **go on alone**, as a process does that shares nothing.
 *
 * @since 0.1.0
 * @category errors
 */
export class SharedStateUnavailable extends Data.TaggedError("SharedStateUnavailable")<{ readonly cause: unknown }> {
  override get message(): string {
    return "what the processes share can't be reached: each limits itself alone until it can"
  }
}

/**
 * Texts by keys, changed by comparing, and one clock for all.
 *
 * @since 0.1.0
 * @category models
 */
export interface Store {
  /** Names the address that the process calls DingTalk from: all who call from it are locked out together. */
  readonly egress: string
  /** What stands under each of the keys, and the time of the store's clock in milliseconds since 1970. */
  readonly read: (keys: ReadonlyArray<string>) => Effect.Effect<
    { readonly values: ReadonlyArray<string | undefined>; readonly now: number },
    SharedStateUnavailable
  >
  /** Writes a text if what stands there is still what was read. Tells whether it was. */
  readonly replace: (
    key: string,
    before: string | undefined,
    after: string
  ) => Effect.Effect<boolean, SharedStateUnavailable>
}

/**
 * Without it in the context each process limits itself alone. See `DingTalkSharing` of `effect-dingtalk/sql`.
 *
 * @since 0.1.0
 * @category tags
 */
export class SharedState extends Context.Tag("effect-dingtalk/outbound/api/SharedState")<SharedState, Store>() {}
