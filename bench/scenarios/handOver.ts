/** DingTalk's notices that a connection is about to end, under load. */
import * as Effect from "effect/Effect"
import type { Plan } from "../harness/plan.ts"
import { connect, gateway as startGateway, type Kind, ours, sdk } from "../harness/world.ts"
import type { Scenario } from "./Scenario.ts"

const perSecond = 2_000
const openingMs = 60

/**
 * DingTalk's connections live for hours before their notice. Those here live half a second, and one that is noticed so
 * young is not replaced at once, lest a gateway that is going down be stormed.
 */
const healthyMs = 100

const measured = (kind: Kind, notices: number) =>
  Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const client = yield* connect(gateway, { ...kind, spec: { work: { _tag: "Remember" }, healthyMs } })
    const report = yield* gateway.call("handOver", {
      group: client.group,
      script: "ascii",
      conversations: 50,
      perSecond,
      notices,
      openingMs,
      graceMs: 300,
      restMs: 150
    })
    const { dropped, handledTwice } = yield* client.call("tally", null)
    return { ...report, dropped, handledTwice }
  }))

const noticesFor = (plan: Plan) => ({ ours: plan.quick ? 5 : 20, sdk: plan.quick ? 1 : 5 })

export const handOver: Scenario = {
  name: "hand-over",
  run: (plan) =>
    Effect.gen(function*() {
      const theirs = yield* measured(sdk, noticesFor(plan).sdk)
      const own = yield* measured(ours, noticesFor(plan).ours)
      const zero = (title: string, value: number, unit = "") => ({ title, samples: [value], limit: 0, unit, digits: 0 })
      return {
        name: "hand-over",
        title: `Hand-over on notices: ${
          perSecond.toLocaleString("en-US")
        } messages/s, ${openingMs} ms to open a connection`,
        columns: [
          { title: "notices", digits: 0 },
          { title: "messages", digits: 0 },
          { title: "lost", digits: 0 },
          { title: "handled twice", digits: 0 },
          { title: "dropped", digits: 0 },
          { title: "deaf ms each", digits: 0 }
        ],
        lines: [{ ...theirs, client: sdk.name }, { ...own, client: ours.name }].map((it) => ({
          client: it.client,
          cells: [
            [it.notices],
            [it.due],
            [it.lost],
            [it.handledTwice],
            [it.dropped],
            [it.deafMs / it.notices]
          ]
        })),
        bars: [
          zero("messages lost", own.lost),
          zero("messages handled twice", own.handledTwice),
          zero("messages dropped", own.dropped),
          zero("time without a connection", own.deafMs, " ms")
        ],
        notes: ["the server goes on delivering on the old connection until the next is up, or 300 ms after the notice"]
      }
    })
}
