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
 * The same, by its other name.
 *
 * @since 0.1.0
 * @category bodies
 */
export const voice = (recognition: string, options: { downloadCode?: string; duration?: number } = {}): Body =>
  renamed("voice", audio(recognition, options))

/**
 * A picture by its other name.
 *
 * @since 0.1.0
 * @category bodies
 */
export const image = (downloadCode?: string): Body => renamed("image", picture(downloadCode))

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
 * A file. Direct messages only. Its name stands under `nameKey`, which is `fileName` as a rule.
 *
 * @since 0.1.0
 * @category bodies
 */
export const file = (
  fileName: string,
  { downloadCode = "file-code", fileId = "156180903567", nameKey = "fileName", spaceId = "26152450003" }: {
    readonly downloadCode?: string
    readonly fileId?: string
    readonly nameKey?: "fileName" | "file_name" | "filename" | "name" | "title"
    readonly spaceId?: string
  } = {}
): Body => ({ msgtype: "file", content: { spaceId, [nameKey]: fileName, downloadCode, fileId } })

/**
 * Text with pictures, mentions, files and skills in it.
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
  /** A mention by name alone, such as the robot's own. */
  atName: (name: string) => ({ type: "at", atName: name }),
  /** A mention that has only the label that people see, such as `@李四 `. */
  atLabel: (label: string) => ({ type: "at", text: label }),
  voice: (recognition: string, downloadCode = "rich-voice-code") => ({ type: "voice", downloadCode, recognition }),
  /** A file, and words beside it in the same piece. */
  file: (
    fileName: string,
    { downloadCode = "rich-file-code", text }: { downloadCode?: string; text?: string } = {}
  ) => ({
    ...text === undefined ? {} : { text },
    downloadCode,
    fileName
  }),
  /** A picture with a caption, as pieces within quotes are written. */
  caption: (content: string, downloadCode = "rich-picture-code") => ({ msgType: "picture", content, downloadCode }),
  /** The field names of a link are ours: no source has them. */
  link: (text: string, href: string) => ({ type: "link", text, href }),
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
 * The entries of a {@link forwarded} record. Who said it is left out unless it is given.
 *
 * @since 0.1.0
 * @category bodies
 */
export const entries = {
  text: (content: string, senderName?: string) => entry("text", { content }, senderName),
  picture: (downloadCode = "record-picture-code", senderName?: string) =>
    entry("picture", { downloadCode }, senderName),
  /** Its name and code stand within `content`. */
  file: (fileName: string, downloadCode = "record-file-code", senderName?: string) =>
    entry("file", { content: { fileName, downloadCode } }, senderName),
  voice: (recognition: string, downloadCode = "record-voice-code", senderName?: string) =>
    entry("voice", { downloadCode, recognition }, senderName),
  unknown: (senderName?: string) => entry("unknownMsgType", {}, senderName)
}

/**
 * A forwarded conversation of entries of any kind, none included.
 *
 * The names of the speakers may stand in the summary alone: as lines (`甲:…`), as a JSON list of such lines, or as a JSON
 * list of objects with `senderName` and `content`. Without `summary` there is none.
 *
 * @since 0.1.0
 * @category bodies
 */
export const forwarded = (
  all: ReadonlyArray<Readonly<Record<string, unknown>>>,
  { key = "chatRecord", list = false, summary, title }: {
    readonly title?: string
    readonly summary?:
      | string
      | { readonly lines: ReadonlyArray<string>; readonly as: "text" | "json" }
      | ReadonlyArray<{ readonly senderName: string; readonly content: string }>
    /** The field that holds the entries. Default `chatRecord`. */
    readonly key?: "chatRecord" | "records" | "messages"
    /** Whether they are a list, not JSON in a string. Default false. */
    readonly list?: boolean
  } = {}
): Body => ({
  msgtype: "chatRecord",
  content: {
    ...title === undefined ? {} : { title },
    ...summary === undefined ? {} : { summary: summaryText(summary) },
    [key]: list ? all : JSON.stringify(all)
  }
})

const entry = (msgType: string, fields: object, senderName: string | undefined) => ({
  msgType,
  ...senderName === undefined ? {} : { senderName },
  senderId: encryptedId(senderName ?? "somebody"),
  createAt: 0,
  ...fields
})

const summaryText = (summary: NonNullable<NonNullable<Parameters<typeof forwarded>[1]>["summary"]>): string => {
  if (typeof summary === "string") return summary
  if (!("lines" in summary)) return JSON.stringify(summary)
  return summary.as === "json" ? JSON.stringify(summary.lines) : summary.lines.join("\n")
}

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
 * A body that answers to an earlier message, such as those of the module `Quoted`: `repliedMsg` within `text` for a text,
 * within `content` for others.
 *
 * @since 0.1.0
 * @category quotes
 */
export const quoting = (
  body: Body,
  quoted: {
    readonly msgType: string
    readonly content: unknown
    /** Default: some message's. */
    readonly msgId?: string
    /** Default: somebody. */
    readonly senderId?: string
    /** Milliseconds of the epoch. Default 0. */
    readonly createdAt?: number
  }
): Body => {
  const place = body.msgtype === "text" ? "text" : "content"
  const repliedMsg = { senderId: encryptedId("somebody"), createdAt: 0, msgId: "msgQuoted==", ...quoted }
  return { ...body, [place]: { ...object(body[place]), isReplyMsg: true, repliedMsg } }
}

/**
 * The same in the form of former years: `quoteMessage`, of a text only.
 *
 * @since 0.1.0
 * @category quotes
 */
export const quotingOld = (body: Body, content: string, senderNick = "somebody"): Body => ({
  ...body,
  quoteMessage: {
    msgId: "msgQuoted==",
    msgtype: "text",
    text: { content },
    senderNick,
    senderId: encryptedId(senderNick)
  }
})

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

/**
 * The same body by another `msgtype`: `voice` for `audio`, `Picture` for `picture`.
 *
 * @since 0.1.0
 * @category bodies
 */
export const renamed = (msgtype: string, body: Body): Body => ({ ...body, msgtype })

/**
 * The same body without codes: what it is about can't be fetched.
 *
 * @since 0.1.0
 * @category bodies
 */
export const withoutCode = (body: Body): Body => ({
  ...body,
  content: { ...object(body["content"]), downloadCode: undefined, pictureDownloadCode: undefined }
})
