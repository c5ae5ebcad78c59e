import * as HttpRouter from "@effect/platform/HttpRouter"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { readdirSync, readFileSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import * as Endpoint from "../../src/pageServer/Endpoint.ts"
import * as PageServer from "../../src/pageServer/PageServer.ts"

const Double = Endpoint.call({
  path: "/api/double",
  payload: Schema.Struct({ n: Schema.Number }),
  success: Schema.Number
})

const Ticks = Endpoint.feed({ path: "/api/ticks", event: Schema.Number })

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: string
}

/** Node's own `fetch` would not let a test choose `Host`. */
const ask = (
  port: number,
  path: string,
  { body, headers = {}, method = "GET" }: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  } = {}
) =>
  Effect.async<Answer>((resume) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers: { ...headers } }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () =>
        resume(Effect.succeed({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString()
        })))
    })
    asked.on("error", (error) => resume(Effect.die(error)))
    asked.end(body)
  })

const served = (api: HttpRouter.HttpRouter<unknown> = HttpRouter.empty) =>
  Effect.gen(function*() {
    const { port, url } = yield* PageServer.serve({ page: "play", port: 0, api })
    const first = new URL(url)
    const welcome = yield* ask(port, `${first.pathname}${first.search}`)
    const [cookie = ""] = [welcome.headers["set-cookie"]].flat()
    return { port, welcome, cookie, session: { cookie: cookie.split(";")[0] ?? "" } }
  })

const doubling = HttpRouter.empty.pipe(
  PageServer.answer(Double, ({ n }) =>
    n < 0
      ? new PageServer.Refused({ code: "negative", message: "only upwards" })
      : Effect.succeed(2 * n))
)

const post = (body: string, headers: Readonly<Record<string, string>>) => ({
  method: "POST",
  body,
  headers: { "content-type": "application/json", ...headers }
})

describe("a page on loopback", () => {
  it.scoped("takes the token of its first URL for a cookie that no script and no other site gets", () =>
    Effect.gen(function*() {
      const { cookie, port, session, welcome } = yield* served(doubling)
      assert.strictEqual(welcome.status, 303)
      assert.strictEqual(welcome.headers["location"], "/")
      assert.match(cookie, /; HttpOnly/)
      assert.match(cookie, /; SameSite=Strict/)
      assert.strictEqual((yield* ask(port, "/api/double", post("{\"n\":21}", session))).body, "42")
    }))

  it.scoped("lets nobody ask who has no token, or another one", () =>
    Effect.gen(function*() {
      const { port, session } = yield* served(doubling)
      assert.strictEqual((yield* ask(port, "/api/double", post("{\"n\":1}", {}))).status, 401)
      const forged = { cookie: `${session.cookie.split("=")[0]}=x` }
      assert.strictEqual((yield* ask(port, "/api/double", post("{\"n\":1}", forged))).status, 401)
      assert.strictEqual((yield* ask(port, "/?token=x")).status, 200)
      assert.isUndefined((yield* ask(port, "/?token=x")).headers["set-cookie"])
    }))

  it.scoped("lets no other origin ask, and no name that somebody else's DNS leads here", () =>
    Effect.gen(function*() {
      const { port, session } = yield* served(doubling)
      const status = (headers: Readonly<Record<string, string>>) =>
        Effect.map(ask(port, "/api/double", post("{\"n\":1}", { ...session, ...headers })), ({ status }) => status)
      for (const name of ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"]) {
        const host = `${name}:${port}`
        assert.strictEqual(yield* status({ host, origin: `http://${host}` }), 200, name)
      }
      for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1:${port + 1}`]) {
        assert.strictEqual(yield* status({ host }), 421, host)
      }
      for (
        const origin of ["http://evil.example", `http://127.0.0.1:${port + 1}`, "null", `https://127.0.0.1:${port}`]
      ) {
        assert.strictEqual(yield* status({ origin }), 403, origin)
      }
      for (const site of ["cross-site", "same-site"]) {
        assert.strictEqual(yield* status({ "sec-fetch-site": site }), 403, site)
      }
      assert.strictEqual(yield* status({ "sec-fetch-site": "same-origin" }), 200)
    }))

  it.scoped("says why it does not answer", () =>
    Effect.gen(function*() {
      const { port, session } = yield* served(doubling)
      const refused = yield* ask(port, "/api/double", post("{\"n\":-1}", session))
      assert.strictEqual(refused.status, 409)
      assert.deepStrictEqual(JSON.parse(refused.body), { code: "negative", message: "only upwards" })
      for (const body of ["", "{", "{\"n\":\"1\"}"]) {
        const bad = yield* ask(port, "/api/double", post(body, session))
        assert.strictEqual(bad.status, 400, body.slice(0, 20))
        assert.deepInclude(JSON.parse(bad.body), { code: "badCall" })
      }
      const tooLong = yield* Effect.exit(
        ask(port, "/api/double", post(`{"n":1,"x":"${"x".repeat(2_000_000)}"}`, session))
      )
      assert.isTrue(Exit.match(tooLong, { onFailure: () => true, onSuccess: ({ status }) => status === 400 }))
      assert.strictEqual((yield* ask(port, "/api/nothing", post("{}", session))).status, 404)
    }))

  it.scoped("has a policy that lets nothing in and runs no inline script", () =>
    Effect.gen(function*() {
      const { port } = yield* served()
      const { body, headers } = yield* ask(port, "/some/place")
      const policy = String(headers["content-security-policy"])
      assert.notInclude(policy, "unsafe")
      assert.notMatch(policy, /https?:/)
      assert.notMatch(body, /<script(?![^>]*\bsrc=)|\bon\w+=|style=|https?:/)
      const assets = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path)
      assert.isNotEmpty(assets)
      for (const asset of assets) assert.strictEqual((yield* ask(port, asset)).status, 200, asset)
      assert.strictEqual((yield* ask(port, "/assets/../../package.json")).status, 200)
      assert.strictEqual((yield* ask(port, "/assets/nothing.js")).status, 404)
      assert.strictEqual((yield* ask(port, "/", { method: "POST" })).status, 405)
    }))

  it.scoped("tells what happens while somebody looks, and stops when nobody does", () =>
    Effect.gen(function*() {
      const looking = yield* Ref.make(0)
      const ends = yield* Queue.unbounded<void>()
      const ticks = Stream.range(1, 3).pipe(
        Stream.concat(Stream.never),
        Stream.onStart(Ref.update(looking, (n) => n + 1)),
        Stream.ensuring(Effect.zipRight(Ref.update(looking, (n) => n - 1), Queue.offer(ends, undefined)))
      )
      const { port, session } = yield* served(HttpRouter.empty.pipe(PageServer.live(Ticks, ticks)))
      assert.strictEqual(yield* Ref.get(looking), 0)
      const told = yield* Effect.async<string>((resume) => {
        const asked = request({ host: "127.0.0.1", port, path: "/api/ticks", headers: session }, (response) => {
          const chunks: Array<string> = []
          response.on("data", (chunk: Buffer) => {
            chunks.push(chunk.toString())
            if (!chunks.join("").includes("data: 3\n\n")) return
            asked.destroy()
            resume(Effect.succeed(chunks.join("")))
          })
        })
        asked.on("error", () => {})
        asked.end()
      })
      assert.strictEqual(told, "data: 1\n\ndata: 2\n\ndata: 3\n\n")
      yield* Queue.take(ends)
      assert.strictEqual(yield* Ref.get(looking), 0)
    }))

  it.scoped("names the port that it can't have", () =>
    Effect.gen(function*() {
      const { port } = yield* served()
      const error = yield* Effect.flip(PageServer.serve({ page: "play", port, api: HttpRouter.empty }))
      assert.include(error.message, `127.0.0.1:${port} (EADDRINUSE)`)
    }))

  it.scoped("ends at once, although a browser still looks", () =>
    Effect.gen(function*() {
      const { port, session } = yield* Effect.scoped(
        Effect.tap(
          served(HttpRouter.empty.pipe(PageServer.live(Ticks, Stream.concat(Stream.make(1), Stream.never)))),
          ({ port, session }) =>
            Effect.async<void>((resume) => {
              const asked = request({ host: "127.0.0.1", port, path: "/api/ticks", headers: session }, (response) => {
                response.on("data", () => resume(Effect.void))
                response.on("error", () => {})
              })
              asked.on("error", () => {})
              asked.end()
            })
        )
      )
      assert.isTrue(Option.isNone(yield* Effect.option(Effect.sandbox(ask(port, "/", { headers: session })))))
    }))
})

describe("the pages' files", () => {
  const files = (directory: string): ReadonlyArray<string> =>
    readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) =>
      join(entry.parentPath, entry.name)
    )

  it("are at most 150 KB in all, compressed", () => {
    const sizes = files("dist/page").map((path) => gzipSync(readFileSync(path)).length)
    assert.isNotEmpty(sizes)
    assert.isAtMost(sizes.reduce((sum, size) => sum + size, 0), 150_000)
  })
})
