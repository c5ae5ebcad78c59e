import * as Schema from "effect/Schema"
import { type Json, natural, none, number, record, string } from "../../../internal/wire.ts"
import { MaybeMillis, MaybeString } from "./fields.ts"

/**
 * A picture, sound, film or file of a message.
 *
 * `downloadCode` (in pictures the code of the original, or else `pictureDownloadCode`) is what the download API wants;
 * it is `undefined` where DingTalk names a file without handing it out. `durationMs` is in milliseconds, whatever unit
 * DingTalk used. `fileId` with `spaceId` name a file in DingTalk's drive.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Media = Schema.Struct({
  kind: Schema.Literal("image", "audio", "video", "file"),
  downloadCode: MaybeString,
  pictureDownloadCode: MaybeString,
  url: MaybeString,
  fileName: MaybeString,
  durationMs: MaybeMillis,
  videoType: MaybeString,
  spaceId: MaybeString,
  fileId: MaybeString
})

/**
 * The type of the schema {@link Media}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Media extends Schema.Schema.Type<typeof Media> {}

/** The kind of media that a msgtype, or the type of a rich text piece, carries. What is new is at least a file. */
export const kindOf = (type: string): Media["kind"] => {
  switch (type) {
    case "picture":
    case "image":
      return "image"
    case "audio":
    case "voice":
      return "audio"
    case "video":
      return "video"
    default:
      return "file"
  }
}

/** Audio comes with milliseconds, video with seconds. */
const durationMs = (kind: Media["kind"], duration: unknown): number | undefined => {
  const n = number(duration)
  return n === undefined ? undefined : natural(kind === "video" ? n * 1000 : n)
}

export const readMedia = (kind: Media["kind"], source: Json): Media => {
  const pictureDownloadCode = string(source.pictureDownloadCode)
  return {
    kind,
    downloadCode: string(source.downloadCode) ?? pictureDownloadCode,
    pictureDownloadCode,
    url: string(source.pictureUrl),
    fileName: string(source.fileName),
    durationMs: durationMs(kind, source.duration),
    videoType: string(source.videoType),
    spaceId: string(source.spaceId),
    fileId: string(source.fileId)
  }
}

/** Whether there is any way to get at it, or at least a name to speak of it by. */
const isReferenced = (media: Media): boolean =>
  media.downloadCode !== undefined || media.url !== undefined || media.fileId !== undefined ||
  media.fileName !== undefined

export const referenced = (media: Media): ReadonlyArray<Media> => isReferenced(media) ? [media] : none

/**
 * The file behind the link of a document card: such a link carries `route=previewDentry&spaceId=…&fileId=…`. Other links
 * (and there are app-internal schemes among them, which is why it is not parsed as a URL) stand for no media.
 */
export const linkedFile = (url: string | undefined, title: string | undefined): ReadonlyArray<Media> => {
  const query = url?.split("?", 2)[1]
  if (query === undefined) return none
  const parameters = new URLSearchParams(query)
  if (parameters.get("route") !== "previewDentry") return none
  return referenced(readMedia("file", {
    fileName: title,
    spaceId: parameters.get("spaceId"),
    fileId: parameters.get("fileId")
  }))
}

/** The link of a document card: of its own field, or of the JSON inside its content. */
export const cardUrl = (card: Json): string | undefined => {
  const inner = record(card.content)
  return string(card.biz_custom_action_url) ?? string(card.url) ?? string(card.docUrl) ??
    (inner && (string(inner.url) ?? string(inner.docUrl)))
}
