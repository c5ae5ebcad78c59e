/** When which fault strikes. */
import * as Random from "../support/random.ts"
import { faults, type Kind } from "./faults.ts"

export interface Step {
  /** Seconds since the beginning, in the hour's own time. */
  readonly atSeconds: number
  readonly kind: Kind
}

const isKind = (name: string): name is Kind => Object.hasOwn(faults, name)

export const kinds: ReadonlyArray<Kind> = Object.keys(faults).filter(isKind)

/** An hour in which each kind of fault strikes once, and the common ones again. */
export const hour = (seed: number): ReadonlyArray<Step> => {
  const random = Random.make(seed)
  const common: ReadonlyArray<Kind> = ["cut (FIN)", "reset (RST)", "notice", "half-open", "close 1000", "redeliveries"]
  const order = Random.shuffled([...kinds, ...common], random)
  const everySeconds = 3_600 / order.length
  return order.map((kind, i) => ({ kind, atSeconds: Math.round((i + 0.5 * random.next()) * everySeconds) }))
}

/** One fault behind the other, as soon as the one before is over. */
export const inARow = (...order: ReadonlyArray<Kind>): ReadonlyArray<Step> =>
  order.map((kind) => ({ kind, atSeconds: 0 }))
