/** Whether the cost of a message grows with the number of conversations. */
import * as Effect from "effect/Effect"
import { compare, usualLoad } from "../harness/cpu.ts"
import type { Plan } from "../harness/plan.ts"
import { type Kind, ours } from "../harness/world.ts"
import type { Scenario } from "./Scenario.ts"
import { against, bar, columns, lines } from "./variants.ts"

const limit = 1.1

const contestant = (plan: Plan, kind: Kind, conversations: number) => ({
  ...kind,
  load: { ...usualLoad(plan), conversations }
})

export const growth: Scenario = {
  name: "growth",
  run: (plan) =>
    Effect.gen(function*() {
      const one: Kind = { ...ours, name: "1 conversation" }
      const many: Kind = { ...ours, name: "1,000 conversations" }
      const ordered: Kind = { ...ours, name: "1,000 conversations, ordered", spec: { ordering: "conversation" } }
      const conversations = yield* compare(plan, [
        contestant(plan, one, 1),
        contestant(plan, many, 1_000),
        contestant(plan, ordered, 1_000)
      ])
      return {
        name: "growth",
        title: "Growth: conversations at full load",
        columns: columns("the first"),
        lines: lines(conversations, one.name),
        bars: [bar("1,000 conversations against 1", against(conversations, many.name, one.name), limit)],
        notes: []
      }
    })
}
