/**
 * What waits, first in, first out, in an array: see docs/performance.md for what a list costs. `Array.shift` moves all that
 * is behind, as soon as there are some ten thousand.
 */

export interface Fifo<A> {
  /** The first of `items` that waits. */
  head: number
  items: Array<A | undefined>
}

/** Places in front that are empty, and as many as there are others, go together. */
export const mostEmpty = 1_024

export const make = <A>(): Fifo<A> => ({ head: 0, items: [] })

export const size = <A>({ head, items }: Fifo<A>): number => items.length - head

export const first = <A>({ head, items }: Fifo<A>): A | undefined => items[head]

export const last = <A>(fifo: Fifo<A>): A | undefined => size(fifo) === 0 ? undefined : fifo.items.at(-1)

export const push = <A>({ items }: Fifo<A>, item: A): void => {
  items.push(item)
}

/** Takes out the first; `undefined` if nothing waits. */
export const shift = <A>(fifo: Fifo<A>): A | undefined => {
  const { head, items } = fifo
  if (head === items.length) return undefined
  const item = items[head]
  items[head] = undefined
  fifo.head = head + 1
  if (fifo.head === items.length) clear(fifo)
  else if (fifo.head >= mostEmpty && fifo.head * 2 >= items.length) {
    fifo.items = items.slice(fifo.head)
    fifo.head = 0
  }
  return item
}

/** Takes out the last; `undefined` if nothing waits. */
export const pop = <A>(fifo: Fifo<A>): A | undefined => {
  if (size(fifo) === 0) return undefined
  const item = fifo.items.pop()
  if (size(fifo) === 0) clear(fifo)
  return item
}

export const values = <A>({ head, items }: Fifo<A>): ReadonlyArray<A> =>
  items.slice(head).flatMap((item) => item === undefined ? [] : [item])

export const clear = <A>(fifo: Fifo<A>): void => {
  fifo.items = []
  fifo.head = 0
}
