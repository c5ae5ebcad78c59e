/**
 * Pictures, sounds, films and files: sending them from wherever they are, and fetching those of a message.
 *
 * What somebody said in a voice message, DingTalk writes down itself: see `recognition` of `Message.Audio`.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as DingTalkSender from "./DingTalkSender.ts"
import type { Account } from "./outbound/api/ApiClients.ts"
import { Unavailable } from "./outbound/api/ApiError.ts"
import * as hints from "./outbound/api/internal/hints.ts"
import { unsent } from "./outbound/api/internal/unsent.ts"
import type { MediaError, PartialDelivery, SendError } from "./outbound/api/SendError.ts"
import * as Attachment from "./outbound/media/Attachment.ts"
import * as Bytes from "./outbound/media/bytes.ts"
import * as Download from "./outbound/media/Download.ts"
import * as MediaKind from "./outbound/media/MediaKind.ts"
import * as Source from "./outbound/media/Source.ts"
import type * as RobotMessage from "./outbound/message/RobotMessage.ts"

export type { As, Uploaded } from "./outbound/media/Attachment.ts"
export { HostResolver } from "./outbound/media/HostResolver.ts"
export { fromBytes, fromPath, fromStream, fromUrl } from "./outbound/media/Source.ts"
export type { Source, UrlOptions } from "./outbound/media/Source.ts"

/**
 * Most bytes that a download takes by default: 100 MiB.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultMaxBytes = 100 * 1024 * 1024

/**
 * Uploads a file and returns its media id, which does not expire. The same bytes are uploaded once: the ids of the last
 * 1 000 are remembered per account.
 *
 * `kind` is what it will be used as; default: an image if it is one by its name, else a file. Fails with `TooLarge`,
 * `UnsupportedType`, or `BadRequest` for an empty file, without a call.
 *
 * @since 0.1.0
 * @category operations
 */
export const upload = <E, R>(options: {
  /** The account that will send it. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  readonly source: Source.Source<E, R>
  readonly kind?: MediaKind.MediaKind | undefined
}): Effect.Effect<Attachment.Uploaded, E | MediaError, R | DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(options.account)
    const content = yield* Source.open(options.source, account, MediaKind.limitBytes[options.kind ?? "file"])
    return yield* Attachment.upload(account, options.kind ?? MediaKind.kindOf(content.fileName), content)
  }).pipe(Effect.withSpan("dingtalk.media.upload", { captureStackTrace: false }))

/**
 * Makes a message of a file: packs and uploads it as its kind demands. Send it with `DingTalkSender.sendMessage`,
 * `replyMessage` or `DingTalkBulk.sendToMany`, as often as you like.
 *
 * @since 0.1.0
 * @category operations
 */
export const toMessage = <E, R, E2 = never, R2 = never>(options: {
  /** The account that will send it. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  readonly source: Source.Source<E, R>
  /** Default `auto`. */
  readonly as?: Attachment.As<E2, R2> | undefined
}): Effect.Effect<
  RobotMessage.RobotMessage,
  E | E2 | MediaError,
  R | R2 | DingTalkSender.DingTalkSender
> =>
  Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(options.account)
    return yield* Attachment.toMessage(account, options.source, options.as ?? { kind: "auto" })
  }).pipe(Effect.withSpan("dingtalk.media.toMessage", { captureStackTrace: false }))

/**
 * Sends a file to people and groups: {@link toMessage} and then `DingTalkSender.sendMessage`, whose errors it has, too.
 *
 * @example
 * import { DingTalkMedia } from "effect-dingtalk"
 *
 * const program = DingTalkMedia.send({ to: "user:zhangsan", source: DingTalkMedia.fromPath("report.pdf") })
 *
 * @since 0.1.0
 * @category operations
 */
export const send = <E, R, E2 = never, R2 = never>(options: {
  /** The account that sends. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  readonly to: DingTalkSender.SendMessageOptions["to"]
  readonly source: Source.Source<E, R>
  /** Default `auto`. */
  readonly as?: Attachment.As<E2, R2> | undefined
}): Effect.Effect<
  DingTalkSender.SentMessage,
  E | E2 | MediaError | SendError | PartialDelivery,
  R | R2 | DingTalkSender.DingTalkSender
> =>
  Effect.flatMap(
    toMessage(options),
    (message) => DingTalkSender.sendMessage({ account: options.account, to: options.to, message })
  )

/**
 * Answers a message with a file: {@link toMessage} and then `DingTalkSender.replyMessage`, whose errors it has, too.
 *
 * @since 0.1.0
 * @category operations
 */
export const reply = <E, R, E2 = never, R2 = never>(
  route: DingTalkSender.ReplyRoute,
  source: Source.Source<E, R>,
  as?: Attachment.As<E2, R2>
): Effect.Effect<
  DingTalkSender.Replied,
  E | E2 | MediaError | SendError,
  R | R2 | DingTalkSender.DingTalkSender
> =>
  Effect.flatMap(
    toMessage({ account: route.accountId, source, as }),
    (message) => DingTalkSender.replyMessage(route, message)
  )

/**
 * Whose media are fetched: a message is one of these.
 *
 * @since 0.1.0
 * @category models
 */
export interface Origin {
  readonly accountId: string
  /** The robot that was sent them; DingTalk hands them out to no other. Default: the account's. */
  readonly robotCode?: string | undefined
}

/**
 * The bounds of a download.
 *
 * @since 0.1.0
 * @category models
 */
export interface DownloadOptions {
  /** Default {@link defaultMaxBytes}. */
  readonly maxBytes?: number | undefined
  /** Longest time it may take, in milliseconds. Default 120 000. */
  readonly timeoutMs?: number | undefined
  /** Hosts that may be fetched although they are not public. Default: those of the account's base URLs. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/**
 * A file in memory.
 *
 * @since 0.1.0
 * @category models
 */
export interface Downloaded {
  /** As the message, the server or the link has it, made safe for any file system. */
  readonly fileName: string
  readonly contentType: string | undefined
  readonly bytes: Uint8Array
}

/**
 * A file in a directory.
 *
 * @since 0.1.0
 * @category models
 */
export interface Saved {
  readonly path: string
  /** As the message, the server or the link has it, made safe for any file system. */
  readonly fileName: string
  readonly contentType: string | undefined
  /** In bytes. */
  readonly size: number
}

const within = <A, E, R>(account: Account, timeoutMs: number = 120_000) => (self: Effect.Effect<A, E, R>) =>
  Effect.timeoutFail(self, {
    duration: timeoutMs,
    onTimeout: () =>
      new Unavailable(unsent(account.settings.id, "download", `not done within ${timeoutMs} ms`, hints.unavailable))
  })

const opened = (
  from: Origin,
  media: Download.Request["media"],
  options: DownloadOptions
) =>
  Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(from.accountId)
    const open = Download.open(account, {
      media,
      robotCode: from.robotCode ?? account.settings.robotCode,
      maxBytes: options.maxBytes ?? defaultMaxBytes,
      allowedHosts: options.allowedHosts ?? []
    })
    return { account, open }
  })

/**
 * Fetches a file of a message into memory.
 *
 * Fails with `TooLarge` as soon as more than `maxBytes` are announced or have come, with `Unavailable` when it takes too
 * long, and with `UrlRefused` when it leads to a host that is not public.
 *
 * @example
 * import { DingTalkMedia, DingTalkChannel } from "effect-dingtalk"
 * import { Effect } from "effect"
 *
 * const Bot = DingTalkChannel.layer({
 *   onMessage: (message) => Effect.forEach(message.media, (media) => DingTalkMedia.download(message, media))
 * })
 *
 * @since 0.1.0
 * @category operations
 */
export const download = (
  from: Origin,
  media: Download.Request["media"],
  options: DownloadOptions = {}
): Effect.Effect<Downloaded, MediaError, DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const { account, open } = yield* opened(from, media, options)
    return yield* Effect.gen(function*() {
      const { body, contentType, fileName } = yield* open
      return { fileName, contentType, bytes: yield* Bytes.collect(body) }
    }).pipe(Effect.scoped, within(account, options.timeoutMs))
  }).pipe(Effect.withSpan("dingtalk.media.download", { captureStackTrace: false }))

/**
 * Fetches a file of a message into a directory, which is made if it is not there. The file appears when it is whole, and
 * does not replace another: a second one of the same name gets a number. Of a failure or an interruption nothing is left.
 *
 * Fails like {@link download}, and with `FileUnavailable` when it can't be written.
 *
 * @since 0.1.0
 * @category operations
 */
export const downloadTo = (
  directory: string,
  from: Origin,
  media: Download.Request["media"],
  options: DownloadOptions = {}
): Effect.Effect<Saved, MediaError, DingTalkSender.DingTalkSender | FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const { account, open } = yield* opened(from, media, options)
    return yield* Effect.gen(function*() {
      const { body, contentType, fileName } = yield* open
      return { fileName, contentType, ...(yield* Download.write(directory, fileName, body)) }
    }).pipe(Effect.scoped, within(account, options.timeoutMs))
  }).pipe(Effect.withSpan("dingtalk.media.downloadTo", { captureStackTrace: false }))

/**
 * A file of a message as a stream, for those who pass it on. It is fetched when the stream is run, within `maxBytes`, and
 * without a bound in time.
 *
 * @since 0.1.0
 * @category operations
 */
export const downloadStream = (
  from: Origin,
  media: Download.Request["media"],
  options: Omit<DownloadOptions, "timeoutMs"> = {}
): Stream.Stream<Uint8Array, MediaError, DingTalkSender.DingTalkSender> =>
  Stream.unwrapScoped(
    Effect.flatMap(opened(from, media, options), ({ open }) =>
      Effect.map(open, ({ body }): Stream.Stream<Uint8Array, MediaError> => body))
  )
