import * as Undici from "@effect/platform-node/Undici"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as NodeHttp from "node:http"
import { listen } from "../../../chaos/support/listen.ts"
import * as Http from "../../../src/internal/http.ts"
import * as NodeExchange from "../../../src/node/internal/nodeExchange.ts"
import * as UndiciExchange from "../../../src/node/internal/undiciExchange.ts"

type Handler = (request: NodeHttp.IncomingMessage, response: NodeHttp.ServerResponse) => void

/** Over one connection at most. */
const byUndici = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => new Undici.Agent({ connections: 1 })),
    (agent) => Effect.promise(() => agent.destroy())
  ),
  UndiciExchange.make
)

const byNode = Effect.succeed(NodeExchange.exchange)

/** A server, and exchanges with it. */
const worldOf = <R>(make: Effect.Effect<Http.DirectExchange, never, R>) => (handler: Handler) =>
  Effect.gen(function*() {
    const server = NodeHttp.createServer(handler)
    const { port } = yield* listen(server)
    const exchange = yield* make
    const run = (request: HttpClientRequest.HttpClientRequest, boundMs = 10_000) =>
      exchange(request, boundMs) ?? Effect.dieMessage("left to the client")
    return { base: `http://127.0.0.1:${port}`, exchange, run }
  })

const post = (url: string) => HttpClientRequest.bodyText(HttpClientRequest.post(url), "{}", "application/json")

/** Something that a callback of the server completes. */
const signal = Effect.gen(function*() {
  const deferred = yield* Deferred.make<void>()
  const runtime = yield* Effect.runtime<never>()
  const fork = Runtime.runFork(runtime)
  return { happened: Deferred.await(deferred), tell: () => void fork(Deferred.succeed(deferred, undefined)) }
})

const dropConnection: Handler = (request) => request.socket.destroy()

describe.each([["undici", byUndici], ["node", byNode]] as const)("exchanges by %s", (_, make) => {
  const world = worldOf<Scope.Scope>(make)

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
      assert.strictEqual(refused._tag !== "TimedOut" && Http.codeOf(refused.cause), "ECONNREFUSED")
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
      assert.strictEqual(yield* Effect.flip(run(post(base), 20)), Http.timedOut)
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

  it.scopedLive("leaves bodies that are not in memory to the client", () =>
    Effect.gen(function*() {
      const { base, exchange } = yield* world(() => {})
      const request = HttpClientRequest.post(base)
      assert.isUndefined(exchange(HttpClientRequest.bodyStream(request, Stream.empty), 1_000))
      assert.isUndefined(exchange(HttpClientRequest.bodyFormData(request, new FormData()), 1_000))
      assert.isDefined(exchange(request, 1_000))
    }))
})

describe("exchanges by undici", () => {
  it.scopedLive("one that is interrupted while it waits for a connection is not written", () =>
    Effect.gen(function*() {
      const paths: Array<string | undefined> = []
      const came = yield* signal
      let answerFirst = (): void => {}
      const { base, run } = yield* worldOf(byUndici)((request, response) => {
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
})

describe("exchanges by undici, without a dispatcher", () => {
  it.scopedLive("fail, and do not die", () =>
    Effect.gen(function*() {
      const dispatcher = new Undici.Agent()
      dispatcher.dispatch = () => {
        throw new Error("gone")
      }
      const exchange = UndiciExchange.make(dispatcher)(post("http://127.0.0.1:1/"), 1_000) ?? Effect.dieMessage("none")
      assert.deepInclude(yield* Effect.flip(exchange), { _tag: "RequestError", reason: "Transport" })
    }))
})

describe("exchanges by node", () => {
  it.scopedLive("leave no connection behind, and say what can't be sent", () =>
    Effect.gen(function*() {
      const closed = yield* signal
      const { base, run } = yield* worldOf(byNode)(({ socket }, response) => {
        socket.once("close", closed.tell)
        // It is not the server that ends it.
        response.shouldKeepAlive = true
        response.end("done")
      })
      yield* run(post(base))
      yield* closed.happened
      for (const request of [HttpClientRequest.setHeader(post(base), "x-bad", "钉"), post("ftp://127.0.0.1/")]) {
        assert.deepInclude(yield* Effect.flip(run(request)), { _tag: "RequestError", reason: "Transport" })
      }
    }))
})
