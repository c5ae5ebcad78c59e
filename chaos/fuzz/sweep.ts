/** Puts a very long piece of text into each place of each payload that holds a string: a loop in a loop shows in the time. */
import { runCase } from "./engine.ts"
import { type Json, pieces } from "./mutate.ts"

const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

/** Every variant of a value in which one string is replaced by another text, or followed by it. */
export const places = (value: Json, text: string): ReadonlyArray<Json> => {
  if (typeof value === "string") return [text, `${value}${text}x`]
  if (value === null || typeof value !== "object") return []
  if (isList(value)) return value.flatMap((item, i) => places(item, text).map((it) => value.with(i, it)))
  return Object.entries(value).flatMap(([key, field]) => places(field, text).map((it) => ({ ...value, [key]: it })))
}

/** A decoder with payloads to begin from. */
export interface Subject {
  readonly name: string
  readonly seeds: ReadonlyArray<Json>
  readonly run: (value: Json) => void
  /** For one that is meant for people's own input and dear from the start: so many times the usual time. Default 1. */
  readonly patience?: number
}

export interface Found {
  readonly subject: string
  readonly piece: string
  readonly seed: number
  readonly place: number
  readonly ms: number
}

/**
 * Tries all combinations, or those that `isChosen` picks. What takes longer than `allowedMs` three times in a row is
 * found: so long a text takes a linear decoder less than a hundredth of that.
 */
export const sweep = (
  subjects: ReadonlyArray<Subject>,
  { allowedMs, isChosen = () => true, length }: {
    readonly length: number
    readonly allowedMs: number
    readonly isChosen?: () => boolean
  }
): { readonly tried: number; readonly found: ReadonlyArray<Found>; readonly problems: ReadonlyArray<string> } => {
  const found: Array<Found> = []
  const problems = new Set<string>()
  let tried = 0
  const timed = (run: () => void): number => {
    const since = performance.now()
    const problem = runCase(run)
    if (problem !== undefined) problems.add(problem)
    return performance.now() - since
  }
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil(length / piece.length))
    for (const { name, patience = 1, run, seeds } of subjects) {
      const bound = allowedMs * patience
      seeds.forEach((value, seed) =>
        places(value, text).forEach((bent, place) => {
          if (!isChosen()) return
          tried += 1
          let ms = Number.POSITIVE_INFINITY
          for (let time = 0; time < 3 && ms > bound; time++) ms = Math.min(ms, timed(() => run(bent)))
          if (ms > bound) found.push({ subject: name, piece, seed, place, ms })
        })
      )
    }
  }
  return { tried, found, problems: [...problems] }
}
