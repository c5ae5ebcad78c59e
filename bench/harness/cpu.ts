/** CPU per message: what a client's whole process uses for a number of messages, its garbage collector included. */
import * as Effect from "effect/Effect"
import type { RunOptions, RunReport, Tally } from "../protocol.ts"
import { concat, interleave, type Samples } from "./interleave.ts"
import type { Plan } from "./plan.ts"
import type { ProcessFailed } from "./Process.ts"
import { connect, type Connected, type Gateway, gateway as startGateway, type Kind } from "./world.ts"

export interface CpuSample {
  /** Per message that was handled: what was dropped does not make a client look cheap. */
  readonly micros: number
  readonly handledPercent: number
  readonly perSecond: number
  /** Whether the client's own metrics counted. */
  readonly counted: boolean
}

/** Looks until all messages are accounted for, or nothing changes any more. */
const accounted = (client: Connected, until: number): Effect.Effect<Tally, ProcessFailed> => {
  const look = (before: number): Effect.Effect<Tally, ProcessFailed> =>
    Effect.flatMap(Effect.delay(client.call("tally", null), 20), (tally) => {
      const seen = tally.handled + tally.dropped
      return seen >= until || seen === before ? Effect.succeed(tally) : look(seen)
    })
  return look(-1)
}

/** Measures a client over one run. */
export const measure = (
  client: Connected,
  run: Effect.Effect<RunReport, ProcessFailed>
): Effect.Effect<CpuSample, ProcessFailed> =>
  Effect.gen(function*() {
    const tallyBefore = yield* client.call("tally", null)
    const before = yield* client.call("usage", null)
    const { acked, sent, wallMs } = yield* run
    const tally = yield* accounted(client, tallyBefore.handled + tallyBefore.dropped + sent)
    const after = yield* client.call("usage", null)
    const handled = tally.handled - tallyBefore.handled
    return {
      micros: (after.cpuMicros - before.cpuMicros) / handled,
      handledPercent: handled / sent * 100,
      perSecond: acked / wallMs * 1_000,
      counted: (tally.counted ?? 0) > (tallyBefore.counted ?? 0)
    }
  })

export interface Load extends Omit<RunOptions, "group"> {
  /** Messages of one measurement. */
  readonly count: number
  readonly outstanding: number
}

/** As many measurements, of as many messages, as the plan allows. */
export const amounts = ({ quick }: Plan) =>
  quick
    ? { generations: 1, rounds: 2, count: 10_000, warmUp: 15_000 }
    : { generations: 2, rounds: 5, count: 40_000, warmUp: 60_000 }

/** The load of most scenarios. */
export const usualLoad = (plan: Plan): Load => ({
  script: "ascii",
  conversations: 50,
  count: amounts(plan).count,
  outstanding: 1_000
})

export interface Contestant extends Kind {
  /** Default: {@link usualLoad}. */
  readonly load?: Load
}

const windowed = (gateway: Gateway, client: Connected, load: Load) =>
  gateway.call("window", { ...load, group: client.group })

/**
 * Measures the clients against each other: all are up at the same time, warmed up, and measured in turn. Twice with
 * fresh processes, because what the engine makes of the same code differs a little from process to process.
 */
export const compare = (
  plan: Plan,
  contestants: ReadonlyArray<Contestant>
): Effect.Effect<Samples<CpuSample>, ProcessFailed> => {
  const { generations, rounds, warmUp } = amounts(plan)
  const generation = Effect.scoped(Effect.gen(function*() {
    const gateway = yield* startGateway
    const clients = yield* Effect.forEach(
      contestants,
      (contestant) =>
        Effect.map(connect(gateway, contestant), (client) => ({
          ...client,
          load: contestant.load ?? usualLoad(plan)
        }))
    )
    for (const client of clients) yield* windowed(gateway, client, { ...client.load, count: warmUp })
    return yield* interleave(clients, rounds, (client) => measure(client, windowed(gateway, client, client.load)))
  }))
  return Effect.reduce(
    Array.from({ length: generations }, () => generation),
    none,
    (all, one) => Effect.map(one, (samples) => concat(all, samples))
  )
}

const none: Samples<CpuSample> = new Map()
