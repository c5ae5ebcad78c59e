/**
 * Where a file that is to be sent comes from: a path, bytes, a stream or a URL.
 *
 * @since 0.1.0
 */
import type * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { reasonOf } from "../../internal/fileError.ts"
import { codeOf } from "../../internal/net/errorCode.ts"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, BadRequest, TooLarge, Unavailable } from "../api/ApiError.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import { FileUnavailable, type UrlRefused } from "../api/SendError.ts"
import * as Bytes from "./bytes.ts"
import * as FileName from "./FileName.ts"
import * as GuardedFetch from "./GuardedFetch.ts"
import { extensionFor } from "./MediaKind.ts"
import { wholeBody } from "./wholeBody.ts"

/**
 * A file that was looked into.
 *
 * @since 0.1.0
 * @category models
 */
export interface Content {
  readonly fileName: string
  /** In bytes. */
  readonly size: number
  /** In hexadecimal. */
  readonly sha256: string
  /** Gives the same bytes each time it is run. */
  readonly body: Stream.Stream<Uint8Array, FileUnavailable>
}

/**
 * A file to be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source<out E = never, out R = never> {
  /** Its name, as far as that is known beforehand. */
  readonly fileName: string | undefined
  /**
   * Looks into it. Fails with `TooLarge` beyond the limit, which is found out without reading more than that.
   */
  readonly open: (
    account: Account,
    limitBytes: number
  ) => Effect.Effect<Content, E | ApiError | UrlRefused | FileUnavailable, R>
}

const operation = "uploadMedia"

const tooLarge = (account: Account, fileName: string, limitBytes: number) => (bytes: number): TooLarge =>
  new TooLarge({ ...unsent(account.settings.id, operation, fileName, hints.fileTooLarge), bytes, limitBytes })

/**
 * A file in memory, in parts.
 *
 * @since 0.1.0
 * @category constructors
 */
export const contentOf = (fileName: string, parts: ReadonlyArray<Uint8Array>): Effect.Effect<Content> => {
  const body = Bytes.fromParts(parts)
  return Effect.map(Bytes.digest(body), (facts) => ({ fileName, ...facts, body }))
}

const problems: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "no space is left on its disk"],
  ["EDQUOT", "its owner's quota of disk space is used up"],
  ["EMFILE", "this process has too many files open"],
  ["ENFILE", "this machine has too many files open"]
])

/**
 * Why a file can't be used, in a few words.
 *
 * @since 0.1.0
 * @category decisions
 */
export const problemOf = (error: PlatformError.PlatformError): string => {
  switch (reasonOf(error)) {
    case "NotFound":
      return "there is no such file"
    case "PermissionDenied":
      return "permission denied"
    case "AlreadyExists":
      return "it exists"
    default: {
      const code = codeOf(error.cause)
      return code === undefined ? "it cannot be used" : problems.get(code) ?? `it cannot be used (${code})`
    }
  }
}

const lastPart = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== "") ?? path

/**
 * Looks into a source. Fails with `BadRequest` if there is nothing in it, which DingTalk does not take.
 *
 * @since 0.1.0
 * @category operations
 */
export const open = <E, R>(
  source: Source<E, R>,
  account: Account,
  limitBytes: number
): Effect.Effect<Content, E | ApiError | UrlRefused | FileUnavailable, R> =>
  Effect.filterOrFail(
    source.open(account, limitBytes),
    ({ size }) => size > 0,
    ({ fileName }) =>
      new BadRequest({
        ...unsent(account.settings.id, operation, `${fileName} is empty`, hints.emptyFile),
        field: "media"
      })
  )

/**
 * A file of the file system. It is read twice, once for its hash, and never held in memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromPath = (
  path: string,
  fileName: string = lastPart(path)
): Source<never, FileSystem.FileSystem> => ({
  fileName,
  open: (account, limitBytes) =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const unusable = (error: PlatformError.PlatformError) => new FileUnavailable({ path, detail: problemOf(error) })
      const info = yield* Effect.mapError(fileSystem.stat(path), unusable)
      if (info.type !== "File") return yield* new FileUnavailable({ path, detail: "it is no file" })
      const size = Number(info.size)
      const more = tooLarge(account, fileName, limitBytes)
      if (size > limitBytes) return yield* more(size)
      const body = Stream.mapError(fileSystem.stream(path, { chunkSize: 64 * 1024 }), unusable)
      const facts = yield* Bytes.digest(Bytes.bounded(body, limitBytes, more))
      return { fileName, ...facts, body }
    })
})

/**
 * Bytes in memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromBytes = (bytes: Uint8Array, fileName: string): Source => ({
  fileName,
  open: (account, limitBytes) =>
    bytes.length > limitBytes
      ? tooLarge(account, fileName, limitBytes)(bytes.length)
      : contentOf(fileName, [bytes])
})

/**
 * A stream of bytes, which is run once and held in memory until it is sent. Fails as the stream does.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromStream = <E, R>(stream: Stream.Stream<Uint8Array, E, R>, fileName: string): Source<E, R> => ({
  fileName,
  open: (account, limitBytes) =>
    Effect.flatMap(
      Bytes.collect(Bytes.bounded(stream, limitBytes, tooLarge(account, fileName, limitBytes))),
      (bytes) => contentOf(fileName, [bytes])
    )
})

/**
 * How a URL is fetched.
 *
 * @since 0.1.0
 * @category models
 */
export interface UrlOptions {
  /** Default: as the server says, or the last part of the path. */
  readonly fileName?: string | undefined
  /** Hosts that may be fetched although they are not public, also over `http:`. Default none. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  /** Longest time it may take, in milliseconds. Default 60 000. */
  readonly timeoutMs?: number | undefined
}

/**
 * What is behind an `https:` URL of a public host. Fails with `UrlRefused` for any other, also when it redirects there.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromUrl = (url: string, options: UrlOptions = {}): Source => ({
  fileName: options.fileName,
  open: (account, limitBytes) => {
    const { id } = account.settings
    const timeoutMs = options.timeoutMs ?? 60_000
    return Effect.gen(function*() {
      const { response, url: from } = yield* GuardedFetch.get(account.client.http, url, {
        account: id,
        operation,
        allowedHosts: (options.allowedHosts ?? []).map((host) => host.toLowerCase()),
        allowHttp: false
      })
      const { headers } = response
      const named = options.fileName ??
        FileName.fromContentDisposition(headers["content-disposition"]) ?? FileName.fromUrl(from) ?? "file"
      const clean = FileName.safe(named)
      const fileName = clean.includes(".") ? clean : `${clean}${extensionFor(headers["content-type"])}`
      const more = tooLarge(account, fileName, limitBytes)
      const announced = Number(headers["content-length"])
      if (announced > limitBytes) return yield* more(announced)
      const body = yield* wholeBody(
        response,
        (detail) => new Unavailable(unsent(id, operation, detail, hints.unavailable))
      )
      const bytes = yield* Bytes.collect(Bytes.bounded(body, limitBytes, more))
      return yield* contentOf(fileName, [bytes])
    }).pipe(
      Effect.scoped,
      Effect.timeoutFail({
        duration: timeoutMs,
        onTimeout: () => new Unavailable(unsent(id, operation, `no file within ${timeoutMs} ms`, hints.unavailable))
      })
    )
  }
})
