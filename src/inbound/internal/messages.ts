/** A robot message in a worker's hands: decoded, gated, handled. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { logEvents } from "../../logEvents.ts"
import { type Delivery, idsOf, payloadOf } from "../Delivery.ts"
import * as Gate from "../Gate.ts"
import type { Handlers } from "../Handlers.ts"
import type * as Handling from "../Handling.ts"
import * as Message from "../message/Message.ts"
import type { Refuse } from "./refusals.ts"

export interface Messages<R> {
  readonly handle: (delivery: Delivery) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
  /** Tells `onDropped` of a message that gave way, unless that is nobody's loss. */
  readonly handleDropped: (delivery: Delivery) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
}

export const make = <R>(
  { settings }: Handling.Options,
  { onDropped, onMessage }: Handlers<R>,
  handling: Handling.Handling,
  refuse: Refuse
): Messages<R> => {
  const verdictOf = Gate.make(settings)
  const senderOf = ({ senderDingTalkId, senderStaffId }: Message.Message) => senderStaffId ?? senderDingTalkId

  const decode = (delivery: Delivery) => Message.decode(settings, payloadOf(delivery), delivery.frameId)
  const kind: Handling.Kind<Message.Message, unknown, R> = {
    span: "dingtalk.message.handle",
    attributes: (message) => ({
      account: settings.id,
      messageId: message.messageId,
      conversationId: message.conversationId,
      msgtype: message.msgtype,
      sender: senderOf(message)
    }),
    text: ({ text }) => text,
    spanAttributes: ({ conversationId, messageId, msgtype }) => ({
      "messaging.message.id": messageId,
      "messaging.message.conversation_id": conversationId,
      "dingtalk.message.type": msgtype
    }),
    // Without any id, messages can't be told apart, so none is taken for a redelivery.
    dedupKey: ({ messageId }) => messageId === "" ? undefined : messageId,
    handler: onMessage ?? (() => Effect.void),
    onSuccess: () => {},
    onFailure: () => {},
    onDuplicate: () => {}
  }

  return {
    handle: (delivery) => {
      const decoded = decode(delivery)
      if (decoded._tag === "Undecodable") return Effect.sync(() => handling.undecodable(delivery, decoded.reason))
      if (decoded._tag === "Nothing") return refuse({ ...idsOf(delivery), reason: "empty" })
      const message = decoded.value
      const verdict = verdictOf(message)
      if (verdict._tag === "Drop") {
        const { conversationId, messageId } = message
        const frame = delivery.frameId
        return refuse({ messageId, conversationId, frame, sender: senderOf(message), reason: verdict.reason })
      }
      return handling.run(kind, message, delivery)
    },
    handleDropped: (delivery) => {
      const decoded = decode(delivery)
      if (decoded._tag !== "Decoded" || onDropped === undefined) return Effect.void
      const message = decoded.value
      if (verdictOf(message)._tag === "Drop" || !handling.isFresh(kind, message)) return Effect.void
      return Effect.scoped(Effect.suspend(() => onDropped(message))).pipe(
        Effect.catchAllCause((cause) =>
          Effect.annotateLogs(Effect.logError(logEvents.handlerFailed, cause), {
            ...kind.attributes(message),
            handler: "onDropped"
          })
        )
      )
    }
  }
}
