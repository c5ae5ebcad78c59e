/**
 * Making ready what is to be sent: a file is looked into and uploaded once, however many are to get it.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as DingTalkMedia from "../../DingTalkMedia.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { MediaError, SendError } from "../../outbound/api/SendError.ts"
import * as RobotMessage from "../../outbound/message/RobotMessage.ts"
import * as TextMessage from "../../outbound/message/TextMessage.ts"
import { UsageError } from "../errors.ts"
import { mediaSource } from "../mediaSource.ts"
import { escaped } from "../text/printable.ts"
import type { Content } from "./content.ts"

/**
 * What goes to each target by one call: a message or a card.
 *
 * @since 0.1.0
 * @category models
 */
export type Load = Data.TaggedEnum<{
  readonly Message: { readonly message: RobotMessage.RobotMessage }
  readonly Card: { readonly templateId: string; readonly params: Readonly<Record<string, string>> }
}>

/**
 * The constructors and guards of {@link Load}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Load = Data.taggedEnum<Load>()

type Text = Data.TaggedEnum.Value<Content, "Text">
type Media = Data.TaggedEnum.Value<Content, "Media">

/** A text as the one message that it has to be. */
const ofText = (
  account: string | undefined,
  { markdown, text, title }: Text
): Effect.Effect<Load, UsageError | SendError, DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const { settings } = yield* sender.account(account)
    const formatted = TextMessage.formatted(markdown ? "markdown" : settings.renderMode, text)
    const parts = TextMessage.split(formatted.format, formatted.text, settings.textChunkLimit).length
    if (parts > 1) {
      return yield* new UsageError({
        problem: `the text takes ${parts} messages of at most ${settings.textChunkLimit} characters and ` +
          `${TextMessage.maxMsgParamBytes} bytes; with ${
            title === undefined ? "many targets" : "--title"
          } it has to be one: shorten it, raise textChunkLimit, or send it as a --file`
      })
    }
    return Load.Message({
      message: formatted.format === "plain"
        ? RobotMessage.Text({ content: formatted.text })
        : RobotMessage.Markdown({ text: formatted.text, ...(title === undefined ? {} : { title }) })
    })
  })

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`

/** What is wrong with the file itself is a matter of the command line. */
const told = (option: string, { from, zip }: Media) => (error: MediaError): MediaError | UsageError => {
  const usage = (what: string) => new UsageError({ problem: `${option} ${escaped(from)}: ${what}` })
  switch (error._tag) {
    case "FileUnavailable":
      return usage(`${error.detail}; check the path`)
    case "UnsupportedType": {
      const types = `DingTalk takes no such ${error.kind}, only ${error.supported.join(", ")}`
      return usage(
        error.kind === "file" && !zip
          ? `${types}; give --zip to have it zipped`
          : error.kind === "image"
          ? `${types}; send it as a --file`
          : types
      )
    }
    case "TooLarge":
      return error.bytes === undefined || error.limitBytes === undefined ? error : usage(
        `it has ${megabytes(error.bytes)} (${error.bytes} bytes), and DingTalk takes ${
          megabytes(error.limitBytes)
        }; make it smaller, or send a link`
      )
    case "UrlRefused":
      return usage(
        `it is not fetched: ${error.reason}${error.detail === "" ? "" : ` (${error.detail})`}; ` +
          (error.reason === "address" || error.reason === "scheme"
            ? `if that is meant, give --allow-host ${error.host}`
            : error.reason === "unresolved"
            ? `check the name; where only the proxy can resolve it, give --allow-host ${error.host}`
            : "check the URL")
      )
    case "BadRequest":
      // Without a call, it is the file that is at fault.
      return error.field === "media" && error.status === undefined ? usage(error.detail) : error
    default:
      return error
  }
}

const ofMedia = (account: string | undefined, media: Media) => {
  const { allowedHosts, cover, durationMs, from, kind, zip } = media
  const as = (): DingTalkMedia.As<MediaError, FileSystem.FileSystem> => {
    switch (kind) {
      case "file":
        return { kind, zip }
      case "image":
        return { kind }
      case "audio":
        return { kind, durationMs }
      case "video":
        return { kind, durationMs, cover: cover === undefined ? undefined : mediaSource(cover, allowedHosts) }
    }
  }
  return DingTalkMedia.toMessage({ account, source: mediaSource(from, allowedHosts), as: as() }).pipe(
    Effect.mapError(told(`--${kind}`, media)),
    Effect.map((message) => Load.Message({ message }))
  )
}

/**
 * Makes it ready. Fails with `UsageError` for a file that can't be sent, and for a text that takes more than one message.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  account: string | undefined,
  content: Content
): Effect.Effect<
  Load,
  UsageError | SendError | MediaError,
  DingTalkSender.DingTalkSender | FileSystem.FileSystem
> => {
  switch (content._tag) {
    case "Text":
      return ofText(account, content)
    case "Media":
      return ofMedia(account, content)
    case "Card":
      return Effect.succeed(Load.Card({ templateId: content.templateId, params: content.params }))
  }
}
