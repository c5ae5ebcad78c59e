/** What opens doors: tickets to the socket, access tokens, sessions of webhooks, applications in the making. */
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

/** An application that somebody is to make by a scan. */
export interface Registration {
  /** What the QR code holds. */
  readonly page: string
  readonly status: "WAITING" | "SUCCESS" | "FAIL"
  readonly expiresAt: number
}

export class Credentials extends Context.Tag("effect-dingtalk/testing/server/Credentials")<Credentials, {
  readonly token: (id: string) => Token | undefined
  readonly session: (id: string) => Session | undefined
  readonly addTicket: (id: string, ticket: Omit<Ticket, "used">) => void
  /** Takes a ticket out of circulation and answers what it was before. */
  readonly useTicket: (id: string) => Ticket | undefined
  readonly addToken: (id: string, token: Token) => void
  readonly addSession: (id: string, session: Session) => void
  /** Until when a nonce is good. */
  readonly nonce: (nonce: string) => number | undefined
  readonly addNonce: (nonce: string, expiresAt: number) => void
  /** By its device code. */
  readonly registration: (deviceCode: string) => Registration | undefined
  readonly setRegistration: (deviceCode: string, registration: Registration) => void
  /** Somebody scans a QR code and says yes or no; false if there is no such code, or it is over. */
  readonly scanned: (page: string, status: "SUCCESS" | "FAIL", at: number) => boolean
  readonly expireTokens: () => void
  readonly expireSessions: () => void
}>() {
  static readonly layer: Layer.Layer<Credentials> = Layer.sync(Credentials, () => {
    const tickets: Table<string, Ticket> = table(fewRecords)
    const tokens: Table<string, Token> = table(fewRecords)
    const sessions: Table<string, Session> = table(manyRecords)
    const nonces: Table<string, number> = table(fewRecords)
    const registrations: Table<string, readonly [deviceCode: string, Registration]> = table(fewRecords)
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
      nonce: nonces.get,
      addNonce: nonces.set,
      registration: (deviceCode) => registrations.get(deviceCode)?.[1],
      setRegistration: (deviceCode, registration) => registrations.set(deviceCode, [deviceCode, registration]),
      scanned: (page, status, at) => {
        const found = registrations.values().find(([, known]) => known.page === page)
        if (found === undefined) return false
        const [deviceCode, registration] = found
        if (registration.status !== "WAITING" || registration.expiresAt <= at) return false
        registrations.set(deviceCode, [deviceCode, { ...registration, status }])
        return true
      },
      expireTokens: tokens.clear,
      expireSessions: sessions.clear
    }
  })
}
