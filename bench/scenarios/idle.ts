/** Many robots in one process that nobody talks to. */
import * as Effect from "effect/Effect"
import { concat, pick, type Samples } from "../harness/interleave.ts"
import type { Plan } from "../harness/plan.ts"
import { connect, floor, gateway as startGateway, type Kind, ours, sdk } from "../harness/world.ts"
import { ratios } from "../report/statistics.ts"
import type { Scenario } from "./Scenario.ts"

const withHeartbeat: Kind = { ...sdk, name: "official SDK, keepAlive", spec: { keepAlive: true } }

const contestants = [sdk, withHeartbeat, floor, ours]

/** Our heartbeat comes every 20 s and the gateway's too: a window of that length has all of it. */
const amountsFor = ({ quick }: Plan) =>
  quick
    ? { accounts: 200, rounds: 1, windowMs: 1_500, timersMs: 1_000, startMs: 1_000, quietMs: 2_500 }
    : { accounts: 1_000, rounds: 3, windowMs: 20_000, timersMs: 5_000, startMs: 10_000, quietMs: 7_000 }

interface Idle {
  readonly residentBytes: number
  /** After some more garbage collections: what the opening of so many connections at once took has been given back. */
  readonly laterBytes: number
  readonly heapBytes: number
  /** Milliseconds of CPU a second, for all accounts together. */
  readonly cpu: number
  readonly timerWakeUps: number
}

const measured = (plan: Plan, kind: Kind, oneByOne: Effect.Semaphore) =>
  Effect.scoped(Effect.gen(function*() {
    const { accounts, quietMs, startMs, timersMs, windowMs } = amountsFor(plan)
    const { client, few, gateway } = yield* oneByOne.withPermits(1)(Effect.gen(function*() {
      const gateway = yield* startGateway
      const client = yield* connect(gateway, kind)
      // What its start took is given back, too, before anything is compared with it.
      yield* Effect.sleep(startMs)
      const few = yield* client.call("settle", null)
      yield* client.call("grow", { accounts })
      yield* gateway.call("connected", { group: client.group, count: accounts })
      return { client, few, gateway }
    }))
    // The connections of the opening calls are kept for some seconds.
    yield* Effect.sleep(quietMs)
    const all = yield* client.call("settle", null)
    // Each connection is sent a ping by the server once in this time; the first such time is for whoever watches what a
    // connection has said of late.
    const window = gateway.call("keepAlive", { group: client.group, pings: accounts, durationMs: windowMs })
    yield* window
    // The collector is at work for half a minute behind a time with so much garbage.
    yield* window
    const before = yield* client.call("usage", null)
    yield* window
    const after = yield* client.call("usage", null)
    const later = yield* client.call("settle", null)
    const wakeUps = yield* client.call("timerWakeUps", { durationMs: timersMs })
    const idle: Idle = {
      residentBytes: (all.rssBytes - few.rssBytes) / (accounts - 1),
      laterBytes: (later.rssBytes - few.rssBytes) / (accounts - 1),
      heapBytes: (all.heapBytes - few.heapBytes) / (accounts - 1),
      cpu: (after.cpuMicros - before.cpuMicros) / windowMs,
      timerWakeUps: wakeUps / timersMs * 1_000
    }
    return idle
  }))

/** They wait at the same time; only their beginnings, which take CPU, come one after the other. */
const rounds = (plan: Plan) =>
  Effect.gen(function*() {
    const oneByOne = yield* Effect.makeSemaphore(1)
    const round = Effect.forEach(
      contestants,
      (kind) => Effect.map(measured(plan, kind, oneByOne), (sample) => [kind.name, [sample]] as const),
      { concurrency: "unbounded" }
    )
    return yield* Effect.reduce(
      Array.from({ length: amountsFor(plan).rounds }, () => round),
      none,
      (all, one) => Effect.map(one, (samples) => concat(all, new Map(samples)))
    )
  })

const none: Samples<Idle> = new Map()

const against = (samples: Samples<Idle>, value: (sample: Idle) => number): ReadonlyArray<number> =>
  ratios(pick(samples, ours.name, value), pick(samples, sdk.name, value))

export const idle: Scenario = {
  name: "idle",
  run: (plan) =>
    Effect.map(
      rounds(plan),
      (samples) => ({
        name: "idle",
        title: `Idle: ${amountsFor(plan).accounts.toLocaleString("en-US")} accounts in one process`,
        columns: [
          { title: "resident KiB/account", digits: 1 },
          { title: "later", digits: 1 },
          { title: "heap KiB/account", digits: 1 },
          { title: "CPU ms/s", digits: 2 },
          { title: "timer wake-ups/s", digits: 2 }
        ],
        lines: contestants.map(({ name }) => ({
          client: name,
          cells: [
            pick(samples, name, (it) => it.residentBytes / 1_024),
            pick(samples, name, (it) => it.laterBytes / 1_024),
            pick(samples, name, (it) => it.heapBytes / 1_024),
            pick(samples, name, ({ cpu }) => cpu),
            pick(samples, name, ({ timerWakeUps }) => timerWakeUps)
          ]
        })),
        bars: [
          {
            title: "resident memory of an account against the official SDK",
            samples: against(samples, ({ residentBytes }) => residentBytes),
            limit: 1.5,
            unit: "×",
            digits: 2
          },
          {
            title: "idle CPU against the official SDK, which watches no connection by default",
            samples: against(samples, ({ cpu }) => cpu),
            limit: 1,
            unit: "×",
            digits: 2
          },
          {
            title: "wake-ups by timers, all accounts together",
            samples: pick(samples, ours.name, ({ timerWakeUps }) => timerWakeUps),
            limit: 1,
            unit: "/s",
            digits: 2
          }
        ],
        notes: ["each account is sent a ping by the server once in the window, 20 s in a full run"]
      })
    )
}
