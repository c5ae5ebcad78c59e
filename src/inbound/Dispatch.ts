/**
 * Hands deliveries from the socket's callback to a pool of worker fibers, through a bounded line that drops on full.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import { releaseWithin } from "../internal/clock.ts"
import { logEvents } from "../logEvents.ts"
import { behindIo, sliceMs, whenBlocked } from "./internal/behindIo.ts"
import type { Start } from "./internal/boundary.ts"
import { fifo, lanes, type Overflow } from "./internal/waitingLine.ts"

/**
 * What a dispatch is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<A, R> {
  /** Starts the workers; they live as long as its scope. */
  readonly start: Start<R>
  /** How many items are handled at once; at least 1. */
  readonly workers: number
  /** How many items may wait; at least 1. */
  readonly capacity: number
  /** What gives way when the line is full. */
  readonly overflow: Overflow
  /** Items of one key are handled in order and never at the same time. Default: no order. */
  readonly keyOf?: ((item: A) => string) | undefined
  /** A clock that does not go backwards, in milliseconds. */
  readonly now: () => number
  /** Told of an item and the time at which it was taken. May throw or die: that is logged and ends only the handling of that item. */
  readonly handle: (item: A, nowMs: number) => Effect.Effect<void, never, R>
  /** Told, synchronously, of an item that gave way. */
  readonly onDropped: (item: A) => void
  /** Told, synchronously, of an item whose handler was interrupted by the close of the scope. */
  readonly onInterrupted?: ((item: A) => void) | undefined
  /** Told, synchronously, of an item whose handler kept the event loop to itself, and for how many milliseconds. */
  readonly onBlocked?: ((item: A, ms: number) => void) | undefined
  /** Called, synchronously, by a worker: with every item that it takes, and at its end. For gauges. */
  readonly onProgress?: (() => void) | undefined
}

/**
 * A running dispatch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Dispatch<A> {
  /** Offers an item, synchronously: it never blocks. Once draining began, the item is ignored. */
  readonly offer: (item: A) => void
  /** False once draining began, or after {@link Dispatch.close}. */
  readonly accepting: () => boolean
  /** Stops taking. */
  readonly close: () => void
  /** Items that wait. */
  readonly waiting: () => number
  /** Items that are being handled. */
  readonly inFlight: () => number
  /**
   * Stops taking, and waits until all that was taken is handled, at most for the given milliseconds. Gives the number
   * of items that are then given up: those that wait are forgotten, and the handlers of the others are interrupted,
   * though not waited for, so that none of them is handled after all.
   */
  readonly drain: (boundMs: number) => Effect.Effect<number>
}

/**
 * Makes a dispatch. Its workers are fibers started on demand, at most `workers` of them, each of which goes on while
 * there is work: an idle account holds no fiber at all. They are owned by the scope, whose close interrupts them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unsafeMake = <A extends object, R>(
  { capacity, handle, keyOf, now, onBlocked, onDropped, onInterrupted, onProgress, overflow, start, workers }: Options<
    A,
    R
  >
): Dispatch<A> => {
  const line = keyOf === undefined ? fifo<A>(capacity, overflow) : lanes(capacity, overflow, keyOf)
  const idle = Deferred.unsafeMake<void>(FiberId.none)
  let active = 0
  let inFlight = 0
  let accepting = true
  let givenUp = false
  const atWork = new Set<Fiber.RuntimeFiber<void>>()
  const giveUp = (): number => {
    const left = line.size() + inFlight
    givenUp = true
    for (const fiber of atWork) fiber.unsafeInterruptAsFork(FiberId.none)
    return left
  }
  // A worker is on its way.
  let starting = false
  // More workers are sent for when those that are at work wait for something: while handlers do not suspend, one worker
  // does all the work of a read, and no fiber is started for what it has done by then.
  let asked = false
  const ask = () => {
    if (asked || active === workers || !line.ready()) return
    asked = true
    behindIo.whenThrough(() => {
      asked = false
      send()
    })
  }
  // One worker that found the line empty waits for the next item: waking a fiber costs a third of starting one.
  let wake: (() => void) | undefined
  const send = () => {
    if (starting || active === workers || !line.ready()) return
    starting = true
    active += 1
    if (wake === undefined) start(worker, behindIo)
    else wake()
  }
  const rest = () => {
    active -= 1
    if (!accepting && active === 0) Deferred.unsafeDone(idle, Exit.void)
  }

  const worker: Effect.Effect<void, never, R> = Effect.withFiberRuntime<void, never, R>((fiber) => {
    starting = false
    atWork.add(fiber)
    let current: A | undefined
    let begun: A | undefined
    let resting = false
    let sliceEnd = now() + sliceMs
    if (onBlocked !== undefined) {
      whenBlocked(fiber, (ms) => {
        if (begun !== undefined) onBlocked(begun, ms)
      })
    }
    const forgetBegun = () => {
      begun = undefined
    }
    const begin = (item: A, nowMs: number) => {
      begun = item
      return handle(item, nowMs)
    }
    const finish = () => {
      if (current === undefined) return
      inFlight -= 1
      line.done(current)
      current = undefined
    }
    // Nothing to be run on interruption, which would cost as much as the waiting: the finalizer of the whole sees to it.
    const nextItem = Effect.async<void>((resume) => {
      resting = true
      // The last item of each of a hundred accounts would live through collection after collection.
      if (onBlocked !== undefined) behindIo.afterwards(forgetBegun)
      rest()
      wake = () => {
        wake = undefined
        resting = false
        resume(Effect.void)
      }
    })
    const items = Effect.whileLoop({
      while: () => {
        current = givenUp ? undefined : line.take()
        if (current === undefined) return accepting && wake === undefined
        inFlight += 1
        onProgress?.()
        ask()
        return true
      },
      body: () => {
        if (current === undefined) return nextItem
        const nowMs = now()
        if (nowMs < sliceEnd) return begin(current, nowMs)
        const item = current
        return Effect.flatMap(Effect.yieldNow(), () => {
          const nowMs = now()
          sliceEnd = nowMs + sliceMs
          return begin(item, nowMs)
        })
      },
      step: () => {
        if (current !== undefined) return finish()
        starting = false
        sliceEnd = now() + sliceMs
      }
    })
    // Around the whole loop instead of each item, for that is cheaper; after a defect the loop is taken up again.
    const goOn: Effect.Effect<void, never, R> = Effect.catchAllCause(
      items,
      (cause) =>
        Effect.zipRight(
          Effect.logError(logEvents.handlerFailed, cause),
          Effect.suspend(() => {
            finish()
            return goOn
          })
        )
    )
    return Effect.ensuring(
      goOn,
      Effect.sync(() => {
        if (current !== undefined) onInterrupted?.(current)
        finish()
        atWork.delete(fiber)
        if (resting) wake = undefined
        else rest()
        onProgress?.()
      })
    )
  })

  return {
    offer: (item) => {
      if (!accepting) return
      const victim = line.offer(item)
      if (victim !== undefined) onDropped(victim)
      send()
      behindIo.onRead()
    },
    accepting: () => accepting,
    close: () => {
      accepting = false
    },
    waiting: line.size,
    inFlight: () => inFlight,
    drain: (boundMs) =>
      Effect.suspend(() => {
        accepting = false
        return active === 0
          ? Effect.succeed(0)
          : Deferred.await(idle).pipe(
            Effect.interruptible,
            releaseWithin(boundMs),
            Effect.map(giveUp)
          )
      })
  }
}
