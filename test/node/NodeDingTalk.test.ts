import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Http from "node:http"
import { WebSocketServer } from "ws"
import { listen } from "../../chaos/support/listen.ts"
import { PinnedAddresses } from "../../src/internal/net/pinnedAddresses.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { Transport } from "../../src/stream/Transport.ts"
import { proxy } from "../utils/proxy.ts"

const target = Effect.gen(function*() {
  const server = Http.createServer((_request, response) => response.end("hello"))
  const sockets = new WebSocketServer({ server })
  const { port } = yield* listen(server)
  yield* Effect.addFinalizer(() => Effect.sync(() => sockets.clients.forEach((socket) => socket.terminate())))
  return `127.0.0.1:${port}`
})

const both = (host: string) =>
  Effect.gen(function*() {
    const response = yield* HttpClient.get(`http://${host}/`)
    assert.strictEqual(yield* response.text, "hello")
    const transport = yield* Transport
    yield* transport.connect({
      account: "a",
      url: Redacted.make(`ws://${host}/connect`),
      listener: { onText: () => {}, onBinary: () => {}, onPong: () => {}, onClosed: () => {} }
    })
  })

describe("NodeDingTalk", () => {
  it.scoped("HTTP and WebSocket go through one proxy setting", () =>
    Effect.gen(function*() {
      const { tunnels, url } = yield* proxy
      const host = yield* target
      yield* both(host).pipe(Effect.provide(NodeDingTalk.layer({ proxy: { http: url } })))
      assert.deepStrictEqual(tunnels, [host, host])
    }))

  it.scopedLive("a request with pinned addresses connects to them alone, whatever its host's name stands for", () =>
    Effect.gen(function*() {
      const [, port] = (yield* target).split(":")
      const client = yield* Effect.provide(HttpClient.HttpClient, yield* Layer.build(NodeDingTalk.layer()))
      const get = (host: string, addresses: ReadonlyArray<string>) =>
        client.get(`http://${host}:${port}/`).pipe(
          Effect.flatMap(({ text }) => text),
          Effect.provideService(PinnedAddresses, addresses),
          Effect.scoped
        )
      assert.strictEqual(yield* get("no-such-host.invalid", ["127.0.0.1"]), "hello")
      assert.strictEqual(yield* get("no-such-host.invalid", ["::2", "127.0.0.1"]), "hello")
      // The name of this machine, which is to be elsewhere.
      yield* Effect.flip(get("localhost", ["::2"]))
      assert.strictEqual(yield* get("localhost", []), "hello")
    }))

  it.scopedLive("what a proxy says in the place of a tunnel is never taken for DingTalk's answer", () =>
    Effect.gen(function*() {
      const forged = "{\"endpoint\":\"wss://x.dingtalk.com/connect\",\"ticket\":\"somebody else's\"}"
      for (const [status, body] of [[403, ""], [401, "no"], [201, forged]] as const) {
        const server = Http.createServer()
        server.on("connect", (_request, socket) => {
          socket.end(`HTTP/1.1 ${status} Said\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
        })
        const { port } = yield* listen(server)
        const layer = NodeDingTalk.layer({ proxy: { https: `http://127.0.0.1:${port}` } })
        const client = yield* Effect.provide(HttpClient.HttpClient, yield* Layer.build(layer))
        const error = yield* Effect.flip(client.get("https://dingtalk.invalid/"))
        assert.deepInclude(error, { _tag: "RequestError", reason: "Transport" }, String(status))
      }
    }))

  it.scoped("the exceptions hold for both, and without a setting the environment is not asked", () =>
    Effect.gen(function*() {
      const { tunnels, url } = yield* proxy
      const host = yield* target
      yield* both(host).pipe(Effect.provide(NodeDingTalk.layer({ proxy: { http: url, noProxy: "127.0.0.1" } })))
      yield* both(host).pipe(Effect.provide(NodeDingTalk.layer()))
      assert.deepStrictEqual(tunnels, [])
    }))
})
