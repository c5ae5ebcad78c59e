/** The live connections, by application. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fewRecords, type Journal, journal, type Table, table } from "../internal/bounded.ts"
import { Settings } from "../internal/settings.ts"
import type { Which } from "../Say.ts"
import type * as Seen from "../Seen.ts"
import type { Link } from "./Link.ts"

export class Links extends Context.Tag("effect-dingtalk/testing/server/Links")<Links, {
  readonly add: (link: Link) => void
  /** A connection is closed: it becomes history. */
  readonly remove: (link: Link) => void
  /** The live ones of an application, or all; of one id at most. */
  readonly live: (which?: Which) => ReadonlyArray<Link>
  readonly closed: Journal<Seen.Connection>
  readonly ever: () => number
  readonly maxConcurrent: (clientId: string) => number
  /** The application that is meant where none is named: the first, or the one that connected last if any may. */
  readonly defaultClient: () => string
}>() {
  static readonly layer: Layer.Layer<Links, never, Settings> = Layer.effect(
    Links,
    Effect.map(Settings, ({ acceptAnyCredentials, apps: [first] }) => {
      const byClient = new Map<string, Set<Link>>()
      const links = new Set<Link>()
      const peaks: Table<string, number> = table(fewRecords)
      const closed: Journal<Seen.Connection> = journal(fewRecords)
      let latest: string | undefined
      let ever = 0
      return {
        add: (link) => {
          const siblings = (byClient.get(link.clientId) ?? new Set()).add(link)
          byClient.set(link.clientId, siblings)
          links.add(link)
          peaks.set(link.clientId, Math.max(peaks.get(link.clientId) ?? 0, siblings.size))
          latest = link.clientId
          ever++
        },
        remove: (link) => {
          links.delete(link)
          const siblings = byClient.get(link.clientId)
          siblings?.delete(link)
          if (siblings?.size === 0) byClient.delete(link.clientId)
          closed.push(link.info())
        },
        live: ({ clientId, connection } = {}) => {
          const those = [...(clientId === undefined ? links : byClient.get(clientId) ?? [])]
          return connection === undefined ? those : those.filter(({ id }) => id === connection)
        },
        closed,
        ever: () => ever,
        maxConcurrent: (clientId) => peaks.get(clientId) ?? 0,
        defaultClient: () => (acceptAnyCredentials ? latest : undefined) ?? first.clientId
      }
    })
  )
}
