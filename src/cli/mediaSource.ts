/**
 * Files as people name them on a command line or in a line of JSON: a path, or a URL.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as DingTalkMedia from "../DingTalkMedia.ts"
import type { MediaError } from "../outbound/api/SendError.ts"

const isUrl = (from: string): boolean => /^https?:\/\//i.test(from)

/**
 * The file; `allowedHosts` are those of URLs that may be no public ones.
 *
 * @since 0.1.0
 * @category constructors
 */
export const mediaSource = (
  from: string,
  allowedHosts: ReadonlyArray<string> = []
): DingTalkMedia.Source<MediaError, FileSystem.FileSystem> =>
  isUrl(from) ? DingTalkMedia.fromUrl(from, { allowedHosts }) : DingTalkMedia.fromPath(from)
