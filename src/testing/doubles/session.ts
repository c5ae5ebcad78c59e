/** Session webhooks that say by themselves what they stand for: whoever made the message need not know who answers it. */
import { isRecord, isText, parse } from "../internal/json.ts"
import type { Session } from "../server/Credentials.ts"

/** Where DingTalk would be; nothing is there. */
export const baseUrl = "http://dingtalk.test"

const prefix = "test."

export const webhookOf = (session: Session): string =>
  `${baseUrl}/robot/sendBySession?session=${prefix}${Buffer.from(JSON.stringify(session)).toString("base64url")}`

/** What a session's id stands for; `undefined` for one that was not made here. */
export const sessionOf = (id: string): Session | undefined => {
  if (!id.startsWith(prefix)) return undefined
  const said = parse(Buffer.from(id.slice(prefix.length), "base64url").toString("utf8"))
  if (!isRecord(said)) return undefined
  const { clientId, conversationId, expiresAt, userId } = said
  return isText(clientId) && isText(conversationId) && typeof expiresAt === "number"
    ? { clientId, conversationId, expiresAt, userId: isText(userId) ? userId : undefined }
    : undefined
}
