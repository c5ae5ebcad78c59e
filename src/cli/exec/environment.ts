/**
 * The environment of the command that answers a message. Pure.
 *
 * @since 0.1.0
 */
import type { Message } from "../../inbound/message/Message.ts"
import * as Lines from "../listen/lines.ts"
import { holds } from "./secretForms.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** Names under which an application's secret is given to this program. */
const secretNames: ReadonlySet<string> = new Set([
  "DINGTALK_CLIENT_SECRET",
  "DINGTALK_APP_SECRET",
  "CLIENT_SECRET",
  "APP_SECRET"
])

/** The kernel ends a value at a NUL, and Node refuses it. */
const withoutNul = (text: string): string => text.replaceAll("\0", "")

/**
 * What is left of this program's environment for its children: all but what holds a secret, found by name and by value.
 *
 * @since 0.1.0
 * @category decisions
 */
export const inherited = (env: Environment, secrets: ReadonlySet<string>): Environment => {
  const isSecret = holds(secrets)
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) =>
      value !== undefined && !secretNames.has(name.toUpperCase()) && !isSecret(value)
    )
  )
}

/** The most that a variable may hold, in bytes: with more of it, the system starts no program (128 KiB with its name). */
const maxBytes = 100_000

const fitting = (text: string): string | undefined => Buffer.byteLength(text) > maxBytes ? undefined : withoutNul(text)

/** A list as a variable: one a line, and an empty line for what is not known. */
const listed = (all: ReadonlyArray<string | undefined>): string | undefined =>
  all.length === 0 ? undefined : fitting(all.map((each) => (each ?? "").replace(/[\r\n]/g, " ")).join("\n"))

/**
 * What the command gets on stdin: what was said, or else a word for what was sent, such as `[File: report.pdf]`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const stdinOf = ({ _tag, media, text }: Pick<Message, "_tag" | "media" | "text">): string => {
  if (text !== "") return text
  const names = media.flatMap(({ fileName }) => fileName === undefined ? [] : [fileName])
  return `[${_tag}${names.length === 0 ? "" : `: ${names.join(", ")}`}]`
}

/**
 * Adds what the command may want to know of the message; `paths` are where its media are on this machine, in order.
 *
 * What is not known of a message, or too long for a variable, has no variable.
 *
 * @since 0.1.0
 * @category constructors
 */
export const forMessage = (
  env: Environment,
  message: Message,
  paths: ReadonlyArray<string | undefined> = []
): Environment => ({
  ...env,
  DINGTALK_ACCOUNT_ID: withoutNul(message.accountId),
  DINGTALK_MESSAGE_ID: withoutNul(message.messageId),
  DINGTALK_CHAT_ID: withoutNul(message.chatId),
  DINGTALK_CHAT_TYPE: message.chatType,
  DINGTALK_SENDER_ID: withoutNul(message.senderId),
  DINGTALK_SENDER_NAME: withoutNul(message.senderName),
  DINGTALK_KIND: message._tag,
  DINGTALK_CONVERSATION_ID: withoutNul(message.conversationId),
  DINGTALK_CONVERSATION_TITLE: fitting(message.conversationTitle ?? "") || undefined,
  DINGTALK_QUOTE_TEXT: message.quote?._tag === "Content" ? fitting(message.quote.text) : undefined,
  DINGTALK_QUOTE_SENDER_NAME: fitting(message.quote?.senderName ?? "") || undefined,
  DINGTALK_MEDIA_KINDS: listed(message.media.map(({ kind }) => kind)),
  DINGTALK_MEDIA_NAMES: listed(message.media.map(({ fileName }) => fileName)),
  DINGTALK_MEDIA_CODES: listed(message.media.map(({ downloadCode }) => downloadCode)),
  DINGTALK_MEDIA_PATHS: listed(paths),
  DINGTALK_MESSAGE: fitting(Lines.message(message))
})
