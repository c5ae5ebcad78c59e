/** What opens doors: tickets to the socket, access tokens, sessions of webhooks. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { fewRecords, manyRecords, type Table, table } from "../internal/bounded.ts"
import type { Fate } from "../Script.ts"
import type * as Seen from "../Seen.ts"

export interface Token {
  readonly clientId: string
  /** Milliseconds of the epoch. */
  readonly expiresAt: number
}

export interface Ticket extends Token {
  readonly subscriptions: ReadonlyArray<Seen.Subscription>
  readonly used: boolean
  /** What its opening was scripted to lead to. */
  readonly fate: Fate | undefined
}

/** What a session webhook stands for. */
export interface Session extends Token {
  readonly conversationId: string
  /** The person of a direct conversation, `undefined` for a group. */
  readonly userId: string | undefined
}

export class Credentials extends Context.Tag("effect-dingtalk/testing/server/Credentials")<Credentials, {
  readonly token: (id: string) => Token | undefined
  readonly session: (id: string) => Session | undefined
  readonly addTicket: (id: string, ticket: Omit<Ticket, "used">) => void
  /** Takes a ticket out of circulation and answers what it was before. */
  readonly useTicket: (id: string) => Ticket | undefined
  readonly addToken: (id: string, token: Token) => void
  readonly addSession: (id: string, session: Session) => void
  readonly expireTokens: () => void
  readonly expireSessions: () => void
}>() {
  static readonly layer: Layer.Layer<Credentials> = Layer.sync(Credentials, () => {
    const tickets: Table<string, Ticket> = table(fewRecords)
    const tokens: Table<string, Token> = table(fewRecords)
    const sessions: Table<string, Session> = table(manyRecords)
    return {
      token: tokens.get,
      session: sessions.get,
      addTicket: (id, ticket) => tickets.set(id, { ...ticket, used: false }),
      useTicket: (id) => {
        const ticket = tickets.get(id)
        if (ticket !== undefined) tickets.set(id, { ...ticket, used: true })
        return ticket
      },
      addToken: tokens.set,
      addSession: sessions.set,
      expireTokens: tokens.clear,
      expireSessions: sessions.clear
    }
  })
}
