/** How old a message is when it arrives. Pure. */
import { isRecord, natural } from "../../internal/json.ts"
import type { Frame } from "../../stream/Frame.ts"
import { type Delivery, payloadOf } from "../Delivery.ts"

/**
 * The age in milliseconds: from when it was said to when DingTalk sent the frame, both by DingTalk's own clock, so that a
 * clock of ours that is wrong makes nothing old. Of a frame that does not say when it was sent, by ours. `undefined` if
 * nobody knows when it was said.
 */
export const ageOf = (
  saidAt: number | undefined,
  sentAt: number | undefined,
  nowMs: number
): number | undefined => saidAt === undefined || saidAt === 0 ? undefined : (sentAt || nowMs) - saidAt

/** When a message was said, by its payload; one official sample spells it without the last letter. */
const saidAtOf = (payload: unknown): number | undefined =>
  isRecord(payload) ? natural(payload["createAt"]) ?? natural(payload["createA"]) : undefined

/** A delivery, marked if it was older than this when it arrived. */
export const marked = (delivery: Delivery, { headers }: Frame, staleAfterMs: number, nowMs: number): Delivery => {
  const staleMs = ageOf(saidAtOf(payloadOf(delivery)), natural(headers["time"]), nowMs)
  return staleMs !== undefined && staleMs > staleAfterMs ? { ...delivery, staleMs } : delivery
}
