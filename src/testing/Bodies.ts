/**
 * What people can send to a robot, by `msgtype`. Pure.
 *
 * @since 0.1.0
 */
import { type Body, encryptedId } from "./Payloads.ts"

/**
 * A text.
 *
 * @since 0.1.0
 * @category bodies
 */
export const text = (content: string): Body => ({ msgtype: "text", text: { content } })

/**
 * A picture.
 *
 * @since 0.1.0
 * @category bodies
 */
export const picture = (downloadCode = "picture-code"): Body => ({
  msgtype: "picture",
  content: { downloadCode, pictureDownloadCode: `${downloadCode}-picture` }
})

/**
 * A voice message with what the server heard; `duration` in milliseconds. Direct messages only.
 *
 * @since 0.1.0
 * @category bodies
 */
export const audio = (recognition: string, { downloadCode = "audio-code", duration = 4_000 } = {}): Body => ({
  msgtype: "audio",
  content: { downloadCode, recognition, duration }
})

/**
 * A video; `duration` in seconds. Direct messages only.
 *
 * @since 0.1.0
 * @category bodies
 */
export const video = ({ downloadCode = "video-code", duration = 5, videoType = "mp4" } = {}): Body => ({
  msgtype: "video",
  content: { duration: String(duration), videoType, downloadCode }
})

/**
 * A file. Direct messages only.
 *
 * @since 0.1.0
 * @category bodies
 */
export const file = (
  fileName: string,
  { downloadCode = "file-code", fileId = "156180903567", spaceId = "26152450003" } = {}
): Body => ({ msgtype: "file", content: { spaceId, fileName, downloadCode, fileId } })

/**
 * Text with pictures, mentions and skills in it.
 *
 * @since 0.1.0
 * @category bodies
 */
export const richText = (...items: ReadonlyArray<Readonly<Record<string, unknown>>>): Body => ({
  msgtype: "richText",
  content: { richText: items }
})

/**
 * The items of a {@link richText}.
 *
 * @since 0.1.0
 * @category bodies
 */
export const rich = {
  text: (text: string) => ({ text }),
  picture: (downloadCode = "rich-picture-code") => ({
    type: "picture",
    downloadCode,
    pictureDownloadCode: `${downloadCode}-picture`
  }),
  at: (staffId: string, name = staffId) => ({ type: "at", atName: name, atUserId: staffId }),
  skill: (skillId: string, displayName: string) => ({
    type: "skill",
    skillData: { skillId, displayName, iconUrl: "https://example.com/skill.png" }
  })
}

/**
 * A document of DingTalk's drive, shared as a card.
 *
 * @since 0.1.0
 * @category bodies
 */
export const interactiveCard = (title: string, { fileId = "156180903567", spaceId = "26152450003" } = {}): Body => ({
  msgtype: "interactiveCard",
  content: {
    title,
    biz_custom_action_url:
      `dingtalk://dingtalkclient/page/yunpan?route=previewDentry&type=file&spaceId=${spaceId}&fileId=${fileId}`
  }
})

/**
 * A shared link to a document.
 *
 * @since 0.1.0
 * @category bodies
 */
export const card = (title: string, url: string): Body => ({
  msgtype: "card",
  card: { title, content: JSON.stringify({ url }) }
})

/**
 * A forwarded message of a robot.
 *
 * @since 0.1.0
 * @category bodies
 */
export const markdown = (title: string, text: string): Body => ({ msgtype: "markdown", content: { title, text } })

/**
 * A forwarded action card of a robot.
 *
 * @since 0.1.0
 * @category bodies
 */
export const actionCard = (title: string, text: string): Body => ({ msgtype: "actionCard", content: { title, text } })

/**
 * A forwarded conversation.
 *
 * @since 0.1.0
 * @category bodies
 */
export const chatRecord = (
  title: string,
  ...records: ReadonlyArray<{ readonly senderName: string; readonly content: string }>
): Body => ({
  msgtype: "chatRecord",
  content: {
    title,
    summary: JSON.stringify(records.map(({ content, senderName }) => `${senderName}: ${content}`)),
    chatRecord: JSON.stringify(records)
  }
})

/**
 * A message of a type that robots can't have, with the sentence that DingTalk sends in its place.
 *
 * @since 0.1.0
 * @category bodies
 */
export const unknown = (said = "不支持的消息类型"): Body => ({
  msgtype: "unknownMsgType",
  content: { unknownMsgType: said },
  ai_robot_sessionid: ""
})

const object = (u: unknown): Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null ? Object.fromEntries(Object.entries(u)) : {}

/**
 * A body that answers to an earlier message: `repliedMsg` within `text` for a text, within `content` for others.
 *
 * @since 0.1.0
 * @category quotes
 */
export const quoting = (
  body: Body,
  quoted: {
    readonly msgType: string
    readonly msgId: string
    readonly content: unknown
    /** Default: somebody. */
    readonly senderId?: string
    /** Milliseconds of the epoch. Default 0. */
    readonly createdAt?: number
  }
): Body => {
  const place = body.msgtype === "text" ? "text" : "content"
  const repliedMsg = { senderId: encryptedId("somebody"), createdAt: 0, ...quoted }
  return { ...body, [place]: { ...object(body[place]), isReplyMsg: true, repliedMsg } }
}

/**
 * A body that answers to a card of the robot's own: no content, only ids.
 *
 * @since 0.1.0
 * @category quotes
 */
export const quotingById = (body: Body, originalMsgId: string, originalProcessQueryKey: string): Body => ({
  ...quotingNothing(body),
  originalMsgId,
  originalProcessQueryKey
})

/**
 * A body that answers to something that DingTalk does not show at all.
 *
 * @since 0.1.0
 * @category quotes
 */
export const quotingNothing = (body: Body): Body => {
  const place = body.msgtype === "text" ? "text" : "content"
  return { ...body, [place]: { ...object(body[place]), isReplyMsg: true } }
}

/**
 * The same body with its `content` as a string of JSON, which some builds of DingTalk send.
 *
 * @since 0.1.0
 * @category bodies
 */
export const contentAsString = (body: Body): Body => ({ ...body, content: JSON.stringify(body["content"]) })
