/**
 * What DingTalk takes as media: kinds, types, sizes. Pure.
 *
 * @since 0.1.0
 */
import { globalValue } from "effect/GlobalValue"
import { Mime } from "mime"
import otherTypes from "mime/types/other.js"
import standardTypes from "mime/types/standard.js"
import * as RobotMessage from "../message/RobotMessage.ts"

/**
 * The kinds of `media/upload`.
 *
 * @since 0.1.0
 * @category models
 */
export type MediaKind = "image" | "voice" | "video" | "file"

const mebibyte = 1024 * 1024

/**
 * The largest upload of a kind, in bytes (DingTalk's API reference).
 *
 * @since 0.1.0
 * @category constants
 */
export const limitBytes: Readonly<Record<MediaKind, number>> = {
  image: 20 * mebibyte,
  voice: 2 * mebibyte,
  video: 20 * mebibyte,
  file: 20 * mebibyte
}

/**
 * The extensions that an upload of a kind may have; `undefined` for any.
 *
 * @since 0.1.0
 * @category constants
 */
export const extensions: Readonly<Record<MediaKind, ReadonlyArray<string> | undefined>> = {
  image: ["jpg", "jpeg", "gif", "png", "bmp"],
  voice: ["amr", "mp3", "wav", "ogg"],
  video: ["mp4"],
  file: undefined
}

/**
 * The extension of a name in lower case; empty if there is none.
 *
 * @since 0.1.0
 * @category decisions
 */
export const extensionOf = (fileName: string): string => /\.([^./\\\s]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ""

/**
 * Whether an upload of this kind may have this name.
 *
 * @since 0.1.0
 * @category decisions
 */
export const takes = (kind: MediaKind, fileName: string): boolean =>
  extensions[kind]?.includes(extensionOf(fileName)) ?? true

/**
 * What a file is best sent as where nothing else is said: an image as an image, everything else as a file. (Sounds and
 * films need a duration, which is not in their name.)
 *
 * @since 0.1.0
 * @category decisions
 */
export const kindOf = (fileName: string): "image" | "file" => takes("image", fileName) ? "image" : "file"

/**
 * How a file can be sent as a file: as it is, zipped, or only zipped if the caller agrees.
 *
 * A page is zipped anyway, for its reader does not notice much.
 *
 * @since 0.1.0
 * @category decisions
 */
export const packingOf = (fileName: string): "asIs" | "zip" | "unsupported" =>
  RobotMessage.fileTypeOf(fileName) !== undefined
    ? "asIs"
    : ["html", "htm"].includes(extensionOf(fileName))
    ? "zip"
    : "unsupported"

/**
 * Of a type with several extensions, the one that people and DingTalk know. The tables are filled with the first file: a
 * robot that handles none does without.
 */
const types = () =>
  globalValue("effect-dingtalk/outbound/media/MediaKind/types", () =>
    new Mime(standardTypes, otherTypes).define({
      "audio/aac": ["aac"],
      "audio/mpeg": ["mp3"],
      "audio/ogg": ["ogg"],
      "video/quicktime": ["mov"],
      "image/jpg": ["*jpg"],
      "image/pjpeg": ["*jpg"]
    }, true))

/** What servers say of anything that they don't know. */
const untold = "application/octet-stream"

/**
 * The content type of a name.
 *
 * @since 0.1.0
 * @category decisions
 */
export const contentTypeOf = (fileName: string): string => types().getType(extensionOf(fileName)) ?? untold

/**
 * The extension of a content type, with its dot; empty if it is not known, or says nothing about the content.
 *
 * @since 0.1.0
 * @category decisions
 */
export const extensionFor = (contentType: string | undefined): string => {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? ""
  const extension = type === untold ? "" : types().getExtension(type) ?? ""
  return extension === "" ? "" : `.${extension}`
}
