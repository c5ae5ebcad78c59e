/**
 * An inbox in a SQLite file: what is acknowledged and handled, how soon, what a flood costs in memory, and how soon it
 * resumes; and one in PostgreSQL beside it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { postgres, postgresMissing } from "../../test/utils/postgres.ts"
import { pick, type Samples } from "../harness/interleave.ts"
import type { Plan } from "../harness/plan.ts"
import type { ProcessFailed } from "../harness/Process.ts"
import * as Script from "../harness/script.ts"
import { connect, type Connected, type Gateway, gateway as startGateway, ours } from "../harness/world.ts"
import type { Work } from "../protocol.ts"
import type { Scenario } from "./Scenario.ts"

const perSecond = 2_000

/** The command line as it is published. */
const bin = fileURLToPath(new URL("../../../dist/bin.js", import.meta.url))

const mib = 1_024 * 1_024

const waiting = 10_000

interface Speed {
  readonly handledPerSecond: number
  readonly cpuMicros: number
}

interface Sample extends Speed {
  readonly ackP99: number
  readonly resumeMs: number
  readonly serviceMs: number
}

/** A file in a directory that goes with the scope. */
const file: Effect.Effect<string, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "bench-inbox-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  ),
  (directory) => join(directory, "inbox.db")
)

const robot = (gateway: Gateway, inbox: string, work: Work = { _tag: "Nothing" }) =>
  connect(gateway, { ...ours, spec: { inbox, work } })

const load = { script: "ascii", conversations: 50 } as const

/** The time at which so many more have been handled than before. */
const handled = (client: Connected, count: number): Effect.Effect<number, ProcessFailed> =>
  Effect.flatMap(client.call("tally", null), (tally) =>
    tally.handled >= count
      ? Effect.sync(() => performance.now())
      : Effect.delay(handled(client, count), 25))

const throughput = (
  { quick }: Plan,
  place: Effect.Effect<string, never, Scope.Scope>
): Effect.Effect<Speed, ProcessFailed> =>
  Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const client = yield* robot(gateway, yield* place)
    const run = (count: number) => gateway.call("window", { ...load, group: client.group, count, outstanding: 1_000 })
    const warmUp = quick ? 10_000 : 20_000
    yield* run(warmUp)
    yield* handled(client, warmUp)
    const count = quick ? 10_000 : 40_000
    const usage = yield* client.call("usage", null)
    const before = performance.now()
    yield* run(count)
    const ms = (yield* handled(client, warmUp + count)) - before
    const { cpuMicros } = yield* client.call("usage", null)
    return { handledPerSecond: count / ms * 1_000, cpuMicros: (cpuMicros - usage.cpuMicros) / count }
  }))

const latency = ({ quick }: Plan) =>
  Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const client = yield* robot(gateway, yield* file)
    const run = (seconds: number) =>
      gateway.call("paced", { ...load, group: client.group, perSecond, count: seconds * perSecond })
    yield* run(quick ? 1 : 2)
    return (yield* run(quick ? 2 : 5)).ackMs.p99
  }))

const flood = ({ quick }: Plan) =>
  Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const client = yield* robot(gateway, yield* file, { _tag: "Sleep", ms: 50 })
    yield* gateway.call("window", { ...load, group: client.group, count: 5_000, outstanding: 500 })
    const idle = yield* client.call("settle", null)
    const count = quick ? 20_000 : 1_000_000
    // A call of the gateway's is answered within two minutes, and a disk may be slow.
    for (let sent = 0; sent < count; sent += 20_000) {
      yield* gateway.call("window", { ...load, group: client.group, count: 20_000, outstanding: 1_000 })
    }
    return (yield* client.call("usage", null)).peakRssBytes - idle.rssBytes
  }))

/**
 * From the start of a process until it has the first of what waits: of the command line, which prints it, and of a service
 * that loads the library and what it needs file by file, until its handler has begun.
 */
const resume = Effect.scoped(Effect.gen(function*() {
  const gateway = yield* startGateway
  const inbox = yield* file
  const { group } = yield* Effect.scoped(Effect.gen(function*() {
    const client = yield* robot(gateway, inbox, { _tag: "Sleep", ms: 3_600_000 })
    yield* gateway.call("window", { ...load, group: client.group, count: waiting, outstanding: 1_000 })
    return client
  }))
  const id = `${group}-1`
  const config = `${inbox}.json`
  writeFileSync(
    config,
    JSON.stringify({ apiBaseUrl: gateway.hello.url, accounts: { [id]: { clientId: id, clientSecret: "s3cr3t" } } })
  )
  const resumeMs = yield* Script.firstWords({ file: bin, args: ["listen", "--config", config, "--inbox", inbox] })
  const before = performance.now()
  const client = yield* robot(gateway, inbox)
  return { resumeMs, serviceMs: (yield* handled(client, 1)) - before }
}))

/** What a server of PostgreSQL handles, if there is one here. */
const onPostgres = (plan: Plan) =>
  postgresMissing === undefined
    ? Effect.scoped(
      Effect.flatMap(postgres, ({ database }) => Effect.replicateEffect(throughput(plan, database("bench")), 1))
    )
    : Effect.succeed([])

const measured = (plan: Plan): Effect.Effect<Sample, ProcessFailed> =>
  Effect.gen(function*() {
    return {
      ...(yield* throughput(plan, file)),
      ackP99: yield* latency(plan),
      ...(yield* resume)
    }
  })

export const inbox: Scenario = {
  name: "inbox",
  run: (plan) =>
    Effect.gen(function*() {
      const all = yield* Effect.replicateEffect(measured(plan), plan.quick ? 1 : 3)
      // A million are enough for a figure.
      const growthMiB = [(yield* flood(plan)) / mib]
      const samples: Samples<Sample> = new Map([[ours.name, all]])
      const of = (value: (sample: Sample) => number) => pick(samples, ours.name, value)
      const server = yield* onPostgres(plan)
      return {
        name: "inbox",
        title: "An inbox in a database: acknowledged when it is written, a handler that does nothing",
        columns: [
          { title: "handled/s", digits: 0 },
          { title: "CPU µs/message", digits: 1 },
          { title: `ack p99 ms at ${perSecond.toLocaleString("en-US")}/s`, digits: 1 },
          { title: "RSS growth MiB", digits: 1 },
          { title: "listen resumes after ms", digits: 0 },
          { title: "a service ms", digits: 0 }
        ],
        lines: [{
          client: "in a SQLite file",
          cells: [
            of(({ handledPerSecond }) => handledPerSecond),
            of(({ cpuMicros }) => cpuMicros),
            of(({ ackP99 }) => ackP99),
            growthMiB,
            of(({ resumeMs }) => resumeMs),
            of(({ serviceMs }) => serviceMs)
          ]
        }, {
          client: "in PostgreSQL",
          cells: [
            server.map(({ handledPerSecond }) => handledPerSecond),
            server.map(({ cpuMicros }) => cpuMicros),
            [],
            [],
            [],
            []
          ]
        }],
        bars: [
          {
            title: "time for 5,000 messages that are acknowledged and handled",
            samples: of(({ handledPerSecond }) => 5_000 / handledPerSecond),
            limit: 1,
            unit: "s",
            digits: 2
          },
          {
            title: `ack p99 at ${perSecond.toLocaleString("en-US")} messages/s`,
            samples: of(({ ackP99 }) => ackP99),
            limit: 20,
            unit: "ms",
            digits: 1
          },
          {
            title: `growth of the peak RSS in a flood of ${plan.quick ? "20,000" : "1,000,000"}`,
            samples: growthMiB,
            limit: 150,
            unit: "MiB",
            digits: 0
          },
          {
            title: `a start of listen with ${waiting.toLocaleString("en-US")} waiting, until it has the first`,
            samples: of(({ resumeMs }) => resumeMs),
            limit: 1_000,
            unit: "ms",
            digits: 0
          },
          ...server.map(({ handledPerSecond }) => ({
            title: "time for 1,000 messages that are acknowledged and handled, in PostgreSQL",
            samples: [1_000 / handledPerSecond],
            limit: 1,
            unit: "s",
            digits: 2
          }))
        ],
        notes: [
          "SQLite in its WAL mode, synchronous=NORMAL; PostgreSQL on this machine, without fsync",
          "a service: of Node's modules as they are installed, until its handler has begun; the most of it is their loading",
          ...postgresMissing === undefined ? [] : [postgresMissing]
        ]
      }
    })
}
