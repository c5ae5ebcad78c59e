/**
 * The front door: a Layer that runs every account of the configuration and hands what DingTalk delivers to your
 * handlers.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Accounts from "./accounts/Accounts.ts"
import type { AccountStop, Statuses, StopReason } from "./accounts/AccountStatus.ts"
import * as Ends from "./accounts/ends.ts"
import { Leadership } from "./accounts/Leadership.ts"
import { observed, Observer } from "./accounts/Observer.ts"
import * as ProcessBounds from "./accounts/ProcessBounds.ts"
import * as ReloadPlan from "./accounts/reloadPlan.ts"
import * as SilentStart from "./accounts/SilentStart.ts"
import { DingTalkConfig, type Settings } from "./DingTalkConfig.ts"
import type { PermanentError, UnknownAccount } from "./DingTalkError.ts"
import { DingTalkSender } from "./DingTalkSender.ts"
import * as Awaited from "./inbound/Awaited.ts"
import type { Handlers } from "./inbound/Handlers.ts"
import type { Interruptible } from "./inbound/Inbound.ts"
import { Inbox } from "./inbound/Inbox.ts"
import type { Message } from "./inbound/message/Message.ts"
import * as OwnQuotes from "./inbound/ownQuotes.ts"
import { CurrentHandler } from "./internal/handler/CurrentHandler.ts"
import { logEvents } from "./logEvents.ts"
import { settleOpen } from "./outbound/card/settleOpen.ts"
import * as SentMessages from "./SentMessages.ts"
import * as Heartbeat from "./stream/Heartbeat.ts"
import type { Transport } from "./stream/Transport.ts"

export type { Interruptible } from "./inbound/Inbound.ts"

/**
 * When {@link Channel.run} fails.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunOptions {
  /** Default `"all"`. */
  readonly failOn?: "all" | "first" | undefined
}

/**
 * The running channel.
 *
 * @since 0.1.0
 * @category models
 */
export interface Channel {
  /** The status of each account, by id. */
  readonly statuses: Effect.Effect<Statuses>
  /** The statuses now, and at every change. */
  readonly statusChanges: Stream.Stream<Statuses>
  /** Starts an account; does nothing while it runs. */
  readonly start: (account: string) => Effect.Effect<void, UnknownAccount>
  /**
   * Stops an account: stop taking, finish what is in hand within `drainTimeoutMs`, close within 5 s. Returns when it is
   * done, but after 2 s at the latest; then the status is `Stopping` and the rest goes on by itself.
   */
  readonly stop: (account: string) => Effect.Effect<void, UnknownAccount>
  /** Stops and starts an account. When it returns, nothing of the old run is left. */
  readonly restart: (account: string) => Effect.Effect<void, UnknownAccount>
  /**
   * Puts new settings in force: accounts that are gone are stopped, new ones started, changed ones restarted; the
   * others are not touched. Returns what was done.
   */
  readonly reload: (settings: Settings) => Effect.Effect<ReloadPlan.ReloadPlan>
  /**
   * Each stop of an account, as soon as it comes, with the reason: for an alarm while the others go on. Accounts that are
   * stopped already come first. An account that is being restarted does not stop.
   */
  readonly stops: Stream.Stream<AccountStop>
  /**
   * Runs until it is interrupted, and fails when DingTalk will let nothing arrive any more: when every account is stopped
   * and at least one of them by an error (`failOn: "all"`, the default), or as soon as the first one is stopped by an error
   * (`failOn: "first"`). It fails with that error; of several, with the one of the account that comes first in the
   * configuration. Accounts that somebody stopped are no reason to fail. Dies if an account died of a defect.
   */
  readonly run: (options?: RunOptions) => Effect.Effect<never, PermanentError>
  /**
   * Completes when every account is stopped, with the reasons: nothing will arrive any more unless somebody starts an
   * account. Dies with the cause if an account died of a defect.
   */
  readonly awaitAllStopped: Effect.Effect<ReadonlyMap<string, StopReason>>
  /**
   * Interrupts handlers of messages that are at work: that of one message, all of a conversation, or the one that streams
   * its answer into a card. A `Message` means its own handler; in that handler it means all others of its conversation, so
   * that a robot that is told to stop can pass on what it was told. A `CardAction` means its card. The handler that this
   * runs within is never interrupted.
   *
   * Waits until they have ended, finalizers included, and gives how many there were. An answer that is being streamed is
   * shown as stopped, not as failed. They count as interrupted, not as failed, and a redelivery of theirs is not handled
   * again. What waits in the queue stays there.
   */
  readonly interrupt: (which: Interruptible) => Effect.Effect<number>
  /** For `DingTalkCards.ask`: who waits for what answer. */
  readonly awaited: Awaited.Awaited
}

/**
 * @since 0.1.0
 * @category tags
 */
export class DingTalkChannel extends Context.Tag("effect-dingtalk/DingTalkChannel")<DingTalkChannel, Channel>() {}

/**
 * The messages of {@link layerStream}.
 *
 * @since 0.1.0
 * @category tags
 */
export class DingTalkMessages extends Context.Tag("effect-dingtalk/DingTalkMessages")<
  DingTalkMessages,
  Stream.Stream<Message>
>() {}

/** What a channel needs: its own, and what the handlers do, but for the channel and the scope of each delivery. */
type Needs<R> =
  | Exclude<Exclude<R, Scope.Scope>, DingTalkChannel>
  | DingTalkConfig
  | Transport
  | HttpClient.HttpClient

/**
 * Starts all accounts of the configuration in force; they are stopped, side by side, when the scope closes. With a
 * `SentMessages` in the context, as the layers have it, quotes of the robot's own words say what it had said.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <
  RMessage = never,
  RDropped = never,
  REvent = never,
  RCardAction = never,
  RGraphCall = never,
  RStale = never,
  RGated = never,
  RBurst = never,
  RDead = never
>(
  handlers: Handlers<RMessage, RDropped, REvent, RCardAction, RGraphCall, RStale, RGated, RBurst, RDead>
): Effect.Effect<
  Channel,
  never,
  Needs<RMessage | RDropped | REvent | RCardAction | RGraphCall | RStale | RGated | RBurst | RDead> | Scope.Scope
> => makeOf<RMessage | RDropped | REvent | RCardAction | RGraphCall | RStale | RGated | RBurst | RDead>(handlers)

const makeOf = <R>(handlers: Handlers<R>): Effect.Effect<Channel, never, Needs<R> | Scope.Scope> =>
  Effect.gen(function*() {
    const config = yield* DingTalkConfig
    const sent = yield* Effect.serviceOption(SentMessages.SentMessages)
    const inbox = Option.getOrUndefined(yield* Effect.serviceOption(Inbox))
    const sender = Option.getOrUndefined(yield* Effect.serviceOption(DingTalkSender))
    const settleCard = sender && settleOpen(sender.account)
    const observer = yield* Effect.serviceOption(Observer)
    const leadership = Option.getOrUndefined(yield* Effect.serviceOption(Leadership))
    const awaited = yield* Awaited.make(handlers.asks === true)
    const reloading = yield* Effect.makeSemaphore(1)
    const claimed = yield* SilentStart.claims
    const forAnyAccount = yield* SilentStart.ForAnyAccount
    const warn = (settings: Settings) =>
      Effect.forEach(
        [...settings.warnings, ...SilentStart.warnings(settings, handlers, forAnyAccount), ...claimed(settings)],
        (warning) => Effect.annotateLogs(Effect.logWarning(logEvents.configWarning), { module: "config", warning }),
        { discard: true }
      )
    const channelOf = (accounts: Accounts.Accounts): Channel => ({
      statuses: accounts.statuses,
      statusChanges: accounts.changes,
      start: accounts.start,
      stop: accounts.stop,
      restart: accounts.restart,
      reload: (next) =>
        Effect.gen(function*() {
          const plan = ReloadPlan.make(yield* config.get, next)
          yield* warn(next)
          yield* config.set(next)
          yield* accounts.reload(plan, next)
          yield* Effect.annotateLogs(Effect.logInfo(logEvents.reloaded), {
            module: "config",
            added: plan.add.join(","),
            removed: plan.remove.join(","),
            restarted: plan.restart.join(","),
            kept: plan.keep.join(",")
          })
          return plan
        }).pipe(reloading.withPermits(1), Effect.uninterruptible),
      stops: Ends.stops(accounts.changes),
      run: ({ failOn = "all" } = {}) => Ends.failing(accounts.changes, failOn),
      awaitAllStopped: Ends.whenAllStopped(accounts.changes),
      interrupt: accounts.interrupt,
      awaited
    })
    const told = Option.match(observer, {
      onNone: () => handlers,
      onSome: (observer) => observed(handlers, observer)
    })
    const accounts = yield* Effect.provideServiceEffect(
      Accounts.make<R, DingTalkChannel>({
        handlers: Option.match(sent, { onNone: () => told, onSome: (sent) => OwnQuotes.knowing(told, sent) }),
        awaited,
        inbox: inbox && { ...inbox, open: (desk) => inbox.open(desk, settleCard) },
        leadership,
        own: (accounts) => Context.make(DingTalkChannel, channelOf(accounts))
      }),
      Heartbeat.Heartbeat,
      Heartbeat.make
    )

    const settings = yield* config.get
    yield* warn(settings)
    yield* accounts.put(settings.accounts.values())
    if (Option.isSome(observer)) {
      yield* observer.value.joined({ ...accounts, settings: config.get, deadLetters: inbox?.deadLetters })
    }
    yield* Effect.forEach(settings.accounts.keys(), (id) => Effect.orDie(accounts.start(id)), { discard: true })

    return channelOf(accounts)
  })

/** What is built once for all channels that are put together into one application. */
const common = Layer.merge(SentMessages.layerMemory, ProcessBounds.layer)

/**
 * The channel as a layer, with your handlers.
 *
 * It needs the settings (`DingTalkConfig.layerConfig`, …), a `Transport` (`WsTransport.layer()`) and an `HttpClient`;
 * handlers that answer need `DingTalkSender.layer`. `effect-dingtalk/node` has both of the network in one layer.
 *
 * Channels whose layers are put together into one share the bound of `QueueMemory` and the pace of opening calls.
 *
 * @example
 * import { DingTalkChannel, DingTalkSender } from "effect-dingtalk"
 *
 * const Bot = DingTalkChannel.layer({
 *   onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
 * })
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <
  RMessage = never,
  RDropped = never,
  REvent = never,
  RCardAction = never,
  RGraphCall = never,
  RStale = never,
  RGated = never,
  RBurst = never,
  RDead = never
>(
  handlers: Handlers<RMessage, RDropped, REvent, RCardAction, RGraphCall, RStale, RGated, RBurst, RDead>
): Layer.Layer<
  DingTalkChannel,
  never,
  Needs<RMessage | RDropped | REvent | RCardAction | RGraphCall | RStale | RGated | RBurst | RDead>
> => Layer.scoped(DingTalkChannel, make(handlers)).pipe(Layer.provide(common))

/**
 * The channel for those who prefer a `Stream`: the messages that the gate admitted, of all accounts, as
 * {@link DingTalkMessages}. A message counts as handled once it is taken from the stream; while nobody takes, the queue
 * of each account fills and then drops, as it does with slow handlers.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerStream = <
  RDropped = never,
  REvent = never,
  RCardAction = never,
  RGraphCall = never,
  RStale = never,
  RGated = never
>(
  handlers: Omit<
    Handlers<never, RDropped, REvent, RCardAction, RGraphCall, RStale, RGated>,
    "onMessage" | "onMessages" | "overtakes" | "asks"
  > = {}
): Layer.Layer<
  DingTalkChannel | DingTalkMessages,
  never,
  Needs<RDropped | REvent | RCardAction | RGraphCall | RStale | RGated>
> =>
  Layer.scopedContext(Effect.gen(function*() {
    // Room for one: waiting is the business of the accounts' queues.
    const messages = yield* Effect.acquireRelease(
      Mailbox.make<Message>({ capacity: 1, strategy: "suspend" }),
      (mailbox) => mailbox.end
    )
    const channel = yield* make({ ...handlers, onMessage: (message) => messages.offer(message) })
    return Context.make(DingTalkChannel, channel).pipe(Context.add(DingTalkMessages, Mailbox.toStream(messages)))
  })).pipe(Layer.provide(common))

/**
 * {@link Channel.statuses} of the channel in context.
 *
 * @since 0.1.0
 * @category accessors
 */
export const statuses: Effect.Effect<Statuses, never, DingTalkChannel> = Effect.flatMap(
  DingTalkChannel,
  (channel) => channel.statuses
)

/**
 * {@link Channel.stops} of the channel in context.
 *
 * @since 0.1.0
 * @category accessors
 */
export const stops: Stream.Stream<AccountStop, never, DingTalkChannel> = Stream.unwrap(
  Effect.map(DingTalkChannel, (channel) => channel.stops)
)

/**
 * {@link Channel.run} of the channel in context: the program of a robot.
 *
 * @example
 * import { NodeRuntime } from "@effect/platform-node"
 * import { Effect, Layer } from "effect"
 * import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
 * import { NodeDingTalk } from "effect-dingtalk/node"
 *
 * const Bot = DingTalkChannel.layer({
 *   onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
 * })
 *
 * const Main = Bot.pipe(
 *   Layer.provide(DingTalkSender.layer),
 *   Layer.provide(DingTalkConfig.layerConfig),
 *   Layer.provide(NodeDingTalk.layer())
 * )
 *
 * DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
 *
 * @since 0.1.0
 * @category accessors
 */
export const run = (options?: RunOptions): Effect.Effect<never, PermanentError, DingTalkChannel> =>
  Effect.flatMap(DingTalkChannel, (channel) => channel.run(options))

/**
 * {@link Channel.awaitAllStopped} of the channel in context.
 *
 * @since 0.1.0
 * @category accessors
 */
export const awaitAllStopped: Effect.Effect<ReadonlyMap<string, StopReason>, never, DingTalkChannel> = Effect.flatMap(
  DingTalkChannel,
  (channel) => channel.awaitAllStopped
)

/**
 * {@link Channel.interrupt} of the channel in context; in a handler, that is the channel which runs it.
 *
 * @example
 * import { DingTalkCards, DingTalkChannel, DingTalkSender } from "effect-dingtalk"
 * import { Effect, Schedule, Stream } from "effect"
 *
 * const Bot = DingTalkChannel.layer({
 *   overtakes: ({ text }) => text === "停",
 *   onMessage: (message) =>
 *     message.text === "停"
 *       ? Effect.flatMap(DingTalkChannel.interrupt(message), (n) => DingTalkSender.reply(message, `停了 ${n} 个`))
 *       : DingTalkCards.streamReply(message, Stream.schedule(Stream.repeatValue("啦"), Schedule.spaced("1 second")))
 * })
 *
 * @since 0.1.0
 * @category accessors
 */
export const interrupt = (which: Interruptible): Effect.Effect<number, never, DingTalkChannel> =>
  Effect.flatMap(DingTalkChannel, (channel) => channel.interrupt(which))

/**
 * Whether the handler in which this runs is being stopped by {@link interrupt}: for a finalizer that has something else
 * to say when the program ends. False outside of handlers.
 *
 * @since 0.1.0
 * @category accessors
 */
export const isInterrupting: Effect.Effect<boolean> = Effect.map(
  CurrentHandler,
  (current) => current?.isStopped === true
)
