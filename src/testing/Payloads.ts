/**
 * The payloads and frames that DingTalk sends, built from their few interesting fields. Pure: the same fields give the
 * same payload.
 *
 * The shapes follow the official documents and payloads seen in the field, not this library's decoders.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"

/**
 * The part of a robot message that depends on its `msgtype`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Body {
  readonly msgtype: string
  readonly [field: string]: unknown
}

/**
 * Somebody who speaks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Person {
  /** The user id within the organisation. It is left out of the payload when `outside`. */
  readonly staffId: string
  /** Default: `staffId`. */
  readonly nick?: string | undefined
  /** Not a member of the organisation: there is no `senderStaffId`. Default false. */
  readonly outside?: boolean | undefined
  /** Default false. */
  readonly admin?: boolean | undefined
}

/**
 * What stands around the body of a robot message.
 *
 * @since 0.1.0
 * @category models
 */
export interface Circumstances {
  readonly msgId: string
  /** Milliseconds of the epoch. */
  readonly at: number
  readonly from: Person
  /** The group; `undefined` for a direct message. */
  readonly group: { readonly conversationId: string; readonly title: string } | undefined
  /** Whether the robot is mentioned; of a group message only. */
  readonly mention: boolean
  readonly clientId: string
  readonly robotCode: string
  readonly sessionWebhook: string
  /** Milliseconds of the epoch. */
  readonly sessionWebhookExpiredTime: number
  /** Fields over all others; `undefined` removes one. */
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * The topics of CALLBACK frames.
 *
 * @since 0.1.0
 * @category constants
 */
export const topics = {
  message: "/v1.0/im/bot/messages/get",
  delegatedMessage: "/v1.0/im/bot/messages/delegate",
  cardAction: "/v1.0/card/instances/callback",
  cardData: "/v1.0/card/dynamicData/get",
  graphCall: "/v1.0/graph/api/invoke"
} as const

/**
 * The organisation that everybody in the fake belongs to.
 *
 * @since 0.1.0
 * @category constants
 */
export const corpId = "ding9f50b15bccd16741"

const digest = (text: string, encoding: "base64" | "hex" = "base64"): string =>
  createHash("sha256").update(text).digest(encoding)

/**
 * The encrypted id of a person or a robot, in DingTalk's form `$:LWCP_v1:$…`.
 *
 * @since 0.1.0
 * @category ids
 */
export const encryptedId = (id: string): string => `$:LWCP_v1:$${digest(`person ${id}`).slice(0, 32)}`

/**
 * The id of the direct conversation of a person with a robot: `cid…`, as for a group, but no use for sending.
 *
 * @since 0.1.0
 * @category ids
 */
export const directConversationId = (staffId: string, clientId: string): string =>
  `cid${digest(`direct ${staffId} ${clientId}`)}`

/**
 * The unified application id that frames carry: a UUID, not the client id.
 *
 * @since 0.1.0
 * @category ids
 */
export const appIdOf = (clientId: string): string => {
  const hex = digest(`app ${clientId}`, "hex")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-")
}

/**
 * A text without the name of the robot that it begins with, which is how DingTalk hands it on: a leading space remains.
 *
 * @since 0.1.0
 * @category text
 */
export const withoutMention = (text: string): string => text.replace(/^\s*@\S+/, "")

/**
 * The whole payload of a robot message.
 *
 * @since 0.1.0
 * @category payloads
 */
export const message = (body: Body, around: Circumstances): Readonly<Record<string, unknown>> => {
  const { clientId, from, group } = around
  const robot = encryptedId(clientId)
  return {
    senderPlatform: "Mac",
    conversationId: group?.conversationId ?? directConversationId(from.staffId, clientId),
    chatbotCorpId: corpId,
    chatbotUserId: robot,
    msgId: around.msgId,
    senderNick: from.nick ?? from.staffId,
    isAdmin: from.admin ?? false,
    senderStaffId: from.outside === true ? undefined : from.staffId,
    senderCorpId: from.outside === true ? undefined : corpId,
    senderId: encryptedId(from.staffId),
    sessionWebhook: around.sessionWebhook,
    sessionWebhookExpiredTime: around.sessionWebhookExpiredTime,
    createAt: around.at,
    conversationType: group === undefined ? "1" : "2",
    conversationTitle: group?.title,
    isInAtList: group === undefined ? undefined : around.mention,
    atUsers: group !== undefined && around.mention ? [{ dingtalkId: robot }] : undefined,
    robotCode: around.robotCode,
    ...body,
    ...around.fields
  }
}

/**
 * What a delegated message has beyond a robot message: whom the robot stands in for, and what was said before.
 *
 * @since 0.1.0
 * @category payloads
 */
export const delegation = (host: Person, at: number): Readonly<Record<string, unknown>> => ({
  hostingContext: { userId: host.staffId, nick: host.nick ?? host.staffId },
  conversationMsgContext: [{ readStatus: "2", senderUserId: host.staffId, sendTime: String(at) }]
})

/**
 * The headers of an event's frame.
 *
 * @since 0.1.0
 * @category payloads
 */
export const eventHeaders = ({ at, clientId, eventId, eventType }: {
  readonly eventType: string
  readonly eventId: string
  /** When it was born, in milliseconds of the epoch. */
  readonly at: number
  readonly clientId: string
}): Readonly<Record<string, string>> => ({
  eventType,
  eventId,
  eventCorpId: corpId,
  eventBornTime: String(at),
  eventUnifiedAppId: appIdOf(clientId)
})

/**
 * Somebody pressed a button of a card.
 *
 * What was pressed stands in `content` and in `value`, both JSON. Some builds fill only one of them, and put the card's
 * `outTrackId` there too: `within` says which; the other one is then `{}`.
 *
 * @since 0.1.0
 * @category payloads
 */
export const cardAction = (action: {
  readonly outTrackId: string
  readonly userId: string
  readonly actionIds: ReadonlyArray<string>
  readonly params?: Readonly<Record<string, unknown>>
  readonly spaceId?: string
  /** Another thing that a button can bring. Default: nothing. */
  readonly actionValue?: unknown
  readonly within?: "content" | "value"
}): Readonly<Record<string, unknown>> => {
  const { actionIds, actionValue, outTrackId, userId, within } = action
  const pressed = JSON.stringify({
    ...within === undefined ? {} : { outTrackId },
    actionValue,
    cardPrivateData: { actionIds, params: action.params ?? {} }
  })
  return {
    type: "actionCallback",
    outTrackId: within === undefined ? outTrackId : undefined,
    userId,
    userIdType: 1,
    corpId,
    spaceId: action.spaceId ?? `IM_ROBOT.${userId}`,
    spaceType: "im",
    extension: "{}",
    content: within === "value" ? "{}" : pressed,
    value: within === "content" ? "{}" : pressed
  }
}

/**
 * A call of an AI plugin.
 *
 * @since 0.1.0
 * @category payloads
 */
export const graphCall = (call: {
  readonly uri: string
  readonly method?: string
  readonly body?: unknown
}): Readonly<Record<string, unknown>> => ({
  requestLine: { method: call.method ?? "POST", uri: call.uri },
  headers: { "x-plugin-id": "plugin-1", "x-plugin-version": "1.0.0", "x-ability-key": "ability-1" },
  body: JSON.stringify(call.body ?? {})
})

/**
 * A frame as text. `data` becomes a string of JSON unless it is a string already; one official sample has the headers
 * under `header`.
 *
 * @since 0.1.0
 * @category frames
 */
export const frame = (fields: {
  readonly type: string
  readonly topic: string
  readonly messageId: string
  /** Milliseconds of the epoch. */
  readonly at: number
  readonly data: unknown
  readonly headers?: Readonly<Record<string, unknown>>
  readonly headersKey?: "headers" | "header"
}): string =>
  JSON.stringify({
    specVersion: "1.0",
    type: fields.type,
    [fields.headersKey ?? "headers"]: {
      topic: fields.topic,
      messageId: fields.messageId,
      contentType: "application/json",
      time: String(fields.at),
      ...fields.headers
    },
    data: typeof fields.data === "string" ? fields.data : JSON.stringify(fields.data)
  })
