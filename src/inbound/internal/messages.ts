/** A robot message in a worker's hands: decoded, gated, handled. */
import * as Arr from "effect/Array"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Awaited } from "../Awaited.ts"
import { type Delivery, idsOf, payloadOf } from "../Delivery.ts"
import * as Gate from "../Gate.ts"
import type { DeadLetter, Handlers } from "../Handlers.ts"
import type * as Handling from "../Handling.ts"
import * as Message from "../message/Message.ts"
import { aside } from "./aside.ts"
import type { Refuse } from "./refusals.ts"

/** A message that the gate refused, to be told of. */
export interface Gated {
  readonly key: string
  readonly bytes: number
  readonly message: Message.Message
  readonly reason: Exclude<Gate.DropReason, "self">
}

/** A delivery that is given up, and why. */
export interface Dead extends DeadLetter {
  readonly key: string
  readonly bytes: number
  readonly delivery: Delivery
}

export interface Messages<R> {
  readonly handle: (delivery: Delivery) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
  /** Whether a delivery goes before all that waits: somebody awaits it, or it overtakes. Synchronous; never throws. */
  readonly isAhead: (delivery: Delivery) => boolean
  /** Handles one that {@link Messages.isAhead} said is. */
  readonly handleAhead: (delivery: Delivery) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
  /** Tells `onDropped` of a message that gave way, unless that is nobody's loss. */
  readonly handleDropped: (delivery: Delivery) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
  /** Tells `onDeadLetter` of a message that is given up. */
  readonly handleDead: (dead: Dead) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
  readonly handleGated: (gated: Gated) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
}

export interface Options<R> extends Handling.Options {
  readonly handlers: Handlers<R>
  readonly handling: Handling.Handling
  readonly refuse: Refuse
  /** Synchronous. Told of what the gate refused; without it, nobody asks. */
  readonly onGated: ((gated: Gated) => void) | undefined
  /** Synchronous. Told of a delivery whose handler failed. */
  readonly onFailure?: ((delivery: Delivery, cause: Cause.Cause<unknown>) => void) | undefined
  /** Synchronous. Told of a message that is too old. */
  readonly onStale: (delivery: Delivery) => void
  readonly awaited: Awaited | undefined
  /** Synchronous. Told of what `overtakes` threw. */
  readonly onThrown: (defect: unknown, delivery: Delivery) => void
  /** Synchronous. Puts a delivery in line after all: nobody awaits it any more. */
  readonly standInLine: (delivery: Delivery) => void
  /** The monotonic time, in milliseconds. */
  readonly now: () => number
}

type Burst = Arr.NonEmptyReadonlyArray<Message.Message>

export const make = <R>(options: Options<R>): Messages<R> => {
  const { awaited, dedup, handlers, handling, metrics, refuse, settings } = options
  const verdictOf = Gate.make(settings)
  const senderOf = ({ senderDingTalkId, senderStaffId }: Message.Message) => senderStaffId ?? senderDingTalkId
  const { onMessage, onMessages, onStale } = handlers

  const decode = (delivery: Delivery) => {
    const decoded = Message.decode(settings, payloadOf(delivery), delivery.frameId)
    const { attempt } = delivery
    return attempt === undefined || attempt.number === 1 || decoded._tag !== "Decoded"
      ? decoded
      : { ...decoded, value: { ...decoded.value, attempt: attempt.number } }
  }
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
    handler: onMessage ?? (onMessages === undefined ? () => Effect.void : (message) => onMessages([message])),
    onSuccess: () => {},
    onFailure: (_message, delivery, cause) => options.onFailure?.(delivery, cause),
    onDuplicate: () => {}
  }

  const isKnown = (key: string): boolean => {
    if (dedup.begin(key, options.now()) !== "fresh") return true
    dedup.succeed(key, options.now())
    return false
  }
  const tellOfGated = (message: Message.Message, reason: Gate.DropReason, { bytes, key }: Delivery) => {
    if (options.onGated === undefined || reason === "self") return
    if (message.messageId !== "" && isKnown(`gated:${message.messageId}`)) return
    options.onGated({ key, bytes, message, reason })
  }
  /** The message of a delivery if the gate admits it, or else what is done about it. */
  const admitted = (delivery: Delivery): Message.Message | Effect.Effect<void> => {
    const decoded = decode(delivery)
    if (decoded._tag === "Undecodable") return Effect.sync(() => handling.undecodable(delivery, decoded.reason))
    if (decoded._tag === "Nothing") return refuse({ ...idsOf(delivery), reason: "empty" })
    const message = decoded.value
    const verdict = verdictOf(message)
    if (verdict._tag === "Pass") return message
    const { conversationId, messageId } = message
    const { reason } = verdict
    tellOfGated(message, reason, delivery)
    return refuse({ messageId, conversationId, frame: delivery.frameId, sender: senderOf(message), reason })
  }
  const isRefused = (looked: Message.Message | Effect.Effect<void>): looked is Effect.Effect<void> =>
    Effect.isEffect(looked)

  const handleStale = (message: Message.Message, delivery: Delivery) =>
    Effect.suspend(() => {
      const key = kind.dedupKey(message)
      if (key !== undefined && isKnown(key)) {
        metrics.duplicate.unsafeUpdate(1, [])
        return Effect.void
      }
      options.onStale(delivery)
      return onStale === undefined
        ? Effect.void
        : aside("onStale", kind.attributes(message), settings.handlerTimeoutMs, () => onStale(message))
    })
  const handleOne = (delivery: Delivery) => {
    const message = admitted(delivery)
    if (isRefused(message)) return message
    return delivery.staleMs === undefined ? handling.run(kind, message, delivery) : handleStale(message, delivery)
  }

  const burstKind = (keysAtWork: ReadonlyArray<string>): Handling.Kind<Burst, unknown, R> => ({
    span: kind.span,
    attributes: (burst) => ({ ...kind.attributes(burst[0]), messages: burst.length }),
    text: (burst) => burst.map(({ text }) => text).join("\n"),
    spanAttributes: (burst) => kind.spanAttributes(burst[0]),
    dedupKey: () => undefined,
    keysAtWork,
    size: (burst) => burst.length,
    handler: onMessages ?? (() => Effect.void),
    onSuccess: () => {},
    onFailure: (_message, delivery, cause) => options.onFailure?.(delivery, cause),
    onDuplicate: () => {}
  })
  const handleBurst = (parts: ReadonlyArray<Delivery>, delivery: Delivery) =>
    Effect.suspend(() => {
      const looked = parts.map(admitted)
      const refusals = looked.filter(isRefused)
      const keys: Array<string> = []
      const fresh = looked.flatMap((message) => {
        if (isRefused(message)) return []
        const key = kind.dedupKey(message)
        if (key !== undefined) {
          if (dedup.begin(key, options.now()) !== "fresh") {
            metrics.duplicate.unsafeUpdate(1, [])
            return []
          }
          keys.push(key)
        }
        return [message]
      })
      const run = Arr.isNonEmptyReadonlyArray(fresh)
        ? handling.run(burstKind(keys), fresh, delivery)
        : Effect.void
      return Effect.zipRight(Effect.all(refusals, { discard: true }), run)
    })

  const isOvertaking = (message: Message.Message, delivery: Delivery): boolean => {
    try {
      return handlers.overtakes?.(message) === true
    } catch (defect) {
      options.onThrown(defect, delivery)
      return false
    }
  }
  /** Who gets a message that goes ahead; one that overtakes is nobody's answer. */
  const receiverOf = (message: Message.Message, delivery: Delivery) =>
    isOvertaking(message, delivery) ? kind.handler : awaited?.ofMessage(message)?.onMessage

  return {
    handle: (delivery) => delivery.parts === undefined ? handleOne(delivery) : handleBurst(delivery.parts, delivery),
    isAhead: (delivery) => {
      if (handlers.overtakes === undefined && awaited?.awaitsMessage(settings.id) !== true) return false
      const decoded = decode(delivery)
      if (decoded._tag !== "Decoded") return false
      const message = decoded.value
      if (verdictOf(message)._tag === "Drop") return false
      return receiverOf(message, delivery) !== undefined
    },
    handleAhead: (delivery) => {
      const message = admitted(delivery)
      if (isRefused(message)) return message
      const receiver = receiverOf(message, delivery)
      return receiver === undefined
        ? Effect.sync(() => options.standInLine(delivery))
        : handling.run({ ...kind, handler: receiver }, message, delivery)
    },
    handleDropped: (delivery) => {
      const { onDropped } = handlers
      const decoded = decode(delivery)
      if (decoded._tag !== "Decoded" || onDropped === undefined) return Effect.void
      const message = decoded.value
      if (verdictOf(message)._tag === "Drop" || !handling.isFresh(kind, message)) return Effect.void
      return aside("onDropped", kind.attributes(message), settings.handlerTimeoutMs, () => onDropped(message))
    },
    handleDead: ({ attempts, cause, delivery }) => {
      const { onDeadLetter } = handlers
      const decoded = decode(delivery)
      if (decoded._tag !== "Decoded" || onDeadLetter === undefined) return Effect.void
      const message = decoded.value
      return aside(
        "onDeadLetter",
        kind.attributes(message),
        settings.handlerTimeoutMs,
        () => onDeadLetter(message, { attempts, cause })
      )
    },
    handleGated: ({ message, reason }) => {
      const { onGated } = handlers
      return onGated === undefined
        ? Effect.void
        : aside("onGated", kind.attributes(message), settings.handlerTimeoutMs, () => onGated(message, reason))
    }
  }
}
