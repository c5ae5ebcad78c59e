/**
 * What a card shows: its words, in order, and its pictures.
 *
 * Cards come as a tree of elements, as the variables of a template, or as a title with Markdown, each of them as JSON or
 * as a string of JSON, at any place. Elements that are not known yet are read like those that are.
 */
import { isRecord, type JsonObject, none, record, string, unwrapped } from "../../../../internal/json.ts"
import type { Media } from "../../Media.ts"
import { trim } from "../blanks.ts"
import { readMedia } from "./media.ts"

export interface CardWords {
  readonly text: string
  readonly media: ReadonlyArray<Media>
}

/** Where the words of an element stand; what else is a string in it is a style, an id, an address. */
const wordy = new Set([
  "value",
  "text",
  "content",
  "markdown",
  "title",
  "subtitle",
  "label",
  "description",
  "desc",
  "message",
  "placeholder",
  "children",
  "elements"
])

/** What may be as large as an element, and shows nothing. */
const wordless = new Set(["style", "styles", "layout", "theme", "action", "event", "events", "extension", "ext"])

const pictorial = /^(?:image|img|picture|photo|icon|avatar)/i

/** Variables that steer a template, and those that hold an address or an id. */
const steering =
  /^flowStatus$|^order$|(?:^i|I|_i)ds?$|(?:url|uri|icon|avatar|image|color|theme|type|config|style|template)$/i

/** What a person would not read: a number, a word of a program, an address. */
const technical = /^[\w.:/@?&=%#+$-]*$/

const isShown = (name: string, value: string): boolean =>
  value !== "true" && value !== "false" && !(steering.test(name) && technical.test(value))

export const isElement = (u: unknown): u is JsonObject =>
  isRecord(u) && ("elementType" in u || "children" in u || "cardContent" in u || "cardParamMap" in u)

const isAddress = (text: string): boolean => /^https?:\/\//i.test(text)

/** How a value is to be read: as an element or part of one, as variables, or as part of a picture. */
type Place = "element" | "variables" | "picture"

interface Visit {
  readonly name: string
  readonly value: unknown
  readonly place: Place
}

const placeOf = (name: string, value: JsonObject, around: Place): Place =>
  name === "cardParamMap" || (around === "variables" && name !== "cardContent")
    ? "variables"
    : pictorial.test(string(value.elementType) ?? "")
    ? "picture"
    : "element"

const visitAll = (todo: Array<Visit>, value: JsonObject | ReadonlyArray<unknown>, name: string, place: Place): void => {
  // The last in is the first out.
  if (Array.isArray(value)) {
    // The objects in a variable are parts of the card, such as its buttons.
    for (const item of value.toReversed()) {
      todo.push({ name, value: item, place: place === "variables" && isRecord(item) ? "element" : place })
    }
    return
  }
  for (const [key, inner] of Object.entries(value).toReversed()) {
    if (!wordless.has(key)) todo.push({ name: key, value: inner, place })
  }
}

/** The words of everything beneath a value. Without recursion: a tree may be deeper than the stack. */
const read = (name: string, root: unknown): CardWords => {
  const lines: Array<string> = []
  const media: Array<Media> = []
  const say = (words: string) => {
    const line = trim(words)
    if (line !== "" && line !== lines.at(-1)) lines.push(line)
  }
  const todo: Array<Visit> = [{ name, value: root, place: "element" }]
  for (let visit = todo.pop(); visit !== undefined; visit = todo.pop()) {
    const { name, place, value } = visit
    if (typeof value === "string") {
      const inner = unwrapped(value)
      const isNested = isElement(inner) || name === "cardContent" || name === "cardData" || name === "cardParamMap" ||
        place === "variables"
      if (typeof inner === "object" && inner !== null && isNested) todo.push({ name, value: inner, place })
      else if (place === "picture" && (isAddress(value) || value.startsWith("@"))) {
        if (isAddress(value)) media.push(readMedia("image", { pictureUrl: value }))
      } else if (place === "variables" ? isShown(name, value) : wordy.has(name) || name === "cardContent") say(value)
    } else if (typeof value === "number") {
      const words = String(value)
      if (place === "variables" ? isShown(name, words) : wordy.has(name)) say(words)
    } else if (Array.isArray(value)) visitAll(todo, value, name, place)
    else if (isRecord(value)) visitAll(todo, value, name, placeOf(name, value, place))
  }
  return { text: lines.join("\n"), media: media.length === 0 ? none : media }
}

const nothing: CardWords = { text: "", media: none }

const fields = ["cardContent", "cardData", "cardParamMap"] as const

/** What the card shows that a message's content holds; no words and no pictures where it holds none. */
export const cardWords = (content: JsonObject): CardWords => {
  if (isElement(content) && !("cardContent" in content) && !("cardParamMap" in content)) return read("", content)
  const found = fields.flatMap((name) => content[name] === undefined ? [] : [read(name, content[name])])
  if (found.length === 0) {
    const inner = record(content.content)
    return inner !== undefined && isElement(inner) ? read("", inner) : nothing
  }
  return {
    text: found.map(({ text }) => text).filter((text) => text !== "").join("\n"),
    media: found.flatMap(({ media }) => media)
  }
}
