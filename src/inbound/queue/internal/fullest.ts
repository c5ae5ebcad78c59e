/** What may hold most: it knows its place, so that it is found again without a search. */
export interface Member {
  /** Its place in the heap; -1 while it is in none. */
  position: number
}

/** A heap: the member that holds most is at hand, and one that holds more or less than before finds its place. */
export interface Fullest<A extends Member> {
  readonly top: () => A | undefined
  /** Finds the place of a member that is new, or holds more or less than before. */
  readonly place: (member: A) => void
  readonly remove: (member: A) => void
}

/** `holdsMore` is an order: of two members at most one holds more. */
export const make = <A extends Member>(holdsMore: (a: A, b: A) => boolean): Fullest<A> => {
  const heap: Array<A> = []
  const put = (member: A, position: number) => {
    heap[position] = member
    member.position = position
  }
  const raise = (member: A, from: number): number => {
    let position = from
    while (position > 0) {
      const above = (position - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || !holdsMore(member, parent)) break
      put(parent, position)
      position = above
    }
    return position
  }
  const lower = (member: A, from: number): number => {
    let position = from
    while (true) {
      const left = 2 * position + 1
      const one = heap[left]
      const other = heap[left + 1]
      if (one === undefined) return position
      const child = other !== undefined && holdsMore(other, one) ? other : one
      if (!holdsMore(child, member)) return position
      put(child, position)
      position = child === one ? left : left + 1
    }
  }
  const settle = (member: A, position: number) => put(member, lower(member, raise(member, position)))
  return {
    top: () => heap[0],
    place: (member) => settle(member, member.position === -1 ? heap.length : member.position),
    remove: (member) => {
      const { position } = member
      const last = heap.pop()
      if (last !== undefined && last !== member) settle(last, position)
      member.position = -1
    }
  }
}
