/**
 * Why a payload can't be made sense of. Machine-readable, and without a word of the payload.
 *
 * - `notAnObject`: it is not a JSON object
 * - `notJson`: it is not JSON at all
 * - `noConversation`: a message that names neither a sender nor a conversation: nobody could be answered
 * - `noCard`: a card action without an `outTrackId`
 * - `noRequest`: a graph call without the URI that is called
 * - `tooDeep`: it is nested more than a hundred deep: whoever went through it would run out of stack
 *
 * @since 0.1.0
 * @category models
 */
export type UndecodableReason = "notAnObject" | "notJson" | "noConversation" | "noCard" | "noRequest" | "tooDeep"

/**
 * A payload that can't be made sense of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Undecodable {
  readonly _tag: "Undecodable"
  readonly reason: UndecodableReason
}

/**
 * What decoding a payload gives.
 *
 * @since 0.1.0
 * @category models
 */
export type Decoded<A> = { readonly _tag: "Decoded"; readonly value: A } | Undecodable

export const decoded = <A>(value: A): Decoded<A> => ({ _tag: "Decoded", value })

/** One constant per reason: a flood of garbage costs no garbage of ours. */
const undecodables: { readonly [R in UndecodableReason]: Undecodable } = {
  notAnObject: { _tag: "Undecodable", reason: "notAnObject" },
  notJson: { _tag: "Undecodable", reason: "notJson" },
  noConversation: { _tag: "Undecodable", reason: "noConversation" },
  noCard: { _tag: "Undecodable", reason: "noCard" },
  noRequest: { _tag: "Undecodable", reason: "noRequest" },
  tooDeep: { _tag: "Undecodable", reason: "tooDeep" }
}

export const undecodable = (reason: UndecodableReason): Undecodable => undecodables[reason]
