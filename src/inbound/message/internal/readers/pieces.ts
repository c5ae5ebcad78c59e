/** Reads rich texts. */
import {
  firstString,
  isRecord,
  type JsonObject,
  none,
  parseJson,
  record,
  string,
  text as textOf,
  unwrapped
} from "../../../../internal/json.ts"
import type { Media } from "../../Media.ts"
import type { AtPiece, Piece } from "../../Piece.ts"
import { trim } from "../blanks.ts"
import { type Kind, kindOf } from "../kinds.ts"
import { isElement } from "./cardWords.ts"
import { mediaIn } from "./media.ts"

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** With the names in camel case too, that some builds write with `_`. */
export const named = (source: JsonObject): JsonObject => {
  const others = Object.keys(source).filter((name) => name.includes("_") && !Object.hasOwn(source, camel(name)))
  return others.length === 0
    ? source
    : { ...source, ...Object.fromEntries(others.map((name) => [camel(name), source[name]])) }
}

/** A list in place of an object: the elements of a card, or the pieces of a rich text, if nobody can have typed it. */
const listed = (u: unknown): JsonObject | undefined => {
  const value = unwrapped(u)
  if (!Array.isArray(value) || !value.some(isRecord)) return undefined
  if (value.some(isElement)) return { cardContent: value }
  return typeof u === "string" ? undefined : { richText: value }
}

/** What a `content` holds, as JSON or as a string of it; `undefined` for words. */
export const inside = (u: unknown): JsonObject | undefined => {
  const inner = record(u) ?? listed(u)
  return inner && named(inner)
}

/** Some builds put what belongs to a piece, an entry or a quote into its `content`, as JSON or as a string of it. */
export const flattened = (item: JsonObject): JsonObject => {
  const inner = inside(item.content)
  return inner === undefined ? named(item) : { ...named(item), content: undefined, ...inner }
}

/** The words of a field, which may be an object around them. */
export const words = (u: unknown): string => {
  if (typeof u === "string") return u
  return isRecord(u) ? string(u.text) ?? string(u.content) ?? "" : ""
}

/** All that some fields say, each once. */
export const wordsOf = (source: JsonObject, ...names: ReadonlyArray<string>): string =>
  [...new Set(names.map((name) => words(source[name])).filter((text) => text !== ""))].join("\n")

const linkOf = (source: JsonObject): string | undefined =>
  firstString(source, "url", "href", "link", "linkUrl", "messageUrl", "pcUrl", "mobileUrl", "actionUrl")

const readAt = (source: JsonObject): AtPiece => {
  const userId = [source.atUserId, source.userId, source.dingtalkId, source.staffId].map(textOf).find((id) =>
    id !== undefined
  )
  const label = firstString(source, "text", "atName", "name") ?? string(source.content)
  const name = label === undefined ? undefined : trim(label).replace(/^[@＠]/, "")
  const text = label === undefined ? userId ?? "" : label
  return {
    _tag: "At",
    text: text === "" || /^\s*[@＠]/.test(text) ? text : `@${text}`,
    name: name || undefined,
    userId
  }
}

const readSkill = (source: JsonObject): Piece => {
  const skill = record(source.skillData)
  return {
    _tag: "Skill",
    skillId: string(skill?.skillId),
    name: string(skill?.displayName),
    iconUrl: string(skill?.iconUrl)
  }
}

const readPiece = (item: unknown): ReadonlyArray<Piece> => {
  if (typeof item === "string") {
    const inner = parseJson(item)
    const pieces = isRecord(inner) ? readPiece(inner).filter(({ _tag }) => _tag !== "Unknown") : none
    return pieces.length > 0 || item === "" ? pieces : [{ _tag: "Text", text: item, url: undefined }]
  }
  if (!isRecord(item)) return none
  const type = firstString(item, "type", "msgType", "msgtype", "msg_type") ?? ""
  const kind: Kind | undefined = kindOf(type)
  const source = flattened(item)
  if (kind === "at" || (type === "" && string(source.atName) !== undefined)) return [readAt(source)]
  if (kind === "skill") return [readSkill(source)]
  const media = mediaIn(kind, source, type === "" ? "image" : "file").map((media): Piece => ({ _tag: "Media", media }))
  const heard = media.length === 0 ? ["recognition"] : []
  const url = linkOf(source)
  const text = wordsOf(source, "text", "content", "caption", ...heard) ||
    (url === undefined || media.length > 0 ? "" : firstString(source, "title", "name") ?? url)
  if (text !== "") return [{ _tag: "Text", text, url }, ...media]
  if (media.length > 0) return media
  // What looks like JSON may be what somebody typed.
  const typed = [item.text, item.content].find((u) => typeof u === "string")
  return [typed === undefined ? { _tag: "Unknown", type, raw: item } : { _tag: "Text", text: typed, url }]
}

/** The list of a rich text: today's `content.richText`, or the old `richText.richTextList`. */
export const readPieces = (content: JsonObject, payload: JsonObject): ReadonlyArray<Piece> => {
  const rich = content.richText ?? content.richTextList ?? payload.richText
  if (rich === undefined) return none
  const value = unwrapped(rich)
  const items = isRecord(value) ? unwrapped(value.richTextList ?? value.richText) : value ?? rich
  return Array.isArray(items) ? items.flatMap(readPiece) : readPiece(items)
}

export const piecesMedia = (pieces: ReadonlyArray<Piece>): ReadonlyArray<Media> =>
  pieces.flatMap((piece) => piece._tag === "Media" ? [piece.media] : [])
