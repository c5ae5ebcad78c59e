import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Undici from "@effect/platform-node/Undici"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as NodeHttp from "node:http"
import { listen } from "../../../chaos/support/listen.ts"
import { codeOf } from "../../../src/internal/net/errorCode.ts"
import * as Http from "../../../src/internal/net/http.ts"
import * as UndiciClient from "../../../src/node/internal/undiciClient.ts"

type Handler = (request: NodeHttp.IncomingMessage, response: NodeHttp.ServerResponse) => void

/** Over one connection at most. */
const agent = Effect.acquireRelease(
  Effect.sync(() => new Undici.Agent({ connections: 1 })),
  (agent) => Effect.promise(() => agent.destroy())
)

/** What is to be shown of ours, and that platform's client is no different: it is the specification. */
const clients: ReadonlyArray<
  readonly [string, (dispatcher: Undici.Dispatcher) => Effect.Effect<HttpClient.HttpClient, never, Scope.Scope>]
> = [
  ["ours", (dispatcher) => Effect.succeed(UndiciClient.make(dispatcher))],
  ["platform's", (dispatcher) =>
    Effect.map(
      Layer.build(
        Layer.provide(
          NodeHttpClient.layerUndiciWithoutDispatcher,
          Layer.succeed(NodeHttpClient.Dispatcher, dispatcher)
        )
      ),
      Context.get(HttpClient.HttpClient)
    )]
]

const post = (url: string) => HttpClientRequest.bodyText(HttpClientRequest.post(url), "{}", "application/json")

/** Something that a callback of the server completes. */
const signal = Effect.gen(function*() {
  const deferred = yield* Deferred.make<void>()
  const runtime = yield* Effect.runtime<never>()
  const fork = Runtime.runFork(runtime)
  return { happened: Deferred.await(deferred), tell: () => void fork(Deferred.succeed(deferred, undefined)) }
})

const dropConnection: Handler = (request) => request.socket.destroy()

describe.each(clients)("%s client on undici", (_, clientOf) => {
  /** A server, and a client. */
  const world = (handler: Handler) =>
    Effect.gen(function*() {
      const server = NodeHttp.createServer(handler)
      const { port } = yield* listen(server)
      const client = yield* Effect.flatMap(agent, clientOf)
      const run = (request: HttpClientRequest.HttpClientRequest, boundMs = 10_000) =>
        Http.exchange(client, request, boundMs)
      return { base: `http://127.0.0.1:${port}`, client, run }
    })

  it.scopedLive("sends method, path, parameters, headers and body, and reads status, headers and body", () =>
    Effect.gen(function*() {
      const { base, run } = yield* world((request, response) => {
        let body = ""
        request.on("data", (chunk) => {
          body += String(chunk)
        })
        request.on("end", () => {
          response.writeHead(201, [["x-twice", "a"], ["x-twice", "b"], ["Content-Type", "text/plain"]].flat())
          response.end(`${request.method} ${request.url} ${request.headers["x-own"]} ${body}`)
        })
      })
      const answer = yield* run(
        post(`${base}/path`).pipe(
          HttpClientRequest.setUrlParam("access_token", "a b"),
          HttpClientRequest.setHeader("X-Own", "own")
        )
      )
      assert.strictEqual(answer.status, 201)
      assert.strictEqual(answer.body, "POST /path?access_token=a+b own {}")
      assert.strictEqual(answer.headers["content-type"], "text/plain")
      assert.strictEqual(answer.headers["x-twice"], "a, b")
    }))

  it.scopedLive("reads an answer without a length, one without a body, and what follows an informational one", () =>
    Effect.gen(function*() {
      const { base, run } = yield* world((request, response) => {
        if (request.url === "/early") response.writeEarlyHints({ link: "</style.css>; rel=preload" })
        if (request.url === "/none") {
          response.writeHead(204).end()
        } else {
          response.write("钉")
          response.end("钉")
        }
      })
      assert.strictEqual((yield* run(HttpClientRequest.get(`${base}/`))).body, "钉钉")
      const none = yield* run(HttpClientRequest.get(`${base}/none`))
      assert.deepStrictEqual([none.status, none.body], [204, ""])
      const late = yield* run(HttpClientRequest.get(`${base}/early`))
      assert.deepStrictEqual([late.status, late.body], [200, "钉钉"])
    }))

  it.scopedLive("stops reading where an answer gets too long", () =>
    Effect.gen(function*() {
      const closed = yield* signal
      const { base, run } = yield* world((_request, response) => {
        response.once("close", closed.tell)
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, "x")));
        }
        response.on("drain", more)
        more()
      })
      assert.strictEqual((yield* run(HttpClientRequest.get(base))).body.length, Http.maxAnswerBytes)
      yield* closed.happened
    }))

  it.scopedLive("tells a connection that broke before an answer from one that broke in it", () =>
    Effect.gen(function*() {
      const { base, run } = yield* world((request, response) => {
        if (request.url === "/before") return dropConnection(request, response)
        response.writeHead(200, { "content-length": 10 })
        response.write("half")
        setImmediate(() => request.url === "/amid" ? request.socket.destroy() : request.socket.resetAndDestroy())
      })
      const before = yield* Effect.flip(run(post(`${base}/before`)))
      assert.deepInclude(before, { _tag: "RequestError", reason: "Transport" })
      for (const path of ["/amid", "/reset"]) {
        const amid = yield* Effect.flip(run(post(`${base}${path}`)))
        assert.deepInclude(amid, { _tag: "ResponseError", reason: "Decode" })
      }
    }))

  it.scopedLive("says why there is no connection, and that an address is none", () =>
    Effect.gen(function*() {
      const { run } = yield* world(() => {})
      const refused = yield* Effect.flip(run(post("http://127.0.0.1:1/")))
      assert.deepInclude(refused, { _tag: "RequestError", reason: "Transport" })
      assert.strictEqual(refused._tag !== "TimedOut" && codeOf(refused.cause), "ECONNREFUSED")
      assert.deepInclude(yield* Effect.flip(run(post("nowhere"))), { _tag: "RequestError", reason: "InvalidUrl" })
    }))

  it.scopedLive("an upgrade that was not asked for is no answer", () =>
    Effect.gen(function*() {
      const { base, run } = yield* world(({ socket }) => {
        socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n")
      })
      assert.deepInclude(yield* Effect.flip(run(post(base))), { _tag: "RequestError", reason: "Transport" })
    }))

  it.scopedLive("gives up at the bound, and lets go of the connection", () =>
    Effect.gen(function*() {
      const closed = yield* signal
      const { base, run } = yield* world((request) => request.socket.once("close", closed.tell))
      assert.strictEqual((yield* Effect.flip(run(post(base), 20)))._tag, "TimedOut")
      yield* closed.happened
    }))

  it.scopedLive("an interruption aborts the request, also in the middle of the answer", () =>
    Effect.gen(function*() {
      for (const inAnswer of [false, true]) {
        const came = yield* signal
        const closed = yield* signal
        const { base, run } = yield* world((request, response) => {
          request.socket.once("close", closed.tell)
          if (inAnswer) response.write("half")
          came.tell()
        })
        const fiber = yield* Effect.fork(run(post(base)))
        yield* came.happened
        assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
        yield* closed.happened
      }
    }))

  it.scopedLive("one that is interrupted while it waits for a connection is not written", () =>
    Effect.gen(function*() {
      const paths: Array<string | undefined> = []
      const came = yield* signal
      let answerFirst = (): void => {}
      const { base, run } = yield* world((request, response) => {
        paths.push(request.url)
        const answer = () => void response.end("done")
        if (request.url === "/first") {
          answerFirst = answer
          came.tell()
        } else {
          answer()
        }
      })
      const first = yield* Effect.fork(run(post(`${base}/first`)))
      yield* came.happened
      const second = yield* Effect.fork(run(post(`${base}/second`)))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(second)
      answerFirst()
      assert.strictEqual((yield* Fiber.join(first)).body, "done")
      assert.strictEqual((yield* run(post(`${base}/third`))).body, "done")
      assert.deepStrictEqual(paths, ["/first", "/third"])
    }))

  it.scopedLive("streams what is sent", () =>
    Effect.gen(function*() {
      const { base, client } = yield* world((request, response) => {
        let size = 0
        request.on("data", (chunk) => {
          size += chunk.length
        })
        request.on("end", () => response.end(`${request.headers["content-length"] ?? "chunked"} ${size}`))
      })
      const body = Stream.range(1, 50).pipe(Stream.map(() => new Uint8Array(10_000)), Stream.rechunk(1))
      for (const [announced, said] of [[undefined, "chunked 500000"], [500_000, "500000 500000"]] as const) {
        const request = HttpClientRequest.post(base).pipe(
          HttpClientRequest.bodyStream(body, announced === undefined ? {} : { contentLength: announced })
        )
        assert.strictEqual(yield* Effect.flatMap(client.execute(request), ({ text }) => text), said)
      }
    }))

  it.scopedLive("streams what comes, at the reader's pace, and lets go when the reader does", () =>
    Effect.gen(function*() {
      const closed = yield* signal
      let written = 0
      const { base, client } = yield* world((_request, response) => {
        response.once("close", closed.tell)
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, "x"))) written += 64 * 1024
        }
        response.on("drain", more)
        more()
      })
      const read = yield* Effect.scoped(
        Effect.gen(function*() {
          const response = yield* HttpClient.withScope(client).execute(HttpClientRequest.get(base))
          assert.strictEqual(response.status, 200)
          return yield* response.stream.pipe(
            Stream.tap(() => Effect.yieldNow()),
            Stream.scan(0, (size, chunk) => size + chunk.length),
            Stream.takeUntil((size) => size > 1_000_000),
            Stream.runLast
          )
        })
      )
      assert.isTrue(Option.exists(read, (size) => size > 1_000_000))
      yield* closed.happened
      // What the socket's buffers and a few chunks hold was sent on top; an unbounded buffer would take all there is.
      assert.isBelow(written, 64 * 1024 * 1024)
    }))

  it.scopedLive("gives an answer in every form, as often as it is asked for", () =>
    Effect.gen(function*() {
      const { base, client } = yield* world((request, response) => {
        const body = request.url === "/params" ? "a=1&b=2" : "\uFEFF{\"a\":[1,\"钉\"]}"
        response.setHeader("set-cookie", ["a=1; Path=/", "b=2"])
        // Longer answers come without a length.
        if (request.url === "/long") response.write(" ".repeat(100_000))
        response.end(body)
      })
      for (const path of ["/", "/long"]) {
        const response = yield* client.get(`${base}${path}`)
        assert.strictEqual((yield* response.text).trim(), "{\"a\":[1,\"钉\"]}")
        assert.strictEqual((yield* response.text).trim(), "{\"a\":[1,\"钉\"]}")
        const long = yield* client.get(`${base}${path}`)
        assert.isAbove((yield* long.arrayBuffer).byteLength, 10)
      }
      const json = yield* client.get(`${base}/`)
      assert.deepStrictEqual(yield* json.json, { a: [1, "钉"] })
      assert.deepStrictEqual(Object.keys(json.cookies.cookies), ["a", "b"])
      const params = yield* client.get(`${base}/params`)
      assert.deepStrictEqual([...yield* params.urlParamsBody], [["a", "1"], ["b", "2"]])
      const streamed = yield* client.get(`${base}/params`)
      assert.strictEqual(yield* Stream.mkString(Stream.decodeText(streamed.stream)), "a=1&b=2")
    }))

  it.scopedLive("a dispatcher that is gone is a failed request", () =>
    Effect.gen(function*() {
      const dispatcher = new Undici.Agent()
      yield* Effect.promise(() => dispatcher.destroy())
      const client = yield* clientOf(dispatcher)
      const failed = yield* Effect.flip(client.execute(post("http://127.0.0.1:1/")))
      assert.deepInclude(failed, { _tag: "RequestError", reason: "Transport" })
    }))
})
