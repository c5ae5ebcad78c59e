/** An `HttpClient` that answers by a script and writes down what it was asked, with virtual times. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { type AccountSettings, DingTalkConfig, type Settings } from "../../../../src/DingTalkConfig.ts"

/** A request as it was seen. */
export interface Seen {
  /** Virtual milliseconds since the test began. */
  readonly at: number
  readonly url: string
  readonly path: string
  readonly token: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  /** The body of a request that streamed it, as Latin-1. */
  readonly streamed: string | undefined
}

/** What to do about it: an answer (bytes and streams as they are, a text as it is, anything else as JSON), a broken connection with its cause, or nothing, ever. */
export type Answer =
  | {
    readonly status: number
    readonly body: unknown
    readonly headers?: Record<string, string>
    readonly delayMs?: number
  }
  | { readonly broken: unknown }
  | "silence"

export interface FakeApi {
  readonly client: HttpClient.HttpClient
  readonly seen: ReadonlyArray<Seen>
  /** The requests for a path that ends like this. */
  readonly of: (path: string) => ReadonlyArray<Seen>
}

const bodyOf = (request: HttpClientRequest.HttpClientRequest): Readonly<Record<string, unknown>> =>
  request.body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(request.body.body)) : {}

/** What a request streamed; what it announced is what it sent. */
const streamedOf = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<string | undefined, unknown> => {
  const { body } = request
  if (body._tag !== "Stream") return Effect.succeed(undefined)
  return Stream.runCollect(body.stream).pipe(
    Effect.map((chunks) => Buffer.concat([...chunks])),
    Effect.filterOrFail(({ length }) => length === body.contentLength, () => new Error("another length was announced")),
    Effect.map((bytes) => bytes.toString("latin1"))
  )
}

const isStream = (u: unknown): u is Stream.Stream<Uint8Array> =>
  typeof u === "object" && u !== null && Stream.StreamTypeId in u

/** Its body is there at once: nothing of a test depends on real time. */
const response = (
  request: HttpClientRequest.HttpClientRequest,
  answer: { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
) => {
  const { body } = answer
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const stream = isStream(body)
    ? body
    : Stream.make(body instanceof Uint8Array ? body : new TextEncoder().encode(text))
  const init = { status: answer.status, headers: answer.headers ?? {} }
  return Object.defineProperty(HttpClientResponse.fromWeb(request, new Response(null, init)), "stream", {
    value: stream
  })
}

/** `nth` counts the requests for the same path, from 1. */
export const make = (script: (seen: Seen, nth: number) => Answer): FakeApi => {
  const seen: Array<Seen> = []
  const client = HttpClient.make((request, url) =>
    Effect.gen(function*() {
      const at = yield* Clock.currentTimeMillis
      const streamed = yield* Effect.mapError(
        streamedOf(request),
        (cause) => new HttpClientError.RequestError({ request, reason: "Transport", cause })
      )
      const one: Seen = {
        at,
        url: url.toString(),
        path: url.pathname,
        token: request.headers["x-acs-dingtalk-access-token"],
        headers: request.headers,
        body: bodyOf(request),
        streamed
      }
      seen.push(one)
      const answer = script(one, seen.filter(({ path }) => path === one.path).length)
      if (answer === "silence") return yield* Effect.never
      if ("broken" in answer) {
        return yield* new HttpClientError.RequestError({ request, reason: "Transport", cause: answer.broken })
      }
      return yield* Effect.delay(Effect.sync(() => response(request, answer)), answer.delayMs ?? 0)
    })
  )
  return { client, seen, of: (path) => seen.filter((one) => one.path.endsWith(path)) }
}

export const tokenPath = "/v1.0/oauth2/accessToken"
export const userPath = "/v1.0/robot/oToMessages/batchSend"
export const groupPath = "/v1.0/robot/groupMessages/send"

/** Tokens are `token-1`, `token-2`, …; sends are answered with `key-1`, `key-2`, … unless `script` has an answer. */
export const dingtalk = (script: (seen: Seen, nth: number) => Answer | undefined = () => undefined): FakeApi =>
  make((seen, nth) =>
    script(seen, nth) ?? (seen.path === tokenPath
      ? { status: 200, body: { accessToken: `token-${nth}`, expireIn: 7_200 } }
      : seen.path === "/robot/sendBySession"
      ? { status: 200, body: { errcode: 0, errmsg: "ok" } }
      : { status: 200, body: { processQueryKey: `key-${nth}` } })
  )

/** An error as Node's sockets have it. */
export const systemError = (code: string, syscall?: string): Error =>
  Object.assign(new Error(`${syscall ?? "x"} ${code}`), { code }, syscall === undefined ? {} : { syscall })

/** The settings of an account, complete. */
export const account = (overrides: Partial<AccountSettings> = {}): AccountSettings => ({
  id: "default",
  appKey: "dingkey",
  appSecret: Redacted.make("very-secret-secret"),
  robotCode: "dingrobot",
  requireMention: false,
  freeResponseChats: [],
  mentionPatterns: [],
  allowedUsers: [],
  dispatchWorkers: 8,
  dispatchQueueSize: 256,
  dispatchQueueBytes: 32 * 1024 * 1024,
  overflow: "dropNewest",
  ordering: "unordered",
  handlerTimeoutMs: undefined,
  staleAfterMs: undefined,
  burstMs: 1_000,
  drainTimeoutMs: 1_500,
  stallCoolDownMs: undefined,
  renderMode: "markdown",
  textChunkLimit: 4_000,
  rateLimit: 20,
  rateBurst: 5,
  apiBaseUrl: "https://api.dingtalk.com",
  oapiBaseUrl: "https://oapi.dingtalk.com",
  events: false,
  ...overrides
})

export const settings = (...accounts: ReadonlyArray<AccountSettings>): Settings => ({
  accounts: new Map(accounts.map((each) => [each.id, each])),
  warnings: []
})

/** The configuration of these accounts, and the fake as the client. */
export const world = (
  api: FakeApi,
  ...accounts: ReadonlyArray<AccountSettings>
): Layer.Layer<DingTalkConfig | HttpClient.HttpClient> =>
  Layer.merge(
    Layer.succeed(HttpClient.HttpClient, api.client),
    Layer.effect(
      DingTalkConfig,
      Effect.map(Ref.make(settings(...accounts)), (ref) => ({
        get: Ref.get(ref),
        set: (next: Settings) => Ref.set(ref, next)
      }))
    )
  )

/** A tracer that remembers names, parents and attributes. */
export const recordingTracer = () => {
  const spans: Array<
    { readonly name: string; readonly hasParent: boolean; readonly attributes: Map<string, unknown> }
  > = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      spans.push({ name, hasParent: parent._tag === "Some", attributes })
      return {
        _tag: "Span",
        name,
        spanId: String(spans.length),
        traceId: "trace",
        parent,
        context,
        status: { _tag: "Started", startTime },
        attributes,
        links,
        sampled: true,
        kind,
        end: () => {},
        attribute: (key, value) => {
          attributes.set(key, value)
        },
        event: () => {},
        addLinks: () => {}
      }
    },
    context: (run) => run()
  })
  return { spans, tracer }
}
