/** Deliveries that wait for what else their sender has to say. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { isRecord, string } from "../../internal/json.ts"
import { waitsAfter } from "../../internal/runtime/waits.ts"
import { type Delivery, idsOf, payloadOf } from "../Delivery.ts"
import type * as QueueMemory from "../queue/QueueMemory.ts"
import * as Burst from "./burst.ts"

export interface Options {
  readonly burstMs: number
  /** How many may be held, and how many bytes; beyond that all go on at once. */
  readonly capacity: number
  readonly capacityBytes: number
  readonly memory: QueueMemory.Ledger
  /** The monotonic time, in milliseconds. */
  readonly now: () => number
  /** Starts an effect from a callback. */
  readonly start: (effect: Effect.Effect<void>) => void
  /** Synchronous. Told of each burst that is over, as one delivery. */
  readonly onOver: (delivery: Delivery) => void
}

export interface Gathering {
  /** Holds a delivery, synchronously, until its sender has been quiet for a while. */
  readonly hold: (delivery: Delivery) => void
  /** All go on at once. */
  readonly release: () => void
  /** Deliveries that are held. */
  readonly size: () => number
}

/** Most messages of one burst. */
export const mostOfOne = 20

/** A burst goes on for so many times the quiet that ends it, at most. */
export const longest = 5

/** Who said it, and where; one whose sender is not known belongs to no burst. */
const speakerOf = (delivery: Delivery): string => {
  const payload = payloadOf(delivery)
  const sender = isRecord(payload) ? string(payload["senderStaffId"]) ?? string(payload["senderId"]) : undefined
  return sender === undefined ? `frame:${delivery.frameId}` : JSON.stringify([delivery.key, sender])
}

const bytesOf = (parts: ReadonlyArray<Delivery>): number => parts.reduce((sum, { bytes }) => sum + bytes, 0)

/** The parts of a burst as one delivery: the first one's, with all of them. */
const merged = (parts: ReadonlyArray<Delivery>): Delivery | undefined => {
  const [first, ...more] = parts
  return first === undefined || more.length === 0 ? first : { ...first, bytes: bytesOf(parts), parts }
}

export const make = (options: Options): Effect.Effect<Gathering, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { burstMs, capacity, capacityBytes, memory, now, onOver, start } = options
    const bounds: Burst.Bounds = { quietMs: burstMs, most: mostOfOne, longestMs: longest * burstMs }
    let bursts: Burst.Bursts<Delivery> = new Map()
    let held = 0
    let heldBytes = 0
    let isWatched = false

    const handOn = (over: Burst.Over<Delivery>) => {
      for (const parts of over) {
        held -= parts.length
        count(-bytesOf(parts))
        const delivery = merged(parts)
        if (delivery !== undefined) onOver(delivery)
      }
    }
    const release = () => {
      const all = bursts
      bursts = new Map()
      handOn([...all.values()].map(({ items }) => items))
    }
    const charge = yield* memory.enter({
      giveWay: release,
      waiting: () => [...bursts.values()].flatMap(({ items }) => items.map(idsOf))
    })
    const count = (bytes: number) => {
      heldBytes += bytes
      charge(bytes)
    }
    /** What is due goes on; gives in how many milliseconds the next is due. */
    const look = Effect.sync(() => {
      const [over, rest] = Burst.takeDue(bursts, now())
      bursts = rest
      handOn(over)
      const due = Burst.nextDue(bursts)
      isWatched = due !== undefined
      return due === undefined ? undefined : Math.max(1, Math.ceil(due - now()))
    })
    const watch = Effect.asVoid(Effect.repeat(look, waitsAfter((dueMs: number | undefined) => dueMs)))

    return {
      hold: (delivery) => {
        const [over, rest] = Burst.add(bursts, speakerOf(delivery), delivery, now(), bounds)
        bursts = rest
        held += 1
        count(delivery.bytes)
        handOn(over)
        if (held >= capacity || heldBytes > capacityBytes) release()
        if (isWatched || bursts.size === 0) return
        isWatched = true
        start(watch)
      },
      release,
      size: () => held
    }
  })
