/**
 * A page on loopback: its files, its calls, its live updates, for whoever has the token that stands in its first URL.
 *
 * @since 0.1.0
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import { codeOf } from "../internal/net/errorCode.ts"
import type * as Endpoint from "./Endpoint.ts"
import * as Files from "./files.ts"
import * as Guard from "./guard.ts"

/**
 * The port of the page can't be had: **choose another one**.
 *
 * @since 0.1.0
 * @category errors
 */
export class PagePortUnavailable extends Data.TaggedError("PagePortUnavailable")<{
  readonly port: number
  /** Node's code, such as `EADDRINUSE`. */
  readonly code: string
}> {
  override get message(): string {
    return `can't listen on 127.0.0.1:${this.port} (${this.code}): choose another port, or 0 for any`
  }
}

/**
 * A call is not answered: see `Endpoint.Refusal`.
 *
 * @since 0.1.0
 * @category errors
 */
export class Refused extends Data.TaggedError("Refused")<{
  readonly code: string
  readonly message: string
  /** Default 409. */
  readonly status?: number
}> {}

/** Everything that the page loads comes from here, and nothing is written into it as code. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const commonHeaders = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
}

const refusal = (status: number, code: string, message: string) =>
  HttpServerResponse.unsafeJson({ code, message } satisfies Endpoint.Refusal, {
    status,
    headers: { "cache-control": "no-store" }
  })

/** Most that a call may hold, in bytes. */
const maxCallBytes = 1024 * 1024

/**
 * Answers a call.
 *
 * @since 0.1.0
 * @category routes
 */
export const answer = <P, PI, S, SI, R>(
  call: Endpoint.Call<P, PI, S, SI>,
  handle: (payload: P) => Effect.Effect<S, Refused, R>
) =>
  HttpRouter.post(
    call.path,
    HttpServerRequest.schemaBodyJson(call.payload).pipe(
      HttpIncomingMessage.withMaxBodySize(Option.some(maxCallBytes)),
      Effect.flatMap(handle),
      Effect.flatMap(Schema.encode(call.success)),
      Effect.map((body) => HttpServerResponse.unsafeJson(body, { headers: { "cache-control": "no-store" } })),
      Effect.catchTags({
        Refused: ({ code, message, status = 409 }) => Effect.succeed(refusal(status, code, message)),
        ParseError: ({ message }) => Effect.succeed(refusal(400, "badCall", message)),
        RequestError: ({ message }) => Effect.succeed(refusal(400, "badCall", message))
      })
    )
  )

/** A page that nobody looks at any more is found out by these, in milliseconds. */
const beatMs = 15_000

const utf8 = new TextEncoder()

/**
 * Serves live updates. The stream is run anew for each page that looks, until it looks no more.
 *
 * @since 0.1.0
 * @category routes
 */
export const live = <A, I, R>(feed: Endpoint.Feed<A, I>, events: Stream.Stream<A, never, R>) => {
  const encode = Schema.encodeSync(Schema.parseJson(feed.event))
  return HttpRouter.get(
    feed.path,
    Effect.map(Effect.context<R>(), (context) =>
      HttpServerResponse.stream(
        events.pipe(
          Stream.map((event) => `data: ${encode(event)}\n\n`),
          // A comment, which no page is told of.
          Stream.merge(Stream.map(Stream.tick(beatMs), () => ":\n\n"), { haltStrategy: "left" }),
          Stream.map((text) => utf8.encode(text)),
          Stream.provideContext(context)
        ),
        { contentType: "text/event-stream; charset=utf-8", headers: { "cache-control": "no-store" } }
      ))
  )
}

const askedOf = ({ headers }: HttpServerRequest.HttpServerRequest): Guard.Asked => ({
  host: headers["host"],
  origin: headers["origin"],
  site: headers["sec-fetch-site"]
})

const fileResponse = ({ bytes, contentType }: Files.PageFile, cacheControl: string) =>
  HttpServerResponse.uint8Array(bytes, { contentType, headers: { "cache-control": cacheControl } })

/** Longest that a request may take to arrive, in milliseconds. */
const patienceMs = 60_000

/** Most connections at once: file descriptors are for the robot. */
const maxConnections = 64

/**
 * What is served.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<E> {
  readonly page: Files.PageName
  /** On 127.0.0.1; 0 for any. */
  readonly port: number
  /** Its routes begin with `/api/`: see {@link answer} and {@link live}. */
  readonly api: HttpRouter.HttpRouter<E>
}

/**
 * A page that is served.
 *
 * @since 0.1.0
 * @category models
 */
export interface Served {
  readonly port: number
  /** The first URL, with the token: whoever opens it may see the page from then on, in this browser. */
  readonly url: string
}

/**
 * Serves a page for the life of the scope. At its end connections are cut at once, whatever the browsers do.
 *
 * @since 0.1.0
 * @category operations
 */
export const serve = <E>(
  { api, page, port }: Options<E>
): Effect.Effect<Served, Files.PageNotBuilt | PagePortUnavailable, Scope.Scope> =>
  Effect.gen(function*() {
    const files = yield* Files.load(page)
    const token = yield* Effect.sync(() => randomBytes(24).toString("base64url"))
    const server = createServer({ requestTimeout: patienceMs, headersTimeout: patienceMs })
    server.maxConnections = maxConnections
    const http = yield* NodeHttpServer.make(() => server, { host: "127.0.0.1", port }).pipe(
      Effect.catchTag(
        "ServeError",
        ({ cause }) => new PagePortUnavailable({ port, code: codeOf(cause) ?? String(cause) })
      )
    )
    // Live updates never end by themselves.
    yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
    const address = server.address()
    const bound = typeof address === "object" && address !== null ? address.port : port
    // Cookies do not tell ports apart.
    const cookie = `effect-dingtalk-${page}-${bound}`
    const protectedApi = HttpRouter.toHttpApp(api).pipe(
      Effect.flatten,
      Effect.catchAll(() => Effect.succeed(refusal(404, "noSuchCall", "there is no such call")))
    )
    const app: HttpApp.Default = Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const asked = askedOf(request)
      if (!Guard.isMeant(bound, asked)) return HttpServerResponse.text("not found here\n", { status: 421 })
      const url = new URL(request.url, `http://127.0.0.1:${bound}`)
      if (url.pathname.startsWith("/api/")) {
        if (Guard.isForeign(asked)) return refusal(403, "foreign", "another page may not ask")
        if (!Guard.holds(token, request.cookies[cookie])) {
          return refusal(401, "stranger", "open the page by the address that its program has printed")
        }
        return yield* protectedApi
      }
      if (request.method !== "GET" && request.method !== "HEAD") return HttpServerResponse.empty({ status: 405 })
      if (Guard.holds(token, url.searchParams.get("token") ?? undefined)) {
        return HttpServerResponse.redirect(url.pathname, {
          status: 303,
          headers: { "cache-control": "no-store" }
        }).pipe(
          HttpServerResponse.unsafeSetCookie(cookie, token, { httpOnly: true, sameSite: "strict", path: "/" })
        )
      }
      const asset = files.assets.get(url.pathname)
      if (asset !== undefined) return fileResponse(asset, "public, max-age=31536000, immutable")
      return url.pathname.startsWith("/assets/")
        ? HttpServerResponse.empty({ status: 404 })
        : fileResponse(files.document, "no-cache")
    }).pipe(Effect.map(HttpServerResponse.setHeaders(commonHeaders)))
    yield* Effect.provideService(HttpServer.serveEffect(app), HttpServer.HttpServer, http)
    return { port: bound, url: `http://127.0.0.1:${bound}/?token=${token}` }
  })
