/**
 * For whom the health port answers. Pure.
 *
 * @since 0.1.0
 */
import { isIP } from "node:net"

/** What a `Host` header names, without its port. */
const nameIn = (header: string): string => header.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1").toLowerCase()

/**
 * Whether a request means this server. A page in somebody's browser can have a name of its own point here and would then
 * be let read the answers: so addresses are good, and of names only those that are known.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isMeant = (header: string | undefined, names: Iterable<string>): boolean => {
  if (header === undefined) return true
  const name = nameIn(header)
  return isIP(name) !== 0 || name === "localhost" || [...names].some((known) => known.toLowerCase() === name)
}
