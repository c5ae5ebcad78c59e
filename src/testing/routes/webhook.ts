/** `POST /robot/sendBySession`: the answer to a message by its own session, without a token. */
import { isRecord, isText, type Json, texts } from "../internal/json.ts"
import { appearance } from "../people/appearance.ts"
import { isComplete, webhookTypes } from "../people/messageKinds.ts"
import type * as Seen from "../Seen.ts"
import { hasJsonType, legacy, type Route } from "./route.ts"

/** Whom a person sees mentioned: in Markdown, only those whom the text names, too. */
const mentions = (at: unknown, kind: string, text: string): ReadonlyArray<string> => {
  if (!isRecord(at)) return []
  const users = texts(at["atUserIds"])
  const named = kind === "markdown" ? users.filter((id) => text.includes(`@${id}`)) : users
  return [...(at["isAtAll"] === true ? ["*"] : []), ...named]
}

const contentOf = (body: Json, msgtype: string): Json => {
  const content = body[msgtype]
  return isRecord(content) ? content : {}
}

export const sendBySession: Route = (call, world) => {
  const session = world.session(call.query["session"] ?? "")
  // Three failures share this code on the real server; only their texts differ.
  if (session === undefined || session.expiresAt <= call.at) return legacy(300001, "session 不存在")
  const body = call.json
  if (!hasJsonType(call) || !isRecord(body)) return legacy(40035, "缺少参数 json")
  const msgtype = body["msgtype"]
  const required = isText(msgtype) ? webhookTypes.get(msgtype) : undefined
  if (!isText(msgtype) || required === undefined) return legacy(400105, "不支持的消息类型")
  const content = contentOf(body, msgtype)
  if (!required.every((field) => isText(content[field])) || !isComplete(msgtype, content)) {
    return legacy(300001, "参数错误")
  }
  const { clientId, conversationId, userId } = session
  const send: Seen.Send = {
    at: call.at,
    via: "webhook",
    path: call.path,
    clientId,
    kind: msgtype,
    content: body,
    userIds: userId === undefined ? [] : [userId],
    conversationId,
    processQueryKey: undefined
  }
  const looks = appearance(msgtype, content)
  const reply: Seen.Reply = {
    at: call.at,
    to: userId ?? conversationId,
    group: userId === undefined,
    conversationId,
    ...looks,
    via: "webhook",
    kind: msgtype,
    mentions: mentions(body["at"], msgtype, looks.text),
    clientId,
    processQueryKey: undefined,
    card: undefined
  }
  return legacy(0, "ok", {}, { _tag: "Sent", send, replies: [reply] })
}
