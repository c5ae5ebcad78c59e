/** A TLS server with a certificate that nobody vouches for. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Tls from "node:tls"
import { listen } from "../listen.ts"
import { selfSigned } from "./selfSigned.ts"

export interface Impostor {
  readonly port: number
  /** Handshakes that a client broke off. */
  readonly refused: () => number
  /** What clients said to it behind a completed handshake, credentials and tickets say: must stay empty. */
  readonly heard: () => string
}

export const impostor: Effect.Effect<Impostor, never, Scope.Scope> = Effect.gen(function*() {
  let refused = 0
  let heard = ""
  const server = Tls.createServer(selfSigned(), (socket) => {
    socket.on("error", () => undefined)
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.toString("latin1")
    })
  })
  server.on("tlsClientError", () => {
    refused += 1
  })
  const { port } = yield* listen(server)
  return { port, refused: () => refused, heard: () => heard }
})
