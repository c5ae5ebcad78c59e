/**
 * Media ids by content: what was uploaded once need not be uploaded again, for a media id does not expire (DingTalk's API
 * reference).
 *
 * @since 0.1.0
 */

/**
 * How many are remembered for an account; beyond that, the one that was not used for longest is forgotten.
 *
 * @since 0.1.0
 * @category constants
 */
export const capacity = 1_000

/**
 * A bounded memory of media ids.
 *
 * @since 0.1.0
 * @category models
 */
export interface MediaIds {
  readonly get: (key: string) => string | undefined
  readonly set: (key: string, mediaId: string) => void
  readonly size: () => number
}

/**
 * An empty memory. Unsafe because each call makes another one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unsafeMake = (most: number = capacity): MediaIds => {
  // In the order of their last use.
  const ids = new Map<string, string>()
  const set = (key: string, mediaId: string): void => {
    ids.delete(key)
    ids.set(key, mediaId)
    for (const oldest of ids.keys()) {
      if (ids.size <= most) break
      ids.delete(oldest)
    }
  }
  return {
    get: (key) => {
      const mediaId = ids.get(key)
      if (mediaId !== undefined) set(key, mediaId)
      return mediaId
    },
    set,
    size: () => ids.size
  }
}
