/**
 * An event of the organisation (a user joined, an approval ended …) as DingTalk pushes it to subscribers of EVENT.
 *
 * DingTalk may deliver an event more than once, even one that was acknowledged: `eventId` tells.
 *
 * @since 0.1.0
 */
import type * as Unify from "effect/Unify"
import { type Decoded, decoded, undecodable } from "../../internal/decoded.ts"
import { deepest, isDeeper, isRecord, natural, string } from "../../internal/json.ts"
import * as KnownEvent from "./KnownEvent.ts"

/**
 * An event.
 *
 * @since 0.1.0
 * @category models
 */
export interface DingTalkEvent {
  readonly _tag: "DingTalkEvent"
  /** The account that received it. */
  readonly accountId: string
  /** The same for each redelivery; if DingTalk sent none, the frame's id. */
  readonly eventId: string
  /** DingTalk's name of the event, for example `user_add_org`; `""` if it sent none. */
  readonly eventType: string
  /** The organisation that it happened in. */
  readonly corpId: string | undefined
  /** When it happened, in milliseconds since 1970. */
  readonly bornTime: number | undefined
  /** DingTalk's unified id of the application. */
  readonly unifiedAppId: string | undefined
  /** What happened: JSON whose shape depends on `eventType`. */
  readonly data: unknown
  /** The frame's headers as they came. */
  readonly raw: { readonly [key: string]: unknown }
}

/**
 * What an event is answered with: `SUCCESS`, or `LATER` for DingTalk to bring it back.
 *
 * @since 0.1.0
 * @category models
 */
export type AckStatus = "SUCCESS" | "LATER"

/**
 * Decodes an EVENT frame that came to `account` from its headers and its payload (`data`, already parsed; `undefined`
 * for what is not JSON). Total and pure. What is nested more than a hundred deep is undecodable.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (account: { readonly id: string }, headers: unknown, data: unknown): Decoded<DingTalkEvent> => {
  if (!isRecord(headers)) return undecodable("notAnObject")
  if (data === undefined) return undecodable("notJson")
  // A handler could do nothing with it, not now and not later: not even write it down.
  if (isDeeper(data, deepest) || isDeeper(headers, deepest)) return undecodable("tooDeep")
  return decoded({
    _tag: "DingTalkEvent",
    accountId: account.id,
    eventId: string(headers.eventId) ?? string(headers.messageId) ?? "",
    eventType: string(headers.eventType) ?? "",
    corpId: string(headers.eventCorpId),
    bornTime: natural(headers.eventBornTime),
    unifiedAppId: string(headers.eventUnifiedAppId),
    data,
    raw: headers
  })
}

/**
 * The answer as the `data` of an acknowledgement: JSON text. `message` is for DingTalk's log.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeAck = (status: AckStatus, message?: string): string => JSON.stringify({ status, message })

/**
 * The answer to an event that was taken.
 *
 * @since 0.1.0
 * @category encoding
 */
export const success: string = encodeAck("SUCCESS")

/**
 * The answer to an event that can't be taken now: DingTalk redelivers it.
 *
 * @since 0.1.0
 * @category encoding
 */
export const later: string = encodeAck("LATER")

/**
 * Does what the cases say about an event, with what it tells as a typed value: the events that robots meet most, by
 * DingTalk's name ({@link KnownEvent.schemas}). `orElse` gets every other event, and one that is not of the shape that
 * DingTalk documents.
 *
 * @example
 * import { DingTalkEvent } from "effect-dingtalk"
 *
 * const describe = (event: DingTalkEvent.DingTalkEvent): string =>
 *   DingTalkEvent.match(event, {
 *     user_add_org: ({ userId }) => `${userId.join(", ")} joined`,
 *     bpms_instance_change: ({ result, title }) => `${title}: ${result ?? "under way"}`,
 *     orElse: ({ eventType }) => eventType
 *   })
 *
 * @since 0.1.0
 * @category decoding
 */
export function match<
  const C extends KnownEvent.Cases<unknown> & { readonly orElse: (event: DingTalkEvent) => unknown }
>(
  event: DingTalkEvent,
  cases: C & { readonly [K in Exclude<keyof C, KnownEvent.KnownType | "orElse">]: never }
): Unify.Unify<{ [K in keyof C]: C[K] extends (...args: infer _Args) => infer A ? A : never }[keyof C]>
export function match<A>(
  event: DingTalkEvent,
  cases: KnownEvent.Cases<A> & { readonly orElse: (event: DingTalkEvent) => A }
): A {
  return KnownEvent.match(event, cases, () => cases.orElse(event))
}
