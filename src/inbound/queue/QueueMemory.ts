/**
 * What the waiting deliveries of all accounts may take together.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Ids } from "../Delivery.ts"

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
export class QueueMemory extends Context.Reference<QueueMemory>()("effect-dingtalk/inbound/queue/QueueMemory", {
  defaultValue: () => ({ maxBytes: 64 * 1024 * 1024 })
}) {}

/**
 * One queue, as the bound sees it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Holder {
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
  /**
   * Enters a queue, for as long as the scope is open, and gives what says that the queue holds so many bytes more, or
   * fewer. While all hold too many, the one that holds most gives way.
   */
  readonly enter: (holder: Holder) => Effect.Effect<(bytes: number) => void, never, Scope.Scope>
  /** How many bytes are left; what is taken in only if there is room asks before. */
  readonly room: () => number
  /** What waits in all queues at this moment: it is lost if the process ends now. */
  readonly waiting: () => ReadonlyArray<Ids>
}

interface Entry {
  readonly holder: Holder
  bytes: number
}

/**
 * Makes a ledger.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Ledger> = Effect.map(QueueMemory, ({ maxBytes }) => {
  const entries = new Set<Entry>()
  let total = 0
  // One delivery may always wait, however large.
  const isTooMuch = (newest: number) => newest > 0 && total > maxBytes && total > newest
  const largest = (): Entry | undefined => {
    let found: Entry | undefined
    for (const entry of entries) {
      if (entry.bytes > (found?.bytes ?? 0)) found = entry
    }
    return found
  }
  return {
    enter: (holder) => {
      const entry: Entry = { holder, bytes: 0 }
      const charge = (bytes: number) => {
        total += bytes
        entry.bytes += bytes
        while (isTooMuch(bytes)) largest()?.holder.giveWay()
      }
      return Effect.as(
        Effect.acquireRelease(
          Effect.sync(() => entries.add(entry)),
          () =>
            Effect.sync(() => {
              entries.delete(entry)
              total -= entry.bytes
            })
        ),
        charge
      )
    },
    room: () => maxBytes - total,
    waiting: () => [...entries].flatMap(({ holder }) => holder.waiting())
  }
})
