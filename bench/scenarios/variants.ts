/** Our client in several configurations, against the first of them. */
import { type CpuSample } from "../harness/cpu.ts"
import { pick, type Samples } from "../harness/interleave.ts"
import type { Bar, Column, Line } from "../report/result.ts"
import { ratios } from "../report/statistics.ts"

export const columns = (base: string): ReadonlyArray<Column> => [
  { title: "CPU µs/message", digits: 2 },
  { title: `× ${base}`, digits: 2 },
  { title: "handled %", digits: 1 }
]

const micros = (samples: Samples<CpuSample>, client: string) => pick(samples, client, (it) => it.micros)

export const against = (samples: Samples<CpuSample>, client: string, base: string): ReadonlyArray<number> =>
  ratios(micros(samples, client), micros(samples, base))

export const lines = (samples: Samples<CpuSample>, base: string): ReadonlyArray<Line> =>
  [...samples.keys()].map((client) => ({
    client,
    cells: [micros(samples, client), against(samples, client, base), pick(samples, client, (it) => it.handledPercent)]
  }))

export const bar = (title: string, samples: ReadonlyArray<number>, limit: number): Bar => ({
  title,
  samples,
  limit,
  unit: "×",
  digits: 2
})
