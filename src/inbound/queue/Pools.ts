/**
 * The dispatches of one account: set up alike, and counted together.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AccountSettings } from "../../config/Settings.ts"
import type { InboundMetrics } from "../../metrics.ts"
import { type Delivery, idsOf } from "../Delivery.ts"
import * as Dispatch from "./Dispatch.ts"
import type { HandlerScheduler } from "./HandlerScheduler.ts"
import type * as QueueMemory from "./QueueMemory.ts"

/**
 * What the pools of an account are made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Pick<Dispatch.Options<Delivery, never>, "ordered" | "onBlocked"> {
  readonly settings: AccountSettings
  readonly metrics: Pick<InboundMetrics, "inFlight" | "queueDepth">
  readonly memory: QueueMemory.Ledger
  readonly scheduler: HandlerScheduler
}

/** What each pool has of its own. */
type Own<A, R> = Pick<Dispatch.Options<A, R>, "handle" | "onDropped"> & Partial<Dispatch.Options<A, R>>

/**
 * @since 0.1.0
 * @category models
 */
export interface Pools {
  /** Makes a pool for deliveries: of `dispatchWorkers`, `dispatchQueueSize` and `dispatchQueueBytes`. */
  readonly counted: <R>(
    own: Own<Delivery, R>
  ) => Effect.Effect<Dispatch.Dispatch<Delivery>, never, R | Scope.Scope>
  /** Makes a line for what is said about deliveries that are not handled: one at a time, and not counted. */
  readonly beside: <A extends Dispatch.Item, R>(
    handle: Dispatch.Options<A, R>["handle"]
  ) => Effect.Effect<Dispatch.Dispatch<A>, never, R | Scope.Scope>
  /** Drains all that are counted, at once; gives what is then given up. */
  readonly drain: (boundMs: number) => Effect.Effect<ReadonlyArray<Delivery>>
}

/**
 * Makes them; none exists before it is asked for.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ memory, metrics, onBlocked, ordered, scheduler, settings }: Options): Pools => {
  const pools: Array<Dispatch.Dispatch<Delivery>> = []
  const onChange = () => {
    let inFlight = 0
    let waiting = 0
    for (const pool of pools) {
      inFlight += pool.inFlight()
      waiting += pool.waiting()
    }
    metrics.inFlight.unsafeUpdate(inFlight, [])
    metrics.queueDepth.unsafeUpdate(waiting, [])
  }
  const common = {
    workers: settings.dispatchWorkers,
    capacity: settings.dispatchQueueSize,
    capacityBytes: settings.dispatchQueueBytes,
    overflow: settings.overflow,
    ordered,
    memory,
    scheduler
  }
  return {
    counted: (own) =>
      Effect.tap(Dispatch.make({ ...common, idsOf, onBlocked, onChange, ...own }), (made) =>
        Effect.sync(() => {
          pools.push(made)
        })),
    beside: (handle) =>
      Dispatch.make({ ...common, workers: 1, capacity: 16, overflow: "dropNewest", handle, onDropped: () => {} }),
    drain: (boundMs) =>
      Effect.map(
        Effect.forEach(pools, (pool) => pool.drain(boundMs), { concurrency: "unbounded" }),
        (abandoned) => abandoned.flat()
      )
  }
}
