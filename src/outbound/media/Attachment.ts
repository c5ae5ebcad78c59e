/**
 * A file on its way to becoming a message: packed as DingTalk wants it, uploaded once, and put into the kind of message
 * that carries it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, TooLarge } from "../api/ApiError.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import { type FileUnavailable, UnsupportedType, type UrlRefused } from "../api/SendError.ts"
import * as RobotMessage from "../message/RobotMessage.ts"
import * as Bytes from "./bytes.ts"
import { zip } from "./internal/zip.ts"
import * as MediaApi from "./MediaApi.ts"
import * as MediaKind from "./MediaKind.ts"
import * as Source from "./Source.ts"

/**
 * As what a file is sent.
 *
 * - `auto`: an image as an image, everything else as a file.
 * - `image`: jpg, gif, png or bmp, up to 20 MB.
 * - `file`: one of `RobotMessage.fileTypes`, up to 20 MB. A page (`.html`) is zipped; other types are if `zip` says so,
 *   and refused otherwise.
 * - `audio`: amr, mp3, wav or ogg, up to 2 MB, `durationMs` long.
 * - `video`: mp4, up to 20 MB, `durationMs` long. Without a `cover` (an image), it gets a grey one.
 *
 * @since 0.1.0
 * @category models
 */
export type As<E = never, R = never> =
  | { readonly kind: "auto"; readonly zip?: boolean | undefined }
  | { readonly kind: "image" }
  | { readonly kind: "file"; readonly zip?: boolean | undefined }
  | { readonly kind: "audio"; readonly durationMs: number }
  | { readonly kind: "video"; readonly durationMs: number; readonly cover?: Source.Source<E, R> | undefined }

/**
 * A file that DingTalk has.
 *
 * @since 0.1.0
 * @category models
 */
export interface Uploaded {
  readonly mediaId: string
  readonly kind: MediaKind.MediaKind
  /** As it was uploaded: with `.zip` behind it if it was zipped. */
  readonly fileName: string
  /** In bytes, as it was uploaded. */
  readonly size: number
  /** Whether it was there already, from an upload of the same bytes. */
  readonly reused: boolean
}

/** 32 × 18 grey pixels. */
const cover = Source.fromBytes(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAASCAAAAAAfo4OOAAAAE0lEQVR42mNIIAAYRhWMKiBFAQCo+NgBCjWLkgAAAABJRU5ErkJggg==",
    "base64"
  ),
  "cover.png"
)

/**
 * Uploads what was looked into, unless the same bytes were uploaded before.
 *
 * @since 0.1.0
 * @category operations
 */
export const upload = (
  account: Account,
  kind: MediaKind.MediaKind,
  { body, fileName, sha256, size }: Source.Content
): Effect.Effect<Uploaded, ApiError | UnsupportedType> =>
  Effect.gen(function*() {
    if (!MediaKind.takes(kind, fileName)) {
      return yield* new UnsupportedType({ fileName, kind, supported: MediaKind.extensions[kind] ?? [] })
    }
    const limitBytes = MediaKind.limitBytes[kind]
    if (size > limitBytes) {
      const common = unsent(account.settings.id, "uploadMedia", fileName, hints.fileTooLarge)
      return yield* new TooLarge({ ...common, bytes: size, limitBytes })
    }
    const key = `${kind} ${MediaKind.extensionOf(fileName)} ${sha256}`
    const contentType = MediaKind.contentTypeOf(fileName)
    const known = yield* account.client.mediaIds.getOrUpload(
      key,
      MediaApi.upload(account, { kind, fileName, contentType, size, body })
    )
    return { ...known, kind, fileName, size }
  })

const zipped = ({ body, fileName }: Source.Content): Effect.Effect<Source.Content, FileUnavailable> =>
  Bytes.collect(body).pipe(
    Effect.flatMap((bytes) => zip(fileName, bytes)),
    Effect.flatMap((parts) => Source.contentOf(`${fileName}.zip`, parts))
  )

/** The content as a file that DingTalk takes. */
const packed = (
  content: Source.Content,
  mayZip: boolean
): Effect.Effect<Source.Content, FileUnavailable | UnsupportedType> => {
  const packing = MediaKind.packingOf(content.fileName)
  if (packing === "asIs") return Effect.succeed(content)
  return packing === "zip" || mayZip ? zipped(content) : new UnsupportedType({
    fileName: content.fileName,
    kind: "file",
    supported: RobotMessage.fileTypes
  })
}

/**
 * Makes a message of a file: looks into it, packs it if need be, uploads it.
 *
 * @since 0.1.0
 * @category operations
 */
export const toMessage = <E, R, E2 = never, R2 = never>(
  account: Account,
  source: Source.Source<E, R>,
  as: As<E2, R2>
): Effect.Effect<
  RobotMessage.RobotMessage,
  E | E2 | ApiError | UrlRefused | FileUnavailable | UnsupportedType,
  R | R2
> =>
  Effect.gen(function*() {
    const limit = MediaKind.limitBytes[as.kind === "auto" ? "file" : as.kind === "audio" ? "voice" : as.kind]
    const content = yield* Source.open(source, account, limit)
    const kind = as.kind === "auto" ? MediaKind.kindOf(content.fileName) : as.kind
    switch (as.kind) {
      case "audio": {
        const { mediaId } = yield* upload(account, "voice", content)
        return RobotMessage.Audio({ mediaId, durationMs: as.durationMs })
      }
      case "video": {
        const picture = yield* Source.open(as.cover ?? cover, account, MediaKind.limitBytes.image)
        const { mediaId: coverMediaId } = yield* upload(account, "image", picture)
        const { mediaId } = yield* upload(account, "video", content)
        return RobotMessage.Video({ mediaId, coverMediaId, durationMs: as.durationMs, videoType: "mp4" })
      }
      default: {
        if (kind === "image") {
          const { mediaId } = yield* upload(account, "image", content)
          return RobotMessage.Image({ photo: mediaId })
        }
        const file = yield* packed(content, "zip" in as && as.zip === true)
        const { fileName, mediaId } = yield* upload(account, "file", file)
        const fileType = RobotMessage.fileTypeOf(fileName) ?? "zip"
        return RobotMessage.File({ mediaId, fileName, fileType })
      }
    }
  })
