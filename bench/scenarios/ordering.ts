/** What the order within a conversation costs. */
import * as Effect from "effect/Effect"
import { compare } from "../harness/cpu.ts"
import { type Kind, ours } from "../harness/world.ts"
import type { Scenario } from "./Scenario.ts"
import { against, bar, columns, lines } from "./variants.ts"

const unordered: Kind = { ...ours, name: "unordered" }
const ordered: Kind = { ...ours, name: "ordered", spec: { ordering: "conversation" } }

export const ordering: Scenario = {
  name: "ordering",
  run: (plan) =>
    Effect.map(compare(plan, [unordered, ordered]), (samples) => ({
      name: "ordering",
      title: "Ordering: 50 conversations, each in order, against no order",
      columns: columns("unordered"),
      lines: lines(samples, unordered.name),
      bars: [bar("CPU per message with order", against(samples, ordered.name, unordered.name), 1.2)],
      notes: []
    }))
}
