/** A robot message in a worker's hands. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { logEvents } from "../../logEvents.ts"
import type { InboundMetrics } from "../../metrics.ts"
import * as Gate from "../Gate.ts"
import type { Options } from "../Inbound.ts"
import * as Message from "../Message.ts"
import { type Delivery, payloadOf } from "./delivery.ts"
import type * as Handling from "./handling.ts"

export interface Messages<R> {
  readonly handle: (delivery: Delivery) => Effect.Effect<void, never, R>
  readonly handleDropped: (delivery: Delivery) => Effect.Effect<void, never, R>
  readonly onInterrupted: (delivery: Delivery) => void
}

const nothing = () => {}

export const unsafeMake = <R>(
  { dedup, handlers, metrics, settings }: Options<R> & { readonly metrics: InboundMetrics },
  handling: Handling.Handling,
  { now }: Handling.Surroundings
): Messages<R> => {
  const verdictOf = Gate.make(settings)
  const gated = new Map<string, Metric.Metric.Counter<number>>()
  const countGated = (reason: Gate.DropReason | "empty") => {
    const counter = gated.get(reason) ?? Metric.tagged(metrics.gated, "reason", reason)
    gated.set(reason, counter)
    counter.unsafeUpdate(1, [])
  }
  const { onDropped, onMessage } = handlers

  /** The message of a delivery, if there is one that may be handled. */
  const admitted = (delivery: Delivery): Message.Message | undefined => {
    const decoded = Message.decode(settings, payloadOf(delivery), delivery.frame.messageId)
    if (decoded._tag === "Undecodable") {
      handling.undecodable()
      return undefined
    }
    if (decoded._tag === "Nothing") {
      countGated("empty")
      return undefined
    }
    const verdict = verdictOf(decoded.value)
    if (verdict._tag === "Pass") return decoded.value
    countGated(verdict.reason)
    return undefined
  }
  const attributes = (message: Message.Message) => () => ({
    account: settings.id,
    messageId: message.messageId,
    conversationId: message.conversationId,
    msgtype: message.msgtype
  })
  // What is in a worker's hands, so that an interrupted message is handled when it comes again.
  const keys = new WeakMap<Delivery, string>()

  return {
    handle: (delivery) =>
      Effect.suspend(() => {
        const message = admitted(delivery)
        if (message === undefined || onMessage === undefined) return Effect.void
        const key = message.messageId
        const attempt = () => onMessage(message)
        // Without any id, messages can't be told apart, so none is taken for a redelivery.
        if (key === "") return handling.run("Message.handle", attributes(message), attempt, nothing, nothing)
        if (dedup.begin(key, now()) !== "fresh") {
          metrics.duplicate.unsafeUpdate(1, [])
          return Effect.void
        }
        keys.set(delivery, key)
        return handling.run(
          "Message.handle",
          attributes(message),
          attempt,
          () => dedup.succeed(key, now()),
          () => dedup.fail(key)
        )
      }),
    handleDropped: (delivery) =>
      Effect.suspend(() => {
        const decoded = Message.decode(settings, payloadOf(delivery), delivery.frame.messageId)
        if (decoded._tag !== "Decoded" || onDropped === undefined) return Effect.void
        const message = decoded.value
        if (verdictOf(message)._tag === "Drop") return Effect.void
        // A redelivery of something that is handled, or was, is nobody's loss.
        if (message.messageId !== "" && dedup.begin(message.messageId, now()) !== "fresh") return Effect.void
        dedup.fail(message.messageId)
        return Effect.catchAllCause(
          Effect.suspend(() => onDropped(message)),
          (cause) => Effect.annotateLogs(Effect.logError(logEvents.handlerFailed, cause), { handler: "onDropped" })
        )
      }),
    onInterrupted: (delivery) => {
      const key = keys.get(delivery)
      if (key !== undefined) dedup.fail(key)
    }
  }
}
