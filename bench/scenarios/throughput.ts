/** CPU per message at full load, against the official SDK and against the floor. */
import * as Effect from "effect/Effect"
import { amounts, compare, type CpuSample, usualLoad } from "../harness/cpu.ts"
import { pick, type Samples } from "../harness/interleave.ts"
import type { Plan } from "../harness/plan.ts"
import * as World from "../harness/world.ts"
import type { Script } from "../protocol.ts"
import type { Bar, Column, Line } from "../report/result.ts"
import { ratios } from "../report/statistics.ts"
import type { Scenario } from "./Scenario.ts"

const contestants = [World.sdk, World.floor, World.ours]

export const columns: ReadonlyArray<Column> = [
  { title: "CPU µs/message", digits: 2 },
  { title: "× official SDK", digits: 2 },
  { title: "× floor", digits: 2 },
  { title: "messages/s", digits: 0 },
  { title: "handled %", digits: 1 }
]

const micros = (samples: Samples<CpuSample>, client: string) => pick(samples, client, (it) => it.micros)

const against = (samples: Samples<CpuSample>, base: World.Kind) => (client: string) =>
  ratios(micros(samples, client), micros(samples, base.name))

const lines = (samples: Samples<CpuSample>, suffix: string): ReadonlyArray<Line> =>
  contestants.map(({ name }) => ({
    client: `${name}${suffix}`,
    cells: [
      micros(samples, name),
      against(samples, World.sdk)(name),
      against(samples, World.floor)(name),
      pick(samples, name, (it) => it.perSecond),
      pick(samples, name, (it) => it.handledPercent)
    ]
  }))

const bars = (samples: Samples<CpuSample>, what: string): ReadonlyArray<Bar> => [
  {
    title: `CPU per message against the official SDK, ${what}`,
    samples: against(samples, World.sdk)(World.ours.name),
    limit: 1,
    goal: 0.85,
    unit: "×",
    digits: 2
  },
  {
    title: `CPU per message against the ws floor, ${what}`,
    samples: against(samples, World.floor)(World.ours.name),
    limit: 1.7,
    unit: "×",
    digits: 2
  }
]

const measured = (plan: Plan, script: Script) =>
  compare(plan, contestants.map((kind) => ({ ...kind, load: { ...usualLoad(plan), script } })))

export const throughput: Scenario = {
  name: "throughput",
  run: (plan) =>
    Effect.gen(function*() {
      const ascii = yield* measured(plan, "ascii")
      const chinese = yield* measured(plan, "chinese")
      return {
        name: "throughput",
        title: "Throughput: frames of 1.2 KB, 1,000 outstanding, a handler that does nothing",
        columns,
        lines: [...lines(ascii, ""), ...lines(chinese, ", Chinese text")],
        bars: [...bars(ascii, "ASCII text"), ...bars(chinese, "Chinese text")],
        notes: [`${amounts(plan).count.toLocaleString("en-US")} messages a measurement; in brackets the middle half`]
      }
    })
}
