/** Reads what comes with words. */
import { firstString, type JsonObject, natural, none, number, record, string } from "../../../../internal/json.ts"
import type { Media } from "../../Media.ts"
import type { Kind } from "../kinds.ts"

const kinds: ReadonlyMap<Kind | undefined, Media["kind"]> = new Map<Kind, Media["kind"]>([
  ["picture", "image"],
  ["audio", "audio"],
  ["video", "video"]
])

/** The media that a kind of message carries. What is new is at least a file. */
export const mediaKind = (kind: Kind | undefined): Media["kind"] => kinds.get(kind) ?? "file"

const extensions: ReadonlyArray<readonly [kind: Media["kind"], pattern: RegExp]> = [
  ["image", /\.(?:png|jpe?g|gif|webp|bmp|heic|heif|svg|avif|tiff?|ico)$/i],
  ["audio", /\.(?:amr|mp3|wav|ogg|m4a|aac|flac|opus|silk)$/i],
  ["video", /\.(?:mp4|mov|avi|mkv|webm|m4v|wmv|flv|3gp)$/i]
]

const byName = (fileName: string): Media["kind"] => {
  const extension = fileName.slice(-8)
  return extensions.find(([, pattern]) => pattern.test(extension))?.[0] ?? "file"
}

/** Audio comes with milliseconds, video with seconds. */
const durationMs = (kind: Media["kind"], duration: unknown): number | undefined => {
  const n = number(duration)
  return n === undefined ? undefined : natural(kind === "video" ? n * 1000 : n)
}

/** `title` and `name` are a file's only where there is a file: of anything else they are words. */
const fileNameOf = (source: JsonObject, isFile: boolean): string | undefined =>
  firstString(source, "fileName", "filename", ...(isFile ? ["name", "title"] : []))

export const readMedia = (kind: Media["kind"], source: JsonObject, isFile = false): Media => {
  const pictureDownloadCode = firstString(source, "pictureDownloadCode")
  const downloadCode = firstString(source, "downloadCode") ?? pictureDownloadCode
  const fileId = string(source.fileId)
  return {
    kind,
    downloadCode,
    pictureDownloadCode,
    url: firstString(source, "pictureUrl", "picUrl", "imageUrl", ...(isFile && kind === "image" ? ["url"] : [])),
    fileName: fileNameOf(source, isFile || downloadCode !== undefined || fileId !== undefined),
    durationMs: durationMs(kind, source.duration),
    videoType: string(source.videoType),
    recognition: string(source.recognition),
    spaceId: string(source.spaceId),
    fileId
  }
}

/** Whether there is any way to get at it, or at least a name to speak of it by. */
const isReferenced = (media: Media): boolean =>
  media.downloadCode !== undefined || media.url !== undefined || media.fileId !== undefined ||
  media.fileName !== undefined

export const referenced = (media: Media): ReadonlyArray<Media> => isReferenced(media) ? [media] : none

export const isMediaKind = (kind: Kind | undefined): boolean => kind === "file" || kinds.has(kind)

/**
 * What stands in a piece, an entry or a quote. Without a word for its kind its name tells, and without a name it is what
 * `unnamed` says; a picture whose name is not that of one is none.
 */
export const mediaIn = (kind: Kind | undefined, source: JsonObject, unnamed: Media["kind"]): ReadonlyArray<Media> => {
  const media = readMedia(mediaKind(kind), source, isMediaKind(kind))
  if (!isReferenced(media)) return none
  if (isMediaKind(kind) && kind !== "picture") return [media]
  const named = media.fileName === undefined ? (isMediaKind(kind) ? media.kind : unnamed) : byName(media.fileName)
  // A picture's name may lack an extension.
  const isPicture = kind === "picture" && media.fileName?.includes(".") !== true
  return [isPicture || named === media.kind ? media : readMedia(named, source, true)]
}

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
export const cardUrl = (card: JsonObject): string | undefined => {
  const inner = record(card.content)
  return string(card.biz_custom_action_url) ?? string(card.url) ?? string(card.docUrl) ??
    (inner && (string(inner.url) ?? string(inner.docUrl)))
}
