import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Http from "node:http"
import * as Net from "node:net"
import { type WebSocket, WebSocketServer } from "ws"
import { defaults, StreamTiming } from "../../src/stream/StreamTiming.ts"
import type { Closed, Listener } from "../../src/stream/Transport.ts"
import * as WsTransport from "../../src/stream/WsTransport.ts"
import { settle } from "../utils/settle.ts"

const listening = <S extends Net.Server | Http.Server>(server: S, close: (server: S) => void) =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
      })
    }),
    () => Effect.sync(() => close(server))
  )

/** A WebSocket server; `onConnection` runs in the tick of the upgrade. */
const wsServer = (onConnection: (socket: WebSocket) => void) =>
  Effect.gen(function*() {
    const server = Http.createServer()
    const sockets = new WebSocketServer({ server, maxPayload: 64 * 1024 * 1024 })
    const connected = yield* Queue.unbounded<WebSocket>()
    sockets.on("connection", (socket) => {
      socket.on("error", () => {})
      onConnection(socket)
      connected.unsafeOffer(socket)
    })
    const port = yield* listening(server, (it) => {
      for (const socket of sockets.clients) socket.terminate()
      it.close()
    })
    return { url: `ws://127.0.0.1:${port}/connect?ticket=secret-ticket`, connected: Queue.take(connected) }
  })

/** A TCP server that does with a connection whatever a test wants. */
const tcpServer = (onConnection: (socket: Net.Socket) => void) => {
  const open = new Set<Net.Socket>()
  const server = Net.createServer((socket) => {
    open.add(socket)
    socket.on("error", () => {})
    onConnection(socket)
  })
  return Effect.map(
    listening(server, (it) => {
      for (const socket of open) socket.destroy()
      it.close()
    }),
    (port) => `ws://127.0.0.1:${port}/connect?ticket=secret-ticket`
  )
}

const recorder = Effect.map(Effect.all([Queue.unbounded<string>(), Queue.unbounded<Closed>()]), ([texts, closes]) => {
  const listener: Listener = {
    onText: (text) => {
      texts.unsafeOffer(text)
    },
    onBinary: () => {
      texts.unsafeOffer("<binary>")
    },
    onPong: () => {
      texts.unsafeOffer("<pong>")
    },
    onClosed: (closed) => {
      closes.unsafeOffer(closed)
    }
  }
  return { listener, next: Queue.take(texts), closed: Queue.take(closes) }
})

const connect = (url: string, listener: Listener, options?: WsTransport.Options) =>
  WsTransport.make(options).connect({ account: "a", url: Redacted.make(url), listener })

describe("WsTransport", () => {
  it.scoped("frames sent right behind the handshake are not lost", () =>
    Effect.gen(function*() {
      const server = yield* wsServer((socket) => {
        for (let i = 0; i < 3; i++) socket.send(`early ${i}`)
        socket.send(Buffer.from([1, 2]))
      })
      const { listener, next } = yield* recorder
      yield* connect(server.url, listener)
      assert.deepStrictEqual([yield* next, yield* next, yield* next, yield* next], [
        "early 0",
        "early 1",
        "early 2",
        "<binary>"
      ])
    }))

  it.scoped("answers reach the server, a ping its pong, and after the end `send` says no", () =>
    Effect.gen(function*() {
      const received = yield* Queue.unbounded<string>()
      const server = yield* wsServer((socket) => socket.on("message", (data) => received.unsafeOffer(String(data))))
      const { closed: gone, listener, next } = yield* recorder
      const connection = yield* connect(server.url, listener)
      const socket = yield* server.connected
      assert.isTrue(connection.send("one"))
      assert.isTrue(connection.send("two"))
      assert.deepStrictEqual([yield* Queue.take(received), yield* Queue.take(received)], ["one", "two"])
      connection.ping()
      assert.strictEqual(yield* next, "<pong>")
      socket.close(1001, "bye")
      assert.deepStrictEqual(yield* gone, { code: 1001, reason: "bye", by: "server", error: "" })
      assert.isFalse(connection.send("late"))
      connection.ping()
    }))

  it.scoped("tells a server's hang-up from a failing network", () =>
    Effect.gen(function*() {
      const server = yield* wsServer(() => {})
      const { closed, listener } = yield* recorder
      yield* connect(server.url, listener)
      // The server's side of the TCP connection ends without a close frame.
      const hungUp = yield* server.connected
      hungUp.terminate()
      assert.deepInclude(yield* closed, { code: 1006 })

      let upgraded: Net.Socket | undefined
      const plain = Http.createServer()
      const upgrades = new WebSocketServer({ server: plain })
      plain.on("upgrade", (_request, socket) => {
        upgraded = socket instanceof Net.Socket ? socket : undefined
      })
      const port = yield* listening(plain, (it) => it.close())
      yield* connect(`ws://127.0.0.1:${port}/`, listener)
      upgraded?.resetAndDestroy()
      upgrades.close()
      assert.deepInclude(yield* closed, { code: 1006, by: "network", error: "ECONNRESET" })
    }))

  it.scoped("a message over the limit ends the connection as a breach of protocol", () =>
    Effect.gen(function*() {
      const server = yield* wsServer(() => {})
      const { closed, listener, next } = yield* recorder
      yield* connect(server.url, listener, { maxPayloadBytes: 2 * 1024 * 1024 })
      const socket = yield* server.connected
      socket.send("x".repeat(1024 * 1024 + 1))
      assert.strictEqual((yield* next).length, 1024 * 1024 + 1)
      socket.send("x".repeat(2 * 1024 * 1024 + 1))
      assert.deepInclude(yield* closed, {
        by: "protocol",
        error: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"
      })
    }))

  it.scoped("a refused upgrade is a typed error with the status, and never shows the ticket", () =>
    Effect.gen(function*() {
      const refusing = Http.createServer((_request, response) => {
        response.statusCode = 401
        response.end("no")
      })
      const port = yield* listening(refusing, (it) => it.close())
      const { listener } = yield* recorder
      const error = yield* Effect.flip(connect(`ws://127.0.0.1:${port}/connect?ticket=secret-ticket`, listener))
      assert.deepInclude({ ...error }, { _tag: "Transient", reason: "handshakeRefused", status: 401, account: "a" })
      assert.notInclude(error.message, "secret-ticket")
    }))

  it.scoped("nobody there, garbage instead of a handshake, an address that is none: typed errors all", () =>
    Effect.gen(function*() {
      const { listener } = yield* recorder
      const garbage = yield* tcpServer((socket) => socket.end("garbage\r\n\r\n"))
      for (const url of ["ws://127.0.0.1:1/?ticket=secret-ticket", garbage, "wss://[", "secret-ticket"]) {
        const error = yield* Effect.flip(connect(url, listener))
        assert.strictEqual(error.reason, "network", url)
        assert.notInclude(JSON.stringify(error) + error.message, "secret-ticket")
      }
    }))

  it.effect("release is polite: the server sees a closing handshake", () =>
    Effect.gen(function*() {
      const code = yield* Deferred.make<number>()
      yield* Effect.scoped(Effect.gen(function*() {
        const server = yield* wsServer((socket) => {
          socket.on("close", (it) => Deferred.unsafeDone(code, Exit.succeed(it)))
        })
        const { listener } = yield* recorder
        yield* Effect.scoped(connect(server.url, listener))
        assert.strictEqual(yield* Deferred.await(code), 1000)
      }))
    }))

  it.scoped("release from a peer that answers nothing is over after closeTimeoutMs, also when interrupted", () =>
    Effect.gen(function*() {
      const server = yield* wsServer((socket) => socket.pause())
      const { listener } = yield* recorder
      for (const how of ["close", "interrupt"] as const) {
        const scope = yield* Scope.make()
        const fiber = yield* connect(server.url, listener).pipe(
          Effect.zipRight(Effect.never),
          Effect.ensuring(Scope.close(scope, Exit.void)),
          Scope.extend(scope),
          Effect.fork
        )
        yield* server.connected
        yield* settle
        const closing = yield* Effect.fork(how === "interrupt" ? Fiber.interrupt(fiber) : Scope.close(scope, Exit.void))
        yield* settle
        assert.isTrue((yield* Fiber.poll(closing))._tag === "None")
        yield* TestClock.adjust(defaults.closeTimeoutMs)
        yield* Fiber.join(closing)
        yield* Fiber.interrupt(fiber)
      }
    }))

  it.scoped("interrupted while connecting, it is over at once, and nothing is left behind", () =>
    Effect.gen(function*() {
      const accepted = yield* Deferred.make<Net.Socket>()
      const url = yield* tcpServer((socket) => {
        socket.resume()
        Deferred.unsafeDone(accepted, Exit.succeed(socket))
      })
      const { listener } = yield* recorder
      const fiber = yield* Effect.fork(Effect.scoped(connect(url, listener)))
      const socket = yield* Deferred.await(accepted)
      const gone = yield* Effect.fork(Effect.async<void>((resume) => {
        socket.once("close", () => resume(Effect.void))
      }))
      yield* settle
      yield* Fiber.interrupt(fiber)
      yield* Fiber.join(gone)
    }))

  it.scoped("a close code of any kind, and none, ends the connection without an exception", () =>
    Effect.gen(function*() {
      const server = yield* wsServer(() => {})
      const { closed, listener } = yield* recorder
      for (const code of [1000, 1001, 1003, 1008, 1011, 1012, 1013, 3000, 4999, undefined]) {
        yield* connect(server.url, listener)
        const socket = yield* server.connected
        socket.close(code)
        assert.strictEqual((yield* closed).code, code ?? 1005)
      }
    }).pipe(Effect.provideService(StreamTiming, defaults)))
})
