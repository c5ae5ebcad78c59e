import * as Frame from "../../stream/Frame.ts"
import type { Connection } from "../../stream/Transport.ts"

/** A delivery on its way through a dispatch. */
export interface Delivery {
  readonly frame: Frame.Frame
  /** The way back: the socket that brought it. */
  readonly send: Connection["send"]
  /** The parsed payload, once somebody needed it. */
  payload: { readonly value: unknown } | undefined
}

/** The payload, parsed at most once. */
export const payloadOf = (delivery: Delivery): unknown => {
  delivery.payload ??= { value: Frame.parseData(delivery.frame.data) }
  return delivery.payload.value
}

/**
 * What orders a delivery: its conversation. One that names none is a conversation of its own.
 */
export const conversationOf = (delivery: Delivery): string => {
  const payload = payloadOf(delivery)
  if (typeof payload === "object" && payload !== null && "conversationId" in payload) {
    const { conversationId } = payload
    if (typeof conversationId === "string" && conversationId !== "") return conversationId
  }
  return `frame:${delivery.frame.messageId}`
}
