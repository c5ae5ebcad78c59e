/** More than any handler can take: what is acknowledged, how soon, and what it costs in memory. */
import * as Effect from "effect/Effect"
import { interleave, pick, type Samples } from "../harness/interleave.ts"
import type { Plan } from "../harness/plan.ts"
import { connect, floor, gateway as startGateway, type Kind, ours, sdk } from "../harness/world.ts"
import { ratios } from "../report/statistics.ts"
import type { Scenario } from "./Scenario.ts"

const contestants = [sdk, floor, ours]

const handlerMs = 50

const mib = 1_024 * 1_024

interface Flooded {
  readonly growthBytes: number
  readonly ackP99: number
  readonly notAcked: number
  readonly handled: number
  readonly dropped: number
}

/** In a process of its own each time: memory that was grown once is not given back. */
const measured = ({ quick }: Plan, kind: Kind) =>
  Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const client = yield* connect(gateway, { ...kind, spec: { work: { _tag: "Sleep", ms: handlerMs } } })
    const idle = yield* client.call("settle", null)
    const run = yield* gateway.call("flood", {
      group: client.group,
      script: "ascii",
      conversations: 50,
      count: quick ? 20_000 : 100_000
    })
    const after = yield* client.call("usage", null)
    const tally = yield* client.call("tally", null)
    const flooded: Flooded = {
      growthBytes: after.peakRssBytes - idle.rssBytes,
      ackP99: run.ackMs.p99,
      notAcked: run.sent - run.acked,
      handled: tally.handled,
      dropped: tally.dropped
    }
    return flooded
  }))

const against = (samples: Samples<Flooded>, value: (sample: Flooded) => number): ReadonlyArray<number> =>
  ratios(pick(samples, ours.name, value), pick(samples, sdk.name, value))

export const flood: Scenario = {
  name: "flood",
  run: (plan) =>
    Effect.map(
      interleave(contestants, plan.quick ? 1 : 9, (kind) => measured(plan, kind)),
      (samples) => ({
        name: "flood",
        title: `Flood: ${plan.quick ? "20,000" : "100,000"} frames at once, a handler that sleeps ${handlerMs} ms`,
        columns: [
          { title: "RSS growth MiB", digits: 1 },
          { title: "ack p99 ms", digits: 0 },
          { title: "not acked", digits: 0 },
          { title: "handled", digits: 0 },
          { title: "dropped", digits: 0 }
        ],
        lines: contestants.map(({ name }) => ({
          client: name,
          cells: [
            pick(samples, name, ({ growthBytes }) => growthBytes / mib),
            pick(samples, name, ({ ackP99 }) => ackP99),
            pick(samples, name, ({ notAcked }) => notAcked),
            pick(samples, name, ({ handled }) => handled),
            pick(samples, name, ({ dropped }) => dropped)
          ]
        })),
        bars: [
          {
            title: "frames that were not acknowledged",
            samples: pick(samples, ours.name, ({ notAcked }) => notAcked),
            limit: 0,
            unit: "",
            digits: 0
          },
          {
            title: "growth of the peak RSS against the official SDK",
            samples: against(samples, ({ growthBytes }) => growthBytes),
            limit: 0.3,
            unit: "×",
            digits: 2
          },
          {
            title: "ack p99 against the official SDK",
            samples: against(samples, ({ ackP99 }) => ackP99),
            limit: 0.7,
            unit: "×",
            digits: 2
          }
        ],
        notes: [
          "handled: begun until the last acknowledgement; the floor and the official SDK begin all of them at once"
        ]
      })
    )
}
