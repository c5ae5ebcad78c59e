/**
 * Who may see a page. Pure.
 *
 * @since 0.1.0
 */
import { createHash, timingSafeEqual } from "node:crypto"

/**
 * What of a request counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Asked {
  readonly host: string | undefined
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`: which page asks, as every browser of today says. */
  readonly site: string | undefined
}

/**
 * The names by which a page on loopback is reached. A name that somebody else's DNS leads here is none of them.
 *
 * @since 0.1.0
 * @category constants
 */
export const hosts = (port: number): ReadonlyArray<string> =>
  ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`)

/**
 * Whether a request means this server.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isMeant = (port: number, { host }: Asked): boolean =>
  host !== undefined && hosts(port).includes(host.toLowerCase())

/**
 * Whether a request comes from a page of another origin: one on another port of this machine is such, too.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isForeign = ({ host, origin, site }: Asked): boolean =>
  (origin !== undefined && origin.toLowerCase() !== `http://${host?.toLowerCase()}`) ||
  (site !== undefined && site !== "same-origin" && site !== "none")

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

/**
 * Whether somebody has the token, in a time that tells nothing about it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const holds = (token: string, given: string | undefined): boolean =>
  given !== undefined && timingSafeEqual(digest(token), digest(given))
