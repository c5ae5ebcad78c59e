/**
 * `POST /robot/sendBySession`: the answer to a message by its own session. `POST /robot/send`: the webhook of a custom
 * robot.
 */
import { createHmac } from "node:crypto"
import { isRecord, isText, type Json, texts } from "../../internal/json.ts"
import type { CustomRobot } from "../../Options.ts"
import { appearance } from "../../people/appearance.ts"
import { isComplete, webhookTypes } from "../../people/messageKinds.ts"
import type * as Seen from "../../Seen.ts"
import type { Call } from "../../server/exchange.ts"
import { hasJsonType, legacy, type Outcome, type Route } from "../route.ts"

/** Where a webhook leads: to a group, or to one person. */
interface Session {
  readonly clientId: string
  readonly conversationId: string
  readonly userId: string | undefined
}

/** Whom a person sees mentioned: in Markdown, only those whom the text names, too. */
const mentions = (at: unknown, kind: string, text: string): ReadonlyArray<string> => {
  if (!isRecord(at)) return []
  const users = [...texts(at["atUserIds"]), ...texts(at["atMobiles"])]
  const named = kind === "markdown" ? users.filter((id) => text.includes(`@${id}`)) : users
  return [...(at["isAtAll"] === true ? ["*"] : []), ...named]
}

const contentOf = (body: Json, msgtype: string): Json => {
  const content = body[msgtype]
  return isRecord(content) ? content : {}
}

/** The message of a body, to where a webhook leads. */
const delivered = (call: Call, to: Session): Outcome => {
  const body = call.json
  if (!hasJsonType(call) || !isRecord(body)) return legacy(40035, "缺少参数 json")
  const msgtype = body["msgtype"]
  const required = isText(msgtype) ? webhookTypes.get(msgtype) : undefined
  if (!isText(msgtype) || required === undefined) return legacy(400105, "不支持的消息类型")
  const content = contentOf(body, msgtype)
  if (!required.every((field) => isText(content[field])) || !isComplete(msgtype, content)) {
    return legacy(300001, "参数错误")
  }
  const { clientId, conversationId, userId } = to
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
    content,
    via: "webhook",
    kind: msgtype,
    mentions: mentions(body["at"], msgtype, looks.text),
    clientId,
    processQueryKey: undefined,
    card: undefined
  }
  return legacy(0, "ok", {}, { _tag: "Sent", send, replies: [reply] })
}

export const sendBySession: Route = (call, world) => {
  const session = world.session(call.query["session"] ?? "")
  // Three failures share this code on the real server; only their texts differ.
  return session === undefined || session.expiresAt <= call.at
    ? legacy(300001, "session 不存在")
    : delivered(call, session)
}

const signatureLifeMs = 3_600_000

/** What the security settings of a custom robot have against a call, in DingTalk's words. */
const objection = ({ keywords = [], secret }: CustomRobot, { at, query, text }: Call): string | undefined => {
  const { sign, timestamp } = query
  if (timestamp !== undefined && Math.abs(at - Number(timestamp)) > signatureLifeMs) return "invalid timestamp"
  if (secret !== undefined) {
    const right = createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64")
    if (sign !== right) return "sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
  }
  return keywords.length === 0 || keywords.some((keyword) => text.includes(keyword))
    ? undefined
    : "keywords not in content, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
}

export const sendByToken: Route = (call, world) => {
  const accessToken = call.query["access_token"] ?? ""
  const known = world.settings.customRobots
  const robot = known === undefined ? { accessToken } : known.find((each) => each.accessToken === accessToken)
  if (robot === undefined || accessToken === "") return legacy(300005, "token is not exist")
  const problem = objection(robot, call)
  return problem === undefined
    ? delivered(call, { clientId: accessToken, conversationId: `cid${accessToken}`, userId: undefined })
    : legacy(310000, problem)
}
