/** DingTalk's words for kinds of messages, of rich text pieces and of entries: one table, read by every reader. */
import { string } from "../../../internal/json.ts"

/** What a message, a piece of a rich text, an entry of a record or a quoted message can be. */
export type Kind =
  | "text"
  | "picture"
  | "audio"
  | "video"
  | "file"
  | "richText"
  | "interactiveCard"
  | "card"
  | "actionCard"
  | "markdown"
  | "chatRecord"
  | "reply"
  | "at"
  | "skill"
  | "unknownMsgType"

const names: Readonly<Record<Kind, ReadonlyArray<string>>> = {
  text: ["text"],
  picture: ["picture", "image"],
  audio: ["audio", "voice"],
  video: ["video"],
  file: ["file"],
  richText: ["richText"],
  interactiveCard: ["interactiveCard"],
  card: ["card"],
  actionCard: ["actionCard"],
  markdown: ["markdown"],
  chatRecord: ["chatRecord"],
  reply: ["reply"],
  at: ["at", "mention"],
  skill: ["skill"],
  unknownMsgType: ["unknownMsgType"]
}

const all: ReadonlyArray<Kind> = [
  "text",
  "picture",
  "audio",
  "video",
  "file",
  "richText",
  "interactiveCard",
  "card",
  "actionCard",
  "markdown",
  "chatRecord",
  "reply",
  "at",
  "skill",
  "unknownMsgType"
]

/** Letter case and the signs between words differ from build to build: `richText`, `rich_text`, `RICHTEXT`. */
export const normal = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, "")

const byName: ReadonlyMap<string, Kind> = new Map(
  all.flatMap((kind) => names[kind].map((name) => [normal(name), kind] as const))
)

/** No name of a kind is longer, however it is written. */
const longestName = 32

/** The kind that a `msgtype` or a `type` means; `undefined` for one that is not known. */
export const kindOf = (type: unknown): Kind | undefined => {
  const name = string(type)
  return name === undefined || name.length > longestName ? undefined : byName.get(name) ?? byName.get(normal(name))
}

/** The names under which the body of a kind may stand beside `content`, in the older form of a payload. */
export const namesOf = (kind: Kind | undefined): ReadonlyArray<string> => kind === undefined ? [] : names[kind]
