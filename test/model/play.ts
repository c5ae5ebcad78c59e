/** Plays a history to the channel and to the model, and looks for differences at every step. */
import { differences, invariants, lastDifferences } from "./compare.ts"
import type { History } from "./history.ts"
import * as Life from "./model/life.ts"
import * as State from "./model/state.ts"
import { tell, windUpMs } from "./story.ts"
import { inVirtualProcess } from "./world/virtualTime.ts"
import * as World from "./world/world.ts"

export interface Options {
  /** Told of every state that the model comes by. */
  readonly onState?: (m: State.Model) => void
  /** Whether to go on where the model is no judge; default false. */
  readonly ignoresDoubts?: boolean
}

/** The story of a history, up to where the channel left the model. */
const contradiction = (history: History, told: number, isOver: boolean, found: ReadonlyArray<string>): Error =>
  new Error(`${tell(history, told)}\n${isOver ? "and the program ends\n" : ""}then ${found.join("\nand ")}`)

/** What must not be there when the program has ended. */
const leftovers = ({ fibers, time, wire }: World.World): ReadonlyArray<string> => [
  ...wire.sockets.flatMap((socket, n) => socket.state() === "closed" ? [] : [`socket ${n} is left`]),
  ...(time.sleepers() === 0 ? [] : [`${time.sleepers()} timers are left`]),
  ...(fibers() === 0 ? [] : [`${fibers()} fibers are left`])
]

/**
 * Gives the model at the end. Throws the story if the channel ever differs from it, or leaves anything behind; what
 * comes after a doubt of the model's is not looked at.
 */
export const play = (history: History, { ignoresDoubts = false, onState }: Options = {}): State.Model =>
  inVirtualProcess((turns) => {
    const world = World.make(history, turns)
    const isDoubtful = (m: State.Model) => !ignoresDoubts && m.doubts.length > 0
    const check = (m: State.Model, told: number, more: ReadonlyArray<string> = []) => {
      const found = isDoubtful(m) ? [] : [...differences(m, world), ...invariants(m), ...more]
      if (found.length > 0) throw contradiction(history, told, m.closed, found)
      onState?.(m)
      return m
    }
    const started = check(Life.start(State.empty(history), history.accounts), 0)
    const played = history.steps.reduce((m, { after, op }, n) => {
      if (isDoubtful(m)) return m
      world.time.pass(after)
      const passed = check(Life.pass(m, after), n)
      world.perform(op)
      return check(Life.perform(passed, op), n + 1)
    }, started)

    const told = history.steps.length
    world.close()
    const closing = check(Life.shutDown(played), told)
    world.time.pass(windUpMs(history))
    const closed = Life.pass(closing, windUpMs(history))
    return check(closed, told, [...lastDifferences(closed, world), ...leftovers(world)])
  })
