/** Which handler a fiber belongs to: known to whatever runs within it, forked fibers and finalizers included. */
import * as FiberRef from "effect/FiberRef"
import * as GlobalValue from "effect/GlobalValue"
import type { OpenCards } from "./OpenCards.ts"

/** A delivery that is being handled. */
export interface Underway {
  /** Somebody asked for it to be interrupted. */
  isStopped: boolean
  /** The `outTrackId`s of the cards that it writes, once there are any. */
  cards?: ReadonlyArray<string>
  /** Where those of them that are not settled are noted, if anywhere. */
  readonly openCards?: OpenCards | undefined
}

/**
 * The handler that this runs within; `undefined` outside of handlers. One for the process, as Effect's own fiber refs are:
 * the package may be loaded twice.
 */
export const CurrentHandler: FiberRef.FiberRef<Underway | undefined> = GlobalValue.globalValue(
  "effect-dingtalk/internal/handler/CurrentHandler",
  () => FiberRef.unsafeMake<Underway | undefined>(undefined)
)
