import * as Frame from "../../stream/Frame.ts"
import type { Connection } from "../../stream/Transport.ts"

/** A delivery on its way through a dispatch. */
export interface Delivery {
  readonly frame: Frame.Frame
  /** The way back: the socket that brought it. */
  readonly send: Connection["send"]
  /** The payload, once it is `parsed`: the first who needs it does it. */
  payload: unknown
  parsed: boolean
  /** Its key in the memory of redeliveries while it is in a worker's hands: forgotten if it is interrupted there. */
  dedupKey: string | undefined
}

export const make = (frame: Frame.Frame, send: Connection["send"]): Delivery => ({
  frame,
  send,
  payload: undefined,
  parsed: false,
  dedupKey: undefined
})

/** The payload, parsed at most once. */
export const payloadOf = (delivery: Delivery): unknown => {
  if (!delivery.parsed) {
    delivery.payload = Frame.parseData(delivery.frame.data)
    delivery.parsed = true
  }
  return delivery.payload
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
