/** What metrics and spans cost. */
import * as Effect from "effect/Effect"
import { compare } from "../harness/cpu.ts"
import { pick } from "../harness/interleave.ts"
import { bundle } from "../harness/Process.ts"
import { type Kind, ours } from "../harness/world.ts"
import type { Scenario } from "./Scenario.ts"
import { against, bar, columns, lines } from "./variants.ts"

const asItIs: Kind = { ...ours, name: "metrics, no tracer" }
const silent: Kind = {
  ...ours,
  name: "metrics taken out",
  nodeOptions: ["--import", `file://${bundle("clients/withoutMetrics")}`]
}
const tracingOff: Kind = { ...ours, name: "tracing off", spec: { tracing: "off" } }
const traced: Kind = { ...ours, name: "a tracer that records", spec: { tracing: "recording" } }

export const observability: Scenario = {
  name: "observability",
  run: (plan) =>
    Effect.map(compare(plan, [asItIs, silent, tracingOff, traced]), (samples) => {
      const stillCounts = (samples.get(silent.name) ?? []).some(({ counted }) => counted)
      return {
        name: "observability",
        title: "Observability: metrics, and a span for each handled message",
        columns: columns(asItIs.name),
        lines: lines(samples, asItIs.name),
        bars: [
          bar("metrics on against off", stillCounts ? [] : against(samples, asItIs.name, silent.name), 1.05),
          bar("no tracer against tracing switched off", against(samples, asItIs.name, tracingOff.name), 1.05)
        ],
        notes: [
          ...(stillCounts ? ["the metrics could not be taken out: the client went on counting"] : []),
          `handled with a tracer: ${
            Math.round(Math.min(...pick(samples, traced.name, (it) => it.handledPercent)))
          } % at least`
        ]
      }
    })
}
