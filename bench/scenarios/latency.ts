/** How long DingTalk waits for an acknowledgement, with handlers that do nothing and with handlers that burn CPU. */
import * as Effect from "effect/Effect"
import { interleave, pick, type Samples } from "../harness/interleave.ts"
import type { Plan } from "../harness/plan.ts"
import { connect, floor, gateway as startGateway, ours, sdk } from "../harness/world.ts"
import type { RunReport, Work } from "../protocol.ts"
import type { Bar, Line } from "../report/result.ts"
import { ratios } from "../report/statistics.ts"
import type { Scenario } from "./Scenario.ts"

const contestants = [sdk, floor, ours]

const perSecond = 2_000

const works: ReadonlyArray<{ readonly limit: number; readonly title: string; readonly work: Work }> = [
  { limit: 1.1, title: "handlers do nothing", work: { _tag: "Nothing" } },
  { limit: 1, title: "one handler in 20 burns 2 ms", work: { _tag: "Burn", ms: 2, every: 20 } }
]

const measured = ({ quick }: Plan, work: Work) =>
  Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const clients = yield* Effect.forEach(contestants, (kind) => connect(gateway, { ...kind, spec: { work } }))
    const run = (group: string, seconds: number) =>
      gateway.call("paced", { group, script: "ascii", conversations: 50, perSecond, count: seconds * perSecond })
    for (const { group } of clients) yield* run(group, quick ? 0.5 : 3)
    return yield* interleave(clients, quick ? 1 : 12, ({ group }) => run(group, 1))
  }))

const p99 = (samples: Samples<RunReport>, client: string) => pick(samples, client, ({ ackMs }) => ackMs.p99)

const lines = (samples: Samples<RunReport>, title: string): ReadonlyArray<Line> =>
  contestants.map(({ name }) => ({
    client: `${name}, ${title}`,
    cells: [
      pick(samples, name, ({ ackMs }) => ackMs.p50),
      p99(samples, name),
      pick(samples, name, ({ ackMs }) => ackMs.max),
      pick(samples, name, ({ acked, sent }) => sent - acked)
    ]
  }))

const bar = (samples: Samples<RunReport>, title: string, limit: number): Bar => ({
  title: `ack p99 against the official SDK, ${title}`,
  samples: ratios(p99(samples, ours.name), p99(samples, sdk.name)),
  limit,
  unit: "×",
  digits: 2
})

export const latency: Scenario = {
  name: "latency",
  run: (plan) =>
    Effect.gen(function*() {
      const results = yield* Effect.forEach(works, ({ limit, title, work }) =>
        Effect.map(measured(plan, work), (samples) => ({ limit, title, samples })))
      return {
        name: "latency",
        title: `Ack latency at ${perSecond.toLocaleString("en-US")} messages/s`,
        columns: [
          { title: "p50 ms", digits: 2 },
          { title: "p99 ms", digits: 2 },
          { title: "max ms", digits: 1 },
          { title: "not acked", digits: 0 }
        ],
        lines: results.flatMap(({ samples, title }) =>
          lines(samples, title)
        ),
        bars: results.map(({ limit, samples, title }) => bar(samples, title, limit)),
        notes: []
      }
    })
}
