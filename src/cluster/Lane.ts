/**
 * What waits in one conversation: handed out in order, and the next one only when what came before is done.
 *
 * A synchronous state machine.
 *
 * @since 0.1.0
 */
import type * as Delivery from "../inbound/Delivery.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Letter {
  /** What names it here. */
  readonly request: string
  readonly delivery: Delivery.Delivery
  /** It goes before all that waits. */
  readonly isAhead: boolean
}

/**
 * - `waiting`: for those before it, or for the next attempt
 * - `handed`: to a worker, which has not begun
 * - `beginning`: once that is kept
 * - `begun`
 */
type State = "waiting" | "handed" | "beginning" | "begun"

/**
 * One handing of a letter; another one of the same letter is another ticket.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ticket<L extends Letter> {
  readonly letter: L
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Lane<L extends Letter> {
  readonly add: (letter: L) => void
  /** What is to be handed out now, in this order. */
  readonly next: () => ReadonlyArray<Ticket<L>>
  /** Whether the letter may begin, once that is kept: not one that was taken back since. */
  readonly begin: (ticket: Ticket<L>) => boolean
  /** Those before it that are handed out as well, and have not begun. */
  readonly together: (letter: L) => ReadonlyArray<string>
  /** It is kept. Whether the letter begins now: not one that was forgotten since. */
  readonly confirm: (ticket: Ticket<L>) => boolean
  /** It did not begin after all, and waits again, as do those behind it. */
  readonly takeBack: (ticket: Ticket<L>) => void
  /** It is done, or given up. */
  readonly remove: (letter: L) => void
  /** It failed, and holds up those behind it until {@link Lane.resume}. */
  readonly hold: (letter: L) => void
  readonly resume: (letter: L) => void
  /** Puts one before all those that have not begun. False: it is not here. */
  readonly advance: (request: string) => boolean
  /** Forgets a letter that has not begun, or says that it has. */
  readonly leave: (request: string) => "begun" | "forgotten"
  /** Takes back all that has not begun. */
  readonly takeAllBack: () => void
  readonly size: () => number
}

interface Place<L extends Letter> {
  readonly letter: L
  state: State
  isHeld: boolean
  ticket: Ticket<L> | undefined
}

/**
 * A lane with nothing in it, which hands out so many at once; those that go ahead are not counted.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <L extends Letter>(most: number): Lane<L> => {
  let ahead: Array<Place<L>> = []
  let inLine: Array<Place<L>> = []

  const placeOf = (letter: L) => [...ahead, ...inLine].find((place) => place.letter === letter)
  const unhand = (place: Place<L>) => {
    if (place.state !== "handed") return
    place.state = "waiting"
    place.ticket = undefined
  }
  const unhandFrom = (place: Place<L>) => {
    unhand(place)
    const at = inLine.indexOf(place)
    if (at >= 0) inLine.slice(at).forEach(unhand)
  }
  const hand = (place: Place<L>): Ticket<L> => {
    const ticket = { letter: place.letter }
    place.state = "handed"
    place.ticket = ticket
    return ticket
  }

  return {
    add: (letter) => {
      const place: Place<L> = { letter, state: "waiting", isHeld: false, ticket: undefined }
      if (letter.isAhead) ahead.push(place)
      else inLine.push(place)
    },
    next: () => {
      const first = inLine.slice(0, most)
      const held = first.findIndex(({ isHeld }) => isHeld)
      return [...ahead.filter(({ isHeld }) => !isHeld), ...held < 0 ? first : first.slice(0, held)]
        .filter(({ state }) => state === "waiting")
        .map(hand)
    },
    begin: (ticket) => {
      const place = placeOf(ticket.letter)
      if (place?.ticket !== ticket || place.state !== "handed") return false
      place.state = "beginning"
      return true
    },
    together: (letter) => {
      const at = inLine.findIndex((place) => place.letter === letter)
      return inLine.slice(0, Math.max(0, at)).flatMap(({ isHeld, letter: { request }, state }) =>
        !isHeld && (state === "handed" || state === "beginning") ? [request] : []
      )
    },
    confirm: (ticket) => {
      const place = placeOf(ticket.letter)
      if (place?.ticket !== ticket || place.state !== "beginning") return false
      place.state = "begun"
      return true
    },
    takeBack: (ticket) => {
      const place = placeOf(ticket.letter)
      if (place === undefined || place.ticket !== ticket) return
      if (place.state !== "waiting") place.state = "handed"
      unhandFrom(place)
    },
    remove: (letter) => {
      ahead = ahead.filter((place) => place.letter !== letter)
      inLine = inLine.filter((place) => place.letter !== letter)
    },
    hold: (letter) => {
      const place = placeOf(letter)
      if (place === undefined) return
      place.state = "handed"
      place.isHeld = true
      unhandFrom(place)
    },
    resume: (letter) => {
      const place = placeOf(letter)
      if (place !== undefined) place.isHeld = false
    },
    advance: (request) => {
      const place = inLine.find(({ letter }) => letter.request === request)
      if (place === undefined) return false
      const hasBegun = ({ state }: Place<L>) => state === "beginning" || state === "begun"
      if (hasBegun(place)) return true
      const others = inLine.filter((other) => other !== place)
      inLine = [...others.filter(hasBegun), place, ...others.filter((other) => !hasBegun(other))]
      unhandFrom(place)
      return true
    },
    leave: (request) => {
      const place = [...ahead, ...inLine].find(({ letter }) => letter.request === request)
      if (place?.state === "begun") return "begun"
      ahead = ahead.filter((other) => other !== place)
      inLine = inLine.filter((other) => other !== place)
      return "forgotten"
    },
    takeAllBack: () => [...ahead, ...inLine].forEach(unhand),
    size: () => ahead.length + inLine.length
  }
}
