/** Something of an inbox that is in memory, and what that is charged to. */

export interface Item<A> {
  readonly number: number
  readonly line: string
  readonly bytes: number
  readonly value: A
  /** It goes before all that waits. */
  readonly isAhead: boolean
  state: "waiting" | "handed" | "begun" | "ended" | "gone"
  /** Of its bytes, what is charged to what all accounts may take together. */
  charged: number
}

export type Loaded<A> = Pick<Item<A>, "number" | "line" | "bytes" | "value" | "isAhead">

/** What all accounts may take together, in bytes. */
export interface Memory {
  /** How much is left. */
  readonly room: () => number
  /** So much more is taken, or less. */
  readonly charge: (bytes: number) => void
}

export const unbounded: Memory = { room: () => Number.POSITIVE_INFINITY, charge: () => {} }

/** Charges as much as there is room for, and tells how much: nobody has to give way to what is safe on the disk. */
export const charge = (memory: Memory, bytes: number): number => {
  const charged = Math.min(bytes, Math.max(0, memory.room()))
  if (charged > 0) memory.charge(charged)
  return charged
}

export const discharge = <A>(memory: Memory, item: Item<A>): void => {
  const { charged } = item
  item.charged = 0
  if (charged > 0) memory.charge(-charged)
}

/** Of those that are charged, the newest; one that is in a worker's queue only if all are. */
export const firstToGo = <A>(items: ReadonlyArray<Item<A>>): Item<A> | undefined => {
  let found: Item<A> | undefined
  for (const item of items) {
    const { charged, number, state } = item
    if (charged === 0) continue
    if (found === undefined || (state === found.state ? number > found.number : state === "waiting")) found = item
  }
  return found
}
