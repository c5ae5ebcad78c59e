/** Memories that forget their oldest entries, so that a fake that runs for weeks does not grow. */

/** How many small records are kept of each kind. */
export const manyRecords = 100_000

/** How many records are kept that hold a payload or a body. */
export const fewRecords = 10_000

/** The last entries, in order. */
export interface Journal<A> {
  readonly push: (entry: A) => void
  /** What is still known. */
  readonly all: () => ReadonlyArray<A>
  /** How many there ever were. */
  readonly total: () => number
  /** What came after the first `count` ones, as far as it is still known. */
  readonly since: (count: number) => ReadonlyArray<A>
}

/** Pushing takes constant time, averaged over many: the surplus is cut off at once when it has become as long as the rest. */
export const journal = <A>(limit: number): Journal<A> => {
  const entries: Array<A> = []
  let total = 0
  return {
    push: (entry) => {
      total++
      entries.push(entry)
      if (entries.length >= 2 * limit) entries.splice(0, entries.length - limit)
    },
    all: () => entries.slice(-limit),
    total: () => total,
    since: (count) => count >= total ? [] : entries.slice(-Math.min(limit, total - count))
  }
}

/** The entries that came last, by key: at least `limit` of them, fewer than twice as many. */
export interface Table<K, A> {
  readonly get: (key: K) => A | undefined
  /** Sets in its place what is known, adds what is not. */
  readonly set: (key: K, value: A) => void
  readonly delete: (key: K) => void
  /** In the order in which the keys came. */
  readonly values: () => ReadonlyArray<A>
  readonly size: () => number
  readonly clear: () => void
}

/**
 * Two generations: when the younger one is full it becomes the older one, which is dropped as a whole. To look for the
 * oldest key of a single map takes the longer the more were deleted before it.
 */
export const table = <K, A>(limit: number): Table<K, A> => {
  let old = new Map<K, A>()
  let young = new Map<K, A>()
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set: (key, value) => {
      if (old.has(key)) {
        old.set(key, value)
        return
      }
      young.set(key, value)
      if (young.size >= limit) {
        old = young
        young = new Map()
      }
    },
    delete: (key) => {
      young.delete(key)
      old.delete(key)
    },
    values: () => [...old.values(), ...young.values()],
    size: () => old.size + young.size,
    clear: () => {
      old = new Map()
      young = new Map()
    }
  }
}
