/**
 * The one who looks on for the console: the channels of the process, and what is remembered of them.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import type * as FiberRefs from "effect/FiberRefs"
import { identity } from "effect/Function"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { AccountStatus, Statuses } from "../accounts/AccountStatus.ts"
import { type Observed, Observer } from "../accounts/Observer.ts"
import * as ReloadPlan from "../accounts/reloadPlan.ts"
import type { AccountSettings } from "../config/Settings.ts"
import type { UnknownAccount } from "../DingTalkError.ts"
import type { DeadLetters } from "../inbound/DeadLetters.ts"
import type { Message } from "../inbound/message/Message.ts"
import * as Figures from "./figures.ts"
import * as Journal from "./Journal.ts"
import type * as Protocol from "./Protocol.ts"
import * as Records from "./records.ts"
import * as StatusView from "./statusView.ts"

/**
 * What it is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly showText: boolean
  readonly hintOf: StatusView.HintOf
  readonly hasSetup: boolean
}

/**
 * What can be done by hand with an account.
 *
 * @since 0.1.0
 * @category models
 */
export type Act = "start" | "stop" | "restart" | "debug"

/**
 * @since 0.1.0
 * @category models
 */
export interface Watch {
  readonly observer: Context.Tag.Service<Observer>
  /** Remembers what the library logs. */
  readonly logger: Logger.Logger<unknown, void>
  /** What changes, for as long as somebody looks; the first one holds everything. */
  readonly updates: Stream.Stream<Protocol.Update>
  readonly act: (account: string, act: Act) => Effect.Effect<void, UnknownAccount>
  /** Those of the inboxes of all channels. */
  readonly deadLetters: Effect.Effect<ReadonlyArray<DeadLetters>>
}

/** How often it is looked for what has changed, while somebody looks at it, in milliseconds. */
const lookEveryMs = 500

/** Longest text of a message that is remembered, in characters. */
const mostText = 500

const limitsOf = (settings: AccountSettings): Protocol.Account["limits"] => ({
  workers: settings.dispatchWorkers,
  queueSize: settings.dispatchQueueSize,
  rateLimit: settings.rateLimit,
  rateBurst: settings.rateBurst,
  ordering: settings.ordering,
  admitsEverybody: settings.allowedUsers.length === 0 || settings.allowedUsers.includes("*"),
  requireMention: settings.requireMention
})

const outcomeOf = (
  exit: Exit.Exit<unknown, unknown>
): Pick<Journal.Ending, "outcome" | "why"> => {
  if (Exit.isSuccess(exit)) return { outcome: "handled" }
  if (Cause.isInterruptedOnly(exit.cause)) return { outcome: "interrupted" }
  return { outcome: "failed", why: (Cause.pretty(exit.cause).split("\n")[0] ?? "").slice(0, mostText) }
}

/** A channel, and what the one who made it had for loggers and the like. */
interface Present {
  readonly channel: Observed
  readonly refs: FiberRefs.FiberRefs
}

/** As its owner would do it, who is not the one that asks. */
const asOwner = <A, E>(refs: FiberRefs.FiberRefs, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.zipRight(Effect.setFiberRefs(refs), effect).pipe(
    Effect.fork,
    Effect.flatMap(Fiber.await),
    Effect.flatten
  )

/** What a page was told of so far. */
interface Told {
  readonly seq: number
  readonly accounts: ReadonlyMap<string, string>
  readonly order: string
}

const nothing: Told = { seq: 0, accounts: new Map(), order: "" }

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ hasSetup, hintOf, showText }: Options): Effect.Effect<Watch> =>
  Effect.gen(function*() {
    const clock = yield* Effect.clock
    const now = () => clock.unsafeCurrentTimeMillis()
    const startedAt = now()
    const journal = Journal.make()
    const channels = yield* Ref.make<ReadonlyArray<Present>>([])
    // With what it ran by then: a reload that changes that starts it anew, without DEBUG.
    const debugged = yield* Ref.make<ReadonlyMap<string, AccountSettings>>(new Map())

    // Of the message only what is shown: its payload may be large.
    const heard = (message: Message, at: number) => ({
      _tag: "Heard" as const,
      at,
      account: message.accountId,
      messageId: message.messageId,
      conversationId: message.conversationId,
      chat: message.chatType,
      sender: message.senderName ?? message.senderStaffId ?? message.senderDingTalkId,
      kind: message.msgtype,
      text: showText ? message.text.slice(0, mostText) : undefined,
      outcome: "atWork" as const
    })
    const noteChanges = (before: Statuses, after: Statuses) => {
      for (const [account, status] of after) {
        const known = before.get(account)
        // It was not started yet.
        if (known === undefined && status._tag === "Stopped" && status.reason._tag === "ByRequest") continue
        // A start is told of when it is asked for, and when it begins.
        if (Equal.equals(status, known) || (status._tag === "Connecting" && known?._tag === "Connecting")) continue
        journal.add({ _tag: "Change", at: now(), account, status: StatusView.of(status, hintOf) })
      }
      return after
    }
    const accountOf = (
      settings: AccountSettings | undefined,
      id: string,
      status: AccountStatus,
      figures: ReadonlyMap<string, Protocol.Figures>,
      debuggedWith: AccountSettings | undefined
    ): ReadonlyArray<Protocol.Account> =>
      settings === undefined ? [] : [{
        id,
        clientId: settings.appKey,
        status: StatusView.of(status, hintOf),
        figures: figures.get(id) ?? Figures.none,
        limits: limitsOf(settings),
        debug: debuggedWith !== undefined && ReloadPlan.sameSettings(debuggedWith, settings)
      }]
    const look = Effect.gen(function*() {
      const figures = Figures.ofSnapshot(yield* Metric.snapshot)
      const inDebug = yield* Ref.get(debugged)
      const present = yield* Ref.get(channels)
      const all = yield* Effect.forEach(present, ({ channel: { settings, statuses } }) =>
        Effect.zipWith(settings, statuses, ({ accounts }, statuses) =>
          [...statuses].flatMap(([id, status]) =>
            accountOf(accounts.get(id), id, status, figures, inDebug.get(id))
          )))
      return {
        accounts: all.flat(),
        hasInbox: present.some(({ channel }) =>
          channel.deadLetters !== undefined
        )
      }
    })
    const update = (
      told: Told,
      { accounts, hasInbox }: Effect.Effect.Success<typeof look>
    ): readonly [Told, ReadonlyArray<Protocol.Update>] => {
      const order = accounts.map(({ id }) => id)
      const texts = new Map(accounts.map((account) => [account.id, JSON.stringify(account)]))
      const changed = accounts.filter(({ id }) => texts.get(id) !== told.accounts.get(id))
      const entries = journal.since(told.seq)
      const next: Told = { seq: journal.last(), accounts: texts, order: JSON.stringify(order) }
      const isFirst = told === nothing
      if (!isFirst && changed.length === 0 && entries.length === 0 && next.order === told.order) return [told, []]
      return [next, [{
        isFirst,
        now: now(),
        startedAt,
        showsText: showText,
        hasSetup,
        hasInbox,
        order,
        accounts: changed,
        entries
      }]]
    }
    const inCharge = (account: string) =>
      Effect.flatMap(Ref.get(channels), (all) =>
        Effect.findFirst(all, ({ channel: { statuses } }) =>
          Effect.map(statuses, (known) => known.has(account))))
    const acts: Readonly<Record<Act, (channel: Observed, id: string) => Effect.Effect<void, UnknownAccount>>> = {
      start: ({ start }, id) =>
        start(id),
      stop: ({ stop }, id) => stop(id),
      restart: ({ restart }, id) => restart(id),
      // A run logs by the level of whoever starts it.
      debug: ({ restart }, id) => Effect.locally(restart(id), FiberRef.currentMinimumLogLevel, LogLevel.Debug)
    }
    return {
      observer: {
        joined: (channel) =>
          Effect.gen(function*() {
            yield* Effect.acquireRelease(
              Effect.flatMap(
                Effect.getFiberRefs,
                (refs) => Ref.update(channels, (all) => [...all, { channel, refs }])
              ),
              () => Ref.update(channels, (all) => all.filter((other) => other.channel !== channel))
            )
            yield* Effect.forkScoped(
              Stream.runFold(channel.changes, identity<Statuses>(new Map()), noteChanges)
            )
          }),
        began: (message) => {
          const at = now()
          const end = journal.begin(heard(message, at))
          return (exit) => {
            const { outcome, why } = outcomeOf(exit)
            end({ outcome, why, durationMs: now() - at })
          }
        }
      },
      logger: Logger.make((record) => Records.notesOf(record).forEach(journal.add)),
      updates: Stream.repeatEffectWithSchedule(look, Schedule.spaced(lookEveryMs)).pipe(
        Stream.mapAccum(nothing, update),
        Stream.flattenIterables
      ),
      // Channels may share an inbox.
      deadLetters: Effect.map(Ref.get(channels), (all) => [
        ...new Set(all.flatMap(({ channel: { deadLetters } }) => deadLetters ?? []))
      ]),
      act: (account, act) =>
        Effect.gen(function*() {
          const { channel, refs } = yield* Effect.flatten(inCharge(account))
          const { accounts } = yield* channel.settings
          const settings = act === "debug" ? accounts.get(account) : undefined
          yield* asOwner(refs, acts[act](channel, account))
          yield* Ref.update(debugged, (before) => {
            const others = [...before].filter(([id]) => id !== account)
            return new Map(settings === undefined ? others : [...others, [account, settings]])
          })
        }).pipe(Effect.catchTag("NoSuchElementException", () => Effect.void))
    }
  })
