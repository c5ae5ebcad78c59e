/** One connection: its socket, its state and the faults it can be given. */
import { randomUUID } from "node:crypto"
import type { Duplex } from "node:stream"
import type { WebSocket } from "ws"
import type { Timers } from "../internal/Timers.ts"
import type * as Seen from "../Seen.ts"

/** How long a peer may take to answer a close before its socket is destroyed, in milliseconds. */
const closeGraceMs = 1_000

export interface Link {
  readonly id: string
  readonly clientId: string
  readonly info: () => Seen.Connection
  /** Whether a frame of this type and topic may be delivered here. A frozen link still takes them: nobody knows of it. */
  readonly takes: (type: string, topic: string) => boolean
  readonly send: (data: string | Uint8Array, as?: "text" | "binary" | "tcp") => void
  /** Ends it by a close frame; by force when nobody answers. A frozen link can't be reached. */
  readonly close: (code: number, reason: string) => void
  /** Ends it without a close frame. */
  readonly cut: (reset: boolean) => void
  /** No more deliveries from now on. */
  readonly markNoticed: () => void
  readonly freeze: () => void
  readonly thaw: () => void
  readonly answerPings: (pong: number | "never") => void
}

/** What a connection tells of itself. */
export interface Events {
  readonly text: (link: Link, text: string) => void
  readonly binary: (link: Link, bytes: Buffer) => void
  readonly closed: (link: Link) => void
  readonly changed: () => void
}

/** An EVENT is subscribed by `*` alone, a CALLBACK by its exact topic; SYSTEM frames come unasked. */
const isSubscribed = (subscriptions: ReadonlyArray<Seen.Subscription>, type: string, topic: string): boolean =>
  type === "SYSTEM" ||
  subscriptions.some((it) => it.type === type && it.topic === (type === "EVENT" ? "*" : topic))

export const makeLink = (
  { clientId, events, pong: firstPong, subscriptions, tcp, timers, ws }: {
    readonly ws: WebSocket
    readonly tcp: Duplex & { readonly resetAndDestroy?: () => unknown }
    readonly clientId: string
    readonly subscriptions: ReadonlyArray<Seen.Subscription>
    readonly pong: number | "never"
    readonly timers: Timers["Type"]
    readonly events: Events
  }
): Link => {
  const id = randomUUID()
  const openedAt = Date.now()
  let state: Seen.Connection["state"] = "open"
  let beforeFreeze: "open" | "noticed" = "open"
  let ended: Pick<Seen.Connection, "closedAt" | "closeCode" | "closeReason"> = {
    closedAt: undefined,
    closeCode: undefined,
    closeReason: ""
  }
  let endedByUs = false
  let pong = firstPong
  let sent = 0
  let received = 0
  let pings = 0
  let corked = false

  // All frames of one tick leave in one write: a flood becomes cheap, and what is said in the tick of the upgrade
  // arrives together with the handshake.
  const cork = () => {
    if (corked) return
    corked = true
    tcp.cork()
    process.nextTick(() => {
      corked = false
      tcp.uncork()
    })
  }

  const link: Link = {
    id,
    clientId,
    info: () => ({
      id,
      clientId,
      subscriptions,
      state,
      openedAt,
      ...ended,
      closedBy: state !== "closed" ? undefined : endedByUs ? "fake" : "client",
      sent,
      received,
      pings
    }),
    takes: (type, topic) =>
      (state === "open" || state === "frozen") && !endedByUs && ws.readyState === ws.OPEN &&
      isSubscribed(subscriptions, type, topic),
    send: (data, as = typeof data === "string" ? "text" : "binary") => {
      sent++
      if (state === "frozen" || ws.readyState !== ws.OPEN) return
      if (as === "tcp") {
        tcp.write(data)
        return
      }
      cork()
      ws.send(data, { binary: as === "binary" })
    },
    close: (code, reason) => {
      if (state === "frozen" || ws.readyState !== ws.OPEN) return
      endedByUs = true
      ws.close(code, reason)
      timers.after(closeGraceMs, () => ws.terminate())
    },
    cut: (reset) => {
      endedByUs = true
      if (reset && tcp.resetAndDestroy !== undefined) tcp.resetAndDestroy()
      else tcp.destroy()
      // A paused socket would not notice its own end.
      ws.resume()
    },
    markNoticed: () => {
      if (state === "open") state = "noticed"
    },
    freeze: () => {
      if (state !== "open" && state !== "noticed") return
      beforeFreeze = state
      state = "frozen"
      ws.pause()
    },
    thaw: () => {
      if (state !== "frozen") return
      state = beforeFreeze
      ws.resume()
    },
    answerPings: (mode) => {
      pong = mode
    }
  }

  ws.on("error", () => undefined)
  ws.on("message", (data, isBinary) => {
    received++
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)])
    if (isBinary) events.binary(link, bytes)
    else events.text(link, bytes.toString("utf8"))
  })
  ws.on("ping", (data) => {
    pings++
    const answer = () => {
      if (ws.readyState === ws.OPEN && state !== "frozen") ws.pong(data)
    }
    if (pong === 0) answer()
    else if (pong !== "never") timers.after(pong, answer)
    events.changed()
  })
  ws.on("close", (code, reason) => {
    state = "closed"
    ended = { closedAt: Date.now(), closeCode: code, closeReason: reason.toString() }
    events.closed(link)
  })
  return link
}
