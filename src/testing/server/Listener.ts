/** The server on 127.0.0.1 that both sides of the fake share: HTTP calls and upgrades. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Http from "node:http"
import type { Socket } from "node:net"
import { Settings } from "../internal/settings.ts"
import { PortUnavailable } from "../Seen.ts"
import { BaseUrl } from "./exchange.ts"

export class Listener extends Context.Tag("effect-dingtalk/testing/server/Listener")<Listener, {
  readonly server: Http.Server
  /** Begins to listen, once whoever serves is there; answers the port. Dies with `PortUnavailable`. */
  readonly listen: Effect.Effect<number>
  readonly baseUrl: () => string
}>() {
  /** At its end every connection is destroyed, upgraded and hung ones included, so that it waits for nobody. */
  static readonly layer: Layer.Layer<Listener, never, Settings> = Layer.scoped(
    Listener,
    Effect.gen(function*() {
      const { port } = yield* Settings
      const { server } = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const sockets = new Set<Socket>()
          const server = Http.createServer()
          server.on("connection", (socket) => {
            sockets.add(socket)
            socket.on("error", () => undefined)
            socket.on("close", () => sockets.delete(socket))
          })
          return { server, sockets }
        }),
        ({ server, sockets }) =>
          Effect.async<void>((resume) => {
            server.close(() => resume(Effect.void))
            for (const socket of sockets) socket.destroy()
          })
      )
      const boundPort = () => {
        const address = server.address()
        return typeof address === "object" && address !== null ? address.port : port
      }
      return {
        server,
        listen: Effect.async<number>((resume) => {
          server.on("error", (error) => {
            const code = "code" in error && typeof error.code === "string" ? error.code : error.message
            resume(Effect.die(new PortUnavailable({ port, code })))
          })
          server.listen(port, "127.0.0.1", () => resume(Effect.sync(boundPort)))
        }),
        baseUrl: () => `http://127.0.0.1:${boundPort()}`
      }
    })
  )

  static readonly baseUrl: Layer.Layer<BaseUrl, never, Listener> = Layer.effect(
    BaseUrl,
    Effect.map(Listener, ({ baseUrl }) => baseUrl)
  )
}
