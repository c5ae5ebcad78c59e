/** A sender on real sockets that talks to a fake DingTalk: tests of tier 2. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as TestClock from "effect/TestClock"
import * as DingTalkConfig from "../../../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../../../src/DingTalkSender.ts"
import type { Message } from "../../../../src/inbound/message/Message.ts"
import * as NodeDingTalk from "../../../../src/node/NodeDingTalk.ts"
import { FakeDingTalk, type Options } from "../../../../src/testing/index.ts"
import * as Robot from "../../../utils/robot.ts"
import { settle } from "../../../utils/settle.ts"

export const userPath = "/v1.0/robot/oToMessages/batchSend"
export const groupPath = "/v1.0/robot/groupMessages/send"
export const webhookPath = "/robot/sendBySession"
export const tokenPath = "/v1.0/oauth2/accessToken"
export const createPath = "/v1.0/card/instances/createAndDeliver"
export const cardPath = "/v1.0/card/instances"
export const writePath = "/v1.0/card/streaming"
export const uploadPath = "/media/upload"
export const group = "cidGroup"

/** The settings of an account that is never held up by its own budget. */
export const settingsOf = (fake: FakeDingTalk.Fake, more: Readonly<Record<string, unknown>> = {}) => ({
  ...fake.config,
  rateLimit: 1_000,
  rateBurst: 500,
  ...more
})

/** A fake, and what provides the sender that talks to it. */
export const open = (options: Options.Options = {}, more: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make(options)
    const context = yield* Layer.build(
      Layer.merge(
        DingTalkSender.layer.pipe(
          Layer.provide(DingTalkConfig.layerUnknown(settingsOf(fake, more))),
          Layer.provide(NodeDingTalk.layer())
        ),
        NodeFileSystem.layer
      )
    )
    return { fake, run: Effect.provide(context) }
  })

/** Starts a robot that keeps what it hears; `hear` says something to it and gives the message as it came. */
export const listen = (fake: FakeDingTalk.Fake) =>
  Effect.gen(function*() {
    const heard = yield* Queue.unbounded<Message>()
    yield* Robot.start(settingsOf(fake), { onMessage: (message) => Queue.offer(heard, message) })
    yield* fake.awaitConnection
    return <A>(speak: Effect.Effect<A>): Effect.Effect<Message> => Effect.zipRight(speak, Queue.take(heard))
  })

/** Lets the virtual clock go on, and what depends on it. */
export const after = (ms: number): Effect.Effect<void> => Effect.zipRight(TestClock.adjust(ms), settle)

/**
 * Moves the virtual clock until something real has happened. In small steps: real calls must not seem to take longer than
 * their bounds.
 */
export const until = <A, E>(happened: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.raceFirst(happened, Effect.forever(after(100)))

/** What stands in a conversation now, in a few words. */
export const shown = (fake: FakeDingTalk.Fake, id: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(fake.conversation(id), (lines) => lines.map(({ text }) => text))

/** That a text is among others, as what is waited for. */
export const some = (texts: ReadonlyArray<string>, text: string): Option.Option<string> =>
  texts.includes(text) ? Option.some(text) : Option.none()
