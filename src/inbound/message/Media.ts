/**
 * What comes with a message besides words: a picture, a sound, a film, a file.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { MaybeMillis, MaybeString } from "./internal/fields.ts"

/**
 * A picture, sound, film or file of a message. `DingTalkMedia.download` fetches it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Media {
  /** What it is: by DingTalk's word for it, or else by the name of the file. */
  readonly kind: "image" | "audio" | "video" | "file"
  /**
   * What the download API wants; of a picture the code of the original, or else that of its preview. `undefined` where
   * DingTalk names a file without handing it out, as it does for files that are quoted in groups.
   */
  readonly downloadCode: string | undefined
  /** The code of a picture's preview. */
  readonly pictureDownloadCode: string | undefined
  /** The address of a picture that is on the web. */
  readonly url: string | undefined
  /** The file's name; never blank. */
  readonly fileName: string | undefined
  /** How long a sound or a film is, in milliseconds, whatever unit DingTalk used. */
  readonly durationMs: number | undefined
  /** The format of a film, for example `mp4`. */
  readonly videoType: string | undefined
  /** What DingTalk's speech recognition heard in a sound (Chinese and English). */
  readonly recognition: string | undefined
  /** The space of DingTalk's drive that holds the file. */
  readonly spaceId: string | undefined
  /** The file in the drive, within `spaceId`; the storage API calls it `dentryId`. */
  readonly fileId: string | undefined
}

/**
 * The schema of {@link Media}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Media: Schema.Schema<Media> = Schema.Struct({
  kind: Schema.Literal("image", "audio", "video", "file"),
  downloadCode: MaybeString,
  pictureDownloadCode: MaybeString,
  url: MaybeString,
  fileName: MaybeString,
  durationMs: MaybeMillis,
  videoType: MaybeString,
  recognition: MaybeString,
  spaceId: MaybeString,
  fileId: MaybeString
}).annotations({ identifier: "Media" })
