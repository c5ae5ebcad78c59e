/**
 * The set of accounts: each one's runs supervised apart from the others', started, stopped and restarted at run time.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberMap from "effect/FiberMap"
import * as FiberSet from "effect/FiberSet"
import * as HashMap from "effect/HashMap"
import * as Iterable from "effect/Iterable"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { AccountSettings, Settings } from "../config/Settings.ts"
import { UnknownAccount } from "../DingTalkError.ts"
import type * as Awaited from "../inbound/Awaited.ts"
import * as Dedup from "../inbound/Dedup.ts"
import type { Handlers } from "../inbound/Handlers.ts"
import type * as Inbound from "../inbound/Inbound.ts"
import type { Durable } from "../inbound/Inbox.ts"
import * as HandlerScheduler from "../inbound/queue/HandlerScheduler.ts"
import { lazily } from "../internal/lazily.ts"
import { logEvents } from "../logEvents.ts"
import * as Metrics from "../metrics.ts"
import * as EventLog from "../stream/EventLog.ts"
import type { Heartbeat } from "../stream/Heartbeat.ts"
import type * as Phase from "../stream/Phase.ts"
import type { Transport } from "../stream/Transport.ts"
import * as AccountRun from "./AccountRun.ts"
import { AccountStatus, nameOf, sameStatus, sameStatuses, type Statuses, StopReason } from "./AccountStatus.ts"
import type { Chosen } from "./Leadership.ts"
import * as ProcessBounds from "./ProcessBounds.ts"
import type { ReloadPlan } from "./reloadPlan.ts"
import * as Standing from "./Standing.ts"
import * as StoppedReport from "./StoppedReport.ts"

/**
 * The running accounts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Accounts {
  readonly statuses: Effect.Effect<Statuses>
  /** The statuses now, and at every change. */
  readonly changes: Stream.Stream<Statuses>
  /** Starts an account; does nothing while it runs. */
  readonly start: (id: string) => Effect.Effect<void, UnknownAccount>
  /**
   * Stops an account: stop taking, finish what is in hand within `drainTimeoutMs`, close within 5 s. Returns when it is
   * done, but after 2 s at the latest; then the status is `Stopping` and the rest goes on by itself.
   */
  readonly stop: (id: string) => Effect.Effect<void, UnknownAccount>
  /** Stops and starts an account; when it returns, the new run has begun and nothing of the old one is left. */
  readonly restart: (id: string) => Effect.Effect<void, UnknownAccount>
  /** Adds accounts, or gives them new settings for their next start. */
  readonly put: (settings: Iterable<AccountSettings>) => Effect.Effect<void>
  /** Puts a configuration in force by a plan. No account that the plan starts is said to be stopped meanwhile. */
  readonly reload: (plan: ReloadPlan, settings: Settings) => Effect.Effect<void>
  /** As `Inbound.interrupt`, in the account that is meant, or in all; one that is unknown or stopped has no handler. */
  readonly interrupt: (which: Inbound.Interruptible) => Effect.Effect<number>
}

/** Longest that `stop` keeps its caller, in milliseconds (behaviour case D09). */
const stopReturnsWithinMs = 2_000

/** Wait before an account that was cut off without a stop having been asked is run again, in milliseconds. */
const revivalMs = 2_000

type Services = Transport | Heartbeat | HttpClient.HttpClient

interface Account {
  readonly settings: AccountSettings
  /** Outlives runs: a restarted account still knows what it handled. */
  readonly dedup: () => Dedup.Dedup
  /** One command at a time, in the order of asking. */
  readonly commands: Effect.Semaphore
}

/** What changes all the time is apart: a change costs one entry of a `HashMap`, however many accounts there are. */
interface All {
  readonly accounts: ReadonlyMap<string, Account>
  readonly standings: HashMap.HashMap<string, Standing.Standing>
  /** Puts together what is said of all of them; another function when that is something else. */
  readonly statuses: () => Statuses
}

const allOf = (accounts: All["accounts"], standings: All["standings"]): All => ({
  accounts,
  standings,
  statuses: () =>
    new Map(
      Iterable.filterMap(accounts.keys(), (id) =>
        Option.map(HashMap.get(standings, id), (standing) => [id, Standing.statusOf(standing)] as const))
    )
})

const standingIn = ({ standings }: All, id: string): Standing.Standing | undefined =>
  Option.getOrUndefined(HashMap.get(standings, id))

const statusIn = (all: All, id: string): AccountStatus | undefined => {
  const standing = standingIn(all, id)
  return standing === undefined ? undefined : Standing.statusOf(standing)
}

const isDown = (standing: Standing.Standing | undefined): boolean => standing === undefined || Standing.isDown(standing)

const without = ({ accounts, standings }: All, id: string): All =>
  allOf(new Map([...accounts].filter(([other]) => other !== id)), HashMap.remove(standings, id))

const defectName = (cause: Cause.Cause<unknown>): string => {
  const defect = Cause.squash(cause)
  return defect instanceof Error ? defect.name : "unknown"
}

/** Says since when an account is stopped, and for what; or that it is not any more. */
const gauge = (id: string, before: AccountStatus | undefined, after: AccountStatus | undefined): Effect.Effect<void> =>
  Effect.gen(function*() {
    if (before === after) return
    if (before?._tag === "Stopped") yield* Metric.set(Metrics.ofStopped(id, nameOf(before.reason)), 0)
    if (after?._tag !== "Stopped") return
    yield* Metric.set(Metrics.ofStopped(id, nameOf(after.reason)), Math.floor(after.since / 1_000))
  })

/** What the handlers of a set need, besides what the set itself provides. */
type Needed<R, Own> = Exclude<Exclude<R, Scope.Scope>, Own> | Services

/**
 * What the set is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<R, Own> {
  readonly handlers: Handlers<R>
  readonly awaited: Awaited.Awaited
  /** Where what is acknowledged waits. Default: in memory. */
  readonly inbox?: Durable | undefined
  /** Who holds the connections. Default: this process. */
  readonly leadership?: Chosen | undefined
  /** What the handlers get of the set itself. */
  readonly own: (accounts: Accounts) => Context.Context<Own>
}

/**
 * Makes the set. No account runs until it is started; all are stopped when the scope closes, side by side.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <R, Own>(
  { awaited, handlers, inbox, leadership, own }: Options<R, Own>
): Effect.Effect<Accounts, never, Needed<R, Own> | Scope.Scope> =>
  Effect.gen(function*() {
    const inbounds = yield* Ref.make(HashMap.empty<string, Inbound.Inbound>())
    const accounts = yield* SubscriptionRef.make(allOf(new Map(), HashMap.empty()))
    const isClosing = yield* Ref.make(false)
    const commands = yield* FiberSet.make<void>()
    const runs = yield* FiberMap.make<string, void>()
    const given = yield* Effect.runtime<Needed<R, Own>>()
    const runtime = lazily(() =>
      Runtime.updateContext(
        given,
        // What is needed and not given is provided here; the type checker can't tell of types that it does not know.
        (context) => Context.merge(context, own(self)) as Context.Context<Exclude<R, Scope.Scope> | Services>
      )
    )
    const scheduler = yield* HandlerScheduler.make
    const { memory, openings } = yield* ProcessBounds.ofContext
    const { log } = yield* EventLog.make

    const statuses = Effect.map(SubscriptionRef.get(accounts), ({ statuses }) => statuses())
    const changes = accounts.changes.pipe(
      Stream.map(({ statuses }) => statuses),
      Stream.changes,
      // Of thousands of accounts that start at once there are thousands of changes to catch up with: one by one.
      Stream.rechunk(1),
      Stream.map((statuses) => statuses()),
      Stream.changesWith(sameStatuses)
    )
    yield* StoppedReport.make(statuses)
    yield* openings.join(Effect.map(SubscriptionRef.get(accounts), ({ accounts }) => accounts.size))

    /** Changes how an account stands; nothing happens to one that is gone. */
    const stand = (id: string, change: (standing: Standing.Standing) => Standing.Standing) =>
      Effect.flatten(SubscriptionRef.modify(accounts, (all) => {
        const before = standingIn(all, id)
        if (before === undefined) return [Effect.void, all] as const
        const after = change(before)
        const [was, is] = [Standing.statusOf(before), Standing.statusOf(after)]
        const standings = HashMap.set(all.standings, id, after)
        return [
          gauge(id, was, is),
          sameStatus(was, is) ? { ...all, standings } : allOf(all.accounts, standings)
        ] as const
      }))
    const setStatus = (id: string, status: AccountStatus) => stand(id, Standing.become(status))
    const stopped = (id: string, reason: StopReason) =>
      Effect.flatMap(Clock.currentTimeMillis, (since) => setStatus(id, AccountStatus.Stopped({ since, reason })))
    /** A run that is being stopped has nothing to say any more. */
    const setPhase = (id: string, phase: Phase.Phase) => stand(id, Standing.advance(phase))
    const standingOf = (id: string) => Effect.map(SubscriptionRef.get(accounts), (all) => standingIn(all, id))
    const accountOf = (id: string) => Effect.map(SubscriptionRef.get(accounts), (all) => all.accounts.get(id))

    const supervised = (
      id: string,
      account: Account,
      runtime: Runtime.Runtime<Exclude<R, Scope.Scope> | Services>
    ): Effect.Effect<void, never, Exclude<R, Scope.Scope> | Services> =>
      AccountRun.make({
        settings: account.settings,
        dedup: account.dedup,
        handlers,
        scheduler,
        memory,
        awaited,
        inbox,
        runtime,
        leadership,
        onStandby: Effect.flatMap(
          Clock.currentTimeMillis,
          (since) => stand(id, Standing.advance(AccountStatus.Standby({ since })))
        ),
        onPhase: (phase) => setPhase(id, phase),
        onInbound: (inbound) =>
          Ref.update(inbounds, inbound === undefined ? HashMap.remove(id) : HashMap.set(id, inbound)),
        beforeOpening: openings.pass,
        log
      }).pipe(
        Effect.catchAllCause((cause) => {
          const failure = Cause.failureOption(cause)
          if (Option.isSome(failure)) return stopped(id, StopReason.ByError({ error: failure.value }))
          if (!Cause.isInterruptedOnly(cause)) {
            return Effect.logError(logEvents.died, cause).pipe(
              Effect.annotateLogs({ error: defectName(cause), module: "accounts" }),
              Effect.zipRight(stopped(id, StopReason.ByDefect({ cause })))
            )
          }
          // Cut off from within, and nobody asked for it: an account is never left parked.
          return Effect.zipRight(
            Effect.sleep(revivalMs),
            Effect.flatMap(accountOf(id), (now) => supervised(id, now ?? account, runtime))
          )
        })
      )

    /** From here on until the start is done, the account is not said to be stopped. */
    const expectStart = (id: string) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => stand(id, Standing.expectStart(now))).pipe(
        // Nothing is started any more at the end of the program.
        Effect.unlessEffect(Ref.get(isClosing))
      )
    const startDone = (id: string) => stand(id, Standing.startDone)

    /** Runs a command in a fiber of the set's own: a caller that is interrupted leaves nothing half done. */
    const command = (id: string, run: Effect.Effect<void>, starts: boolean) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const { accounts: all } = yield* SubscriptionRef.get(accounts)
          const account = all.get(id)
          if (account === undefined) return yield* new UnknownAccount({ account: id, known: [...all.keys()] })
          // An account that was removed meanwhile, and put again, is another one.
          const isThere = Effect.map(accountOf(id), (now) => now?.commands === account.commands)
          if (starts) yield* expectStart(id)
          return yield* restore(account.commands.withPermits(1)(Effect.whenEffect(run, isThere))).pipe(
            Effect.ensuring(starts ? Effect.whenEffect(startDone(id), isThere) : Effect.void),
            Effect.asVoid,
            FiberSet.run(commands)
          )
        })
      )

    const begin = (id: string) =>
      Effect.gen(function*() {
        const account = yield* accountOf(id)
        if (account === undefined || (yield* Ref.get(isClosing))) return
        if (!isDown(yield* standingOf(id))) return
        yield* FiberMap.remove(runs, id)
        yield* setStatus(id, AccountStatus.Connecting({ since: yield* Clock.currentTimeMillis }))
        // Its log, its level of the log and the like are those of who starts it.
        const inherited = Runtime.make({ ...runtime(), fiberRefs: yield* Effect.getFiberRefs })
        yield* FiberMap.run(runs, id, supervised(id, account, inherited)).pipe(
          Effect.annotateLogs({ account: id, module: "stream" }),
          (run) => Effect.mapInputContext(run, (_: Context.Context<never>) => inherited.context)
        )
      })
    const end = (id: string) =>
      Effect.gen(function*() {
        if (isDown(yield* standingOf(id))) return
        yield* stand(id, Standing.advance(AccountStatus.Stopping({ since: yield* Clock.currentTimeMillis })))
        yield* FiberMap.remove(runs, id)
        // The end of the program may have stopped it beside a command.
        if (isDown(yield* standingOf(id))) return
        yield* stopped(id, StopReason.ByRequest())
        if (statusIn(yield* SubscriptionRef.get(accounts), id)?._tag !== "Stopped") return
        yield* Effect.annotateLogs(Effect.logInfo(logEvents.stopped), { account: id, module: "accounts" })
      })
    // Before the commands are given up: one that can't be interrupted would hold up the accounts that it is not about.
    yield* Effect.addFinalizer(() =>
      Effect.gen(function*() {
        yield* Ref.set(isClosing, true)
        const ids = [...(yield* SubscriptionRef.get(accounts)).accounts.keys()]
        yield* Effect.forEach(ids, (id) => stand(id, Standing.giveUpStarts), { discard: true })
        yield* Effect.forEach(ids, end, { concurrency: "unbounded", discard: true })
      })
    )

    const start = (id: string) => Effect.flatMap(command(id, begin(id), true), Fiber.join)
    const restart = (id: string) => Effect.flatMap(command(id, Effect.zipRight(end(id), begin(id)), true), Fiber.join)
    const remove = (id: string) => Effect.flatMap(command(id, Effect.zipRight(end(id), forget(id)), false), Fiber.join)
    const forget = (id: string) =>
      Effect.zipRight(
        Effect.flatMap(SubscriptionRef.get(accounts), (all) => gauge(id, statusIn(all, id), undefined)),
        SubscriptionRef.update(accounts, (all) => without(all, id))
      )
    const put = (settings: Iterable<AccountSettings>, startsNow: boolean) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const isToStart = startsNow && !(yield* Ref.get(isClosing))
        const standing = isToStart ? Standing.expectStart(now)(Standing.fresh(now)) : Standing.fresh(now)
        const given = yield* Effect.forEach(settings, (settings) =>
          Effect.map(
            Effect.makeSemaphore(1),
            (commands): Account => ({ settings, dedup: lazily(Dedup.make), commands })
          ))
        yield* SubscriptionRef.update(accounts, (all) =>
          allOf(
            new Map([
              ...all.accounts,
              ...given.map((account) => {
                const { settings } = account
                return [settings.id, { ...(all.accounts.get(settings.id) ?? account), settings }] as const
              })
            ]),
            // How one stands that is there already does not change.
            HashMap.union(
              HashMap.fromIterable(given.map(({ settings: { id } }) => [id, standing] as const)),
              all.standings
            )
          ))
      })

    const self: Accounts = {
      statuses,
      changes,
      start,
      stop: (id) =>
        Effect.flatMap(
          command(id, end(id), false),
          (fiber) => Effect.asVoid(Effect.timeoutOption(Fiber.join(fiber), stopReturnsWithinMs))
        ),
      restart,
      put: (settings) => put(settings, false),
      reload: ({ add, remove: gone, restart: changed }, settings) => {
        const forAll = (ids: ReadonlyArray<string>, run: (id: string) => Effect.Effect<void, UnknownAccount>) =>
          Effect.forEach(ids, (id) => Effect.orDie(run(id)), { concurrency: "unbounded", discard: true })
        const expected = [...changed, ...add]
        return Effect.gen(function*() {
          yield* put(add.flatMap((id) => settings.accounts.get(id) ?? []), true)
          yield* Effect.forEach(changed, expectStart, { discard: true })
          yield* Effect.onError(forAll(gone, remove), () => Effect.forEach(expected, startDone, { discard: true }))
          yield* put(settings.accounts.values(), false)
          yield* forAll(
            expected,
            (id) => Effect.ensuring(add.includes(id) ? start(id) : restart(id), startDone(id))
          )
        })
      },
      interrupt: (which) =>
        Effect.flatMap(Ref.get(inbounds), (all) => {
          const meant = [...all].flatMap(([id, inbound]) =>
            which.accountId === undefined || which.accountId === id ? [inbound] : []
          )
          return Effect.map(
            Effect.forEach(meant, (inbound) => inbound.interrupt(which), { concurrency: "unbounded" }),
            (counts) => counts.reduce((sum, count) => sum + count, 0)
          )
        })
    }
    return self
  })
