/** Which handler a fiber belongs to: known to whatever runs within it, forked fibers and finalizers included. */
import * as Context from "effect/Context"

/** A delivery that is being handled. */
export interface Underway {
  /** Somebody asked for it to be interrupted. */
  isStopped: boolean
}

/** The handler that this runs within; `undefined` outside of handlers. */
export class CurrentHandler extends Context.Reference<CurrentHandler>()("effect-dingtalk/internal/CurrentHandler", {
  defaultValue: (): Underway | undefined => undefined
}) {}
