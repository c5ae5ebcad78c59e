/** Admits sockets by their tickets. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Http from "node:http"
import type { Socket } from "node:net"
import { WebSocketServer } from "ws"
import { fewRecords, type Journal, journal } from "../internal/bounded.ts"
import { Timers } from "../internal/Timers.ts"
import { Watch } from "../internal/Watch.ts"
import type { Fate } from "../Script.ts"
import type * as Seen from "../Seen.ts"
import { Credentials, type Ticket } from "./Credentials.ts"
import { Deliveries } from "./Deliveries.ts"
import { type Events, makeLink } from "./Link.ts"
import { Links } from "./Links.ts"
import { Listener } from "./Listener.ts"

/** Largest frame taken from a client, in bytes. */
const maxPayload = 1024 * 1024

/** Where a client asks for a ticket, and where it brings it. */
export const openPath = "/v1.0/gateway/connections/open"
export const connectPath = "/connect"

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

export class Upgrades extends Context.Tag("effect-dingtalk/testing/server/Upgrades")<Upgrades, {
  readonly refused: Journal<Seen.RefusedUpgrade>
  /** What the next upgrades meet, unless their tickets have fates of their own. */
  readonly script: (fates: ReadonlyArray<Fate>) => void
}>() {
  static readonly layer: Layer.Layer<
    Upgrades,
    never,
    Listener | Credentials | Timers | Watch | Links | Deliveries
  > = Layer.effect(
    Upgrades,
    Effect.gen(function*() {
      const { server } = yield* Listener
      const credentials = yield* Credentials
      const timers = yield* Timers
      const watch = yield* Watch
      const links = yield* Links
      const deliveries = yield* Deliveries
      const events: Events = {
        text: deliveries.answered,
        binary: deliveries.gotBinary,
        closed: (link) => {
          links.remove(link)
          watch.changed()
        },
        changed: watch.changed
      }
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
          links.add(link)
          // In the tick of the upgrade: what is sent now leaves together with the handshake.
          deliveries.opened(link)
          for (const frame of fate.firstFrames ?? []) link.send(frame)
          if (fate.frozen === true) link.freeze()
          if (fate.closeAfterMs !== undefined) {
            timers.after(fate.closeAfterMs, () => link.close(fate.closeCode ?? 1000, fate.closeReason ?? ""))
          }
        })
        tcp.uncork()
        watch.changed()
      }

      const reject = (why: Seen.RefusedUpgrade["why"]) => {
        refused.push({ at: Date.now(), why })
        watch.changed()
      }

      server.on("upgrade", (request: Http.IncomingMessage, tcp: Socket, head: Buffer) => {
        const url = new URL(request.url ?? "/", "http://fake")
        if (url.pathname !== connectPath) {
          reject("path")
          return refuse(tcp, 404)
        }
        const ticket = credentials.useTicket(url.searchParams.get("ticket") ?? "")
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
    })
  )
}
