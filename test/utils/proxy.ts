import * as Effect from "effect/Effect"
import * as Http from "node:http"
import * as Net from "node:net"
import { listen } from "../../chaos/support/listen.ts"

/** A proxy that tunnels, and tells whereto. All hosts are on this machine, whatever their names. */
export const proxy = Effect.gen(function*() {
  const tunnels: Array<string> = []
  const open = new Set<Net.Socket>()
  const server = Http.createServer()
  server.on("connect", (request, socket) => {
    const target = request.url ?? ""
    tunnels.push(target)
    const upstream = Net.connect(Number(target.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      upstream.pipe(socket)
      socket.pipe(upstream)
    })
    open.add(upstream)
    for (const end of [socket, upstream]) end.on("error", () => {})
  })
  const { port } = yield* listen(server)
  yield* Effect.addFinalizer(() => Effect.sync(() => open.forEach((socket) => socket.destroy())))
  return { url: `http://127.0.0.1:${port}`, tunnels }
})
