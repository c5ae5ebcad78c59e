/** Throws inputs at targets, and remembers what broke and what was slow. */
import * as Random from "../support/random.ts"
import type { Case, Target } from "./target.ts"

export interface Failure {
  readonly target: string
  readonly index: number
  readonly problem: string
  /** How many inputs failed in the same way. */
  times: number
  readonly input: string
}

export interface Slow {
  readonly target: string
  readonly index: number
  readonly ms: number
  readonly characters: number
}

export interface Result {
  readonly inputs: number
  readonly characters: number
  readonly failures: ReadonlyArray<Failure>
  /** The slowest for their size, the slowest first. */
  readonly slowest: ReadonlyArray<Slow>
  /** Too slow for their size, even when tried again. */
  readonly tooSlow: ReadonlyArray<Slow>
}

/** What an input may take, in milliseconds: far more than any linear work needs, far less than quadratic work does. */
const allowedMs = (characters: number): number => 20 + characters / 500

/** Names what everybody inherits; whatever is added to it pollutes every object. */
const inherited = (): string =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join(";")

const clean = inherited()

/** Whether the prototypes that everybody inherits are as they were when this program began. */
export const isClean = (): boolean => inherited() === clean

/** Runs something that must not throw; gives what was wrong. */
export const runCase = (run: () => string | undefined | void): string | undefined => {
  try {
    return run() ?? undefined
  } catch (error) {
    return error instanceof Error
      ? `${error.name}: ${error.message} ${error.stack?.split("\n")[1]?.trim() ?? ""}`
      : String(error)
  }
}

/** The fastest of some tries: what the machine did meanwhile is not the input's fault. */
const again = (make: () => Case): number =>
  Math.min(...Array.from({ length: 3 }, () => {
    const it = make()
    const since = performance.now()
    runCase(it.run)
    return performance.now() - since
  }))

const choose = (targets: ReadonlyArray<Target>, random: Random.Random): Target | undefined => {
  let ticket = random.below(targets.reduce((sum, { weight }) => sum + weight, 0))
  return targets.find(({ weight }) => (ticket -= weight) < 0)
}

/** Inputs `from` to below `to`: each depends on the seed and its number alone. */
export const run = (
  targets: ReadonlyArray<Target>,
  { from = 0, onThousand = () => {}, seed, to }: {
    readonly seed: number
    readonly from?: number
    readonly to: number
    readonly onThousand?: (done: number) => void
  }
): Result => {
  const failures = new Map<string, Failure>()
  const tooSlow: Array<Slow> = []
  let slowest: Array<Slow> = []
  let characters = 0
  const fail = (target: string, index: number, problem: string, input: string) => {
    const key = `${target} ${problem.replace(/\d+/g, "n").slice(0, 200)}`
    const known = failures.get(key)
    if (known !== undefined) known.times += 1
    else failures.set(key, { target, index, problem, times: 1, input })
  }

  for (let index = from; index < to; index++) {
    const make = () => {
      const random = Random.make(seed, index)
      const target = choose(targets, random)
      return { target, it: target?.make(random) }
    }
    const { it, target } = make()
    if (it === undefined || target === undefined) continue
    const since = performance.now()
    const problem = runCase(it.run)
    const ms = performance.now() - since
    const length = it.input.length
    characters += length
    if (problem !== undefined) fail(target.name, index, problem, it.input)
    const cost = ms / (1 + length / 1_000)
    const last = slowest.at(-1)
    if (slowest.length < 5 || (last !== undefined && cost > last.ms / (1 + last.characters / 1_000))) {
      slowest = [...slowest, { target: target.name, index, ms, characters: length }]
        .toSorted((a, b) => b.ms / (1 + b.characters / 1_000) - a.ms / (1 + a.characters / 1_000)).slice(0, 5)
    }
    if (ms > allowedMs(length)) {
      const best = again(() => make().it ?? it)
      if (best > allowedMs(length)) tooSlow.push({ target: target.name, index, ms: best, characters: length })
    }
    if (index % 1_000 === 999) {
      if (!isClean()) {
        fail(target.name, index, "a prototype that everybody inherits was changed", "one of the last 1000 inputs")
        break
      }
      onThousand(index + 1)
    }
  }
  return { inputs: to - from, characters, failures: [...failures.values()], slowest, tooSlow }
}
