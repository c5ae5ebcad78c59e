/** Whom a misspelt name probably means. */

/** How many letters apart two names are: insertions, deletions, replacements and swaps of neighbours. */
export const distance = (a: string, b: string): number => {
  const left = [...a]
  const right = [...b]
  let before: ReadonlyArray<number> = []
  let row: ReadonlyArray<number> = Array.from({ length: right.length + 1 }, (_, j) => j)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1]
      const best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      next.push(isSwap ? Math.min(best, (before[j - 2] ?? 0) + 1) : best)
    }
    before = row
    row = next
  }
  return row[right.length] ?? 0
}

/** The name that was probably meant, if one is near enough: a letter in three may be wrong. Case does not count. */
export const nearest = (name: string, names: ReadonlyArray<string>): string | undefined => {
  const given = name.toLowerCase()
  const letters = [...given].length
  const [best] = names
    .flatMap((candidate) => {
      const known = candidate.toLowerCase()
      const length = [...known].length
      const most = Math.max(1, Math.floor(length / 3))
      // They are as far apart as one is longer; to compare them letter by letter takes as long as both multiplied.
      if (Math.abs(length - letters) > most) return []
      const far = distance(given, known)
      return far <= most ? [{ candidate, far }] : []
    })
    .toSorted((a, b) => a.far - b.far)
  return best?.candidate
}
