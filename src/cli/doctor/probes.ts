/**
 * The ways to the server, one layer at a time: name, TCP, TLS.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { lookup } from "node:dns/promises"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { nameOf } from "../../internal/net/errorCode.ts"

/**
 * A layer failed.
 *
 * @since 0.1.0
 * @category errors
 */
export class ProbeFailed extends Data.TaggedError("ProbeFailed")<{
  /** The system's code, such as `ECONNREFUSED`. */
  readonly code: string
}> {
  override get message(): string {
    return this.code
  }
}

/**
 * Longest that one step may take, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const stepTimeoutMs = 10_000

const failed = (error: unknown): ProbeFailed => new ProbeFailed({ code: nameOf(error) })

const bounded = <A>(probe: Effect.Effect<A, ProbeFailed>): Effect.Effect<A, ProbeFailed> =>
  Effect.timeoutFail(probe, { duration: stepTimeoutMs, onTimeout: () => new ProbeFailed({ code: "ETIMEDOUT" }) })

/** The host as sockets want it. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1")

const portOf = ({ port, protocol }: URL): number => port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)

/**
 * The addresses of a URL's host.
 *
 * @since 0.1.0
 * @category operations
 */
export const dns = (url: URL): Effect.Effect<ReadonlyArray<string>, ProbeFailed> =>
  bounded(
    Effect.map(
      Effect.tryPromise({ try: () => lookup(hostOf(url), { all: true }), catch: failed }),
      (found) => found.map(({ address }) => address)
    )
  )

/** Opens a socket, reads something off it as soon as it is up, and throws it away. */
const connect = <S extends Net.Socket, A>(
  open: () => S,
  ready: "connect" | "secureConnect",
  read: (socket: S) => A
): Effect.Effect<A, ProbeFailed> =>
  bounded(Effect.async<A, ProbeFailed>((resume) => {
    const socket = open()
    socket.once("error", (error) => {
      socket.destroy()
      resume(Effect.fail(failed(error)))
    })
    socket.once(ready, () => {
      const found = read(socket)
      socket.destroy()
      resume(Effect.succeed(found))
    })
    return Effect.sync(() => socket.destroy())
  }))

/**
 * Connects to a URL's host and port.
 *
 * @since 0.1.0
 * @category operations
 */
export const tcp = (url: URL): Effect.Effect<string, ProbeFailed> =>
  connect(
    () => Net.connect({ host: hostOf(url), port: portOf(url) }),
    "connect",
    (socket) => `${socket.remoteAddress ?? hostOf(url)}:${portOf(url)}`
  )

/**
 * Speaks TLS with a URL's host; gives the protocol and until when the certificate is valid.
 *
 * @since 0.1.0
 * @category operations
 */
export const tls = (url: URL): Effect.Effect<{ readonly protocol: string; readonly until: string }, ProbeFailed> =>
  connect(
    () =>
      Tls.connect({
        host: hostOf(url),
        port: portOf(url),
        // As the client verifies: no variable of the environment switches it off.
        rejectUnauthorized: true,
        ...(Net.isIP(hostOf(url)) === 0 ? { servername: hostOf(url) } : {})
      }),
    "secureConnect",
    (socket) => ({ protocol: socket.getProtocol() ?? "TLS", until: socket.getPeerCertificate().valid_to })
  )
