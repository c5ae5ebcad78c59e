/** What the HTTP side remembers. Synchronous: whoever changes it tells the waiting fibers afterwards. */
import type { Fate } from "../Script.ts"
import type * as Seen from "../Seen.ts"
import { fewRecords, type Journal, journal, manyRecords, type Table, table } from "./bounded.ts"
import type { Change, Refused, Session, Token, World } from "./route.ts"
import type { Settings } from "./settings.ts"

export interface Ticket {
  readonly clientId: string
  readonly subscriptions: ReadonlyArray<Seen.Subscription>
  readonly expiresAt: number
  readonly used: boolean
  /** What its opening was scripted to lead to. */
  readonly fate: Fate | undefined
}

export interface State {
  readonly world: (host: string) => World
  /** Applies what a route decided; `fate` is what a ticket of it leads to. */
  readonly apply: (change: Change, fate: Fate | undefined) => void
  /** Takes a ticket out of circulation and answers what it was before. */
  readonly useTicket: (ticket: string) => Ticket | undefined
  readonly openSession: (id: string, session: Session) => void
  /** Somebody spoke in a conversation. */
  readonly heard: (conversationId: string, userId: string | undefined, line: Seen.Line) => void
  readonly refuseUsers: (refused: Partial<Refused>) => void
  readonly expireTokens: () => void
  readonly expireWebhooks: () => void
  readonly requests: Journal<Seen.Request>
  readonly requestsTo: (path: string) => number
  readonly record: (request: Seen.Request) => void
  readonly sends: Journal<Seen.Send>
  readonly replies: Journal<Seen.Reply>
  /** The lines of a conversation, or of the direct ones of a person. */
  readonly conversation: (id: string) => ReadonlyArray<Seen.Line>
}

export const makeState = (settings: Settings): State => {
  const tickets: Table<string, Ticket> = table(fewRecords)
  const tokens: Table<string, Token> = table(fewRecords)
  const sessions: Table<string, Session> = table(manyRecords)
  const conversations: Table<string, { readonly id: string; readonly direct: boolean }> = table(manyRecords)
  const lines: Journal<Seen.Line & { readonly conversationId: string; readonly userId: string | undefined }> = journal(
    manyRecords
  )
  const requests: Journal<Seen.Request> = journal(fewRecords)
  const requestCounts: Table<string, number> = table(fewRecords)
  const sends: Journal<Seen.Send> = journal(fewRecords)
  const replies: Journal<Seen.Reply> = journal(fewRecords)
  let refused: Refused = { invalid: [], flowControlled: [], filtered: [] }

  const heard: State["heard"] = (conversationId, userId, line) => {
    const key = conversationId.toLowerCase()
    if (conversations.get(key) === undefined) {
      conversations.set(key, { id: conversationId, direct: userId !== undefined })
    }
    lines.push({ ...line, conversationId, userId })
  }

  return {
    world: (host) => ({
      settings,
      host,
      token: tokens.get,
      session: sessions.get,
      conversation: (id) => conversations.get(id.toLowerCase()),
      refused
    }),
    apply: (change, fate) => {
      switch (change._tag) {
        case "TicketMinted": {
          const { clientId, expiresAt, subscriptions, ticket } = change
          return tickets.set(ticket, { clientId, subscriptions, expiresAt, used: false, fate })
        }
        case "TokenMinted":
          return tokens.set(change.token, { clientId: change.clientId, expiresAt: change.expiresAt })
        case "Sent": {
          sends.push(change.send)
          for (const reply of change.replies) {
            replies.push(reply)
            const { at, clientId, conversationId, group, text, to } = reply
            heard(conversationId, group ? undefined : to, { at, from: clientId, text })
          }
        }
      }
    },
    useTicket: (id) => {
      const ticket = tickets.get(id)
      if (ticket !== undefined) tickets.set(id, { ...ticket, used: true })
      return ticket
    },
    openSession: sessions.set,
    heard,
    refuseUsers: (more) => {
      refused = { ...refused, ...more }
    },
    expireTokens: tokens.clear,
    expireWebhooks: sessions.clear,
    requests,
    requestsTo: (path) => requestCounts.get(path) ?? 0,
    record: (request) => {
      requests.push(request)
      requestCounts.set(request.path, (requestCounts.get(request.path) ?? 0) + 1)
    },
    sends,
    replies,
    conversation: (id) =>
      lines.all().filter((line) => line.conversationId === id || line.userId === id)
        .map(({ at, from, text }) => ({ at, from, text }))
  }
}
