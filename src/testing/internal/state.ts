/** What the HTTP side remembers. Synchronous: whoever changes it tells the waiting fibers afterwards. */
import type { Fate } from "../Script.ts"
import type * as Seen from "../Seen.ts"
import { fewRecords, type Journal, journal, manyRecords, type Table, table } from "./bounded.ts"
import { type Chats, makeChats } from "./chats.ts"
import { type Files, makeFiles } from "./files.ts"
import type { Settings } from "./settings.ts"
import type { Change, Refused, Session, Token, World } from "./world.ts"

export interface Ticket {
  readonly clientId: string
  readonly subscriptions: ReadonlyArray<Seen.Subscription>
  readonly expiresAt: number
  readonly used: boolean
  /** What its opening was scripted to lead to. */
  readonly fate: Fate | undefined
}

export interface State {
  readonly chats: Chats
  readonly files: Files
  readonly world: (host: string) => World
  /** Applies what a route decided; `fate` is what a ticket of it leads to. */
  readonly apply: (change: Change, fate: Fate | undefined) => void
  /** Takes a ticket out of circulation and answers what it was before. */
  readonly useTicket: (ticket: string) => Ticket | undefined
  readonly openSession: (id: string, session: Session) => void
  readonly refuseUsers: (refused: Partial<Refused>) => void
  /** A group refuses everything with this code, until there is none. */
  readonly refuseGroup: (id: string, code: string | undefined) => void
  readonly expireTokens: () => void
  readonly expireWebhooks: () => void
  readonly requests: Journal<Seen.Request>
  readonly requestsTo: (path: string) => number
  readonly record: (request: Seen.Request) => void
}

export const makeState = (settings: Settings): State => {
  const chats = makeChats()
  const files = makeFiles()
  const tickets: Table<string, Ticket> = table(fewRecords)
  const tokens: Table<string, Token> = table(fewRecords)
  const sessions: Table<string, Session> = table(manyRecords)
  const requests: Journal<Seen.Request> = journal(fewRecords)
  const requestCounts: Table<string, number> = table(fewRecords)
  const refusedGroups = new Map<string, string>()
  let refused: Refused = { invalid: [], flowControlled: [], filtered: [] }

  return {
    chats,
    files,
    world: (host) => ({
      settings,
      host,
      token: tokens.get,
      session: sessions.get,
      conversation: chats.conversation,
      refused,
      refusedGroup: (id) => refusedGroups.get(id),
      groups: (clientId) => chats.groups(clientId).filter((id) => !refusedGroups.has(id)),
      sent: chats.sent,
      said: chats.said,
      card: chats.card,
      ding: chats.ding,
      file: files.file,
      link: files.link
    }),
    apply: (change, fate) => {
      switch (change._tag) {
        case "TicketMinted": {
          const { clientId, expiresAt, subscriptions, ticket } = change
          return tickets.set(ticket, { clientId, subscriptions, expiresAt, used: false, fate })
        }
        case "TokenMinted":
          return tokens.set(change.token, { clientId: change.clientId, expiresAt: change.expiresAt })
        case "Uploaded":
        case "LinkMinted":
          return files.apply(change)
        default:
          return chats.apply(change)
      }
    },
    useTicket: (id) => {
      const ticket = tickets.get(id)
      if (ticket !== undefined) tickets.set(id, { ...ticket, used: true })
      return ticket
    },
    openSession: sessions.set,
    refuseUsers: (more) => {
      refused = { ...refused, ...more }
    },
    refuseGroup: (id, code) => {
      if (code === undefined) refusedGroups.delete(id)
      else refusedGroups.set(id, code)
    },
    expireTokens: tokens.clear,
    expireWebhooks: sessions.clear,
    requests,
    requestsTo: (path) => requestCounts.get(path) ?? 0,
    record: (request) => {
      requests.push(request)
      requestCounts.set(request.path, (requestCounts.get(request.path) ?? 0) + 1)
    }
  }
}
