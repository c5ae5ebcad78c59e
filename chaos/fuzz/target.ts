/** Something to throw inputs at. */
import type { Random } from "../support/random.ts"

/** An input and what is done with it. `run` throws, or gives words, when something is wrong. */
export interface Case {
  /** What to show when it fails. */
  readonly input: string
  readonly run: () => string | undefined
}

export interface Target {
  readonly name: string
  /** How often it is chosen, relative to the others. */
  readonly weight: number
  readonly make: (random: Random) => Case
}
