/**
 * What the acts of the demonstration play on.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { StopReason } from "../../accounts/AccountStatus.ts"
import * as DingTalkCards from "../../DingTalkCards.ts"
import * as DingTalkChannel from "../../DingTalkChannel.ts"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { Handlers } from "../../inbound/Handlers.ts"
import type { Message } from "../../inbound/message/Message.ts"
import { StreamTiming, type StreamTimingValues } from "../../stream/StreamTiming.ts"
import type { Transport } from "../../stream/Transport.ts"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import type { Page } from "./page.ts"
import { answerTo, orders, places, story, whereTo } from "./robot.ts"

/**
 * The stage: DingTalk, the way to print, and what the robot has done.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stage {
  readonly fake: Fake
  readonly page: Page
  readonly print: (text: string) => Effect.Effect<void>
  /** Messages that the robot has handled. */
  readonly handled: Ref.Ref<number>
}

/**
 * Time to read, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const beatMs = 350

/** Messages that begin like this are not answered: they are work. */
const workPrefix = "#"

/** How long such work takes, in milliseconds. */
const workMs = 20

/**
 * The text of a message that means work without an answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const work = (index: number): string => `${workPrefix}${index}`

/** A piece of the story comes so often, in milliseconds. */
const pieceMs = 300

/** Asks where to, and waits for the answer. */
const deploy = (message: Message) =>
  DingTalkCards.ask(message, { question: whereTo, choices: places }).pipe(
    Effect.flatMap(({ choice }) => DingTalkSender.reply(message, `好的，部署到 ${choice}。`))
  )

/** Tells the story while it makes it up, until somebody has enough. */
const tell = (message: Message) =>
  DingTalkCards.streamReply(
    message,
    Stream.forever(Stream.fromIterable(story)).pipe(Stream.schedule(Schedule.spaced(pieceMs))),
    { intervalMs: pieceMs }
  )

const stop = (message: Message) =>
  Effect.zipRight(DingTalkChannel.interrupt(message), DingTalkSender.reply(message, "好，不说了。"))

const answer = (message: Message) =>
  Effect.flatMap(
    Clock.currentTimeMillis,
    (now) => DingTalkSender.reply(message, answerTo(message, new Date(now)))
  )

type Does = DingTalkSender.DingTalkSender | DingTalkChannel.DingTalkChannel

const isOrder = ({ text }: Message, order: string): boolean => text.trim() === order

/** The robot's handler: a dozen lines, as in a real robot. */
const onMessage = (stage: Stage) => (message: Message): Effect.Effect<unknown, unknown, Does> => {
  if (isOrder(message, orders.deploy)) return deploy(message)
  if (isOrder(message, orders.tell)) return tell(message)
  if (isOrder(message, orders.stop)) return stop(message)
  const done = Ref.update(stage.handled, (n) => n + 1)
  return Effect.zipRight(message.text.startsWith(workPrefix) ? Effect.sleep(workMs) : answer(message), done)
}

const configOf = (settings: object): Layer.Layer<DingTalkConfig.DingTalkConfig> =>
  Layer.orDie(DingTalkConfig.layerUnknown(settings))

/**
 * Starts the robot, for the life of the scope.
 *
 * @since 0.1.0
 * @category operations
 */
export const robot = (
  stage: Stage
): Effect.Effect<void, never, HttpClient.HttpClient | Transport | Scope.Scope> => {
  const config = configOf(stage.fake.config)
  const handlers: Handlers<Does> = {
    asks: true,
    overtakes: (message) => isOrder(message, orders.stop),
    onMessage: onMessage(stage)
  }
  // Built for the scope of the robot, in which its sender fetches tokens, too.
  const services = Layer.build(Layer.merge(config, DingTalkSender.layer.pipe(Layer.provide(config))))
  return Effect.flatMap(services, (services) => Effect.asVoid(Effect.provide(DingTalkChannel.make(handlers), services)))
}

/**
 * Runs another robot until DingTalk lets it run no longer, and gives the reason.
 *
 * @since 0.1.0
 * @category operations
 */
export const untilStopped = (
  settings: object,
  timing: StreamTimingValues
): Effect.Effect<StopReason | undefined, never, HttpClient.HttpClient | Transport> =>
  Effect.gen(function*() {
    const channel = yield* DingTalkChannel.make({ onMessage: () => Effect.void })
    const reasons = yield* channel.awaitAllStopped
    return [...reasons.values()][0]
  }).pipe(
    Effect.scoped,
    Effect.provide(configOf(settings)),
    Effect.provideService(StreamTiming, timing)
  )
