/** Who handles what waits in an account's inbox: one process at a time. Pure. */

/** A process, as far as others can tell that it is gone. */
export interface Holder {
  /** Of this one inbox, unique. */
  readonly owner: string
  /** Where its process id means something: the machine's run and the process's name space. */
  readonly place: string
  readonly pid: number
  /** When it began, which tells it from a later one of the same id. */
  readonly origin: number
}

/** A lease as it stands in the database. */
export interface Lease {
  /** `undefined`: it was given back. */
  readonly holder: Holder | undefined
  /** Grows with each renewal. */
  readonly beat: number
  /** Until when it lasts, and what time it is: both by the database's clock, in milliseconds. */
  readonly until: number
  readonly now: number
}

export interface Bounds {
  /** How long it lasts without being renewed, in milliseconds. */
  readonly ttlMs: number
}

/** How often it is renewed in the time that it lasts. */
export const renewals = 3

/**
 * Whether to take it. Its end by the database's clock alone is not believed, for clocks are set: its holder must also have
 * been seen to let one renewal pass, and one that lets all of them pass is gone whatever the clock says. A process of this
 * machine that has ended is gone at once.
 */
export const isFree = (
  { holder, now, until }: Lease,
  self: Holder,
  isAlive: (pid: number) => boolean,
  unchangedMs: number,
  { ttlMs }: Bounds
): boolean => {
  if (holder === undefined || holder.owner === self.owner) return true
  if (holder.place === self.place) {
    if (holder.pid === self.pid ? holder.origin !== self.origin : !isAlive(holder.pid)) return true
  }
  if (unchangedMs >= ttlMs) return true
  return until < now && unchangedMs >= ttlMs / renewals
}
