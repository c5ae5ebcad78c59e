/** Admits sockets by their tickets. */
import type * as Http from "node:http"
import type { Socket } from "node:net"
import { WebSocketServer } from "ws"
import type { Fate } from "../Script.ts"
import type * as Seen from "../Seen.ts"
import type { Timers } from "./boundary.ts"
import { fewRecords, type Journal, journal } from "./bounded.ts"
import { type Events, type Link, makeLink } from "./link.ts"
import type { State, Ticket } from "./state.ts"

/** Largest frame taken from a client, in bytes. */
const maxPayload = 1024 * 1024

export interface Upgrades {
  readonly refused: Journal<Seen.RefusedUpgrade>
  /** What the next upgrades meet, unless their tickets have fates of their own. */
  readonly script: (fates: ReadonlyArray<Fate>) => void
}

/** Why a ticket does not open the door; `undefined` when it does. */
export const ticketProblem = (
  ticket: Pick<Ticket, "used" | "expiresAt"> | undefined,
  now: number
): "unknownTicket" | "usedTicket" | "expiredTicket" | undefined => {
  if (ticket === undefined) return "unknownTicket"
  if (ticket.used) return "usedTicket"
  return ticket.expiresAt <= now ? "expiredTicket" : undefined
}

const refuse = (socket: Socket, status: number) => {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

export const serveUpgrades = (
  { events, onOpen, server, state, timers }: {
    readonly server: Http.Server
    readonly state: State
    readonly timers: Timers
    readonly events: Events
    /** Called in the tick of the upgrade: what is sent now leaves together with the handshake. */
    readonly onOpen: (link: Link) => void
  }
): Upgrades => {
  const refused: Journal<Seen.RefusedUpgrade> = journal(fewRecords)
  let fates: ReadonlyArray<Fate> = []
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload
  })

  const nextFate = (): Fate => {
    const [first = {}, ...rest] = fates
    fates = rest
    return first
  }

  const admit = (request: Http.IncomingMessage, tcp: Socket, head: Buffer, ticket: Ticket, fate: Fate) => {
    tcp.setNoDelay(true)
    tcp.cork()
    acceptor.handleUpgrade(request, tcp, head, (ws) => {
      const { clientId, subscriptions } = ticket
      const link = makeLink({ ws, tcp, clientId, subscriptions, pong: fate.pong ?? 0, timers, events })
      onOpen(link)
      for (const frame of fate.firstFrames ?? []) link.send(frame)
      if (fate.frozen === true) link.freeze()
      if (fate.closeAfterMs !== undefined) {
        timers.after(fate.closeAfterMs, () => link.close(fate.closeCode ?? 1000, fate.closeReason ?? ""))
      }
    })
    tcp.uncork()
    events.changed()
  }

  const reject = (why: Seen.RefusedUpgrade["why"]) => {
    refused.push({ at: Date.now(), why })
    events.changed()
  }

  server.on("upgrade", (request: Http.IncomingMessage, tcp: Socket, head: Buffer) => {
    const url = new URL(request.url ?? "/", "http://fake")
    if (url.pathname !== "/connect") {
      reject("path")
      return refuse(tcp, 404)
    }
    const ticket = state.useTicket(url.searchParams.get("ticket") ?? "")
    const problem = ticketProblem(ticket, Date.now())
    if (ticket === undefined || problem !== undefined) {
      reject(problem ?? "unknownTicket")
      // Our choice: no source records how DingTalk refuses a ticket.
      return refuse(tcp, 401)
    }
    const fate = ticket.fate ?? nextFate()
    const upgrade = fate.upgrade ?? "accept"
    if (upgrade === "accept") return admit(request, tcp, head, ticket, fate)
    reject("scripted")
    if (upgrade === "hangUp") tcp.destroy()
    else if (upgrade !== "hang") refuse(tcp, upgrade)
  })

  return {
    refused,
    script: (more) => {
      fates = [...fates, ...more]
    }
  }
}
