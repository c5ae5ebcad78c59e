/** A robot message in a worker's hands. */
import * as Effect from "effect/Effect"
import { memo } from "../../internal/memo.ts"
import { logEvents } from "../../logEvents.ts"
import * as Metrics from "../../metrics.ts"
import * as Gate from "../Gate.ts"
import type { Known } from "../Inbound.ts"
import * as Message from "../message/Message.ts"
import { type Delivery, payloadOf } from "./delivery.ts"
import type * as Handling from "./handling.ts"

export interface Messages<R> {
  readonly handle: (delivery: Delivery, nowMs: number) => Effect.Effect<void, never, R>
  readonly handleDropped: (delivery: Delivery, nowMs: number) => Effect.Effect<void, never, R>
  readonly onInterrupted: (delivery: Delivery) => void
}

export const unsafeMake = <R>(
  { dedup, handlers, metrics, settings }: Known<R>,
  handling: Handling.Handling
): Messages<R> => {
  const verdictOf = Gate.make(settings)
  const gated = memo((reason) => Metrics.ofGated(settings.id, reason))
  const countGated = (reason: Gate.DropReason | "empty") => gated(reason).unsafeUpdate(1, [])
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
  const kind: Handling.Kind<Message.Message, unknown, R> = {
    span: "Message.handle",
    attributes: ({ conversationId, messageId, msgtype }) => ({
      account: settings.id,
      messageId,
      conversationId,
      msgtype
    }),
    handler: onMessage ?? (() => Effect.void),
    onSuccess: ({ messageId }, delivery, _result, nowMs) => {
      delivery.dedupKey = undefined
      dedup.succeed(messageId, nowMs)
    },
    onFailure: ({ messageId }, delivery) => {
      delivery.dedupKey = undefined
      dedup.fail(messageId)
    }
  }

  return {
    handle: (delivery, nowMs) => {
      const message = admitted(delivery)
      if (message === undefined) return Effect.void
      const key = message.messageId
      // Without any id, messages can't be told apart, so none is taken for a redelivery.
      if (key !== "") {
        if (dedup.begin(key, nowMs) !== "fresh") {
          metrics.duplicate.unsafeUpdate(1, [])
          return Effect.void
        }
        delivery.dedupKey = key
      }
      return handling.run(kind, message, delivery, nowMs)
    },
    handleDropped: (delivery, nowMs) => {
      const decoded = Message.decode(settings, payloadOf(delivery), delivery.frame.messageId)
      if (decoded._tag !== "Decoded" || onDropped === undefined) return Effect.void
      const message = decoded.value
      if (verdictOf(message)._tag === "Drop") return Effect.void
      // A redelivery of something that is handled, or was, is nobody's loss.
      if (message.messageId !== "" && dedup.begin(message.messageId, nowMs) !== "fresh") return Effect.void
      dedup.fail(message.messageId)
      return Effect.catchAllCause(
        Effect.suspend(() => onDropped(message)),
        (cause) => Effect.annotateLogs(Effect.logError(logEvents.handlerFailed, cause), { handler: "onDropped" })
      )
    },
    onInterrupted: (delivery) => {
      if (delivery.dedupKey !== undefined) dedup.fail(delivery.dedupKey)
    }
  }
}
