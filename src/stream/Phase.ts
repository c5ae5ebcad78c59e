/**
 * Where a running account stands, and how it follows from its connections. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Equal from "effect/Equal"
import type { StreamStall, Transient } from "../DingTalkError.ts"

/**
 * Where a running account stands. Times are in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category models
 */
export type Phase = Data.TaggedEnum<{
  /** A ticket or a handshake is under way and no connection is up. */
  readonly Connecting: { readonly since: number }
  /** The upgrade succeeded: messages arrive. */
  readonly Connected: { readonly since: number }
  /** The next try comes at `until`. */
  readonly BackingOff: { readonly until: number; readonly error: Transient | StreamStall }
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const Phase = Data.taggedEnum<Phase>()

/**
 * Whether two are the same. By their tags first: what is compared by its parts keeps its hash.
 *
 * @since 0.1.0
 * @category guards
 */
export const same = (a: Phase, b: Phase): boolean => a._tag === b._tag && Equal.equals(a, b)

/**
 * An account's connections.
 *
 * @since 0.1.0
 * @category models
 */
export interface Connections {
  /** How many are up: two during a hand-over. */
  readonly live: number
  readonly connectedSince: number
  /** What the account does about the next one: its phase while nothing is up. */
  readonly next: Phase
}

/**
 * No connection, and the first one about to be opened.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none = (now: number): Connections => ({
  live: 0,
  connectedSince: 0,
  next: Phase.Connecting({ since: now })
})

/**
 * The phase that follows from the connections.
 *
 * @since 0.1.0
 * @category decisions
 */
export const of = ({ connectedSince, live, next }: Connections): Phase =>
  live > 0 ? Phase.Connected({ since: connectedSince }) : next

/**
 * The next connection is being opened.
 *
 * @since 0.1.0
 * @category transitions
 */
export const opening = (all: Connections, now: number): Connections => ({
  ...all,
  next: Phase.Connecting({ since: now })
})

/**
 * The next connection comes later.
 *
 * @since 0.1.0
 * @category transitions
 */
export const backingOff =
  (waitMs: number, error: Transient | StreamStall) => (all: Connections, now: number): Connections => ({
    ...all,
    next: Phase.BackingOff({ until: now + waitMs, error })
  })

/**
 * One more connection is up.
 *
 * @since 0.1.0
 * @category transitions
 */
export const connected = (all: Connections, now: number): Connections => ({
  ...all,
  live: all.live + 1,
  connectedSince: now
})

/**
 * One connection less is up.
 *
 * @since 0.1.0
 * @category transitions
 */
export const disconnected = (all: Connections, now: number): Connections => ({
  ...all,
  live: all.live - 1,
  next: all.live === 1 && all.next._tag === "Connecting" ? Phase.Connecting({ since: now }) : all.next
})
