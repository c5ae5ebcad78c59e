/** The live connections, by application. */
import type * as Seen from "../Seen.ts"
import { fewRecords, type Journal, journal, type Table, table } from "./bounded.ts"
import type { Link } from "./link.ts"

export interface Registry {
  readonly add: (link: Link) => void
  /** A connection is closed: it becomes history. */
  readonly remove: (link: Link) => void
  readonly live: () => ReadonlyArray<Link>
  /** The live ones of an application; empty for an unknown one. */
  readonly of: (clientId: string) => ReadonlyArray<Link>
  readonly closed: Journal<Seen.Connection>
  readonly ever: () => number
  readonly maxConcurrent: (clientId: string) => number
  /** The application that connected last. */
  readonly latest: () => string | undefined
}

export const makeRegistry = (): Registry => {
  const links = new Map<string, Link>()
  const byClient = new Map<string, Set<Link>>()
  const peaks: Table<string, number> = table(fewRecords)
  const closed: Journal<Seen.Connection> = journal(fewRecords)
  let latest: string | undefined
  let ever = 0
  return {
    add: (link) => {
      const siblings = (byClient.get(link.clientId) ?? new Set()).add(link)
      byClient.set(link.clientId, siblings)
      links.set(link.id, link)
      peaks.set(link.clientId, Math.max(peaks.get(link.clientId) ?? 0, siblings.size))
      latest = link.clientId
      ever++
    },
    remove: (link) => {
      links.delete(link.id)
      const siblings = byClient.get(link.clientId)
      siblings?.delete(link)
      if (siblings?.size === 0) byClient.delete(link.clientId)
      closed.push(link.info())
    },
    live: () => [...links.values()],
    of: (clientId) => [...byClient.get(clientId) ?? []],
    closed,
    ever: () => ever,
    maxConcurrent: (clientId) => peaks.get(clientId) ?? 0,
    latest: () => latest
  }
}
