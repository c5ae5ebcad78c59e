/** A client of the fake that is nothing but `fetch` and `ws`. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { WebSocket } from "ws"
import type { FakeDingTalk } from "../../src/testing/index.ts"

type Fake = FakeDingTalk.Fake

export const robotTopic = "/v1.0/im/bot/messages/get"

export const subscribed = [{ type: "EVENT", topic: "*" }, { type: "CALLBACK", topic: robotTopic }]

export type Json = Readonly<Record<string, unknown>>

export interface Answer {
  /** 0 when the connection broke before the whole answer was there. */
  readonly status: number
  readonly contentType: string
  readonly text: string
  /** The body's object; empty when it is none. */
  readonly json: Json
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const object = (u: unknown): Json => typeof u === "object" && u !== null ? Object.fromEntries(Object.entries(u)) : {}

/** The object that a string of JSON holds; empty when it is none. */
export const decoded = (u: unknown): Json => object(typeof u === "string" ? parse(u) : u)

export const call = (url: string, init: RequestInit = {}): Effect.Effect<Answer> =>
  Effect.promise(async (signal) => {
    try {
      const response = await fetch(url, { ...init, signal })
      const text = await response.text()
      const contentType = response.headers.get("content-type") ?? ""
      return { status: response.status, contentType, text, json: decoded(text) }
    } catch {
      return { status: 0, contentType: "", text: "", json: {} }
    }
  })

export const postJson = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  call(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body)
  })

export const openPath = "/v1.0/gateway/connections/open"

export const credentials = { clientId: "dingfakeappkey", clientSecret: "fake-secret" }

export const open = (fake: Fake, body: unknown = { ...credentials, subscriptions: subscribed }) =>
  postJson(`${fake.url}${openPath}`, body)

export interface Frame {
  readonly type: string
  readonly headers: Json
  readonly data: Json
  /** The message as it came. */
  readonly text: string
}

export interface Client {
  readonly socket: WebSocket
  /** The next message as a frame; what is no frame is of the type `binary` or `odd`. */
  readonly next: Effect.Effect<Frame>
  /** How many came and were not taken. */
  readonly waiting: Effect.Effect<number>
  readonly answer: (frame: Frame, data: unknown, code?: number) => Effect.Effect<void>
  readonly opened: Effect.Effect<number>
  readonly closed: Effect.Effect<{ readonly code: number; readonly reason: string }>
  readonly ponged: Effect.Effect<void>
}

const frameOf = (data: WebSocket.RawData, isBinary: boolean): Frame => {
  const text = String(data)
  const frame = decoded(text)
  const type = isBinary ? "binary" : typeof frame["type"] === "string" ? frame["type"] : "odd"
  return { type, headers: object(frame["headers"]), data: decoded(frame["data"]), text }
}

/** Dials with this ticket. */
export const dial = (fake: Fake, ticket: string, path = "/connect"): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.gen(function*() {
      const frames = yield* Queue.unbounded<Frame>()
      const opened = Deferred.unsafeMake<number>(FiberId.none)
      const closed = Deferred.unsafeMake<{ code: number; reason: string }>(FiberId.none)
      const ponged = Deferred.unsafeMake<void>(FiberId.none)
      const socket = new WebSocket(`ws://127.0.0.1:${fake.port}${path}?ticket=${encodeURIComponent(ticket)}`)
      socket.on("error", () => Deferred.unsafeDone(opened, Exit.succeed(0)))
      socket.on("unexpected-response", (_request, response) => {
        Deferred.unsafeDone(opened, Exit.succeed(response.statusCode ?? 0))
        socket.terminate()
      })
      socket.on("open", () => Deferred.unsafeDone(opened, Exit.succeed(101)))
      socket.on("message", (data, isBinary) => Queue.unsafeOffer(frames, frameOf(data, isBinary)))
      socket.on("pong", () => Deferred.unsafeDone(ponged, Exit.void))
      socket.on(
        "close",
        (code, reason) => Deferred.unsafeDone(closed, Exit.succeed({ code, reason: reason.toString() }))
      )
      return {
        socket,
        next: Queue.take(frames),
        waiting: Queue.size(frames),
        answer: (frame: Frame, data: unknown, code = 200) =>
          Effect.sync(() =>
            socket.send(JSON.stringify({
              code,
              headers: { contentType: "application/json", messageId: frame.headers["messageId"] },
              message: "OK",
              data: JSON.stringify(data)
            }))
          ),
        opened: Deferred.await(opened),
        closed: Deferred.await(closed),
        ponged: Deferred.await(ponged)
      }
    }),
    ({ socket }) => Effect.sync(() => socket.terminate())
  )

/** Opens and dials. */
export const connect = (fake: Fake, body?: unknown): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.gen(function*() {
    const ticket = yield* open(fake, body)
    const client = yield* dial(fake, String(ticket.json["ticket"]))
    yield* client.opened
    return client
  })

/** Answers every frame with its own data, which suits a ping as well as a message. */
export const answerAll = ({ socket }: Client): void => {
  socket.on("message", (data, isBinary) => {
    const { headers, text } = frameOf(data, isBinary)
    socket.send(JSON.stringify({
      code: 200,
      headers: { contentType: "application/json", messageId: headers["messageId"] },
      message: "OK",
      data: decoded(text)["data"]
    }))
  })
}
