/**
 * What a page and its process say to each other. Both read it from here: what one of them encodes, the other decodes. Pure,
 * and small: it is a part of the page.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Something that the page asks its process for, as a POST of JSON.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call<P, PI, S, SI> {
  readonly path: `/api/${string}`
  readonly payload: Schema.Schema<P, PI>
  readonly success: Schema.Schema<S, SI>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const call = <P, PI, S, SI>(call: Call<P, PI, S, SI>): Call<P, PI, S, SI> => call

/**
 * What the process tells the page as it happens, by server-sent events. The first event holds all that came before it, so
 * that a page that comes back has lost nothing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Feed<A, I> {
  readonly path: `/api/${string}`
  readonly event: Schema.Schema<A, I>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const feed = <A, I>(feed: Feed<A, I>): Feed<A, I> => feed

/**
 * Why a call was not answered: the code is for the page's own words, the message says it in English.
 *
 * @since 0.1.0
 * @category models
 */
export const Refusal = Schema.Struct({ code: Schema.String, message: Schema.String })

/**
 * @since 0.1.0
 * @category models
 */
export type Refusal = typeof Refusal.Type
