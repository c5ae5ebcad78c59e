/**
 * What handlers receive that is no message: events, presses of cards' buttons, calls of AI plugins. Pure.
 *
 * @since 0.1.0
 */
import * as CardAction from "../../inbound/call/CardAction.ts"
import * as DingTalkEvent from "../../inbound/call/DingTalkEvent.ts"
import * as GraphCall from "../../inbound/call/GraphCall.ts"
import type { Decoded } from "../../internal/decoded.ts"
import { defaultApp } from "../Options.ts"
import * as Payloads from "../Payloads.ts"

/**
 * What the channel adds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The account that it came to. Default `default`. */
  readonly account?: string | undefined
}

const received = <A>(what: string, decoded: Decoded<A>): A => {
  if (decoded._tag === "Decoded") return decoded.value
  throw new TypeError(`no handler receives this ${what}: ${decoded.reason}`)
}

/** As it comes over the wire. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/**
 * An event.
 *
 * @example
 * ```ts
 * import { TestEvent } from "effect-dingtalk/testing"
 *
 * const joined = TestEvent.event("user_add_org", { userId: ["zhangsan"] })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const event = (
  eventType: string,
  data: unknown = {},
  { account = "default", at = 0, eventId = `event-${eventType}` }: Options & {
    /** Default: made of its type. */
    readonly eventId?: string | undefined
    /** When it was born, in milliseconds since 1970. Default 0, where a `TestClock` begins. */
    readonly at?: number | undefined
  } = {}
): DingTalkEvent.DingTalkEvent =>
  received(
    "event",
    DingTalkEvent.decode(
      { id: account },
      Payloads.eventHeaders({ eventType, eventId, at, clientId: defaultApp.clientId }),
      sent(data)
    )
  )

/**
 * Somebody pressed a button of a card.
 *
 * @since 0.1.0
 * @category constructors
 */
export const cardAction = (
  action: Parameters<typeof Payloads.cardAction>[0],
  { account = "default" }: Options = {}
): CardAction.CardAction =>
  received("card action", CardAction.decode({ id: account }, sent(Payloads.cardAction(action))))

/**
 * An AI plugin calls.
 *
 * @since 0.1.0
 * @category constructors
 */
export const graphCall = (
  call: Parameters<typeof Payloads.graphCall>[0],
  { account = "default" }: Options = {}
): GraphCall.GraphCall => received("graph call", GraphCall.decode({ id: account }, sent(Payloads.graphCall(call))))
