/** The real channel in a world where time, the network and the process are played by a history. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import * as Supervisor from "effect/Supervisor"
import type { AccountStatus } from "../../../src/accounts/AccountStatus.ts"
import * as DingTalkChannel from "../../../src/DingTalkChannel.ts"
import { type AccountSettings, DingTalkConfig, type Settings } from "../../../src/DingTalkConfig.ts"
import type { Handlers } from "../../../src/inbound/Handlers.ts"
import * as Metrics from "../../../src/metrics.ts"
import { defaults } from "../../../src/stream/StreamTiming.ts"
import { Transport } from "../../../src/stream/Transport.ts"
import { settings } from "../../utils/settings.ts"
import { type AccountId, type Accounts, type History, type Knobs, leastHandlingMs, type Op } from "../history.ts"
import { ordersOf, planOf } from "./frames.ts"
import * as VirtualTime from "./virtualTime.ts"
import * as Wire from "./wire.ts"

const settingsOf = (id: AccountId, { handlerTimeoutMs, queue, secret, workers, ...knobs }: Knobs): AccountSettings =>
  settings({
    ...knobs,
    id,
    appKey: `key-${id}`,
    appSecret: Redacted.make(`secret${secret}`),
    dispatchWorkers: workers,
    dispatchQueueSize: queue,
    handlerTimeoutMs
  })

const configOf = ({ a, b }: Accounts): Settings => ({
  accounts: new Map([
    ...(a === undefined ? [] : [["a", settingsOf("a", a)] as const]),
    ...(b === undefined ? [] : [["b", settingsOf("b", b)] as const])
  ]),
  warnings: []
})

const silence = Effect.async<never>(() => {})

/** Does as it is told in the message: takes its time, and succeeds or not. */
const obey = (text: string, account: string, began: Array<string>, leastMs: number): Effect.Effect<void, string> =>
  Effect.suspend(() => {
    const { frame, ms: told, outcome } = planOf(text)
    const ms = told === undefined ? undefined : Math.max(told, leastMs)
    began.push(`${account} ${frame}`)
    const end = outcome === "ok"
      ? Effect.void
      : outcome === "fail"
      ? Effect.fail("as told")
      : outcome === "die"
      ? Effect.die(new Error("as told"))
      : Effect.interrupt
    return ms === undefined ? silence : ms === 0 ? end : Effect.zipRight(Effect.sleep(ms), end)
  })

/** A status in the words of the model. */
const inWords = (status: AccountStatus): string => {
  switch (status._tag) {
    case "BackingOff": {
      const { error, until } = status
      return `BackingOff until ${until} for ${error._tag === "Transient" ? error.reason : error._tag}`
    }
    case "Stopped": {
      const { reason } = status
      return `Stopped ${reason._tag === "ByError" ? reason.error._tag : reason._tag}`
    }
    default:
      return `${status._tag} since ${status.since}`
  }
}

export const counters = [
  "received",
  "acked",
  "handled",
  "failed",
  "dropped",
  "duplicate",
  "gated",
  "undecodable",
  "abandoned"
] as const

const metricsOf = (id: AccountId): ReadonlyArray<ReadonlyArray<Metric.Metric.Counter<number>>> => {
  const { gated, ...metrics } = { ...Metrics.forAccount(id) }
  const reasons = ["self", "empty"].map((reason) => Metric.tagged(gated, "reason", reason))
  return counters.map((name) => name === "gated" ? reasons : [metrics[name]])
}

const metrics = { a: metricsOf("a"), b: metricsOf("b") }

const gauges = { a: Metrics.ofConnection("a"), b: Metrics.ofConnection("b") }

const count = (id: AccountId): ReadonlyArray<number> =>
  metrics[id].map((same) => same.reduce((sum, metric) => sum + metric.unsafeValue([]).count, 0))

export interface World {
  readonly time: VirtualTime.VirtualTime
  readonly wire: Wire.Wire
  readonly perform: (op: Op) => void
  /** Closes the channel's scope, as the end of the program would. */
  readonly close: () => void
  readonly statuses: () => ReadonlyMap<string, string>
  /** What the counters of an account rose by, in the order of {@link counters}. */
  readonly counted: (id: AccountId) => ReadonlyArray<number>
  /** What the gauges of an account's connections say. */
  readonly gauges: (id: AccountId) => { readonly connected: number; readonly strikes: number }
  /** The frames whose handlers began: of messages, and of what waits for an answer. */
  readonly began: { readonly messages: ReadonlyArray<string>; readonly calls: ReadonlyArray<string> }
  /** Whether each of the user's commands has returned, and how. */
  readonly returned: ReadonlyArray<string>
  readonly fibers: () => number
}

export const make = (history: History, tasks: VirtualTime.Tasks): World => {
  const time = VirtualTime.make(tasks)
  const wire = Wire.make(time, defaults.closeTimeoutMs)
  const messages: Array<string> = []
  const calls: Array<string> = []
  const returned: Array<string> = []
  const leastMs = leastHandlingMs(history)
  const handlers: Handlers = {
    onMessage: (message) => obey(message.text, message.accountId, messages, leastMs),
    onEvent: (event) => obey(ordersOf(event.data), event.accountId, calls, leastMs),
    onCardAction: (action) => obey(action.outTrackId, action.accountId, calls, leastMs)
  }
  let config = configOf(history.accounts)
  const supervisor = Supervisor.unsafeTrack()
  const services = Context.make(HttpClient.HttpClient, wire.client).pipe(
    Context.add(Transport, wire.transport),
    Context.add(DingTalkConfig, {
      get: Effect.sync(() => config),
      set: (next) =>
        Effect.sync(() => {
          config = next
        })
    })
  )
  const before = { a: count("a"), b: count("b") }
  const scope = Effect.runSync(Scope.make())
  const starting = Effect.runFork(
    Effect.zip(Effect.runtime(), DingTalkChannel.make(handlers)).pipe(
      Scope.extend(scope),
      Effect.provide(services),
      Effect.withRandom(Random.fixed([history.jitter])),
      Effect.withClock(time.clock),
      Effect.supervised(supervisor),
      Effect.withTracerEnabled(false),
      Logger.withMinimumLogLevel(LogLevel.None)
    ),
    { scheduler: time.scheduler }
  )
  time.settle()
  const started = starting.unsafePoll()
  if (started === null || Exit.isFailure(started)) throw new Error("the channel does not start", { cause: started })
  const [runtime, channel] = started.value
  const ask = (command: Effect.Effect<unknown, unknown>) => {
    const number = returned.push("waits") - 1
    Runtime.runFork(runtime)(command, { scheduler: time.scheduler }).addObserver((exit) => {
      returned[number] = Exit.isSuccess(exit) ? "returned" : Exit.isInterrupted(exit) ? "cut off" : "failed"
    })
  }
  const perform = (op: Op): void => {
    switch (op._tag) {
      case "Weather":
        return wire.change(op.change)
      case "Frames":
        return wire.pick(op.on)?.deliver(op.frames)
      case "Close":
        return wire.pick(op.on)?.serverCloses(op.close)
      case "Pongs":
        return wire.pick(op.on)?.answerPings(op.ms)
      case "Jump":
        return time.jump(op.ms)
      case "Suspend":
        return time.lag(op.ms)
      case "Start":
        return ask(channel.start(op.account))
      case "Stop":
        return ask(channel.stop(op.account))
      case "Restart":
        return ask(channel.restart(op.account))
      case "Reload":
        return ask(channel.reload(configOf(op.accounts)))
    }
  }

  return {
    time,
    wire,
    perform: (op) => {
      perform(op)
      time.settle()
    },
    close: () => {
      ask(Scope.close(scope, Exit.void))
      time.settle()
    },
    statuses: () => {
      const all = Runtime.runSync(runtime)(channel.statuses)
      return new Map([...all].map(([id, status]) => [id, inWords(status)]))
    },
    counted: (id) => count(id).map((n, i) => n - (before[id][i] ?? 0)),
    gauges: (id) => ({
      connected: gauges[id].connected.unsafeValue([]).value,
      strikes: gauges[id].strikes.unsafeValue([]).value
    }),
    began: { messages, calls },
    returned,
    fibers: () => Effect.runSync(supervisor.value).length
  }
}
