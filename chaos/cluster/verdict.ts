/** What became of messages whose runners were killed, stopped, frozen and cut off. Pure. */
import { type Fact, faults } from "./World.ts"

/** What was done to a runner, and when, in milliseconds since 1970. */
export interface Blow {
  readonly runner: string
  readonly at: number
}

export interface Judged {
  readonly unhandled: ReadonlyArray<string>
  readonly wrong: ReadonlyArray<string>
  readonly twice: number
  /** Handled twice though the first runner did not have it in hand when it was hit. */
  readonly twiceForNothing: ReadonlyArray<string>
  /** Most that were begun again after one blow. */
  readonly mostInHand: number
}

/** After its end a message is still in hand until that is written. */
const writtenWithinMs = 2_000

/** Judges by what all runners said, what was acknowledged, and the order in which the database got it. */
export const judge = (
  acked: Iterable<string>,
  kept: Parameters<typeof faults>[0],
  facts: ReadonlyArray<Fact>,
  blows: ReadonlyArray<Blow>
): Judged => {
  const ended = new Set(facts.filter(({ event }) => event === "end").map(({ messageId }) => messageId))
  const byMessage = (wanted: Fact["event"]) => {
    const found = new Map<string, Array<Fact>>()
    for (const fact of facts) {
      if (fact.event !== wanted) continue
      const { messageId = "" } = fact
      found.set(messageId, [...found.get(messageId) ?? [], fact])
    }
    return found
  }
  const ends = byMessage("end")
  const inHand = new Map<Blow, number>()
  const twiceForNothing: Array<string> = []
  for (const [messageId, begins] of byMessage("begin")) {
    const [first, ...again] = begins.toSorted((one, other) => one.at - other.at)
    if (first === undefined || again.length === 0) continue
    let before = first
    for (const next of again) {
      const end = ends.get(messageId)?.find(({ at, runner }) => runner === before.runner && at >= before.at)?.at
      const blow = blows.find(({ at, runner }) =>
        runner === before.runner && at >= before.at && at <= (end ?? Number.POSITIVE_INFINITY) + writtenWithinMs &&
        at <= next.at
      )
      if (blow !== undefined) inHand.set(blow, (inHand.get(blow) ?? 0) + 1)
      // A handler that failed is begun again as it should be.
      else if (end !== undefined) {
        const told = [before, next].map(({ at, attempt, runner }) => `${runner} at ${at}, attempt ${attempt}`)
        twiceForNothing.push(`${messageId} (${told.join("; ")})`)
      }
      before = next
    }
  }
  const { twice, wrong } = faults(kept, facts)
  return {
    unhandled: [...acked].filter((id) => !ended.has(id)),
    wrong,
    twice,
    twiceForNothing,
    mostInHand: Math.max(0, ...inHand.values())
  }
}

/** The bars that were missed. */
export const missed = (
  { mostInHand, twiceForNothing, unhandled, wrong }: Judged,
  conversations: number
): ReadonlyArray<string> => [
  ...unhandled.length === 0
    ? []
    : [`${unhandled.length} acknowledged messages were not handled: ${unhandled.slice(0, 5).join(", ")}`],
  ...wrong.slice(0, 5),
  ...twiceForNothing.length === 0
    ? []
    : [
      `${twiceForNothing.length} messages that nothing had happened to were handled twice: ${
        twiceForNothing.slice(0, 5).join(", ")
      }`
    ],
  // One that is done, and the next one, which begins while that is being written.
  ...mostInHand <= 2 * conversations
    ? []
    : [`${mostInHand} messages were begun again after one blow, with ${conversations} conversations`]
]
