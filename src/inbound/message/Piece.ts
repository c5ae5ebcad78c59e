/**
 * The pieces of a rich text.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { MaybeString, Raw } from "./internal/fields.ts"
import { Media } from "./Media.ts"

/**
 * Words, with the link that they carry, if any. Line breaks are words too.
 *
 * @since 0.1.0
 * @category models
 */
export interface TextPiece {
  readonly _tag: "Text"
  /** As written, blanks included. */
  readonly text: string
  /** Where a click on the words leads. */
  readonly url: string | undefined
}

/**
 * A picture, sound, film or file between the words.
 *
 * @since 0.1.0
 * @category models
 */
export interface MediaPiece {
  readonly _tag: "Media"
  readonly media: Media
}

/**
 * Somebody who is mentioned, the robot included.
 *
 * @since 0.1.0
 * @category models
 */
export interface AtPiece {
  readonly _tag: "At"
  /** As it stands in the sentence: `@name`, or `@` and the id where there is no name; `""` if DingTalk sent neither. */
  readonly text: string
  /** The name, without the `@`. */
  readonly name: string | undefined
  /** Who it is, in whatever kind of id DingTalk sent: a staff id or an encrypted one. */
  readonly userId: string | undefined
}

/**
 * A skill of an AI assistant.
 *
 * @since 0.1.0
 * @category models
 */
export interface SkillPiece {
  readonly _tag: "Skill"
  readonly skillId: string | undefined
  readonly name: string | undefined
  readonly iconUrl: string | undefined
}

/**
 * A piece that this library can make nothing of.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownPiece {
  readonly _tag: "Unknown"
  /** DingTalk's own word for what it is; `""` if it sent none. */
  readonly type: string
  /** The piece as it came. */
  readonly raw: { readonly [key: string]: unknown }
}

/**
 * A piece of a rich text. Something that has words and a file is a piece of each.
 *
 * @since 0.1.0
 * @category models
 */
export type Piece = TextPiece | MediaPiece | AtPiece | SkillPiece | UnknownPiece

/**
 * The schema of {@link Piece}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Piece: Schema.Schema<Piece> = Schema.Union(
  Schema.TaggedStruct("Text", { text: Schema.String, url: MaybeString }),
  Schema.TaggedStruct("Media", { media: Media }),
  Schema.TaggedStruct("At", { text: Schema.String, name: MaybeString, userId: MaybeString }),
  Schema.TaggedStruct("Skill", { skillId: MaybeString, name: MaybeString, iconUrl: MaybeString }),
  Schema.TaggedStruct("Unknown", { type: Schema.String, raw: Raw })
).annotations({ identifier: "Piece" })
