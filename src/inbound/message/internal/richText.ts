import * as Schema from "effect/Schema"
import { isRecord, type Json, none, record, records, string } from "../../../internal/wire.ts"
import { MaybeString } from "./fields.ts"
import { kindOf, Media, readMedia, referenced } from "./media.ts"

/** JSON as it came. A declaration, so that encoding and decoding hand it through as it is, `__proto__` keys included. */
export const Raw = Schema.declare(isRecord, {
  identifier: "Raw",
  description: "a JSON object",
  arbitrary: () => (fc) => fc.dictionary(fc.string(), fc.jsonValue())
})

/**
 * A piece of a rich text, in the order of writing.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Piece = Schema.Union(
  Schema.TaggedStruct("Text", { text: Schema.String }),
  Schema.TaggedStruct("Media", { media: Media }),
  Schema.TaggedStruct("At", { name: MaybeString, userId: MaybeString }),
  Schema.TaggedStruct("Skill", { skillId: MaybeString, name: MaybeString, iconUrl: MaybeString }),
  Schema.TaggedStruct("Unknown", { type: Schema.String, raw: Raw })
)

/**
 * The type of the schema {@link Piece}.
 *
 * @since 0.1.0
 * @category models
 */
export type Piece = typeof Piece.Type

const readPiece = (item: Json): Piece => {
  const type = string(item.type) ?? string(item.msgType) ?? ""
  if (type === "at" || (type === "" && string(item.atName) !== undefined)) {
    return { _tag: "At", name: string(item.atName), userId: string(item.atUserId) }
  }
  if (type === "skill") {
    const skill = record(item.skillData)
    return {
      _tag: "Skill",
      skillId: string(skill?.skillId),
      name: string(skill?.displayName),
      iconUrl: string(skill?.iconUrl)
    }
  }
  const [media] = referenced(readMedia(type === "" ? "image" : kindOf(type), item))
  if (media !== undefined) return { _tag: "Media", media }
  // A quoted piece says `content` where a sent one says `text`.
  const text = item.text ?? item.content
  return typeof text === "string" ? { _tag: "Text", text } : { _tag: "Unknown", type, raw: item }
}

/** The list of a rich text: today's `content.richText`, or the old `richText.richTextList`. */
export const readPieces = (content: Json | undefined, payload: Json): ReadonlyArray<Piece> => {
  const rich = content?.richText ?? payload.richText
  const old = record(rich)
  const items = records(old === undefined ? rich : old.richTextList)
  return items.length === 0 ? none : items.map(readPiece)
}

/**
 * What the pieces say, joined without a separator: line breaks are pieces of their own. Other people's mentions are part
 * of the sentence, the robot's own is not, as in a plain text.
 */
export const piecesText = (pieces: ReadonlyArray<Piece>, robot: string | undefined): string => {
  let text = ""
  for (const piece of pieces) {
    if (piece._tag === "Text") text += piece.text
    else if (
      piece._tag === "At" && piece.name !== undefined && (piece.userId === undefined || piece.userId !== robot)
    ) {
      text += piece.name.startsWith("@") ? piece.name : `@${piece.name}`
    }
  }
  return text.trim()
}

export const piecesMedia = (pieces: ReadonlyArray<Piece>): ReadonlyArray<Media> =>
  pieces.flatMap((piece) => piece._tag === "Media" ? [piece.media] : [])
