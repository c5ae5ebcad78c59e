/** Plays a history to the channel and to the model, and looks for differences at every step. */
import { differences, invariants, lastDifferences } from "./compare.ts"
import type { History } from "./history.ts"
import * as Life from "./model/life.ts"
import * as State from "./model/state.ts"
import { clock, tell, windUpMs } from "./story.ts"
import { inVirtualProcess } from "./world/virtualTime.ts"
import * as World from "./world/world.ts"

export interface Options {
  /** Told of every state that the model comes by. */
  readonly onState?: (m: State.Model) => void
}

/** The story of a history, up to where the channel left the model. */
const contradiction = (history: History, told: number, { closed, now }: State.Model, found: ReadonlyArray<string>) =>
  new Error(
    `${tell(history, told)}\n${closed ? "and the program ends\n" : ""}then at ${clock(now)} ${found.join("\nand ")}`
  )

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
export const play = (history: History, { onState }: Options = {}): State.Model =>
  inVirtualProcess((tasks) => {
    const world = World.make(history, tasks)
    const isDoubtful = (m: State.Model) => m.doubts.length > 0
    const check = (m: State.Model, told: number, more: ReadonlyArray<string> = []) => {
      const found = isDoubtful(m) ? [] : [...differences(m, world), ...invariants(m), ...more]
      if (found.length > 0) throw contradiction(history, told, m, found)
      onState?.(m)
      return m
    }
    /** Lets time pass, and looks whenever the model has something to happen. */
    const pass = (m: State.Model, ms: number, told: number): State.Model => {
      if (isDoubtful(m)) return m
      const due = m.timers.find(({ at, due }) => at > m.now && due._tag !== "Tick" && due._tag !== "Pong")?.at ??
        Infinity
      const part = Math.min(due - m.now, ms)
      world.time.pass(part)
      const passed = check(Life.pass(m, part), told)
      return part === ms ? passed : pass(passed, ms - part, told)
    }
    const started = check(Life.start(State.empty(history), history.accounts), 0)
    const played = history.steps.reduce((m, { after, op }, n) => {
      const passed = pass(m, after, n)
      if (isDoubtful(passed)) return passed
      world.perform(op)
      return check(Life.perform(passed, op), n + 1)
    }, started)

    const told = history.steps.length
    world.close()
    const closing = check(Life.shutDown(played), told)
    const closed = pass(closing, windUpMs(history), told)
    return check(closed, told, [...lastDifferences(closed, world), ...leftovers(world)])
  })
