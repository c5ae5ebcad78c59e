/**
 * Everything that DingTalk's robot API can say: one typed constructor per kind of message, whose required fields the
 * compiler demands. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as words from "../text/words.ts"
import type * as TextMessage from "./TextMessage.ts"

/**
 * The types of file that `sampleFile` takes (DingTalk's API reference); everything else has to be zipped.
 *
 * @since 0.1.0
 * @category constants
 */
export const fileTypes = ["xlsx", "pdf", "zip", "rar", "doc", "docx"] as const

/**
 * One of {@link fileTypes}.
 *
 * @since 0.1.0
 * @category models
 */
export type FileType = typeof fileTypes[number]

/**
 * A button of an action card: it opens a URL. (Buttons that call back belong to cards, see `DingTalkCards`.)
 *
 * @since 0.1.0
 * @category models
 */
export interface Button {
  readonly title: string
  readonly url: string
}

/**
 * Two to five buttons.
 *
 * @since 0.1.0
 * @category models
 */
export type Buttons =
  | readonly [Button, Button]
  | readonly [Button, Button, Button]
  | readonly [Button, Button, Button, Button]
  | readonly [Button, Button, Button, Button, Button]

/**
 * A message, told apart by `_tag`.
 *
 * - `Text`: plain.
 * - `Markdown`: without a `title`, the first line of the text is one.
 * - `Image`: `photo` is a URL that everybody can fetch, or a media id.
 * - `Link`: a text with a picture that leads somewhere.
 * - `Audio`, `Video`: `durationMs` is in milliseconds, at least 1; a video needs a cover.
 * - `File`: `fileType` is one of {@link fileTypes}; {@link fileTypeOf} finds it.
 * - `ActionCard`: Markdown with one button under it.
 * - `ActionCardVertical`: with two to five, one below the other.
 * - `ActionCardHorizontal`: with two, side by side.
 *
 * @since 0.1.0
 * @category models
 */
export type RobotMessage = Data.TaggedEnum<{
  readonly Text: { readonly content: string }
  readonly Markdown: { readonly title?: string; readonly text: string }
  readonly Image: { readonly photo: string }
  readonly Link: {
    readonly title: string
    readonly text: string
    readonly picUrl: string
    readonly messageUrl: string
  }
  readonly Audio: { readonly mediaId: string; readonly durationMs: number }
  readonly File: { readonly mediaId: string; readonly fileName: string; readonly fileType: FileType }
  readonly Video: {
    readonly mediaId: string
    readonly coverMediaId: string
    readonly durationMs: number
    readonly videoType: "mp4"
  }
  readonly ActionCard: { readonly title: string; readonly text: string; readonly button: Button }
  readonly ActionCardVertical: { readonly title: string; readonly text: string; readonly buttons: Buttons }
  readonly ActionCardHorizontal: {
    readonly title: string
    readonly text: string
    readonly buttons: readonly [left: Button, right: Button]
  }
}>

const constructors = Data.taggedEnum<RobotMessage>()

/**
 * `sampleText`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Text = constructors.Text

/**
 * `sampleMarkdown`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Markdown = constructors.Markdown

/**
 * `sampleImageMsg`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Image = constructors.Image

/**
 * `sampleLink`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Link = constructors.Link

/**
 * `sampleAudio`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Audio = constructors.Audio

/**
 * `sampleFile`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const File = constructors.File

/**
 * `sampleVideo`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Video = constructors.Video

/**
 * `sampleActionCard`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ActionCard = constructors.ActionCard

/**
 * `sampleActionCard2` to `sampleActionCard5`, by the number of buttons.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ActionCardVertical = constructors.ActionCardVertical

/**
 * `sampleActionCard6`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ActionCardHorizontal = constructors.ActionCardHorizontal

/**
 * Handles every kind of message.
 *
 * @since 0.1.0
 * @category matching
 */
export const match = constructors.$match

/**
 * The file type of a name by its extension, whatever its case; `undefined` if DingTalk does not take such files.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fileTypeOf = (fileName: string): FileType | undefined => {
  const extension = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase()
  return fileTypes.find((type) => type === extension)
}

const titleOf = (title: string | undefined, text: string): string =>
  title === undefined || title.trim() === "" ? words.titleOf(text) : title

const milliseconds = (durationMs: number): string => String(Math.round(durationMs))

/** Of videos DingTalk counts seconds, as it does in those that it delivers. */
const seconds = (durationMs: number): string => String(Math.max(1, Math.round(durationMs / 1_000)))

const encoded = (msgKey: string, param: Readonly<Record<string, string>>): TextMessage.Encoded => ({
  msgKey,
  msgParam: JSON.stringify(param)
})

/**
 * The message as the robot API takes it.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encode: (message: RobotMessage) => TextMessage.Encoded = match({
  Text: ({ content }) => encoded("sampleText", { content }),
  Markdown: ({ text, title }) => encoded("sampleMarkdown", { title: titleOf(title, text), text }),
  Image: ({ photo }) => encoded("sampleImageMsg", { photoURL: photo }),
  Link: ({ messageUrl, picUrl, text, title }) => encoded("sampleLink", { title, text, picUrl, messageUrl }),
  Audio: ({ durationMs, mediaId }) => encoded("sampleAudio", { mediaId, duration: milliseconds(durationMs) }),
  File: ({ fileName, fileType, mediaId }) => encoded("sampleFile", { mediaId, fileName, fileType }),
  Video: ({ coverMediaId, durationMs, mediaId, videoType }) =>
    encoded("sampleVideo", {
      duration: seconds(durationMs),
      videoMediaId: mediaId,
      videoType,
      picMediaId: coverMediaId
    }),
  ActionCard: ({ button, text, title }) =>
    encoded("sampleActionCard", { title, text, singleTitle: button.title, singleURL: button.url }),
  ActionCardVertical: ({ buttons, text, title }) =>
    encoded(`sampleActionCard${buttons.length}`, {
      title,
      text,
      ...Object.fromEntries(buttons.flatMap((button, index) => [
        [`actionTitle${index + 1}`, button.title],
        [`actionURL${index + 1}`, button.url]
      ]))
    }),
  ActionCardHorizontal: ({ buttons: [left, right], text, title }) =>
    encoded("sampleActionCard6", {
      title,
      text,
      buttonTitle1: left.title,
      buttonUrl1: left.url,
      buttonTitle2: right.title,
      buttonUrl2: right.url
    })
})

const firstBlank = (fields: Readonly<Record<string, string>>): string | undefined =>
  Object.entries(fields).find(([, value]) => value.trim() === "")?.[0]

const buttonFields = (buttons: ReadonlyArray<Button>): Readonly<Record<string, string>> =>
  Object.fromEntries(buttons.flatMap(({ title, url }, index) => [
    [`buttons.${index}.title`, title],
    [`buttons.${index}.url`, url]
  ]))

const durationField = (durationMs: number): string | undefined =>
  Number.isFinite(durationMs) && Math.round(durationMs) >= 1 ? undefined : "durationMs"

/**
 * The field that makes DingTalk refuse the message, where that can be known beforehand: one that must not be blank, a
 * duration below 1 ms, a file type that is not taken. `undefined` for a message that may be sent.
 *
 * @since 0.1.0
 * @category decisions
 */
export const invalidField: (message: RobotMessage) => string | undefined = match({
  Text: () => undefined,
  Markdown: () => undefined,
  Image: ({ photo }) => firstBlank({ photo }),
  Link: ({ messageUrl, text, title }) => firstBlank({ title, text, messageUrl }),
  Audio: ({ durationMs, mediaId }) => firstBlank({ mediaId }) ?? durationField(durationMs),
  File: ({ fileName, fileType, mediaId }) =>
    firstBlank({ mediaId, fileName }) ?? (fileTypes.includes(fileType) ? undefined : "fileType"),
  Video: ({ coverMediaId, durationMs, mediaId }) => firstBlank({ mediaId, coverMediaId }) ?? durationField(durationMs),
  ActionCard: ({ button, text, title }) => firstBlank({ title, text, ...buttonFields([button]) }),
  ActionCardVertical: ({ buttons, text, title }) =>
    buttons.length < 2 || buttons.length > 5 ? "buttons" : firstBlank({ title, text, ...buttonFields(buttons) }),
  ActionCardHorizontal: ({ buttons, text, title }) => firstBlank({ title, text, ...buttonFields(buttons) })
})
