/**
 * The environment of the command that answers a message. Pure.
 *
 * @since 0.1.0
 */
import type { Message } from "../../inbound/message/Message.ts"
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

/**
 * Adds what the command may want to know of the message.
 *
 * @since 0.1.0
 * @category constructors
 */
export const forMessage = (
  env: Environment,
  message: Pick<Message, "accountId" | "messageId" | "chatId" | "chatType" | "senderId" | "senderName">
): Environment => ({
  ...env,
  DINGTALK_ACCOUNT_ID: withoutNul(message.accountId),
  DINGTALK_MESSAGE_ID: withoutNul(message.messageId),
  DINGTALK_CHAT_ID: withoutNul(message.chatId),
  DINGTALK_CHAT_TYPE: message.chatType,
  DINGTALK_SENDER_ID: withoutNul(message.senderId),
  DINGTALK_SENDER_NAME: withoutNul(message.senderName)
})
