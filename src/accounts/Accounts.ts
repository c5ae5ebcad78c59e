/**
 * The set of accounts: each one's life supervised apart from the others', started, stopped and restarted at run time.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberMap from "effect/FiberMap"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { AccountSettings } from "../DingTalkConfig.ts"
import { type PermanentError, UnknownAccount } from "../DingTalkError.ts"
import * as Dedup from "../inbound/Dedup.ts"
import type { Handlers } from "../inbound/Handlers.ts"
import * as Inbound from "../inbound/Inbound.ts"
import { logEvents } from "../logEvents.ts"
import * as Metrics from "../metrics.ts"
import type { Heartbeat } from "../stream/Heartbeat.ts"
import * as Runner from "../stream/Runner.ts"
import type { Transport } from "../stream/Transport.ts"
import { AccountStatus, type Statuses, StopReason } from "./AccountStatus.ts"

/**
 * The running accounts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Accounts {
  readonly statuses: SubscriptionRef.SubscriptionRef<Statuses>
  /** Starts an account; does nothing while it runs. */
  readonly start: (id: string) => Effect.Effect<void, UnknownAccount>
  /**
   * Stops an account: stop taking, finish what is in hand within `drainTimeoutMs`, close within 5 s. Returns when it is
   * done, but after 2 s at the latest; then the status is `Stopping` and the rest goes on by itself.
   */
  readonly stop: (id: string) => Effect.Effect<void, UnknownAccount>
  /** Stops and starts an account; when it returns, the new run has begun and nothing of the old one is left. */
  readonly restart: (id: string) => Effect.Effect<void, UnknownAccount>
  /** Adds an account, or gives one new settings, for its next start. */
  readonly put: (settings: AccountSettings) => Effect.Effect<void>
  /** Stops an account and forgets it. */
  readonly remove: (id: string) => Effect.Effect<void, UnknownAccount>
}

/** Longest that `stop` keeps its caller, in milliseconds (behaviour case D09). */
const stopReturnsWithinMs = 2_000

/** Wait before an account that was cut off without a stop having been asked is run again, in milliseconds. */
const revivalMs = 2_000

type Services = Transport | Heartbeat | HttpClient.HttpClient

interface Entry {
  settings: AccountSettings
  readonly metrics: Metrics.ConnectionMetrics
  /** Outlives runs: a restarted account still knows what it handled. */
  readonly dedup: Dedup.Dedup
  /** One command at a time, in the order of asking. */
  readonly commands: Effect.Semaphore
}

/**
 * One run of an account. Its scope is left in this order: stop taking and drain, then close the connections, then
 * interrupt what is still being handled.
 */
const life = <R>(
  { dedup, metrics, settings }: Entry,
  handlers: Handlers<R>,
  onPhase: (phase: Runner.Phase) => Effect.Effect<void>
): Effect.Effect<never, PermanentError, R | Services> =>
  Effect.scoped(Effect.gen(function*() {
    const inbound = yield* Inbound.make({ settings, handlers, dedup })
    const run = yield* Runner.make({
      settings,
      subscriptions: Inbound.subscriptions(settings, handlers),
      metrics,
      onDelivery: inbound.onDelivery,
      onOdd: inbound.onOdd,
      onPhase
    })
    yield* Effect.addFinalizer(() => inbound.drain)
    return yield* run
  }))

/**
 * Makes the set. No account runs until it is started; all are stopped when the scope closes, side by side.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <R>(handlers: Handlers<R>): Effect.Effect<Accounts, never, R | Services | Scope.Scope> =>
  Effect.gen(function*() {
    const statuses = yield* SubscriptionRef.make<Statuses>(new Map())
    const entries = new Map<string, Entry>()
    const runs = yield* FiberMap.make<string, void>()
    const commands = yield* FiberSet.make<void>()
    const services = yield* Effect.context<R | Services>()

    const setStatus = (id: string, status: AccountStatus) =>
      SubscriptionRef.update(statuses, (all) => new Map(all).set(id, status))
    /** A run that is being stopped has nothing to say any more. */
    const setPhase = (id: string, phase: Runner.Phase) =>
      SubscriptionRef.update(statuses, (all) => {
        const status = all.get(id)
        return status?._tag === "Stopping" || isStopped(status) ? all : new Map(all).set(id, phase)
      })
    const stopped = (id: string, reason: StopReason) => setStatus(id, AccountStatus.Stopped({ reason }))

    const supervised = (entry: Entry): Effect.Effect<void> => {
      const id = entry.settings.id
      return life(entry, handlers, (phase) => setPhase(id, phase)).pipe(
        Effect.provide(services),
        Effect.exit,
        Effect.flatMap((exit) => {
          if (Exit.isSuccess(exit)) return Effect.void
          const failure = Cause.failureOption(exit.cause)
          if (Option.isSome(failure)) return stopped(id, StopReason.ByError({ error: failure.value }))
          if (!Cause.isInterruptedOnly(exit.cause)) {
            return Effect.zipRight(
              Effect.logError(logEvents.died, exit.cause),
              stopped(id, StopReason.ByDefect({ cause: exit.cause }))
            )
          }
          // Cut off from within, and nobody asked for it: an account is never left parked.
          return Effect.zipRight(Effect.sleep(revivalMs), supervised(entry))
        }),
        Effect.annotateLogs({ account: id, module: "accounts" })
      )
    }

    const lookup = (id: string): Effect.Effect<Entry, UnknownAccount> =>
      Effect.suspend(() => {
        const entry = entries.get(id)
        return entry === undefined
          ? Effect.fail(new UnknownAccount({ account: id, known: [...entries.keys()] }))
          : Effect.succeed(entry)
      })
    /** Runs a command in a fiber of the set's own: a caller that is interrupted leaves nothing half done. */
    const command = (id: string, run: (entry: Entry) => Effect.Effect<void>) =>
      Effect.flatMap(lookup(id), (entry) => FiberSet.run(commands, entry.commands.withPermits(1)(run(entry))))

    const begin = (entry: Entry) =>
      Effect.gen(function*() {
        const id = entry.settings.id
        if (entries.get(id) !== entry) return
        if (FiberMap.unsafeHas(runs, id) && !isStopped((yield* SubscriptionRef.get(statuses)).get(id))) return
        yield* FiberMap.remove(runs, id)
        yield* setStatus(id, AccountStatus.Connecting({ since: yield* Clock.currentTimeMillis }))
        yield* FiberMap.run(runs, id, supervised(entry))
      })
    const end = (entry: Entry) =>
      Effect.gen(function*() {
        const id = entry.settings.id
        if (isStopped((yield* SubscriptionRef.get(statuses)).get(id))) return
        yield* setStatus(id, AccountStatus.Stopping({ since: yield* Clock.currentTimeMillis }))
        yield* FiberMap.remove(runs, id)
        yield* stopped(id, StopReason.ByRequest())
        yield* Effect.annotateLogs(Effect.logInfo(logEvents.stopped), { account: id, module: "accounts" })
      })

    return {
      statuses,
      start: (id) => Effect.flatMap(command(id, begin), Fiber.join),
      stop: (id) =>
        Effect.flatMap(
          command(id, end),
          (fiber) => Effect.asVoid(Effect.timeoutOption(Fiber.join(fiber), stopReturnsWithinMs))
        ),
      restart: (id) => Effect.flatMap(command(id, (entry) => Effect.zipRight(end(entry), begin(entry))), Fiber.join),
      put: (settings) =>
        Effect.gen(function*() {
          const commands = yield* Effect.makeSemaphore(1)
          const known = entries.get(settings.id)
          if (known !== undefined) {
            known.settings = settings
            return
          }
          entries.set(settings.id, {
            settings,
            metrics: Metrics.ofConnection(settings.id),
            dedup: Dedup.make(),
            commands
          })
          yield* stopped(settings.id, StopReason.ByRequest())
        }),
      remove: (id) =>
        Effect.flatMap(
          command(id, (entry) =>
            Effect.zipRight(
              end(entry),
              Effect.suspend(() => {
                entries.delete(id)
                return SubscriptionRef.update(statuses, (all) => {
                  const rest = new Map(all)
                  rest.delete(id)
                  return rest
                })
              })
            )),
          Fiber.join
        )
    }
  })

const isStopped = (status: AccountStatus | undefined): boolean => status === undefined || status._tag === "Stopped"
