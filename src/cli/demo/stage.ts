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
import type * as Scope from "effect/Scope"
import type { StopReason } from "../../accounts/AccountStatus.ts"
import * as DingTalkChannel from "../../DingTalkChannel.ts"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { Message } from "../../inbound/message/Message.ts"
import { StreamTiming, type StreamTimingValues } from "../../stream/StreamTiming.ts"
import type { Transport } from "../../stream/Transport.ts"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import type { Page } from "./page.ts"
import { answerTo } from "./robot.ts"

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

/** The robot's handler: a dozen lines, as in a real robot. */
const onMessage = (stage: Stage) => (message: Message) =>
  Effect.gen(function*() {
    if (message.text.startsWith(workPrefix)) yield* Effect.sleep(workMs)
    else {
      const now = new Date(yield* Clock.currentTimeMillis)
      yield* DingTalkSender.reply(message, answerTo(message, now))
    }
    yield* Ref.update(stage.handled, (n) => n + 1)
  })

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
  return Effect.asVoid(DingTalkChannel.make({ onMessage: onMessage(stage) })).pipe(
    Effect.provide(Layer.merge(config, DingTalkSender.layer.pipe(Layer.provide(config))))
  )
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
