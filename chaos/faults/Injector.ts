/** A TCP proxy between a client and a server that breaks connections, present and future, in every way that TCP has. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import { listen } from "../support/listen.ts"
import { makePipe, type Manner, pass, type Pipe } from "./pipe.ts"

/** What a new connection meets. */
export type Door = "open" | "refuse" | "hang"

export interface Injector {
  readonly port: number
  /** How bytes pass from now on, both ways, on all connections. */
  readonly passing: (manner: Manner) => Effect.Effect<void>
  readonly door: (door: Door) => Effect.Effect<void>
  /** Ends all present connections: by FIN, by RST, or on the client's side alone. */
  readonly cut: (how: "fin" | "reset") => Effect.Effect<void>
  /**
   * The present connections are dead, but open: nothing passes, and neither side learns of the other's end. The server's
   * side stays so for `forMs` milliseconds, as long as a server takes to find out.
   */
  readonly halfOpen: (forMs: number) => Effect.Effect<void>
  /** Bytes of our own into the stream to the client or to the server. */
  readonly garbage: (to: "client" | "server", bytes: Uint8Array) => Effect.Effect<void>
  /** Connections that a server still believes in and that are dead. */
  readonly dead: Effect.Effect<number>
  /** Connections that there are. */
  readonly live: Effect.Effect<number>
}

interface Pair {
  readonly client: Net.Socket
  readonly server: Net.Socket
  readonly toClient: Pipe
  readonly toServer: Pipe
  dead: boolean
}

const hole: Manner = { _tag: "Hole" }

/** Starts the proxy in front of a port of 127.0.0.1; it ends with the scope, and all its connections with it. */
export const make = (target: number): Effect.Effect<Injector, never, Scope.Scope> =>
  Effect.gen(function*() {
    const pairs = new Set<Pair>()
    const hanging = new Set<Net.Socket>()
    let manner: Manner = pass
    let door: Door = "open"

    const connect = (client: Net.Socket): void => {
      const server = Net.connect(target, "127.0.0.1")
      client.setNoDelay(true)
      server.setNoDelay(true)
      const current = () => (pair.dead ? hole : manner)
      const pair: Pair = {
        client,
        server,
        toClient: makePipe(client, current),
        toServer: makePipe(server, current),
        dead: false
      }
      pairs.add(pair)
      client.on("data", (bytes: Buffer) => pair.toServer.push(bytes))
      server.on("data", (bytes: Buffer) => pair.toClient.push(bytes))
      client.on("error", () => undefined)
      server.on("error", () => undefined)
      client.on("close", () => {
        if (pair.dead) return
        pairs.delete(pair)
        server.destroy()
      })
      server.on("close", () => {
        if (!pair.dead) client.destroy()
        pairs.delete(pair)
      })
    }

    const { port } = yield* listen(
      Net.createServer((client) => {
        switch (door) {
          case "open":
            return connect(client)
          case "refuse":
            client.on("error", () => undefined)
            client.resetAndDestroy()
            return
          case "hang":
            client.on("error", () => undefined)
            client.on("close", () => hanging.delete(client))
            client.resume()
            hanging.add(client)
        }
      })
    )
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const { client, server } of pairs) {
          client.destroy()
          server.destroy()
        }
        for (const socket of hanging) socket.destroy()
      })
    )
    const alive = () => [...pairs].filter((pair) => !pair.dead)

    return {
      port,
      passing: (next) =>
        Effect.sync(() => {
          manner = next
        }),
      door: (next) =>
        Effect.sync(() => {
          door = next
          if (next === "open") { for (const socket of hanging) socket.destroy() }
        }),
      cut: (how) =>
        Effect.sync(() => {
          for (const { client, server } of alive()) {
            if (how === "fin") client.destroy()
            else client.resetAndDestroy()
            server.destroy()
          }
        }),
      halfOpen: (forMs) =>
        Effect.sync(() => {
          for (const pair of alive()) {
            pair.dead = true
            setTimeout(() => pair.server.destroy(), forMs)
          }
        }),
      garbage: (to, bytes) =>
        Effect.sync(() => {
          for (const pair of alive()) (to === "client" ? pair.toClient : pair.toServer).inject(Buffer.from(bytes))
        }),
      dead: Effect.sync(() => pairs.size - alive().length),
      live: Effect.sync(() => alive().length)
    }
  })
