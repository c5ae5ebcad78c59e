/**
 * Which mention is the robot's own, and how it is cut out.
 *
 * DingTalk says who is mentioned by ids, and shows mentions by names: which name is the robot's it does not say. It is
 * known where a mention has an id, where nobody else is mentioned, and where everybody else is accounted for.
 */
import { flag, type JsonObject, records, string } from "../../../internal/json.ts"
import type { AtPiece, Piece } from "../Piece.ts"
import { isBlank } from "./blanks.ts"

export interface Mentions {
  /** The robot's ids. */
  readonly own: ReadonlySet<string>
  /** The ids of each of the others. */
  readonly others: ReadonlyArray<ReadonlySet<string>>
  /** Whether the robot is mentioned, and nobody else. */
  readonly alone: boolean
  /** Whether the robot is mentioned. */
  readonly mentioned: boolean
}

const idsOf = (user: JsonObject): ReadonlySet<string> =>
  new Set([string(user.dingtalkId), string(user.staffId)].filter((id) => id !== undefined))

/** Those of a quote: whom its author had mentioned, the message that quotes it does not say. */
export const unsaid = (payload: JsonObject): Mentions => ({
  own: new Set([string(payload.chatbotUserId)].filter((id) => id !== undefined)),
  others: [],
  alone: false,
  mentioned: false
})

export const read = (payload: JsonObject): Mentions => {
  const { own } = unsaid(payload)
  const users = [...new Map(
    records(payload.atUsers).map((user) => {
      const ids = idsOf(user)
      return [[...ids][0] ?? "", ids] as const
    })
  ).values()]
  const isOwn = (ids: ReadonlySet<string>) => [...ids].some((id) => own.has(id))
  const inList = flag(payload.isInAtList)
  const only = users.length === 1 ? users[0] : undefined
  // Who is mentioned alone when the robot is mentioned is the robot, under whatever id.
  if (only !== undefined && inList) return { own: new Set([...own, ...only]), others: [], alone: true, mentioned: true }
  return {
    own,
    others: users.filter((ids) => !isOwn(ids)),
    alone: only !== undefined && isOwn(only),
    mentioned: inList || users.some(isOwn)
  }
}

const isAt = (text: string, index: number): boolean => text[index] === "@" || text[index] === "＠"

export const beginsWithMention = (text: string): boolean => isAt(text, 0)

/** Where a mention that begins there ends: at a blank, at the end, at what begins something else. */
const endOfMention = (text: string, start: number): number => {
  if (!isAt(text, start)) return start
  let end = start + 1
  while (end < text.length && !isBlank(text, end) && !isAt(text, end) && text[end] !== "/") end += 1
  return end === start + 1 ? start : end
}

/**
 * A text without the robot's mention that it begins with. DingTalk has mostly cut it out, and left the blank behind it:
 * a text that begins with a blank is left as it is, and so is one without a blank, of which no word may be lost.
 */
export const withoutOwn = (text: string, { alone }: Mentions): string => {
  const end = alone ? endOfMention(text, 0) : 0
  return end === text.length ? text : text.slice(end)
}

/** Whether a piece is nothing but a mention that was written as words: a blank ends it, or else the next words do. */
const isMention = (piece: Piece, next: Piece | undefined): boolean => {
  if (piece._tag !== "Text") return false
  const { text } = piece
  let start = 0
  while (isBlank(text, start)) start += 1
  const end = endOfMention(text, start)
  let rest = end
  while (isBlank(text, rest)) rest += 1
  return end > start && rest === text.length && (rest > end || next?._tag === "Text")
}

const nobody: ReadonlySet<Piece> = new Set()

/** The mentions among the pieces that are the robot's own. */
const ownAmong = (pieces: ReadonlyArray<Piece>, mentions: Mentions): ReadonlySet<Piece> => {
  const ats = pieces.filter((piece): piece is AtPiece => piece._tag === "At")
  const own = ats.filter(({ userId }) => userId !== undefined && mentions.own.has(userId))
  const unnamed = ats.filter(({ userId }) => userId === undefined)
  const named = new Set(ats.map(({ userId }) => userId))
  const others = mentions.others.filter((ids) => ![...ids].some((id) => named.has(id)))
  const isRest = mentions.mentioned && own.length === 0 && unnamed.length === 1 && others.length === 0 &&
    mentions.others.length > 0
  if (mentions.alone || isRest) return new Set<Piece>([...own, ...unnamed])
  return own.length === 0 ? nobody : new Set<Piece>(own)
}

/**
 * What pieces say, joined without a separator: line breaks are pieces of their own. Other people's mentions are part of
 * the sentence, the robot's own is not; where it is cut out from between two words, a blank stays.
 */
export const sentence = (pieces: ReadonlyArray<Piece>, mentions: Mentions): string => {
  const own = ownAmong(pieces, mentions)
  const isWritten = mentions.alone && own.size === 0
  const written = isWritten ? pieces.find((piece, index) => isMention(piece, pieces[index + 1])) : undefined
  const head = isWritten && written === undefined ? pieces.find((piece) => piece._tag !== "Media") : undefined
  let text = ""
  let isCut = false
  const say = (words: string) => {
    if (words === "") return
    if (isCut && text !== "") {
      if (!isBlank(text, text.length - 1)) text += isBlank(words, 0) ? words : ` ${words}`
      else text += words.startsWith(" ") ? words.slice(1) : words
    } else text += words
    isCut = false
  }
  for (const piece of pieces) {
    if (piece === written || own.has(piece)) isCut = true
    else if (piece._tag === "Text") say(piece === head ? withoutOwn(piece.text, mentions) : piece.text)
    else if (piece._tag === "At") say(piece.text)
    else if (piece._tag === "Media" && piece.media.recognition !== undefined) {
      say(text === "" || text.endsWith("\n") ? piece.media.recognition : `\n${piece.media.recognition}`)
    }
  }
  return text
}
