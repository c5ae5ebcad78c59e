/** Two runners of a cluster on one PostgreSQL: what they acknowledge and handle, and what it costs them. */
import * as Effect from "effect/Effect"
import { freePort } from "../../chaos/support/listen.ts"
import { postgres, postgresMissing } from "../../test/utils/postgres.ts"
import { pick, type Samples } from "../harness/interleave.ts"
import type { Plan } from "../harness/plan.ts"
import type { ProcessFailed } from "../harness/Process.ts"
import { connect, type Connected, gateway as startGateway, ours } from "../harness/world.ts"
import type { Scenario } from "./Scenario.ts"

interface Sample {
  readonly handledPerSecond: number
  readonly cpuMicros: number
}

const load = { script: "ascii", conversations: 50 } as const

const sum = (runners: ReadonlyArray<Connected>, what: (runner: Connected) => Effect.Effect<number, ProcessFailed>) =>
  Effect.map(Effect.forEach(runners, what), (all) => all.reduce((total, each) => total + each, 0))

/** The time at which they have handled so many. */
const handled = (runners: ReadonlyArray<Connected>, count: number): Effect.Effect<number, ProcessFailed> =>
  Effect.flatMap(
    sum(runners, (runner) => Effect.map(runner.call("tally", null), (tally) => tally.handled)),
    (all) => all >= count ? Effect.sync(() => performance.now()) : Effect.delay(handled(runners, count), 25)
  )

const measured = ({ quick }: Plan): Effect.Effect<Sample, ProcessFailed> =>
  Effect.scoped(Effect.gen(function*() {
    const { url } = yield* postgres
    const gateway = yield* startGateway
    const runner = Effect.flatMap(
      freePort,
      (port) => connect(gateway, { ...ours, spec: { cluster: { url, port } } })
    )
    const runners = [yield* runner, yield* runner]
    // The second one has its conversations a moment after it is there.
    yield* Effect.sleep("3 seconds")
    const run = (count: number) =>
      gateway.call("window", { ...load, group: runners[0]?.group ?? "", count, outstanding: 500 })
    const warmUp = quick ? 1_000 : 3_000
    yield* run(warmUp)
    yield* handled(runners, warmUp)
    const used = sum(runners, (runner) => Effect.map(runner.call("usage", null), ({ cpuMicros }) => cpuMicros))
    const count = quick ? 2_000 : 10_000
    const usage = yield* used
    const before = performance.now()
    yield* run(count)
    const ms = (yield* handled(runners, warmUp + count)) - before
    return { handledPerSecond: count / ms * 1_000, cpuMicros: ((yield* used) - usage) / count }
  }))

export const cluster: Scenario = {
  name: "cluster",
  run: (plan) =>
    Effect.map(
      postgresMissing === undefined ? Effect.replicateEffect(measured(plan), plan.quick ? 1 : 3) : Effect.succeed([]),
      (all) => {
        const samples: Samples<Sample> = new Map([[ours.name, all]])
        const of = (value: (sample: Sample) => number) => pick(samples, ours.name, value)
        const found = all.length > 0
        return {
          name: "cluster",
          title:
            "A cluster of two runners on one PostgreSQL: acknowledged when it is written, a handler that does nothing",
          columns: [{ title: "handled/s", digits: 0 }, { title: "CPU µs/message, both runners", digits: 0 }],
          lines: found
            ? [{
              client: ours.name,
              cells: [of(({ handledPerSecond }) => handledPerSecond), of(({ cpuMicros }) => cpuMicros)]
            }]
            : [],
          bars: found
            ? [{
              title: "time for 500 messages that are acknowledged and handled",
              samples: of(({ handledPerSecond }) => 500 / handledPerSecond),
              limit: 1,
              unit: "s",
              digits: 2
            }]
            : [],
          notes: found
            ? ["The database, the gateway and both runners share the machine; PostgreSQL does not wait for the disk"]
            : [`skipped: ${postgresMissing}`]
        }
      }
    )
}
