/** What spans cost. */
import * as Effect from "effect/Effect"
import { compare } from "../harness/cpu.ts"
import { pick } from "../harness/interleave.ts"
import { type Kind, ours } from "../harness/world.ts"
import type { Scenario } from "./Scenario.ts"
import { against, bar, columns, lines } from "./variants.ts"

const asItIs: Kind = { ...ours, name: "metrics, no tracer" }
const tracingOff: Kind = { ...ours, name: "tracing off", spec: { tracing: "off" } }
const traced: Kind = { ...ours, name: "a tracer that records", spec: { tracing: "recording" } }

export const observability: Scenario = {
  name: "observability",
  run: (plan) =>
    Effect.map(compare(plan, [asItIs, tracingOff, traced]), (samples) => {
      return {
        name: "observability",
        title: "Observability: metrics, and a span for each handled message",
        columns: columns(asItIs.name),
        lines: lines(samples, asItIs.name),
        bars: [
          bar("no tracer against tracing switched off", against(samples, asItIs.name, tracingOff.name), 1.05)
        ],
        notes: [
          `handled with a tracer: ${
            Math.round(Math.min(...pick(samples, traced.name, (it) => it.handledPercent)))
          } % at least`
        ]
      }
    })
}
