/** A whole robot on a wire of ours, which hands it texts as its socket would and counts its answers. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import type * as MetricState from "effect/MetricState"
import type * as Scope from "effect/Scope"
import { isDeepStrictEqual } from "node:util"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as Frame from "../../src/stream/Frame.ts"
import { defaults, StreamTiming } from "../../src/stream/StreamTiming.ts"
import { type Connection, type Listener, Transport } from "../../src/stream/Transport.ts"
import * as Random from "../support/random.ts"
import { frameText } from "./targets.ts"

interface Live {
  readonly listener: Listener
  readonly connection: Connection
}

const opening = JSON.stringify({ endpoint: "wss://wss-open-connection.dingtalk.com:443/connect", ticket: "t" })

const client = HttpClient.make((request) =>
  Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(opening)))
)

/** Handlers of every temper: they succeed, fail, die, wait a while. */
const handlers: Handlers = {
  onMessage: ({ text }) => {
    switch (text.length % 5) {
      case 0:
        return Effect.fail("refused")
      case 1:
        return Effect.die(new Error("broken"))
      case 2:
        return Effect.yieldNow()
      default:
        return Effect.void
    }
  },
  onEvent: ({ eventType }) => (eventType.length % 3 === 0 ? Effect.fail("later") : Effect.void),
  onCardAction: ({ params }) => Effect.succeed({ cardData: { seen: String(Object.keys(params).length) } }),
  onGraphCall: ({ uri }) => Effect.succeed({ body: JSON.stringify({ uri }) })
}

/** What the robot has done with what it was handed. */
export interface Books {
  readonly handed: number
  /** Frames that ask for an answer, and answers. */
  readonly due: number
  readonly answered: number
  /** Deliveries by the robot's own count, and what became of them. */
  readonly received: number
  readonly settled: number
  readonly logRecords: number
  readonly connections: number
  readonly problems: ReadonlyArray<string>
}

export interface Session {
  /** Hands over a frame, as the socket's callback would; gives what it threw. */
  readonly hand: (text: string) => string | undefined
  readonly books: Effect.Effect<Books>
  /** Waits until everything that was handed over is settled, or nothing moves any more. */
  readonly quiet: Effect.Effect<void>
}

const silentTopics: ReadonlyArray<string> = ["disconnect", "CONNECTED", "REGISTERED", "KEEPALIVE"]

/** How many answers a text asks for. */
const dueFor = (text: string): 0 | 1 => {
  const frame = Frame.decode(text)
  if (typeof frame === "string") return 0
  return frame.type === "SYSTEM" && silentTopics.includes(frame.topic) ? 0 : 1
}

/** The names of the metrics that a delivery ends up in, and of those that only number it. */
const ends = ["dropped", "duplicate", "gated", "undecodable", "handled", "failed"].map((name) =>
  `effect_dingtalk_${name}_total`
)

const isCounter = (u: unknown): u is MetricState.MetricState.Counter<number> =>
  typeof u === "object" && u !== null && "count" in u && typeof u.count === "number"

/** The sum of some counters of an account, whatever else they are tagged with. */
const sum = (account: string, names: ReadonlyArray<string>): Effect.Effect<number> =>
  Effect.map(Metric.snapshot, (pairs) =>
    pairs.filter(({ metricKey }) =>
      names.includes(metricKey.name) &&
      HashSet.some(HashSet.fromIterable(metricKey.tags), ({ key, value }) => key === "account" && value === account)
    ).reduce((total, { metricState }) => total + (isCounter(metricState) ? metricState.count : 0), 0))

const iteration = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** Starts a robot; it ends with the scope. `account` names it in the metrics, which are global. */
export const start = (account: string): Effect.Effect<Session, DingTalkConfig.DingTalkConfigError, Scope.Scope> =>
  Effect.gen(function*() {
    let live: Live | undefined
    let handed = 0
    let due = 0
    let answered = 0
    let unknownTopics = 0
    let logRecords = 0
    let connections = 0
    const problems = new Set<string>()

    const transport: Transport["Type"] = {
      connect: ({ listener }) =>
        Effect.acquireRelease(
          Effect.sync((): Live => {
            const connection: Connection = {
              send: (text) => {
                answered += 1
                try {
                  if (JSON.parse(text).code === 404) unknownTopics += 1
                } catch {
                  problems.add(`an answer that is not JSON: ${text.slice(0, 200)}`)
                }
                return true
              },
              ping: () => listener.onPong(),
              terminate: () => {}
            }
            connections += 1
            live = { listener, connection }
            return live
          }),
          (mine) =>
            Effect.sync(() => {
              if (live === mine) live = undefined
            })
        ).pipe(Effect.map(({ connection }) => connection))
    }

    const counting = Logger.make(() => {
      logRecords += 1
    })
    yield* Layer.build(
      DingTalkChannel.layer(handlers).pipe(
        Layer.provide(DingTalkConfig.layerUnknown({
          accounts: { [account]: { appKey: "dingkey", appSecret: "secret", events: true } }
        })),
        Layer.provide(Layer.merge(Layer.succeed(Transport, transport), Layer.succeed(HttpClient.HttpClient, client)))
      )
    ).pipe(
      Effect.provideService(StreamTiming, { ...defaults, backoffMs: [1], lingerMs: 50, closeTimeoutMs: 50 }),
      Effect.provide(Logger.replace(Logger.defaultLogger, counting)),
      Effect.map((context) => Context.get(context, DingTalkChannel.DingTalkChannel))
    )
    yield* Effect.repeat(iteration, { until: () => live !== undefined })

    const books: Session["books"] = Effect.gen(function*() {
      const settled = yield* sum(account, ends)
      return {
        handed,
        due,
        answered,
        received: yield* sum(account, ["effect_dingtalk_received_total"]),
        settled: settled + unknownTopics - systemNotFound,
        logRecords,
        connections,
        problems: [...problems]
      }
    })
    let systemNotFound = 0

    const quiet: Session["quiet"] = Effect.gen(function*() {
      let before: Books | undefined
      // Nothing that is still to come needs longer than this to show.
      for (let still = 0; still < 30;) {
        yield* iteration
        const now = yield* books
        if (now.settled === now.received && now.answered === now.due) return
        still = isDeepStrictEqual(now, before) ? still + 1 : 0
        before = now
      }
    })

    return {
      hand: (text) => {
        if (live === undefined) return undefined
        handed += 1
        const asked = dueFor(text)
        due += asked
        const frame = Frame.decode(text)
        const isSystem = typeof frame !== "string" && frame.type === "SYSTEM"
        const before = unknownTopics
        try {
          live.listener.onText(text, live.connection)
        } catch (error) {
          return `thrown into the socket: ${String(error)}`
        }
        if (isSystem) systemNotFound += unknownTopics - before
        return undefined
      },
      books,
      quiet
    }
  })

export interface Outcome {
  readonly inputs: number
  readonly books: Books
  readonly thrown: ReadonlyArray<{ readonly index: number; readonly problem: string }>
}

/** Hands over inputs `0` to below `to` of a seed, in batches such as a socket reads. */
export const run = (
  { account, onThousand = () => {}, seed, to }: {
    readonly account: string
    readonly seed: number
    readonly to: number
    readonly onThousand?: (done: number) => void
  }
): Effect.Effect<Outcome, DingTalkConfig.DingTalkConfigError> =>
  Effect.scoped(Effect.gen(function*() {
    const session = yield* start(account)
    const thrown: Array<{ readonly index: number; readonly problem: string }> = []
    for (let index = 0; index < to;) {
      const sizes = Random.make(seed, index)
      const batch = Math.min(to - index, sizes.once(50) ? 600 : 1 + sizes.below(100))
      for (let i = 0; i < batch; i++, index++) {
        const problem = session.hand(frameText(Random.make(seed, index)))
        if (problem !== undefined && thrown.length < 100) thrown.push({ index, problem })
        if (index % 1_000 === 999) onThousand(index + 1)
      }
      yield* session.quiet
    }
    return { inputs: to, books: yield* session.books, thrown }
  }))
