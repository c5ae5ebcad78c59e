/**
 * What the waiting deliveries of all accounts may take together.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Ids } from "./Delivery.ts"
import * as Fullest from "./internal/fullest.ts"

/**
 * The bound on what waits in the queues of a process, all accounts together. Each account has one of its own besides:
 * the setting `dispatchQueueBytes`.
 *
 * Default 64 MiB, counted as JavaScript keeps text at most: two bytes a character. What does not fit gives way by the
 * same rule as in a full queue, from the account that holds most.
 *
 * @since 0.1.0
 * @category references
 */
export class QueueMemory extends Context.Reference<QueueMemory>()("effect-dingtalk/inbound/QueueMemory", {
  defaultValue: () => ({ maxBytes: 64 * 1024 * 1024 })
}) {}

/**
 * One queue, as the bound sees it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Holder extends Fullest.Member {
  /** What it holds; kept by {@link Ledger}. */
  bytes: number
  /** Lets one delivery go, and takes it off the ledger. */
  readonly giveWay: () => void
  /** What waits in it. */
  readonly waiting: () => ReadonlyArray<Ids>
}

/**
 * Who holds how much.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ledger {
  /** A queue holds so many bytes more, or fewer. While all hold too many, the one that holds most gives way. */
  readonly charge: (holder: Holder, bytes: number) => void
  /** What waits in all queues at this moment: it is lost if the process ends now. */
  readonly waiting: () => ReadonlyArray<Ids>
}

/**
 * Makes a ledger.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Ledger> = Effect.map(QueueMemory, ({ maxBytes }) => {
  const holders = Fullest.make<Holder>((a, b) => a.bytes > b.bytes)
  const all = new Set<Holder>()
  let total = 0
  // One delivery may always wait, however large.
  const isTooMuch = (newest: number) => newest > 0 && total > maxBytes && total > newest
  return {
    charge: (holder, bytes) => {
      total += bytes
      holder.bytes += bytes
      if (holder.bytes > 0) {
        all.add(holder)
        holders.place(holder)
      } else {
        all.delete(holder)
        if (holder.position !== -1) holders.remove(holder)
      }
      while (isTooMuch(bytes)) holders.top()?.giveWay()
    },
    waiting: () => [...all].flatMap((holder) => holder.waiting())
  }
})
