/**
 * Who may speak to the robot, and when it listens. Pure.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type { AccountSettings } from "../config/Settings.ts"
import * as LinearPattern from "../internal/text/linearPattern.ts"
import type { Message } from "./message/Message.ts"

/**
 * What the gate looks at in an account's settings.
 *
 * @since 0.1.0
 * @category models
 */
export type Settings = Pick<
  AccountSettings,
  "allowedUsers" | "freeResponseChats" | "requireMention" | "mentionPatterns"
>

/**
 * What the gate looks at in a message.
 *
 * @since 0.1.0
 * @category models
 */
export type Subject = Pick<
  Message,
  "isFromSelf" | "senderStaffId" | "senderDingTalkId" | "chatType" | "chatId" | "mentioned" | "text"
>

/**
 * Why a message is dropped, as the label of a metric.
 *
 * - `self`: the robot itself said it
 * - `sender`: the sender is not among the allowed users
 * - `mention`: it was said in a group, and not to the robot
 *
 * @since 0.1.0
 * @category models
 */
export type DropReason = "self" | "sender" | "mention"

/**
 * What the gate decides.
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict =
  | { readonly _tag: "Pass" }
  | { readonly _tag: "Drop"; readonly reason: DropReason }

const pass: Verdict = { _tag: "Pass" }
const self: Verdict = { _tag: "Drop", reason: "self" }
const sender: Verdict = { _tag: "Drop", reason: "sender" }
const mention: Verdict = { _tag: "Drop", reason: "mention" }

/**
 * The gate of one account. Make it once per settings and keep it: the lists become sets, and a decision allocates
 * nothing.
 *
 * In this order: the robot's own message is dropped; a sender who is not allowed is dropped (compared in lower case by
 * staff id and by encrypted id; an empty list or `*` admits everyone); a direct chat passes; a free-response chat
 * passes; everything passes unless a mention is required; a mention passes; a text that a mention pattern is found in
 * passes; the rest is dropped.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (settings: Settings): (message: Subject) => Verdict => {
  const allowed = new Set(settings.allowedUsers.map((user) => user.toLowerCase()))
  const admitsEveryone = allowed.size === 0 || allowed.has("*")
  const isAllowed = (message: Subject): boolean =>
    admitsEveryone || allowed.has(message.senderDingTalkId.toLowerCase()) ||
    (message.senderStaffId !== undefined && allowed.has(message.senderStaffId.toLowerCase()))
  const free = new Set(settings.freeResponseChats)
  const { requireMention } = settings
  // One that only JavaScript's own engine knows can come from code alone, for the configuration refuses it. Unlike
  // `test`, `search` neither reads nor moves the `lastIndex` of a global pattern.
  const mentions = settings.mentionPatterns.map((pattern) =>
    Option.getOrElse(LinearPattern.compile(pattern), () => (text: string) => text.search(pattern) !== -1)
  )
  return (message) => {
    if (message.isFromSelf) return self
    if (!isAllowed(message)) return sender
    if (message.chatType === "direct" || !requireMention || message.mentioned || free.has(message.chatId)) return pass
    return mentions.some((isFound) => isFound(message.text)) ? pass : mention
  }
}

/**
 * One decision of {@link make}, for a single message.
 *
 * @since 0.1.0
 * @category deciding
 */
export const admit = (settings: Settings, message: Subject): Verdict => make(settings)(message)
