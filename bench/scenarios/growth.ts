/** Whether the cost of a message grows with the number of conversations and of accounts. */
import * as Effect from "effect/Effect"
import { amounts, compare, type CpuSample, measure, usualLoad } from "../harness/cpu.ts"
import { interleave, type Samples } from "../harness/interleave.ts"
import type { Plan } from "../harness/plan.ts"
import { connect, floor, gateway as startGateway, type Kind, ours } from "../harness/world.ts"
import type { Scenario } from "./Scenario.ts"
import { against, bar, columns, lines } from "./variants.ts"

const limit = 1.1

/** Of all accounts together. What is due comes to one account, then to the next: as many reads with many as with one. */
const perSecond = 20_000

const contestant = (plan: Plan, kind: Kind, conversations: number) => ({
  ...kind,
  load: { ...usualLoad(plan), conversations }
})

const accounts = (kind: Kind, count: number): Kind => ({
  ...kind,
  name: `${kind.name}, ${count} ${count === 1 ? "account" : "accounts"}`,
  spec: { accounts: count }
})

const oneAccount = accounts(ours, 1)
const manyAccounts = accounts(ours, 100)

const byAccounts = (plan: Plan) =>
  Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const kinds = [oneAccount, manyAccounts, accounts(floor, 1), accounts(floor, 100)]
    const clients = yield* Effect.forEach(kinds, (kind) => connect(gateway, kind))
    for (const { group } of clients) {
      yield* gateway.call("window", { ...usualLoad(plan), group, count: amounts(plan).warmUp })
    }
    return yield* interleave(clients, plan.quick ? 1 : 6, (client) =>
      measure(
        client,
        gateway.call("paced", {
          ...usualLoad(plan),
          group: client.group,
          perSecond,
          count: perSecond * (plan.quick ? 0.5 : 2)
        })
      ))
  }))

const rows = (samples: Samples<CpuSample>, base: string, of: (name: string) => boolean) =>
  lines(new Map([...samples].filter(([name]) => of(name))), base)

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
      const several = yield* byAccounts(plan)
      const isOurs = (name: string) => name.startsWith(ours.name)
      return {
        name: "growth",
        title: `Growth: conversations at full load; accounts that share ${
          perSecond.toLocaleString("en-US")
        } messages/s`,
        columns: columns("the first"),
        lines: [
          ...lines(conversations, one.name),
          ...rows(several, oneAccount.name, isOurs),
          ...rows(several, accounts(floor, 1).name, (name) => !isOurs(name))
        ],
        bars: [
          bar("1,000 conversations against 1", against(conversations, many.name, one.name), limit),
          bar("100 accounts against 1", against(several, manyAccounts.name, oneAccount.name), limit)
        ],
        notes: ["the floor shows what so many sockets cost by themselves"]
      }
    })
}
