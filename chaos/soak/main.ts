/** `npm run soak -- --minutes N`: a robot under a realistic mix, watched for anything that grows. Default 30 minutes. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { isMainThread } from "node:worker_threads"
import { allStopped } from "../../src/accounts/AccountStatus.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as Metrics from "../../src/metrics.ts"
import { scaled } from "../faults/timing.ts"
import * as Logs from "../overload/logs.ts"
import { serve, spawn } from "../support/fakeThread.ts"
import * as Fibers from "../support/measures/fibers.ts"
import { inUse, mebibytes } from "../support/measures/heap.ts"
import { quantile, sortedOf } from "../support/measures/statistics.ts"
import { table } from "../support/measures/table.ts"
import { main, numberOption, print } from "../support/program.ts"
import * as Random from "../support/random.ts"
import * as Robot from "../support/robot.ts"
import * as Samples from "./samples.ts"
import { type Sample, verdict } from "./verdict.ts"

const minutes = numberOption("minutes", 30)
const seed = numberOption("seed", 1)
const perSecond = numberOption("rate", 100)
/** The memory of redeliveries, which holds 10 000 messages, has been filled and renewed by then. */
const warmUpMessages = 25_000
const sampleMs = 5_000
const account = "soak"
/** The gateway moves its connections as often in a minute as in life in hours: the client's times are shorter, too. */
const hurry = 10
/** The share of what was said that must arrive: the rest was said while there was no connection. */
const leastHeard = 0.8

const random = Random.make(seed, 1)

/** Some messages are answered, some need a while, some fail. */
const handlersOf = (latencies: Array<number>): Handlers<DingTalkSender.DingTalkSender> => ({
  onMessage: (message) =>
    Effect.gen(function*() {
      latencies.push((yield* Clock.currentTimeMillis) - (message.createdAt ?? 0))
      if (random.once(10)) return yield* DingTalkSender.reply(message, `You said: ${message.text}`)
      if (random.once(500)) {
        return yield* DingTalkSender.send({ account, to: "user:lisi", text: "A long report.\n".repeat(400) })
      }
      if (random.once(50)) return yield* Effect.fail("no answer to that")
      return yield* Effect.sleep(random.below(40))
    }),
  onEvent: () => (random.once(10) ? Effect.fail("later") : Effect.void),
  onCardAction: ({ outTrackId }) => Effect.succeed({ cardData: { seen: outTrackId } }),
  onGraphCall: ({ uri }) => Effect.succeed({ body: JSON.stringify({ uri }) })
})

const counts = (names: ReadonlyArray<string>): ReadonlyMap<string, number> =>
  names.reduce((all, name) => all.set(name, (all.get(name) ?? 0) + 1), new Map<string, number>())

const counted = (metric: "received" | "handled" | "failed" | "dropped" | "duplicate") =>
  Effect.map(Metric.value(Metrics.forAccount(account)[metric]), ({ count }) => count)

/** Reading a stack parses the map of this program's source, once, and keeps it: megabytes that must not come later. */
const readStack = Effect.sync(() => String(new Error("no error").stack))

const program = Effect.scoped(Effect.gen(function*() {
  yield* readStack
  print(
    `soak for ${minutes} minutes, seed ${seed}: ${perSecond} messages a second of all kinds, a notice every 12 s, cuts, closes, bursts,` +
      ` dying tokens, events, cards, plug-in calls, redeliveries, junk; the client's times a ${hurry}th of those in life`
  )
  const ask = yield* spawn(new URL(import.meta.url), { redeliverLaterAfterMs: 5_000, redeliverAfterMs: 20_000 })
  const config = yield* ask("config", null)
  const logs = Logs.make()
  const fibers = Fibers.make()
  const latencies: Array<number> = []
  const { apiBaseUrl, appKey, appSecret, oapiBaseUrl } = config
  const { channel } = yield* Effect.provide(
    Robot.start({
      config: { apiBaseUrl, oapiBaseUrl, accounts: { [account]: { appKey, appSecret, events: true } } },
      handlers: handlersOf(latencies),
      timing: scaled(hurry)
    }),
    Layer.merge(logs.layer, fibers.layer)
  )
  yield* ask("connected", { count: 1 })
  yield* ask("mix", { perSecond, seed })

  const began = performance.now()
  const samples = Samples.make(Math.ceil((minutes * 60_000) / sampleMs) + 1)
  let warmFrom: number | undefined
  let lastPrint = Number.NEGATIVE_INFINITY
  let since = yield* Clock.currentTimeMillis
  print("   time      heap   handles  fibers  received    answers p50/p99   handling p50/p99")
  while (performance.now() - began < minutes * 60_000) {
    yield* Effect.sleep(sampleMs)
    const at = (performance.now() - began) / 1_000
    const received = yield* counted("received")
    if (warmFrom === undefined && (yield* counted("handled")) > warmUpMessages && at > minutes * 60 * 0.2) {
      warmFrom = samples.count()
      print("   warm from here on")
    }
    const sample: Sample = {
      at,
      heapBytes: yield* inUse,
      fibers: fibers.alive(),
      handles: counts(process.getActiveResourcesInfo())
    }
    samples.add(sample)
    if (at - lastPrint < Math.min(30, minutes * 3)) continue
    lastPrint = at
    const answers = yield* ask("delays", { prefix: "", since })
    const handling = sortedOf(latencies)
    latencies.length = 0
    since = yield* Clock.currentTimeMillis
    const ms = (values: ReadonlyArray<number>) =>
      `${quantile(values, 0.5).toFixed(1)}/${quantile(values, 0.99).toFixed(0)} ms`
    print(
      `${at.toFixed(0).padStart(5)} s ${mebibytes(sample.heapBytes).padStart(10)} ${
        String([...sample.handles.values()].reduce((a, b) => a + b, 0)).padStart(8)
      } ${String(sample.fibers).padStart(7)} ${String(received).padStart(9)} ${ms(answers).padStart(18)} ${
        ms(handling).padStart(18)
      }`
    )
  }
  const stats = yield* ask("stats", null)
  const warm = samples.all().slice(warmFrom ?? Math.floor(samples.count() / 4))
  const result = verdict(warm)
  print(
    `\n${warm.length} samples behind the warm-up: heap ${(result.heap.slope / 1024).toFixed(1)} ± ${
      (result.heap.margin / 1024).toFixed(1)
    } KiB a minute; ${yield* ask("ever", null)} connections;` +
      ` received ${yield* counted("received")}, handled ${yield* counted("handled")}, failed ${yield* counted(
        "failed"
      )},` +
      ` dropped ${yield* counted("dropped")}, redelivered and not handled again ${yield* counted("duplicate")};` +
      ` acknowledged twice ${stats.doubleAcked}`
  )
  print(table(["kind", "first third", "last third"], [["fibers", ...result.fibers], ...result.handles]))
  const expected = leastHeard * perSecond * minutes * 60
  return [
    ...result.missed,
    ...(yield* counted("received")) < expected ? [`fewer than ${Math.round(expected)} deliveries received`] : [],
    ...stats.doubleAcked > 0 ? [`${stats.doubleAcked} deliveries acknowledged twice`] : [],
    ...allStopped(yield* channel.statuses) ? ["the account did not live to the end"] : []
  ]
}))

if (isMainThread) await main(program, { options: { minutes: "N: 30", seed: "N: 1", rate: "N messages a second: 100" } })
else await Effect.runPromise(serve)
