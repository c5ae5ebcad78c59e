/** What is said in one go: which messages belong together, and until when more of them are waited for. Pure. */

/** When a burst is over. */
export interface Bounds {
  /** Nothing was added for so long, in milliseconds. */
  readonly quietMs: number
  /** It has as many items as this. */
  readonly most: number
  /** It began so long ago, in milliseconds. */
  readonly longestMs: number
}

/** A burst that more may be added to. */
export interface Burst<A> {
  readonly items: ReadonlyArray<A>
  readonly beganAt: number
  /** When it is over, unless more is added. */
  readonly dueAt: number
}

/** The bursts of all speakers. */
export type Bursts<A> = ReadonlyMap<string, Burst<A>>

/** Bursts that are over, in the order in which they began. */
export type Over<A> = ReadonlyArray<ReadonlyArray<A>>

const without = <A>(bursts: Bursts<A>, speaker: string): Bursts<A> =>
  new Map([...bursts].filter(([other]) => other !== speaker))

/** Adds what a speaker has said at this time. A burst that is full then is over. */
export const add = <A>(
  bursts: Bursts<A>,
  speaker: string,
  item: A,
  nowMs: number,
  { longestMs, most, quietMs }: Bounds
): readonly [over: Over<A>, bursts: Bursts<A>] => {
  const burst = bursts.get(speaker)
  const beganAt = burst?.beganAt ?? nowMs
  const items = [...burst?.items ?? [], item]
  if (items.length >= most) return [[items], without(bursts, speaker)]
  const dueAt = Math.min(nowMs + quietMs, beganAt + longestMs)
  return [[], new Map(bursts).set(speaker, { items, beganAt, dueAt })]
}

/** Takes out those that are over at this time. */
export const takeDue = <A>(bursts: Bursts<A>, nowMs: number): readonly [over: Over<A>, bursts: Bursts<A>] => {
  const all = [...bursts]
  return [
    all.flatMap(([, { dueAt, items }]) => dueAt <= nowMs ? [items] : []),
    new Map(all.filter(([, { dueAt }]) => dueAt > nowMs))
  ]
}

/** When the next one is over; `undefined` if there is none. */
export const nextDue = <A>(bursts: Bursts<A>): number | undefined => {
  let next: number | undefined
  for (const { dueAt } of bursts.values()) next = Math.min(next ?? dueAt, dueAt)
  return next
}
