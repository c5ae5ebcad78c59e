import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"

/** Listens on a free port of 127.0.0.1 until the scope closes, which destroys what is connected. */
export const listen = (server: Net.Server): Effect.Effect<{ readonly port: number }, never, Scope.Scope> => {
  const sockets = new Set<Net.Socket>()
  return Effect.acquireRelease(
    Effect.async<{ readonly port: number }>((resume) => {
      server.on("connection", (socket: Net.Socket) => {
        sockets.add(socket)
        socket.on("close", () => sockets.delete(socket))
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed({ port: typeof address === "object" && address !== null ? address.port : 0 }))
      })
    }),
    () =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export const freePort: Effect.Effect<number> = Effect.scoped(
  Effect.map(Effect.suspend(() => listen(Net.createServer())), ({ port }) => port)
)
