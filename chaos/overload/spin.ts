/** A gateway that would have its client go round and round. */
import * as Effect from "effect/Effect"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"

/** On each connection, `afterMs` milliseconds behind its upgrade: one message, and the notice. It never ends. */
export const goRound = (fake: Fake, afterMs: number): Effect.Effect<never> => {
  const round = (nth: number): Effect.Effect<never> =>
    Effect.eventually(fake.awaitConnectionsEver(nth)).pipe(
      Effect.zipRight(Effect.sleep(afterMs)),
      Effect.zipRight(fake.say("once more")),
      Effect.zipRight(fake.notice()),
      Effect.zipRight(Effect.flatMap(fake.connectionsEver, (ever) => round(ever + 1)))
    )
  return round(1)
}

/**
 * The most connections there may be within so many milliseconds: one, one more at once, and then those of the back-off with
 * its jitter.
 */
export const mostConnections = (forMs: number, backoffMs: ReadonlyArray<number>): number => {
  const last = backoffMs.at(-1) ?? forMs
  let connections = 2
  let elapsedMs = 0
  for (let attempt = 0; elapsedMs < forMs; attempt++) {
    elapsedMs += (backoffMs[attempt] ?? last) * 0.8
    connections += 1
  }
  return connections
}
