/**
 * Hands deliveries from the socket's callback to workers.
 *
 * Deliveries wait in their conversation, and conversations with work stand in a `Queue`. A worker takes a conversation
 * from it, handles one delivery and puts it back: at once, or, where order is kept, when the delivery is done. So
 * workers go round the conversations, and one that says a lot does not silence the others.
 *
 * This is the socket boundary: the one place where a callback meets Effect.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { releaseWithin } from "../../internal/runtime/clock.ts"
import { logEvents } from "../../logEvents.ts"
import type { Ids } from "../Delivery.ts"
import type { HandlerScheduler } from "./HandlerScheduler.ts"
import * as Backlog from "./internal/backlog.ts"
import type * as QueueMemory from "./QueueMemory.ts"

/**
 * What a dispatch is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<A, R> {
  /** How many items are handled at once; at least 1. */
  readonly workers: number
  /** How many items may wait; at least 1. */
  readonly capacity: number
  /**
   * How many bytes may wait. Divided by `capacity` it gives what one place is for: a larger item takes several. One item
   * may always wait, however large.
   */
  readonly capacityBytes: number
  /** What the queues of all accounts hold. */
  readonly memory: QueueMemory.Ledger
  /**
   * What gives way when there is no room, in the conversation that holds most: its newest item, for a flood of one
   * conversation the newcomer itself, or its oldest.
   */
  readonly overflow: Backlog.Overflow
  /** Items of one key are handled in order and never at the same time. */
  readonly ordered: boolean
  readonly scheduler: HandlerScheduler
  /** Run uninterruptibly. May throw or die: that is logged and ends only the handling of that item. */
  readonly handle: (item: A) => Effect.Effect<void, never, R>
  /** Names an item, should the process end while it waits; without it, nobody misses it. */
  readonly idsOf?: ((item: A) => Ids) | undefined
  /** Told, synchronously, of an item that gave way. */
  readonly onDropped: (item: A) => void
  /** Told, synchronously, of an item whose handler kept the event loop to itself, and for how many milliseconds. */
  readonly onBlocked?: ((item: A, ms: number) => void) | undefined
  /** Told, synchronously, when there have come to be more or fewer items. For gauges. */
  readonly onChange?: (() => void) | undefined
}

/**
 * What a dispatch has to know of an item.
 *
 * @since 0.1.0
 * @category models
 */
export interface Item {
  /** What it is kept in order with. */
  readonly key: string
  /** What it may take in memory while it waits. */
  readonly bytes: number
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
  /** False once draining began. */
  readonly accepting: () => boolean
  /** Items that wait. */
  readonly waiting: () => number
  /** Items that are being handled. */
  readonly inFlight: () => number
  /**
   * Stops taking, and waits until all that was taken is handled, at most for the given milliseconds. Gives the items
   * that are then given up, first those that wait: they are forgotten, and the handlers of the others are interrupted,
   * though not waited for, so that none of them is handled after all.
   */
  readonly drain: (boundMs: number) => Effect.Effect<ReadonlyArray<A>>
  /**
   * Interrupts the handling of the items that `pick` says, synchronously, and waits until it has ended, finalizers
   * included; what waits stays. Gives how many there were.
   */
  readonly interrupt: (pick: (item: A) => boolean) => Effect.Effect<number>
}

/** What a worker is at; the item stays for as long as it may have to be named. */
interface Hand<A> {
  conversation: Backlog.Conversation<A> | undefined
  item: A | undefined
  fiber: Fiber.RuntimeFiber<void> | undefined
  /** It was interrupted, and takes nothing more. */
  isDismissed: boolean
}

/** From when on a handler that lets nobody else run is told of, in milliseconds. */
const blockedMs = 200

/** Whether something stands in a queue. */
const hasWaiting = (queue: Queue.Dequeue<unknown>): boolean => Option.exists(queue.unsafeSize(), (size) => size > 0)

/**
 * Makes a dispatch. Its workers are fibers started on demand, at most `workers` of them, each of which goes on while there
 * is work; then one of them waits for more, and the others end. An account that nobody talks to has none. They are
 * interrupted when the scope closes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <A extends Item, R>(
  options: Options<A, R>
): Effect.Effect<Dispatch<A>, never, R | Scope.Scope> =>
  Effect.gen(function*() {
    const { capacity, handle, idsOf, memory, onBlocked, onChange, onDropped, scheduler, workers } = options
    const bytesPerPlace = options.capacityBytes / capacity
    const backlog = Backlog.make<A>({
      ...options,
      keyOf: ({ key }) => key,
      placesOf: ({ bytes }) => Math.max(1, bytes / bytesPerPlace)
    })
    // Twice the room, for those whose last item gave way while they stood in it.
    const ready = yield* Queue.bounded<Backlog.Conversation<A>>(2 * capacity)
    const fibers = yield* FiberSet.make<void>()
    const run = yield* FiberSet.runtime(fibers)<R>()
    const drained = yield* Deferred.make<void>()
    // Of each worker, what it has in hand.
    const hands = new Set<Hand<A>>()
    let accepting = true
    let givenUp = false
    let inFlight = 0
    // A worker is on its way, or has not let go of the event loop yet: it looks at the queue before it does.
    let isOneAtIt = false
    // Of the worker that waits for more. To wait within `Queue.take` is to wait for a `Deferred`: at one message after the
    // other each of them lives until the collector's next full run, and takes along what it was given.
    let wake: ((more: Effect.Effect<void>) => void) | undefined
    const more = Effect.async<void>((resume) => {
      wake = resume
    })
    const rouse = () => {
      const resume = wake
      wake = undefined
      resume?.(Effect.void)
    }

    const giveWay = () => {
      const victim = backlog.giveWay()
      if (victim === undefined) return
      charge(-victim.bytes)
      onDropped(victim)
    }
    const charge = yield* memory.enter({
      giveWay,
      waiting: () => (idsOf === undefined ? [] : backlog.items().map(idsOf))
    })

    /** Queues a conversation that has something to do. */
    const enqueue = (conversation: Backlog.Conversation<A>) => {
      if (conversation.isQueued || !Backlog.isReady(conversation)) return
      conversation.isQueued = true
      if (!Queue.unsafeOffer(ready, conversation)) {
        // It takes what is there, without waiting.
        for (const standing of Effect.runSync(Queue.takeAll(ready))) {
          standing.isQueued = Backlog.isReady(standing)
          if (standing.isQueued) Queue.unsafeOffer(ready, standing)
        }
        Queue.unsafeOffer(ready, conversation)
      }
    }
    /** Wakes or starts a worker, if there is work and those that there are wait for something else. */
    const hire = () => {
      if (isOneAtIt || givenUp) return
      if (wake === undefined && hands.size === workers) return
      if (!hasWaiting(ready)) return
      isOneAtIt = true
      if (wake !== undefined) return rouse()
      const hand: Hand<A> = { conversation: undefined, item: undefined, fiber: undefined, isDismissed: false }
      hands.add(hand)
      const fiber = run(worker(hand), { scheduler, immediate: false })
      hand.fiber = fiber
      scheduler.onPause(fiber, (ms) => pause(hand, ms))
    }
    const isIdle = () => inFlight === 0 && backlog.size() === 0

    const take = (hand: Hand<A>, conversation: Backlog.Conversation<A>): Effect.Effect<void, never, R> => {
      conversation.isQueued = false
      const item = givenUp ? undefined : backlog.next(conversation)
      if (item === undefined) return Effect.void
      hand.conversation = conversation
      hand.item = item
      inFlight += 1
      charge(-item.bytes)
      enqueue(conversation)
      return handle(item)
    }
    const finish = (hand: Hand<A>) => {
      const { conversation } = hand
      if (conversation === undefined) return
      hand.conversation = undefined
      inFlight -= 1
      backlog.done(conversation)
      enqueue(conversation)
      if (!accepting && isIdle()) Deferred.unsafeDone(drained, Exit.void)
    }
    const pause = (hand: Hand<A>, ms: number) => {
      if (hand.item !== undefined && ms >= blockedMs) onBlocked?.(hand.item, ms)
      if (hand.conversation === undefined) hand.item = undefined
      isOneAtIt = false
      hire()
      onChange?.()
    }
    // Uninterruptible, so that what must follow a handler does, whatever ends it. The handler itself can be interrupted.
    const worker = (hand: Hand<A>): Effect.Effect<void, never, R> => {
      const one = Effect.flatMap(Queue.take(ready), (conversation) => take(hand, conversation))
      const loop = Effect.whileLoop({
        while: () => !givenUp && !hand.isDismissed && (hasWaiting(ready) || wake === undefined),
        body: () => !hasWaiting(ready) ? more : scheduler.isSliceUp() ? Effect.yieldNow() : one,
        step: () => finish(hand)
      })
      // Around the whole loop instead of each item, for that is cheaper; after a defect it is taken up again.
      const work: Effect.Effect<void, never, R> = Effect.catchAllCause(loop, (cause) => {
        finish(hand)
        return Cause.isInterrupted(cause)
          ? Effect.void
          : Effect.zipRight(Effect.logError(logEvents.handlerFailed, cause), work)
      })
      return Effect.zipRight(work, Effect.sync(() => void hands.delete(hand))).pipe(Effect.uninterruptible)
    }

    // Once only: a second interruption would reach what an uninterruptible finalizer of a handler waits for.
    const dismiss = (hand: Hand<A>, by: FiberId.FiberId) => {
      if (!hand.isDismissed) hand.fiber?.unsafeInterruptAsFork(by)
      hand.isDismissed = true
    }
    const giveUp = Effect.suspend(() => {
      if (givenUp) return Effect.succeed<ReadonlyArray<A>>([])
      accepting = false
      givenUp = true
      for (const hand of hands) dismiss(hand, FiberId.none)
      rouse()
      const waiting = backlog.clear()
      charge(-waiting.reduce((sum, { bytes }) => sum + bytes, 0))
      onChange?.()
      const atWork = [...hands].flatMap(({ conversation, item }) =>
        conversation === undefined || item === undefined ? [] : [item]
      )
      return Effect.as(Queue.shutdown(ready), [...waiting, ...atWork])
    })
    // All have ended before the set is closed, which would interrupt them again.
    yield* Effect.addFinalizer(() => Effect.zipRight(giveUp, FiberSet.awaitEmpty(fibers)))

    return {
      offer: (item) => {
        if (!accepting) return
        if (backlog.refuses(item)) onDropped(item)
        else {
          const conversation = backlog.add(item)
          charge(item.bytes)
          while (backlog.isOverfull()) giveWay()
          enqueue(conversation)
          hire()
          // A worker that is at it tells when it pauses.
          if (!isOneAtIt) onChange?.()
        }
        scheduler.onRead()
      },
      accepting: () => accepting,
      waiting: backlog.size,
      inFlight: () => inFlight,
      drain: (boundMs) =>
        Effect.suspend(() => {
          accepting = false
          return (isIdle() ? Effect.void : Deferred.await(drained)).pipe(
            Effect.interruptible,
            releaseWithin(boundMs),
            Effect.zipRight(giveUp)
          )
        }),
      interrupt: (pick) =>
        Effect.fiberIdWith((self) => {
          const picked = [...hands].flatMap((hand) => {
            const { conversation, fiber, item } = hand
            if (conversation === undefined || fiber === undefined || item === undefined || !pick(item)) return []
            dismiss(hand, self)
            return [fiber]
          })
          return Effect.as(Effect.forEach(picked, Fiber.await, { discard: true }), picked.length)
        })
    }
  })
