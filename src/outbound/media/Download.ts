/**
 * Fetching the media of a message: code → link → bytes, bounded in size and time; and writing them so that there is a whole
 * file or none.
 *
 * @since 0.1.0
 */
import type * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import type { Media } from "../../inbound/message/Message.ts"
import { reasonOf } from "../../internal/fileError.ts"
import { uuid } from "../../internal/uuid.ts"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, BadRequest, TooLarge, Unavailable } from "../api/ApiError.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import { FileUnavailable, type UrlRefused } from "../api/SendError.ts"
import { overriddenHosts } from "../robot/SessionWebhook.ts"
import * as Bytes from "./bytes.ts"
import * as FileName from "./FileName.ts"
import * as GuardedFetch from "./GuardedFetch.ts"
import * as MediaApi from "./MediaApi.ts"
import { extensionFor } from "./MediaKind.ts"
import { problemOf } from "./Source.ts"
import { wholeBody } from "./wholeBody.ts"

const operation = "download"

/**
 * What is fetched, and within which bounds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly media: Pick<Media, "kind" | "downloadCode" | "url" | "fileName" | "videoType">
  /** The robot that was sent it. */
  readonly robotCode: string
  /** In bytes. */
  readonly maxBytes: number
  readonly allowedHosts: ReadonlyArray<string>
}

/**
 * A file whose bytes are on their way.
 *
 * @since 0.1.0
 * @category models
 */
export interface Opened {
  /** Safe for any file system. */
  readonly fileName: string
  readonly contentType: string | undefined
  /** Fails with `TooLarge` before it gives more than `maxBytes`. */
  readonly body: Stream.Stream<Uint8Array, ApiError>
}

const tooLarge = (account: Account, fileName: string, limitBytes: number) => (bytes: number): TooLarge =>
  new TooLarge({ ...unsent(account.settings.id, operation, fileName, hints.downloadTooLarge), bytes, limitBytes })

const defaultNames: Readonly<Record<Media["kind"], string>> = {
  image: "image",
  audio: "audio",
  video: "video",
  file: "file"
}

/**
 * The name of a file: as the message has it, the server, or the link; else by its kind.
 *
 * @since 0.1.0
 * @category decisions
 */
export const nameOf = (
  media: Request["media"],
  answer: { readonly disposition: string | undefined; readonly contentType: string | undefined; readonly url: URL }
): string => {
  const given = media.fileName ?? FileName.fromContentDisposition(answer.disposition) ?? FileName.fromUrl(answer.url)
  const safe = FileName.safe(given ?? defaultNames[media.kind])
  if (/\.[^.]+$/.test(safe)) return safe
  const extension = extensionFor(answer.contentType)
  return FileName.safe(
    `${safe}${extension !== "" ? extension : media.videoType === undefined ? "" : `.${media.videoType}`}`
  )
}

/**
 * Begins to fetch; the body can be read while the scope lasts. A link that DingTalk gives may be of any public host; one that came with the message itself must be
 * `https:` as well.
 *
 * @since 0.1.0
 * @category operations
 */
export const open = (
  account: Account,
  { allowedHosts, maxBytes, media, robotCode }: Request
): Effect.Effect<Opened, ApiError | UrlRefused, Scope.Scope> =>
  Effect.gen(function*() {
    const { client, settings } = account
    const link = media.downloadCode === undefined
      ? media.url
      : yield* MediaApi.downloadUrl(account, media.downloadCode, robotCode)
    if (link === undefined) {
      const detail = "the message names a file and does not hand it out"
      return yield* new BadRequest({ ...unsent(settings.id, operation, detail, hints.download), field: "downloadCode" })
    }
    const { response, url } = yield* GuardedFetch.get(client.http, link, {
      account: settings.id,
      operation,
      allowedHosts: [...overriddenHosts(settings), ...allowedHosts.map((host) => host.toLowerCase())],
      allowHttp: media.downloadCode !== undefined
    })
    const { headers } = response
    const contentType = headers["content-type"]
    const fileName = nameOf(media, { disposition: headers["content-disposition"], contentType, url })
    const more = tooLarge(account, fileName, maxBytes)
    const announced = Number(headers["content-length"])
    if (announced > maxBytes) return yield* more(announced)
    const body = yield* wholeBody(
      response,
      (detail) => new Unavailable(unsent(settings.id, operation, detail, hints.unavailable))
    )
    return { fileName, contentType, body: Bytes.bounded(body, maxBytes, more) }
  })

/** How many names are tried where others are taken. */
const mostNames = 1_000

/**
 * Writes a stream to a file of the directory: under a temporary name, which becomes the file's when all is there. Of
 * several files of one name each gets its own. Nothing is left of a failure or an interruption. Nobody but the user of this
 * process may read it. Returns the path.
 *
 * @since 0.1.0
 * @category operations
 */
export const write = <E, R>(
  directory: string,
  fileName: string,
  body: Stream.Stream<Uint8Array, E, R>
): Effect.Effect<{ readonly path: string; readonly size: number }, E | FileUnavailable, R | FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fileSystem = yield* FileSystem.FileSystem
    const folder = directory.replace(/[/\\]+$/, "") || directory.slice(0, 1)
    const pathOf = (name: string) => folder === "" || folder === "/" ? `${folder}${name}` : `${folder}/${name}`
    const unusable = (path: string) => (error: PlatformError.PlatformError) =>
      new FileUnavailable({ path, detail: problemOf(error) })

    /** A link is made or not, in one step, and never over another file; where there are no links, it is moved. */
    const publish = (temporary: string, n: number): Effect.Effect<string, FileUnavailable> => {
      const path = pathOf(FileName.numbered(fileName, n))
      if (n > mostNames) return new FileUnavailable({ path, detail: "it exists, and so do its numbered names" })
      const next = publish(temporary, n + 1)
      return fileSystem.link(temporary, path).pipe(
        Effect.as(path),
        Effect.catchAll((error) =>
          reasonOf(error) === "AlreadyExists" ? next : Effect.flatMap(
            Effect.mapError(fileSystem.exists(path), unusable(path)),
            (exists) =>
              exists ? next : Effect.mapBoth(fileSystem.rename(temporary, path), {
                onSuccess: () => path,
                onFailure: unusable(path)
              })
          )
        )
      )
    }

    yield* Effect.mapError(fileSystem.makeDirectory(directory, { recursive: true }), unusable(directory))
    return yield* Effect.acquireUseRelease(
      Effect.map(uuid, (id) => pathOf(`.${fileName}.${id}.part`)),
      (temporary) =>
        Effect.gen(function*() {
          const sink = fileSystem.sink(temporary, { flag: "wx", mode: 0o600 })
          yield* Stream.run(body, Sink.mapError(sink, unusable(temporary)))
          const { size } = yield* Effect.mapError(fileSystem.stat(temporary), unusable(temporary))
          return { path: yield* publish(temporary, 1), size: Number(size) }
        }),
      (temporary) => Effect.ignore(fileSystem.remove(temporary, { force: true }))
    )
  })
