/** Order of measuring: clients in turn, so that a disturbance of the machine meets all of them. */
import * as Effect from "effect/Effect"

/** Samples by client, in the order of the rounds. */
export type Samples<A> = ReadonlyMap<string, ReadonlyArray<A>>

/** The clients of each round: there and back again, so that none is always the one behind another. */
export const order = <A>(clients: ReadonlyArray<A>, rounds: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: rounds }, (_, round) => round % 2 === 0 ? clients : clients.toReversed())

/** Measures each client once a round. */
export const interleave = <C extends { readonly name: string }, A, E, R>(
  clients: ReadonlyArray<C>,
  rounds: number,
  measure: (client: C) => Effect.Effect<A, E, R>
): Effect.Effect<Samples<A>, E, R> =>
  Effect.gen(function*() {
    const samples = new Map<string, ReadonlyArray<A>>()
    for (const round of order(clients, rounds)) {
      for (const client of round) {
        const sample = yield* measure(client)
        samples.set(client.name, [...(samples.get(client.name) ?? []), sample])
      }
    }
    return samples
  })

/** The samples of both. */
export const concat = <A>(self: Samples<A>, that: Samples<A>): Samples<A> =>
  new Map([...new Set([...self.keys(), ...that.keys()])].map((name) => [
    name,
    [...(self.get(name) ?? []), ...(that.get(name) ?? [])]
  ]))

/** A value of each sample of a client. */
export const pick = <A>(samples: Samples<A>, client: string, value: (sample: A) => number): ReadonlyArray<number> =>
  (samples.get(client) ?? []).map(value)
