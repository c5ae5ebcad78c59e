/** Sending through the API: what a call costs beyond what HTTP costs. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { interleave, pick } from "../harness/interleave.ts"
import { type Process, type ProcessFailed, spawn } from "../harness/Process.ts"
import type { CallerCommands, CallerSpec } from "../protocol.ts"
import { ratios } from "../report/statistics.ts"
import type { Scenario } from "./Scenario.ts"

export const concurrency = 50

const undici = { name: "undici", entry: "clients/outbound/undici" }
const axios = { name: "official SDK's way: axios", entry: "clients/outbound/officialSdk" }
export const ours = { name: "DingTalkSender.send", entry: "clients/outbound/ours" }

const contestants = [undici, axios, ours]

const text = "The deployment of build 1842 has finished: all checks are green, and nobody has to do anything. ".repeat(
  4
)

interface Client extends Process<CallerCommands> {
  readonly name: string
}

/** Starts callers beside one fake API. */
const startAll = (
  kinds: ReadonlyArray<typeof ours>
): Effect.Effect<ReadonlyArray<Client>, ProcessFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const api = yield* spawn<Record<never, never>, { readonly url: string }>({ entry: "gateway/api", spec: null })
    const spec: CallerSpec = { apiUrl: api.hello.url, text }
    return yield* Effect.forEach(kinds, ({ entry, name }) =>
      Effect.map(spawn<CallerCommands>({ entry, spec }), (client) => ({ ...client, name })))
  })

export const start = (kind: typeof ours): Effect.Effect<Process<CallerCommands>, ProcessFailed, Scope.Scope> =>
  Effect.flatMap(
    startAll([kind]),
    ([client]) => client === undefined ? Effect.dieMessage("no client") : Effect.succeed(client)
  )

const measured = (client: Process<CallerCommands>, count: number) =>
  Effect.gen(function*() {
    const before = yield* client.call("usage", null)
    const { wallMs } = yield* client.call("burst", { count, concurrency })
    const after = yield* client.call("usage", null)
    return { micros: (after.cpuMicros - before.cpuMicros) / count, perSecond: count / wallMs * 1_000 }
  })

export const outbound: Scenario = {
  name: "outbound",
  run: ({ quick }) =>
    Effect.scoped(Effect.gen(function*() {
      const count = quick ? 500 : 5_000
      const clients = yield* startAll(contestants)
      for (const client of clients) {
        yield* client.call("burst", { count, concurrency })
      }
      const samples = yield* interleave(clients, quick ? 2 : 7, (client) => measured(client, count))
      const micros = (name: string) => pick(samples, name, (it) => it.micros)
      return {
        name: "outbound",
        title: `Outbound: one message a call, ${concurrency} calls at once, the token cached, no rate limit`,
        columns: [
          { title: "CPU µs/call", digits: 0 },
          { title: "× axios", digits: 2 },
          { title: "calls/s", digits: 0 }
        ],
        lines: contestants.map(({ name }) => ({
          client: name,
          cells: [micros(name), ratios(micros(name), micros(axios.name)), pick(samples, name, (it) => it.perSecond)]
        })),
        bars: [{
          title: "CPU per call against the official SDK's way",
          samples: ratios(micros(ours.name), micros(axios.name)),
          limit: 0.7,
          unit: "×",
          digits: 2
        }],
        notes: ["undici alone is the floor: a body, and an answer that is read"]
      }
    }))
}
