/** DingTalk's side of the sockets and of the opening call, without a network and without a promise. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Stream from "effect/Stream"
import { Transient } from "../../../src/DingTalkError.ts"
import { type Closed, type Connection, type Listener, Transport } from "../../../src/stream/Transport.ts"
import {
  type AccountId,
  type Close,
  fairWeather,
  type Frame,
  ticketAnswers,
  type Weather,
  type Which
} from "../history.ts"
import { encode } from "./frames.ts"
import type { VirtualTime } from "./virtualTime.ts"

export interface Socket {
  readonly account: AccountId
  readonly state: () => "connecting" | "open" | "closing" | "closed"
  /** Answers and pongs that we sent, as text. */
  readonly sent: ReadonlyArray<string>
  /** Pings sent while it was open. */
  readonly pings: () => number
  /** Pings sent after the connection was given back: somebody still holds it. */
  readonly strayPings: () => number
  readonly deliver: (frames: ReadonlyArray<Frame>) => void
  readonly serverCloses: (close: Close) => void
  readonly answerPings: (ms: number | undefined) => void
}

export interface Wire {
  readonly client: HttpClient.HttpClient
  readonly transport: Transport["Type"]
  readonly sockets: ReadonlyArray<Socket>
  /** The opening calls: whose, when, with which secret. */
  readonly openings: ReadonlyArray<string>
  readonly change: (weather: Partial<Weather>) => void
  readonly pick: (which: Which) => Socket | undefined
}

/** Waits for ever and costs no timer. */
const silence = Effect.async<never>(() => {})

const encoder = new TextEncoder()

const anyRequest = HttpClientRequest.post("")

/**
 * An answer whose body comes without a promise, which the one of a web `Response` does not. One with a ticket says how
 * long it is, as DingTalk's do, and is read at once; the others are read as they come.
 */
const respond = (
  { body, headers = {}, status }: { readonly status: number; readonly body: unknown; readonly headers?: object }
): HttpClientResponse.HttpClientResponse => {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const length = status === 200 && text !== "" ? { "content-length": `${text.length}` } : {}
  const init = { status, headers: { ...headers, ...length } }
  const bare = HttpClientResponse.fromWeb(anyRequest, new Response(null, init))
  const stream = text === ""
    ? Stream.fail(new HttpClientError.ResponseError({ request: anyRequest, response: bare, reason: "EmptyBody" }))
    : Stream.succeed(encoder.encode(text))
  const bodies = new Map<string | symbol, unknown>([["stream", stream], ["text", Effect.succeed(text)]])
  return new Proxy(bare, { get: (target, key) => bodies.get(key) ?? Reflect.get(target, key) })
}

/** Made once: it is the costliest part of an opening call. */
const responses = new Map(
  Object.entries(ticketAnswers).flatMap(([name, answer]) =>
    answer.status === 0 ? [] : [[name, Effect.succeed(respond(answer))] as const]
  )
)

const unreachable = Effect.fail(new HttpClientError.RequestError({ request: anyRequest, reason: "Transport" }))

const isAccountId = (id: string): id is AccountId => id === "a" || id === "b"

const asAccountId = (id: string): AccountId => {
  if (!isAccountId(id)) throw new Error(`a stranger: ${id}`)
  return id
}

const failed = (account: string, reason: "handshakeRefused" | "network"): Transient =>
  new Transient({
    account,
    reason,
    status: undefined,
    code: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    detail: ""
  })

/** `closeTimeoutMs` bounds the client's close, as that of the real transport does. */
export const make = (time: VirtualTime, closeTimeoutMs: number): Wire => {
  let weather = fairWeather
  // Each account numbers the frames that it gets.
  const frames = { a: 0, b: 0 }
  const sockets: Array<Socket> = []
  const openings: Array<string> = []
  const later = (ms: number | undefined, run: () => void) => {
    if (ms === 0) run()
    else if (ms !== undefined) time.after(ms, run)
  }
  const waiting = (ms: number | undefined) => ms === undefined ? silence : ms === 0 ? Effect.void : Effect.sleep(ms)

  const decoder = new TextDecoder()
  const client = HttpClient.makeWith<never, never, HttpClientError.HttpClientError, never>(
    Effect.flatMap((request) => {
      const { afterMs, answer } = weather.ticket
      const body = request.body._tag === "Uint8Array" ? decoder.decode(request.body.body) : ""
      const [, id, secret] = /"clientId":"key-(\w+)","clientSecret":"(\w+)"/.exec(body) ?? []
      openings.push(`${id} at ${time.now()} with ${secret}`)
      return Effect.zipRight(waiting(afterMs), responses.get(answer) ?? unreachable)
    }),
    Effect.succeed
  )

  const dial = (account: AccountId, listener: Listener) => {
    const opened = Deferred.unsafeMake<void, Transient>(FiberId.none)
    const closed = Deferred.unsafeMake<void>(FiberId.none)
    const sent: Array<string> = []
    const { answer, afterMs } = weather.handshake
    const { greetAfterMs, greeting, pongMs } = weather
    let state: ReturnType<Socket["state"]> = "connecting"
    let ponging = pongMs
    let released = false
    let pings = 0
    let strayPings = 0
    const gone = (how: Closed, tell: (run: () => void) => unknown = (run) => run()) => {
      if (state === "closed") return
      const wasOpen = state !== "connecting"
      state = "closed"
      Deferred.unsafeDone(closed, Exit.void)
      if (wasOpen) tell(() => listener.onClosed(how))
    }
    const connection: Connection = {
      send: (text) => {
        if (state !== "open") return false
        sent.push(text)
        return true
      },
      ping: () => {
        if (released) strayPings += 1
        if (state === "open") {
          pings += 1
          later(ponging, () => {
            if (state !== "closed") listener.onPong()
          })
        }
      },
      // As with a real socket, the news of it comes in a task of its own.
      terminate: () => gone({ code: 1006, reason: "", by: "server", error: "" }, setImmediate)
    }
    const socket: Socket = {
      account,
      state: () => state,
      sent,
      pings: () => pings,
      strayPings: () => strayPings,
      deliver: (all) => {
        for (const frame of all) {
          const text = encode(frame, frames[account]++)
          if (text === undefined) listener.onBinary(connection)
          else listener.onText(text, connection)
        }
      },
      serverCloses: ({ by, code }) => gone({ code, reason: "", by, error: by === "server" ? "" : "EFAKE" }),
      answerPings: (ms) => {
        ponging = ms
      }
    }
    later(afterMs, () => {
      if (state !== "connecting") return
      if (answer !== "accept") {
        gone({ code: 1006, reason: "", by: "network", error: "" })
        Deferred.unsafeDone(opened, Exit.fail(failed(account, answer === "refuse" ? "handshakeRefused" : "network")))
        return
      }
      state = "open"
      Deferred.unsafeDone(opened, Exit.void)
      later(greetAfterMs, () => {
        if (state !== "open") return
        if ("by" in greeting) socket.serverCloses(greeting)
        else socket.deliver(greeting)
      })
    })
    sockets.push(socket)
    const release = Effect.suspend(() => {
      if (state === "connecting") connection.terminate()
      if (state === "closed") return Effect.void
      state = "closing"
      later(weather.farewellMs, () => gone({ code: 1000, reason: "", by: "server", error: "" }))
      return Deferred.await(closed).pipe(
        Effect.interruptible,
        Effect.timeoutOption(closeTimeoutMs),
        Effect.ensuring(Effect.sync(connection.terminate))
      )
    }).pipe(Effect.ensuring(Effect.sync(() => {
      released = true
    })))
    return { connection, opened: Deferred.await(opened), release }
  }

  return {
    client,
    transport: {
      connect: ({ account, listener }) =>
        Effect.suspend(() => {
          if (weather.handshake.answer === "defect") return Effect.die(new Error("a bug of the transport"))
          if (weather.handshake.answer === "cutOff") return Effect.interrupt
          return Effect.acquireRelease(
            Effect.sync(() => dial(asAccountId(account), listener)),
            ({ release }) => release
          ).pipe(Effect.tap(({ opened }) => opened), Effect.map(({ connection }) => connection))
        })
    },
    sockets,
    openings,
    change: (change) => {
      weather = { ...weather, ...change }
    },
    pick: ({ account, nth }) => {
      const there = sockets.filter((s) => s.account === account && (s.state() === "open" || s.state() === "closing"))
      return there.length === 0 ? undefined : there[there.length - 1 - (nth % there.length)]
    }
  }
}
