/**
 * The inbound sides of this runner, by account. What arrives for one that is not there yet waits for it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Desk, SettleCard } from "../inbound/Inbox.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface OpenDesk extends Desk {
  /** Without it, cards that a crash has left open stay so. */
  readonly settleCard?: SettleCard | undefined
}

/**
 * What is told of changes, synchronously.
 *
 * @since 0.1.0
 * @category models
 */
export interface Visitor {
  readonly onOpen: (desk: OpenDesk) => void
  readonly onRest: () => void
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Desks {
  /** A desk that is open from when it begins until it rests, or the scope closes. */
  readonly open: (
    desk: OpenDesk
  ) => Effect.Effect<{ readonly begin: Effect.Effect<void>; readonly rest: () => void }, never, Scope.Scope>
  /** The accounts of those that are open. */
  readonly accounts: Effect.Effect<ReadonlyArray<string>>
  /** Synchronous; `undefined`: nothing can be handed to that account now. */
  readonly of: (account: string) => OpenDesk | undefined
  /** Is told of an account's desk until the scope closes. */
  readonly visit: (account: string, visitor: Visitor) => Effect.Effect<void, never, Scope.Scope>
}

/**
 * No desks.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Desks> = Effect.sync(() => {
  const desks = new Map<string, OpenDesk>()
  const visitors = new Map<string, Set<Visitor>>()
  const visitorsOf = (account: string) => [...visitors.get(account) ?? []]
  const rest = (account: string, desk: OpenDesk) => {
    if (desks.get(account) !== desk) return
    desks.delete(account)
    for (const visitor of visitorsOf(account)) visitor.onRest()
  }
  return {
    open: (desk) => {
      const account = desk.settings.id
      const close = () => rest(account, desk)
      const begin = Effect.sync(() => {
        desks.set(account, desk)
        for (const visitor of visitorsOf(account)) visitor.onOpen(desk)
      })
      return Effect.acquireRelease(Effect.succeed({ begin, rest: close }), () => Effect.sync(close))
    },
    accounts: Effect.sync(() => [...desks.keys()]),
    of: (account) => desks.get(account),
    visit: (account, visitor) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          visitors.set(account, (visitors.get(account) ?? new Set()).add(visitor))
        }),
        () =>
          Effect.sync(() => {
            const those = visitors.get(account)
            those?.delete(visitor)
            if (those?.size === 0) visitors.delete(account)
          })
      )
  }
})
