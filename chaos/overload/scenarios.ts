/** More than a robot can take: what must still hold then. Each scenario prints what it saw and gives the bars it missed. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { logEvents } from "../../src/logEvents.ts"
import * as Metrics from "../../src/metrics.ts"
import { defaults, type StreamTimingValues } from "../../src/stream/StreamTiming.ts"
import type { App, Options } from "../../src/testing/Options.ts"
import { scaled } from "../faults/timing.ts"
import { spawn } from "../support/fakeThread.ts"
import { inUse, mebibytes } from "../support/measures/heap.ts"
import { quantile, sortedOf } from "../support/measures/statistics.ts"
import { table } from "../support/measures/table.ts"
import { print } from "../support/program.ts"
import * as Robot from "../support/robot.ts"
import * as Logs from "./logs.ts"
import { mostConnections } from "./spin.ts"

type Bars = ReadonlyArray<string>

const bars = (...checks: ReadonlyArray<readonly [isMissed: boolean, words: string]>): Bars =>
  checks.flatMap(([isMissed, words]) => (isMissed ? [words] : []))

const gateway = (options: Omit<Options, "random">) =>
  spawn(new URL(import.meta.url), { awaitTimeoutMs: 30_000, ...options })

const ms = (n: number) => `${n < 10 ? n.toFixed(1) : Math.round(n)} ms`

const counted = (account: string, metric: "dropped" | "handled" | "received") =>
  Effect.map(Metric.value(Metrics.forAccount(account)[metric]), ({ count }) => count)

/** A million messages at handlers that take none of them in time. */
export const flood = (frames: number): Effect.Effect<Bars, unknown> =>
  Effect.scoped(Effect.gen(function*() {
    const ask = yield* gateway({})
    const config = yield* ask("config", null)
    const logs = Logs.make()
    yield* Effect.provide(
      Robot.start({
        config: {
          accounts: { flooded: { ...config } },
          apiBaseUrl: config.apiBaseUrl,
          oapiBaseUrl: config.oapiBaseUrl
        },
        handlers: { onMessage: () => Effect.sleep(20) }
      }),
      logs.layer
    )
    yield* ask("connected", { count: 1 })
    const send = (count: number) => ask("flood", { count, clientId: config.appKey, characters: 400 })
    const first = Math.min(10_000, frames / 10)
    yield* send(first)
    yield* ask("answered", null)
    const before = yield* inUse
    const since = performance.now()
    yield* send(frames - first)
    const stats = yield* ask("answered", null)
    const seconds = (performance.now() - since) / 1_000
    const after = yield* inUse
    const records = logs.of(logEvents.dropped)
    const dropped = yield* counted("flooded", "dropped")
    const handled = yield* counted("flooded", "handled")
    print(
      `\nflood: ${frames.toLocaleString("en-US")} messages at slow handlers, ${
        Math.round((frames - first) / seconds).toLocaleString("en-US")
      }/s:` +
        ` ${stats.acked} acknowledged, ${handled} handled, ${dropped} dropped in ${records} log records;` +
        ` heap ${mebibytes(before)} after ${first}, ${mebibytes(after)} at the end (× ${(after / before).toFixed(2)})`
    )
    return bars(
      [
        stats.delivered !== frames || stats.acked !== frames,
        `flood: ${frames - stats.acked} of ${frames} not acknowledged`
      ],
      [stats.doubleAcked > 0, `flood: ${stats.doubleAcked} acknowledged twice`],
      [after > before * 1.2, `flood: the heap grew to × ${(after / before).toFixed(2)}`],
      [records > 2 + seconds / 10 + 1, `flood: ${records} log records about drops in ${seconds.toFixed(0)} s`],
      [dropped + handled < frames - 300, `flood: ${frames - dropped - handled} messages unaccounted for`]
    )
  }))

/** Answers must not wait for handlers: the same load with quick ones and with slow ones. */
export const acks: Effect.Effect<Bars, unknown> = Effect.scoped(Effect.gen(function*() {
  const measured = (handling: Effect.Effect<void>) =>
    Effect.scoped(Effect.gen(function*() {
      const ask = yield* gateway({})
      const config = yield* ask("config", null)
      yield* Effect.provide(Robot.start({ config, handlers: { onMessage: () => handling } }), Logs.make().layer)
      yield* ask("connected", { count: 1 })
      yield* ask("pace", { clientIds: [config.appKey], count: 200, forMs: 500 })
      const since = yield* Clock.currentTimeMillis
      yield* ask("pace", { clientIds: [config.appKey], count: 1_500, forMs: 3_000 })
      yield* ask("answered", null)
      return yield* ask("delays", { prefix: "", since })
    }))
  const quick = yield* measured(Effect.void)
  const slow = yield* measured(Effect.sleep(1_000))
  const [p99Quick, p99Slow] = [quantile(quick, 0.99), quantile(slow, 0.99)]
  print(
    `\nanswers at 500/s: p50 ${ms(quantile(quick, 0.5))}, p99 ${ms(p99Quick)} with handlers that take no time;` +
      ` p50 ${ms(quantile(slow, 0.5))}, p99 ${ms(p99Slow)} with ones that take 1 s`
  )
  return bars(
    [slow.length < 1_500, `answers: ${1_500 - slow.length} messages without one`],
    [p99Slow > 3 * p99Quick + 25, `answers: slow handlers make them wait ${ms(p99Slow)}`]
  )
}))

/** Times that let a scenario see an end and the next beginning within a second or two. */
const brisk: StreamTimingValues = {
  ...defaults,
  backoffMs: [100],
  healthyMs: 500,
  openTimeoutMs: 5_000,
  lingerMs: 500,
  closeTimeoutMs: 500,
  pingIntervalMs: 2_000
}

/** Messages of 7 MiB, and one over the limit. */
export const giants: Effect.Effect<Bars, unknown> = Effect.scoped(Effect.gen(function*() {
  const ask = yield* gateway({})
  const config = yield* ask("config", null)
  let handled = 0
  let characters = 0
  yield* Effect.provide(
    Robot.start({
      config,
      handlers: {
        onMessage: ({ text }) =>
          Effect.sync(() => {
            handled += 1
            characters = text.length
          })
      },
      timing: brisk
    }),
    Logs.make().layer
  )
  yield* ask("connected", { count: 1 })
  yield* ask("flood", { count: 10, clientId: config.appKey, characters: 400 })
  yield* ask("answered", null)
  const before = yield* inUse
  const size = 7 * 1024 * 1024
  yield* ask("flood", { count: 20, clientId: config.appKey, characters: size })
  const stats = yield* ask("answered", null)
  const largest = characters
  yield* ask("raw", { characters: 9 * 1024 * 1024 })
  while ((yield* ask("ever", null)) < 2) yield* Effect.sleep(20)
  yield* ask("connected", { count: 1 })
  yield* ask("flood", { count: 10, clientId: config.appKey, characters: 400 })
  const end = yield* ask("answered", null)
  // One small message through each worker, so that none holds a giant any more.
  yield* Effect.sleep(200)
  const after = yield* inUse
  print(
    `\ngiants: 20 messages of 7 MiB: ${stats.acked - 10} acknowledged, ${handled} of 40 handled, answers p99 ${
      ms(stats.p99Ms ?? 0)
    }; one of 9 MiB: a new connection, ${end.acked - stats.acked} of 10 messages behind it acknowledged;` +
      ` heap ${mebibytes(before)} → ${mebibytes(after)}`
  )
  return bars(
    [handled !== 40 || largest !== size, `giants: ${handled} of 40 messages handled`],
    [end.acked !== 40, `giants: ${end.acked} of 40 acknowledged`],
    [after > before + 8 * 1024 * 1024, `giants: ${mebibytes(after - before)} stay behind`]
  )
}))

/** Messages of 7 MiB at handlers that take none of them in time: more than the heap would hold. */
export const huge: Effect.Effect<Bars, unknown> = Effect.scoped(Effect.gen(function*() {
  const ask = yield* gateway({})
  const config = yield* ask("config", null)
  const characters = 7 * 1024 * 1024
  const count = 256
  const started: Array<string> = []
  yield* Effect.provide(
    Robot.start({
      config: {
        apiBaseUrl: config.apiBaseUrl,
        oapiBaseUrl: config.oapiBaseUrl,
        accounts: { huge: { ...config } },
        drainTimeoutMs: 100
      },
      handlers: {
        onMessage: ({ messageId }) => Effect.zipRight(Effect.sync(() => started.push(messageId)), Effect.never)
      },
      timing: brisk
    }),
    Logs.make().layer
  )
  yield* ask("connected", { count: 1 })
  const before = yield* inUse
  yield* ask("flood", { count, clientId: config.appKey, characters })
  const stats = yield* ask("answered", null)
  const dropped = yield* counted("huge", "dropped")
  const after = yield* inUse
  print(
    `\nhuge: ${count} messages of 7 MiB at handlers that never end: ${stats.acked} acknowledged, ${started.length} at work,` +
      ` ${dropped} dropped; heap ${mebibytes(before)} → ${mebibytes(after)}`
  )
  // What is at work, what waits within the default bound, and one that is being read; two bytes a character at most.
  const allowed = (started.length + 1) * 2 * characters + 64 * 1024 * 1024
  return bars(
    [stats.acked !== count, `huge: ${count - stats.acked} of ${count} not acknowledged`],
    [dropped < count / 2, `huge: only ${dropped} of ${count} dropped`],
    [after - before > allowed, `huge: ${mebibytes(after - before)} are kept, of ${mebibytes(allowed)} allowed`]
  )
}))

/** One person who talks without end among sixty who ask one thing each, in both orders. */
export const chatter: Effect.Effect<Bars, unknown> = Effect.gen(function*() {
  const people = 60
  const seen = yield* Effect.forEach(
    ["unordered", "conversation"] as const,
    (ordering) =>
      Effect.scoped(Effect.gen(function*() {
        const ask = yield* gateway({})
        const config = yield* ask("config", null)
        const answered = new Set<string>()
        yield* Effect.provide(
          Robot.start({
            config: { ...config, ordering },
            handlers: {
              onMessage: ({ senderStaffId }) =>
                Effect.zipRight(Effect.sleep(50), Effect.sync(() => answered.add(senderStaffId ?? "")))
            }
          }),
          Logs.make().layer
        )
        yield* ask("connected", { count: 1 })
        const talked = yield* ask("crowd", { people, perSecond: 430, forMs: 6_000 })
        const stats = yield* ask("answered", null)
        yield* Effect.sleep(500)
        answered.delete("chatter")
        return { ordering, talked, acked: stats.acked, answered: answered.size }
      }))
  )
  print(
    `\none chatter among ${people} people: ${
      seen.map(({ acked, answered, ordering, talked }) =>
        `ordering ${ordering}: ${answered} of ${people} answered, ${acked} of ${talked + people} acknowledged`
      ).join("; ")
    }`
  )
  return seen.flatMap(({ acked, answered, ordering, talked }) =>
    bars(
      [answered < people, `chatter, ordering ${ordering}: ${people - answered} people without an answer`],
      [acked !== talked + people, `chatter, ordering ${ordering}: ${talked + people - acked} not acknowledged`]
    )
  )
})

/** One account in a rage, fifty quiet ones beside it. */
export const noisy: Effect.Effect<Bars, unknown> = Effect.scoped(Effect.gen(function*() {
  const quiet = Array.from({ length: 50 }, (_, i): App => ({ clientId: `quiet${i}`, clientSecret: "secret" }))
  const noisyApp: App = { clientId: "noisy", clientSecret: "secret" }
  const ask = yield* gateway({ apps: [noisyApp, ...quiet] })
  const { apiBaseUrl, oapiBaseUrl } = yield* ask("config", null)
  const handling: Array<number> = []
  const loop = monitorEventLoopDelay({ resolution: 5 })
  yield* Effect.provide(
    Robot.start({
      config: {
        apiBaseUrl,
        oapiBaseUrl,
        accounts: Object.fromEntries([noisyApp, ...quiet].map(({ clientId, clientSecret }) => [
          clientId,
          { clientId, clientSecret }
        ]))
      },
      handlers: {
        onMessage: ({ accountId, createdAt }) =>
          accountId === "noisy"
            ? Effect.sleep(5)
            : Effect.map(Clock.currentTimeMillis, (now) => {
              handling.push(now - (createdAt ?? now))
            })
      }
    }),
    Logs.make().layer
  )
  yield* ask("connected", { count: 51 })
  const clientIds = quiet.map(({ clientId }) => clientId)
  const measured = Effect.gen(function*() {
    const since = yield* Clock.currentTimeMillis
    handling.length = 0
    loop.reset()
    loop.enable()
    yield* ask("pace", { clientIds, count: 10, forMs: 5_000 })
    yield* Effect.sleep(300)
    loop.disable()
    const answers = yield* ask("delays", { prefix: "quiet", since })
    return { answers, handled: sortedOf(handling), loopMs: loop.percentile(99) / 1e6 }
  })
  yield* ask("pace", { clientIds, count: 2, forMs: 500 })
  const calm = yield* measured
  yield* ask("rage", { clientId: "noisy" })
  yield* Effect.sleep(500)
  const raging = yield* measured
  const raged = yield* ask("calm", null)
  const row = (name: string, { answers, handled, loopMs }: typeof calm) => [
    name,
    answers.length,
    ms(quantile(answers, 0.5)),
    ms(quantile(answers, 0.99)),
    ms(quantile(handled, 0.5)),
    ms(quantile(handled, 0.99)),
    ms(loopMs)
  ]
  print(`\none noisy account (${raged.toLocaleString("en-US")} messages) among fifty quiet ones:`)
  print(table(["the quiet ones", "answers", "p50", "p99", "handled p50", "p99", "event loop p99"], [
    row("alone", calm),
    row("beside the noisy one", raging)
  ]))
  const allowed = quantile(calm.answers, 0.99) + 3 * raging.loopMs + 50
  return bars(
    [raging.answers.length < 500, `noisy: ${500 - raging.answers.length} quiet messages without an answer`],
    [raging.handled.length < 500, `noisy: ${500 - raging.handled.length} quiet messages not handled`],
    [
      quantile(raging.answers, 0.99) > allowed,
      `noisy: quiet answers wait ${ms(quantile(raging.answers, 0.99))}, not ${ms(allowed)}`
    ],
    [
      quantile(raging.handled, 0.99) > allowed,
      `noisy: quiet messages wait ${ms(quantile(raging.handled, 0.99))}, not ${ms(allowed)}`
    ]
  )
}))

const spin = (forMs: number) => {
  const until = performance.now() + forMs
  while (performance.now() < until);
}

/** A handler that keeps the event loop to itself, for longer than the heartbeat's interval. */
export const blocked: Effect.Effect<Bars, unknown> = Effect.scoped(Effect.gen(function*() {
  const ask = yield* gateway({})
  const config = yield* ask("config", null)
  const logs = Logs.make()
  let handled = 0
  yield* Effect.provide(
    Robot.start({
      config,
      handlers: {
        onMessage: () =>
          Effect.sync(() => {
            handled += 1
            if (handled % 50 === 0) spin(700)
          })
      },
      timing: { ...brisk, pingIntervalMs: 400 }
    }),
    logs.layer
  )
  yield* ask("connected", { count: 1 })
  const since = yield* Clock.currentTimeMillis
  yield* ask("pace", { clientIds: [config.appKey], count: 300, forMs: 5_000 })
  yield* ask("answered", null)
  yield* Effect.sleep(300)
  const delays = yield* ask("delays", { prefix: "", since })
  const ever = yield* ask("ever", null)
  const named = logs.matching(/block|held_up|loop/)
  print(
    `\na handler that blocks the event loop for 700 ms, six times: ${delays.length} of 300 answered, ${handled} handled,` +
      ` slowest answer ${ms(delays.at(-1) ?? 0)}, ${ever} connection(s); named in the log: ${named.join() || "no"}`
  )
  return bars(
    [delays.length !== 300 || handled !== 300, `blocked: ${handled} of 300 handled`],
    [ever !== 1, "blocked: the heartbeat took the connection for dead"],
    [(delays.at(-1) ?? 0) > 1_500, `blocked: an answer waited ${ms(delays.at(-1) ?? 0)} for blocks of 700 ms`],
    [named.length === 0, "blocked: the log does not name the handler that blocks the event loop"]
  )
}))

/** Gateways that send one message and a notice on each connection, at every speed; ten times as fast as in life. */
export const spinning: Effect.Effect<Bars, unknown> = Effect.gen(function*() {
  const timing = scaled(10)
  const forMs = 4_000
  const most = mostConnections(forMs, timing.backoffMs)
  const seen = yield* Effect.forEach([0, 1, 10, 100, 1_000], (afterMs) =>
    Effect.scoped(Effect.gen(function*() {
      const ask = yield* gateway({})
      const config = yield* ask("config", null)
      yield* ask("spin", { afterMs })
      const before = process.cpuUsage()
      yield* Effect.provide(
        Robot.start({ config, handlers: { onMessage: () => Effect.void }, timing }),
        Logs.make().layer
      )
      yield* Effect.sleep(forMs)
      const { system, user } = process.cpuUsage(before)
      return { afterMs, ever: yield* ask("ever", null), cpuMs: (system + user) / 1_000 }
    })))
  print(
    `\nspinning gateways, in ${forMs / 1_000} s of a tenth of the back-off: ${
      seen.map(({ afterMs, cpuMs, ever }) => `${ever} connections after ${afterMs} ms each (${ms(cpuMs)} of CPU)`)
        .join(", ")
    }; at most ${most}`
  )
  return seen.flatMap(({ afterMs, ever }) =>
    bars([ever > most, `spinning: ${ever} connections at notices after ${afterMs} ms`])
  )
})
