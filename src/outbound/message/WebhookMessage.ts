/**
 * What a session webhook carries: the message as the body of a request, or that it can't be carried. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type { JsonObject } from "../../internal/json.ts"
import { titleOf } from "../text/words.ts"
import * as RobotMessage from "./RobotMessage.ts"
import * as TextMessage from "./TextMessage.ts"

/**
 * A link of a {@link FeedCard}.
 *
 * @since 0.1.0
 * @category models
 */
export interface FeedLink {
  readonly title: string
  readonly messageUrl: string
  readonly picUrl: string
}

/**
 * A list of links with pictures. Only session webhooks know it; where the API has to do, it becomes Markdown.
 *
 * @since 0.1.0
 * @category models
 */
export interface FeedCard {
  readonly _tag: "FeedCard"
  readonly links: readonly [FeedLink, ...ReadonlyArray<FeedLink>]
}

/**
 * A list of links with pictures.
 *
 * @since 0.1.0
 * @category constructors
 */
export const FeedCard = Data.tagged<FeedCard>("FeedCard")

/**
 * Everything that a message can be answered with.
 *
 * @since 0.1.0
 * @category models
 */
export type ReplyMessage = RobotMessage.RobotMessage | FeedCard

/**
 * Whom a text or Markdown answer in a group mentions. Through the API nobody can be mentioned: then the names stand in
 * the text, and the result says who was not.
 *
 * @since 0.1.0
 * @category models
 */
export interface At {
  /** Staff ids. */
  readonly userIds?: ReadonlyArray<string> | undefined
  readonly mobiles?: ReadonlyArray<string> | undefined
  /** Encrypted ids (`$:LWCP_v1:$…`), for people outside the organisation. */
  readonly dingtalkIds?: ReadonlyArray<string> | undefined
  /** Everybody in the group. Default false. */
  readonly all?: boolean | undefined
  /**
   * What people are called, by the ids above: for an answer that has to go by the API, where an id stays an id. The name
   * of the one who is answered is known. Default: the id.
   */
  readonly names?: Readonly<Record<string, string>> | undefined
}

const idsOf = (at: At): ReadonlyArray<string> => [
  ...(at.userIds ?? []),
  ...(at.mobiles ?? []),
  ...(at.dingtalkIds ?? [])
]

/** Whether the name is in the text, and not only as the beginning of a longer one. */
const mentions = (text: string, id: string): boolean => {
  const name = `@${id}`
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!/[\w-]/.test(text.charAt(at + name.length))) return true
  }
  return false
}

/**
 * A Markdown text with a literal `@id` of everybody who is mentioned: those that the text does not have are put behind
 * it. DingTalk shows them as names, and without them mentions nobody.
 *
 * @since 0.1.0
 * @category decisions
 */
export const withMentions = (text: string, at: At): string => {
  const missing = idsOf(at).filter((id) => !mentions(text, id)).map((id) => `@${id}`)
  return missing.length === 0 ? text : `${text}${text === "" ? "" : "\n\n"}${missing.join(" ")}`
}

/** What a result calls everybody. */
const everybody = "*"

/**
 * The ids of those whom a message could not mention: `*` for everybody.
 *
 * @since 0.1.0
 * @category decisions
 */
export const mentioned = (at: At): ReadonlyArray<string> => [
  ...new Set([...idsOf(at), ...(at.all === true ? [everybody] : [])])
]

/** What nobody can read is left out: an encrypted id. */
const isReadable = (name: string): boolean => !name.startsWith("$")

/** Every `@id` of the text, but not one that is the beginning of a longer one, becomes `@name`. */
const renamed = (text: string, id: string, name: string): string =>
  id === name || id === "" ?
    text :
    text.split(`@${id}`).reduce((before, after) => `${before}@${/^[\w-]/.test(after) ? id : name}${after}`)

/**
 * A text for the API with the name of everybody who would have been mentioned, in place of the id or behind the text.
 *
 * @since 0.1.0
 * @category decisions
 */
export const withNames = (text: string, at: At): string => {
  const called = idsOf(at).map((id) => [id, at.names?.[id] ?? id] as const)
  const named = called.reduce((text, [id, name]) => renamed(text, id, name), text)
  const missing = [...new Set([...called.map(([, name]) => name), ...(at.all === true ? ["所有人"] : [])])]
    .filter((name) => isReadable(name) && !mentions(named, name)).map((name) => `@${name}`)
  return missing.length === 0 ? named : `${named}${named === "" ? "" : "\n\n"}${missing.join(" ")}`
}

/**
 * Whether a kind of message can mention people at all.
 *
 * @since 0.1.0
 * @category decisions
 */
export const canMention = ({ _tag }: ReplyMessage): boolean => _tag === "Text" || _tag === "Markdown"

const atOf = (at: At | undefined): JsonObject =>
  at === undefined ? {} : {
    at: {
      atUserIds: at.userIds ?? [],
      atMobiles: at.mobiles ?? [],
      atDingtalkIds: at.dingtalkIds ?? [],
      isAtAll: at.all ?? false
    }
  }

const titleFor = ({ text, title }: { readonly title?: string; readonly text: string }): string =>
  title === undefined || title.trim() === "" ? titleOf(text) : title

const buttonsOf = (buttons: ReadonlyArray<RobotMessage.Button>) =>
  buttons.map(({ title, url }) => ({ title, actionURL: url }))

/**
 * The message as the body of a webhook's request; `undefined` for pictures, sounds, films and files, which only the API
 * carries.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encode = (message: ReplyMessage, at?: At): JsonObject | undefined => {
  switch (message._tag) {
    case "Text":
      return { ...TextMessage.forWebhook("plain", message.content), ...atOf(at) }
    case "Markdown": {
      const text = at === undefined ? message.text : withMentions(message.text, at)
      return { msgtype: "markdown", markdown: { title: titleFor(message), text }, ...atOf(at) }
    }
    case "Link": {
      const { messageUrl, picUrl, text, title } = message
      return { msgtype: "link", link: { title, text, picUrl, messageUrl } }
    }
    case "ActionCard": {
      const { button, text, title } = message
      return { msgtype: "actionCard", actionCard: { title, text, singleTitle: button.title, singleURL: button.url } }
    }
    case "ActionCardVertical":
    case "ActionCardHorizontal": {
      const { buttons, text, title } = message
      const btnOrientation = message._tag === "ActionCardVertical" ? "0" : "1"
      return { msgtype: "actionCard", actionCard: { title, text, btnOrientation, btns: buttonsOf(buttons) } }
    }
    case "FeedCard":
      return {
        msgtype: "feedCard",
        feedCard: {
          links: message.links.map(({ messageUrl, picUrl, title }) => ({
            title,
            messageURL: messageUrl,
            picURL: picUrl
          }))
        }
      }
    case "Image":
    case "Audio":
    case "File":
    case "Video":
      return undefined
  }
}

const labelOf = (title: string): string => title.replace(/[[\]\\]/g, "\\$&").replace(/\s+/g, " ")

/**
 * The message as the API carries it: with names in place of mentions, and a feed card as Markdown.
 *
 * @since 0.1.0
 * @category encoding
 */
export const forApi = (message: ReplyMessage, at?: At): RobotMessage.RobotMessage => {
  switch (message._tag) {
    case "FeedCard":
      return RobotMessage.Markdown({
        title: message.links[0].title,
        text: message.links.map(({ messageUrl, picUrl, title }) =>
          [picUrl === "" ? "" : `![](${picUrl})\n\n`, `[${labelOf(title)}](${messageUrl})`].join("")
        ).join("\n\n")
      })
    case "Text":
      return at === undefined ? message : RobotMessage.Text({ content: withNames(message.content, at) })
    case "Markdown":
      return at === undefined ? message : RobotMessage.Markdown({
        title: titleFor(message),
        text: withNames(message.text, at)
      })
    default:
      return message
  }
}

/**
 * The field that makes DingTalk refuse the message, as {@link RobotMessage.invalidField} has it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const invalidField = (message: ReplyMessage): string | undefined => {
  if (message._tag !== "FeedCard") return RobotMessage.invalidField(message)
  const index = message.links.findIndex(({ messageUrl, title }) => title.trim() === "" || messageUrl.trim() === "")
  return message.links.length === 0 ? "links" : index === -1 ? undefined : `links.${index}`
}
