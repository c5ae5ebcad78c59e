import { flag, type JsonObject, natural, none, record, records, string } from "../../../internal/json.ts"
import * as SessionWebhookUrl from "../../../SessionWebhookUrl.ts"
import type { Media } from "../Media.ts"
import type { Message, TextMessage } from "../MessageKinds.ts"
import type { Quote } from "../Quote.ts"

/** What a decoder must know of the account that a message came to. */
export interface Account {
  readonly id: string
  readonly robotCode: string
}

/** Where an answer goes; `""` when nothing is known. */
export const chatIdOf = (
  chatType: "direct" | "group",
  conversationId: string,
  senderStaffId: string | undefined,
  senderDingTalkId: string
): string => chatType === "group" ? conversationId : senderStaffId ?? (senderDingTalkId || conversationId)

const readAtUser = (user: JsonObject) => ({ dingTalkId: string(user.dingtalkId), staffId: string(user.staffId) })

const readAtUsers = (u: unknown): Message["atUsers"] => {
  const users = records(u)
  return users.length === 0 ? none : users.map(readAtUser)
}

const readHost = (u: unknown): Message["hostingContext"] => {
  const host = record(u)
  return host && { userId: string(host.userId), nick: string(host.nick) }
}

const readContextEntry = (entry: JsonObject) => ({
  senderUserId: string(entry.senderUserId),
  sentAt: natural(entry.sendTime),
  isRead: entry.readStatus === "2" || entry.readStatus === 2
})

const readContext = (u: unknown): Message["conversationMsgContext"] => {
  const entries = records(u)
  return entries.length === 0 ? none : entries.map(readContextEntry)
}

/**
 * All that messages have in common, as a text message without words. `payload` is without credentials. One literal, always in the same order, because this runs for each
 * message and shapes that differ would slow down every reader after it.
 */
export const readBase = (
  account: Account,
  payload: JsonObject,
  sessionWebhook: string | undefined,
  fallbackMessageId: string,
  msgtype: string,
  quote: Quote | undefined
): TextMessage => {
  const conversationId = string(payload.conversationId) ?? ""
  const senderDingTalkId = string(payload.senderId) ?? ""
  const senderStaffId = string(payload.senderStaffId)
  const senderId = senderStaffId ?? senderDingTalkId
  const chatType = payload.conversationType === "2" || payload.conversationType === 2 ? "group" : "direct"
  return {
    _tag: "Text",
    accountId: account.id,
    messageId: string(payload.msgId) ?? fallbackMessageId,
    conversationId,
    conversationTitle: string(payload.conversationTitle),
    chatId: chatIdOf(chatType, conversationId, senderStaffId, senderDingTalkId),
    chatType,
    senderId,
    senderStaffId,
    senderDingTalkId,
    senderName: string(payload.senderNick) ?? senderId,
    senderCorpId: string(payload.senderCorpId),
    isAdmin: flag(payload.isAdmin),
    isFromSelf: senderDingTalkId !== "" && senderDingTalkId === payload.chatbotUserId,
    text: "",
    mentioned: chatType === "group" && flag(payload.isInAtList),
    atUsers: readAtUsers(payload.atUsers),
    msgtype,
    media: noMedia,
    quote,
    // One official sample spells it without the last letter.
    createdAt: natural(payload.createAt) ?? natural(payload.createA),
    robotCode: string(payload.robotCode) ?? account.robotCode,
    sessionWebhook: sessionWebhook === undefined ? undefined : SessionWebhookUrl.make(sessionWebhook),
    sessionWebhookExpiresAt: natural(payload.sessionWebhookExpiredTime),
    hostingContext: readHost(payload.hostingContext),
    conversationMsgContext: readContext(payload.conversationMsgContext),
    attempt: 1,
    raw: payload
  }
}

const noMedia: ReadonlyArray<Media> = none
