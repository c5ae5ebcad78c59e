/**
 * What is in a message, by the names that DingTalk's kinds have for it. Pure.
 *
 * @since 0.1.0
 */
import { isRecord, type JsonObject } from "../../../internal/json.ts"

const listOf = (value: unknown): ReadonlyArray<JsonObject> => Array.isArray(value) ? value.filter(isRecord) : []

/**
 * @since 0.1.0
 * @category getters
 */
export const textOf = (content: JsonObject, name: string): string | undefined => {
  const value = content[name]
  return typeof value === "string" && value !== "" ? value : undefined
}

/**
 * JSON in a string; `undefined` when it is none.
 *
 * @since 0.1.0
 * @category decoding
 */
export const parsed = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Link {
  readonly title: string
  readonly url: string
}

const link = (title: unknown, url: unknown): ReadonlyArray<Link> =>
  typeof title === "string" && title !== "" ? [{ title, url: typeof url === "string" ? url : "" }] : []

/**
 * The buttons of an action card, in either API.
 *
 * @since 0.1.0
 * @category getters
 */
export const actionButtons = (
  content: JsonObject
): { readonly buttons: ReadonlyArray<Link>; readonly isHorizontal: boolean } => {
  const { btnOrientation, btns, buttonTitle1, singleTitle, singleURL } = content
  return {
    buttons: [
      ...link(singleTitle, singleURL),
      ...[1, 2, 3, 4, 5].flatMap((n) => [
        ...link(content[`actionTitle${n}`], content[`actionURL${n}`]),
        ...link(content[`buttonTitle${n}`], content[`buttonUrl${n}`])
      ]),
      ...listOf(btns).flatMap(({ actionURL, title }) => link(title, actionURL))
    ],
    isHorizontal: buttonTitle1 !== undefined || btnOrientation === "1"
  }
}

/**
 * The links of a feed.
 *
 * @since 0.1.0
 * @category getters
 */
export const links = ({ links }: JsonObject): ReadonlyArray<Link> =>
  listOf(links).flatMap(({ messageURL, title }) => link(title, messageURL))

/**
 * By what a picture or a file is had: a download code, a `media_id`, or an address.
 *
 * @since 0.1.0
 * @category getters
 */
export const fileCode = (content: JsonObject): string | undefined =>
  textOf(content, "photoURL") ?? textOf(content, "mediaId") ?? textOf(content, "downloadCode")

/**
 * The entries of a forwarded conversation.
 *
 * @since 0.1.0
 * @category getters
 */
export const recordEntries = (
  content: JsonObject
): ReadonlyArray<{ readonly senderName: string; readonly content: string }> =>
  listOf(parsed(textOf(content, "chatRecord"))).map(({ content, senderName }) => ({
    senderName: String(senderName ?? ""),
    content: String(content ?? "")
  }))

/**
 * What a message answers to, in words.
 *
 * @since 0.1.0
 * @category getters
 */
export const quoted = (content: JsonObject): string | undefined => {
  const { repliedMsg } = content
  if (!isRecord(repliedMsg) || !isRecord(repliedMsg["content"])) return undefined
  const { fileName, markdown, text } = repliedMsg["content"]
  const words = [text, markdown, fileName].find((value) => typeof value === "string" && value !== "")
  return typeof words === "string" ? words : `[${String(repliedMsg["msgType"])}]`
}

/**
 * @since 0.1.0
 * @category decisions
 */
export const extensionOf = (name: string): string => /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1]?.toUpperCase() ?? "…"

/**
 * A button of a card that calls back, or leads somewhere.
 *
 * @since 0.1.0
 * @category models
 */
export interface CardButton {
  readonly id: string
  readonly text: string
  readonly url: string | undefined
}

/**
 * The buttons of a card of DingTalk's public templates, which have them as JSON.
 *
 * @since 0.1.0
 * @category getters
 */
export const cardButtons = (params: Readonly<Record<string, string>>): ReadonlyArray<CardButton> => {
  const whole = parsed(params["sys_full_json_obj"])
  const all = isRecord(whole) ? listOf(whole["msgButtons"]) : listOf(parsed(params["msgButtons"]))
  return all.flatMap((button) => {
    const text = textOf(button, "text")
    return text === undefined
      ? []
      : [{ id: textOf(button, "id") ?? text, text, url: textOf(button, "url") }]
  })
}

/** What no person reads on a card. */
const machinery: ReadonlySet<string> = new Set(["flowStatus", "sys_full_json_obj", "msgButtons"])

/**
 * The variables of a card that people may read, but for its title and its text.
 *
 * @since 0.1.0
 * @category getters
 */
export const otherParams = (
  params: Readonly<Record<string, string>>,
  textKey: string | undefined
): ReadonlyArray<readonly [name: string, value: string]> =>
  Object.entries(params).filter(([name, value]) =>
    value !== "" && name !== textKey && !machinery.has(name) && name !== "msgTitle" && name !== "title"
  )
