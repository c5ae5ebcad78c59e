/**
 * The set of accounts: each one's life supervised apart from the others', started, stopped and restarted at run time.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberMap from "effect/FiberMap"
import * as FiberSet from "effect/FiberSet"
import type { LazyArg } from "effect/Function"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { AccountSettings } from "../config/Settings.ts"
import { type PermanentError, UnknownAccount } from "../DingTalkError.ts"
import * as Dedup from "../inbound/Dedup.ts"
import type { Handlers } from "../inbound/Handlers.ts"
import * as Inbound from "../inbound/Inbound.ts"
import { addFinalizer } from "../internal/acquire.ts"
import { logEvents } from "../logEvents.ts"
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

interface Commands {
  readonly turns: Effect.Semaphore
  asked: number
}

interface Entry {
  settings: AccountSettings
  /** Outlives runs: a restarted account still knows what it handled. There is none before the first delivery. */
  dedup: Dedup.Dedup | undefined
  /** One command at a time, in the order of asking. There is none while nobody asks. */
  commands: Commands | undefined
}

/** Runs one of an account's commands when those before it are done. */
const inTurn = <A>(entry: Entry, run: Effect.Effect<A>): Effect.Effect<A> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const commands = entry.commands ??= { turns: Effect.unsafeMakeSemaphore(1), asked: 0 }
      commands.asked += 1
      return commands
    }),
    ({ turns }) => turns.withPermits(1)(run),
    (commands) =>
      Effect.sync(() => {
        commands.asked -= 1
        if (commands.asked === 0) entry.commands = undefined
      })
  )

/**
 * Runs what is made in a scope: `Effect.scoped`, with two differences.
 *
 * The scope is closed by a fiber of its own. A fiber passes its interruption on to its children even where it is
 * uninterruptible itself, and a wait within a bound is made of children: a run that is being wound up, and is interrupted
 * again by the end of the program, would drop what is in hand.
 *
 * And only the making has the scope in its context: what puts it there would be kept for as long as an account runs.
 */
const runApart = <A, E, R, R2>(
  make: LazyArg<Effect.Effect<Effect.Effect<A, E, R>, never, R2>>
): Effect.Effect<A, E, R | Exclude<R2, Scope.Scope>> =>
  Effect.acquireUseRelease(
    Scope.make(),
    (scope) => Effect.suspend(() => Effect.flatten(Scope.extend(make(), scope))),
    (scope, exit) => Effect.flatMap(Effect.forkDaemon(Scope.close(scope, exit)), Fiber.join)
  )

/**
 * One run of an account. Its scope is left in this order: stop taking and drain, at the bound of which what is still
 * being handled is interrupted, then close the connections, then wait for the handlers that end late.
 */
const life = <R>(
  entry: Entry,
  handlers: Handlers<R>,
  onPhase: (phase: Runner.Phase) => Effect.Effect<void>,
  turns: Effect.Semaphore
): Effect.Effect<never, PermanentError, R | Services> =>
  // The runtime is taken here, where it has the context and the fiber refs that the run has anyway.
  Effect.flatMap(Effect.runtime<R>(), (runtime) =>
    runApart(() =>
      Effect.gen(function*() {
        const { settings } = entry
        const inbound = yield* Inbound.make({
          settings,
          handlers,
          runtime,
          dedup: () => entry.dedup ??= Dedup.make()
        })
        const run = yield* Runner.make({
          settings,
          subscriptions: Inbound.subscriptions(settings, handlers),
          onDelivery: inbound.onDelivery,
          onOdd: inbound.onOdd,
          onPhase,
          turns
        })
        yield* addFinalizer(inbound.drain)
        return run
      })
    ))

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
    const turns = yield* Effect.makeSemaphore(1)
    let closing = false
    const commands = yield* FiberSet.make<void>()
    const runs = yield* FiberMap.make<string, void>()
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
    const statusOf = (id: string) => Effect.map(SubscriptionRef.get(statuses), (all) => all.get(id))

    const supervised = (entry: Entry): Effect.Effect<void, never, R | Services> => {
      const id = entry.settings.id
      return Effect.catchAllCause(life(entry, handlers, (phase) => setPhase(id, phase), turns), (cause) => {
        const failure = Cause.failureOption(cause)
        if (Option.isSome(failure)) return stopped(id, StopReason.ByError({ error: failure.value }))
        if (!Cause.isInterruptedOnly(cause)) {
          return Effect.zipRight(
            Effect.annotateLogs(Effect.logError(logEvents.died, cause), { module: "accounts" }),
            stopped(id, StopReason.ByDefect({ cause }))
          )
        }
        // Cut off from within, and nobody asked for it: an account is never left parked.
        return Effect.zipRight(Effect.sleep(revivalMs), supervised(entry))
      })
    }
    /** Its fiber is born with all that it runs in: what is put around a run is kept for as long as the account runs. */
    const run = (entry: Entry) =>
      FiberMap.run(runs, entry.settings.id, supervised(entry)).pipe(
        Effect.annotateLogs({ account: entry.settings.id, module: "stream" }),
        Effect.provide(services)
      )

    const lookup = (id: string): Effect.Effect<Entry, UnknownAccount> =>
      Effect.suspend(() => {
        const entry = entries.get(id)
        return entry === undefined
          ? Effect.fail(new UnknownAccount({ account: id, known: [...entries.keys()] }))
          : Effect.succeed(entry)
      })
    /** Runs a command in a fiber of the set's own: a caller that is interrupted leaves nothing half done. */
    const command = (id: string, run: (entry: Entry) => Effect.Effect<void>) =>
      Effect.flatMap(lookup(id), (entry) => FiberSet.run(commands, inTurn(entry, run(entry))))

    const begin = (entry: Entry) =>
      Effect.gen(function*() {
        const id = entry.settings.id
        if (closing || entries.get(id) !== entry) return
        if (FiberMap.unsafeHas(runs, id) && !isStopped(yield* statusOf(id))) return
        yield* FiberMap.remove(runs, id)
        yield* setStatus(id, AccountStatus.Connecting({ since: yield* Clock.currentTimeMillis }))
        yield* run(entry)
      })
    const end = (entry: Entry) =>
      Effect.gen(function*() {
        const id = entry.settings.id
        const before = yield* statusOf(id)
        if (isStopped(before)) return
        if (before?._tag !== "Stopping") {
          yield* setStatus(id, AccountStatus.Stopping({ since: yield* Clock.currentTimeMillis }))
        }
        yield* FiberMap.remove(runs, id)
        // The end of the program may have stopped it beside a command.
        if (isStopped(yield* statusOf(id))) return
        yield* stopped(id, StopReason.ByRequest())
        yield* Effect.annotateLogs(Effect.logInfo(logEvents.stopped), { account: id, module: "accounts" })
      })
    // Before the commands are given up: one that can't be interrupted would hold up the accounts that it is not about.
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        closing = true
        return Effect.forEach(entries.values(), end, { concurrency: "unbounded", discard: true })
      })
    )

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
          const known = entries.get(settings.id)
          if (known !== undefined) {
            known.settings = settings
            return
          }
          entries.set(settings.id, {
            settings,
            dedup: undefined,
            commands: undefined
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
