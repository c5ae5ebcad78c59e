/** DingTalk's gateway without a network: an `HttpClient` and a `Transport` that play a script, for tests of tier 1. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Transient } from "../../src/DingTalkError.ts"
import * as Heartbeat from "../../src/stream/Heartbeat.ts"
import { StreamTiming } from "../../src/stream/StreamTiming.ts"
import { type Closed, type Connection, type Listener, Transport } from "../../src/stream/Transport.ts"

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

export const ticket: Answer = {
  status: 200,
  body: { endpoint: "wss://wss-open-connection.dingtalk.com:443/connect", ticket: "t+1/=" }
}

/** What happens to an opening call. `hang` never answers. */
export type Opening = Answer | "hang"

/** What happens to a handshake. */
export type Handshake = "accept" | "refuse" | "hang"

export interface FakeConnection {
  readonly id: number
  readonly url: string
  readonly openedAt: number
  readonly sent: Array<string>
  readonly pings: Array<number>
  answersPings: boolean
  /** Whether it answers our close. */
  deaf: boolean
  state: "open" | "closed"
  releasedAt: number | undefined
  terminated: boolean
  readonly deliver: (frame: unknown) => void
  readonly serverCloses: (closed?: Partial<Closed>) => Effect.Effect<void>
}

export interface FakeWire {
  readonly layer: Layer.Layer<HttpClient.HttpClient | Transport | Heartbeat.Heartbeat>
  /** Opening calls, by time. */
  readonly opens: Array<{ readonly at: number; readonly body: unknown; readonly accept: string | undefined }>
  readonly connections: Array<FakeConnection>
  readonly live: () => ReadonlyArray<FakeConnection>
  /** Most connections that were open at once. */
  readonly maxLive: () => number
}

/** Each of the scripts is asked with the number of the call (from 0) and the time. */
export const make = (script: {
  readonly opening?: (n: number) => Opening
  readonly handshake?: (n: number) => Handshake
  readonly onOpen?: (connection: FakeConnection) => Effect.Effect<void>
} = {}): FakeWire => {
  const opens: FakeWire["opens"] = []
  const connections: Array<FakeConnection> = []
  let handshakes = 0
  let maxLive = 0
  const live = () => connections.filter((connection) => connection.state === "open")

  const client = HttpClient.make((request) =>
    Effect.gen(function*() {
      const at = yield* Clock.currentTimeMillis
      const body: unknown = request.body._tag === "Uint8Array"
        ? JSON.parse(new TextDecoder().decode(request.body.body))
        : undefined
      const answer = script.opening?.(opens.length) ?? ticket
      opens.push({ at, body, accept: request.headers["accept"] })
      if (answer === "hang") return yield* Effect.never
      const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body)
      return HttpClientResponse.fromWeb(
        request,
        new Response(text === "" ? null : text, { status: answer.status, headers: answer.headers ?? {} })
      )
    })
  )

  const accept = (url: string, listener: Listener) =>
    Effect.acquireRelease(
      Effect.gen(function*() {
        const timing = yield* StreamTiming
        const clock = yield* Effect.clock
        const done = yield* Deferred.make<Closed>()
        const close = (closed: Closed) =>
          Effect.suspend(() => {
            if (fake.state === "closed") return Effect.void
            fake.state = "closed"
            listener.onClosed(closed)
            return Effect.asVoid(Deferred.succeed(done, closed))
          })
        const connection: Connection = {
          send: (text) => {
            if (fake.state !== "open") return false
            fake.sent.push(text)
            return true
          },
          ping: () => {
            fake.pings.push(clock.unsafeCurrentTimeMillis())
            if (fake.answersPings) listener.onPong()
          },
          terminate: () => {
            fake.terminated = true
            fake.state = "closed"
          }
        }
        const fake: FakeConnection = {
          id: connections.length,
          url,
          openedAt: clock.unsafeCurrentTimeMillis(),
          sent: [],
          pings: [],
          answersPings: true,
          deaf: false,
          state: "open",
          releasedAt: undefined,
          terminated: false,
          deliver: (frame) => listener.onText(typeof frame === "string" ? frame : JSON.stringify(frame), connection),
          serverCloses: (closed = {}) => close({ code: 1000, reason: "", by: "server", error: "", ...closed })
        }
        connections.push(fake)
        maxLive = Math.max(maxLive, live().length)
        return { close, connection, done, fake, timing }
      }),
      ({ close, done, fake, timing }) =>
        Effect.gen(function*() {
          if (fake.state === "open" && !fake.deaf) {
            yield* close({ code: 1000, reason: "", by: "server", error: "" })
          } else if (fake.state === "open") {
            yield* Deferred.await(done).pipe(Effect.interruptible, Effect.timeoutOption(timing.closeTimeoutMs))
            fake.terminated = true
            fake.state = "closed"
          }
          fake.releasedAt = yield* Clock.currentTimeMillis
        })
    )

  const transport = Transport.of({
    connect: ({ account, listener, url }) =>
      Effect.gen(function*() {
        const handshake = script.handshake?.(handshakes++) ?? "accept"
        if (handshake === "hang") return yield* Effect.never
        if (handshake === "refuse") {
          return yield* new Transient({
            account,
            reason: "handshakeRefused",
            status: 401,
            code: undefined,
            requestId: undefined,
            retryAfterMs: undefined,
            detail: "refused"
          })
        }
        const { connection, fake } = yield* accept(Redacted.value(url), listener)
        if (script.onOpen !== undefined) yield* script.onOpen(fake)
        return connection
      })
  })

  return {
    layer: Layer.mergeAll(
      Layer.succeed(HttpClient.HttpClient, client),
      Layer.succeed(Transport, transport),
      Heartbeat.layer
    ),
    opens,
    connections,
    live,
    maxLive: () => maxLive
  }
}

/** A CALLBACK frame with a robot message of somebody's. */
export const messageFrame = (
  { conversationId = "cidGroup", frameId, msgId, text = "hello", ...rest }: {
    readonly msgId: string
    readonly frameId?: string
    readonly text?: string
    readonly conversationId?: string
    readonly [key: string]: unknown
  }
) => ({
  specVersion: "1.0",
  type: "CALLBACK",
  headers: {
    topic: "/v1.0/im/bot/messages/get",
    messageId: frameId ?? `frame-${msgId}`,
    contentType: "application/json"
  },
  data: JSON.stringify({
    msgId,
    msgtype: "text",
    text: { content: text },
    conversationType: "2",
    conversationId,
    isInAtList: true,
    senderId: "$:LWCP_v1:$abc",
    senderStaffId: "staff1",
    senderNick: "Zhang San",
    chatbotUserId: "$:LWCP_v1:$bot",
    ...rest
  })
})

export const systemFrame = (topic: string, data: unknown = {}) => ({
  specVersion: "1.0",
  type: "SYSTEM",
  headers: { topic, messageId: `sys-${topic}`, contentType: "application/json" },
  data: JSON.stringify(data)
})
