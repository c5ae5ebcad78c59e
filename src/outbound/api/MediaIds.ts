/**
 * Media ids by content: what was uploaded once need not be uploaded again, for a media id does not expire (DingTalk's API
 * reference).
 *
 * @since 0.1.0
 */
import * as Cache from "effect/Cache"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SynchronizedRef from "effect/SynchronizedRef"

/**
 * How many are remembered for an account, give or take one; beyond that, those that were not used for long are forgotten.
 *
 * @since 0.1.0
 * @category constants
 */
export const capacity = 1_000

/**
 * The id of a content, and whether it was there already.
 *
 * @since 0.1.0
 * @category models
 */
export interface Known {
  readonly mediaId: string
  readonly reused: boolean
}

/**
 * A bounded memory of media ids.
 *
 * @since 0.1.0
 * @category models
 */
export interface MediaIds {
  /**
   * The id of this content, which is uploaded if it was not before. Who wants the same content meanwhile waits, and
   * uploads it only if that upload fails or is interrupted.
   */
  readonly getOrUpload: <E, R>(key: string, upload: Effect.Effect<string, E, R>) => Effect.Effect<Known, E, R>
  readonly size: Effect.Effect<number>
}

/**
 * An empty memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (most: number = capacity): Effect.Effect<MediaIds> =>
  Effect.map(
    Cache.make({
      capacity: most,
      timeToLive: Duration.infinity,
      // A place for the id, not the upload itself: a cache would interrupt those who wait together with the first one, and
      // remember the file with its key.
      lookup: (_key: string) => SynchronizedRef.make(Option.none<string>())
    }),
    (places): MediaIds => ({
      size: places.size,
      getOrUpload: (key, upload) =>
        Effect.flatMap(places.get(key), (place) =>
          SynchronizedRef.modifyEffect(place, (before) =>
            Effect.map(
              Option.match(before, { onSome: Effect.succeed, onNone: () => upload }),
              (mediaId) => [{ mediaId, reused: Option.isSome(before) }, Option.some(mediaId)] as const
            )))
    })
  )
