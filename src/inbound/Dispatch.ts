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
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { releaseWithin } from "../internal/clock.ts"
import { logEvents } from "../logEvents.ts"
import type { Ids } from "./Delivery.ts"
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
  /** May throw or die: that is logged and ends only the handling of that item. */
  readonly handle: (item: A) => Effect.Effect<void, never, R>
  /** Names an item, should the process end while it waits; without it, nobody misses it. */
  readonly idsOf?: ((item: A) => Ids) | undefined
  /** Told, synchronously, of an item that gave way. */
  readonly onDropped: (item: A) => void
  /** Run, uninterruptibly, behind an item whose handling was interrupted from outside, or died. */
  readonly onCutOff?: ((item: A) => Effect.Effect<void>) | undefined
  /** Told, synchronously, of an item whose handler kept the event loop to itself, and for how many milliseconds. */
  readonly onBlocked?: ((item: A, ms: number) => void) | undefined
  /** Told, synchronously, whenever there are more or fewer items. For gauges. */
  readonly onChange?: (() => void) | undefined
}

/**
 * What a dispatch has to know of an item.
 *
 * @since 0.1.0
 * @category models
 */
export interface Item {
  /** What it is handled in turn with. */
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

/**
 * Makes a dispatch. Its workers are fibers started on demand, at most `workers` of them, each of which goes on while
 * there is work: an idle account holds no fiber at all. They are interrupted when the scope closes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <A extends Item, R>(
  options: Options<A, R>
): Effect.Effect<Dispatch<A>, never, R | Scope.Scope> =>
  Effect.gen(function*() {
    const { capacity, handle, idsOf, memory, onBlocked, onChange, onDropped, onCutOff, scheduler, workers } = options
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
    const next = Queue.poll(ready)
    const inHand = new Map<A, Fiber.RuntimeFiber<void>>()
    let accepting = true
    let givenUp = false
    let active = 0
    let isComing = false

    const giveWay = () => {
      const victim = backlog.giveWay()
      if (victim === undefined) return
      memory.charge(holder, -victim.bytes)
      onDropped(victim)
    }
    const holder: QueueMemory.Holder = {
      bytes: 0,
      position: -1,
      giveWay,
      waiting: () => (idsOf === undefined ? [] : backlog.items().map(idsOf))
    }

    /** Queues a conversation that has something to do. */
    const enqueue = (conversation: Backlog.Conversation<A>) => {
      if (conversation.isQueued || !Backlog.isReady(conversation)) return
      conversation.isQueued = true
      if (Queue.unsafeOffer(ready, conversation)) return
      for (const standing of Effect.runSync(Queue.takeAll(ready))) {
        if (Backlog.isReady(standing)) Queue.unsafeOffer(ready, standing)
      }
      Queue.unsafeOffer(ready, conversation)
    }
    /** Starts a worker, if one more has something to do. The next is started when this one has begun. */
    const hire = () => {
      if (isComing || givenUp || active === workers || Option.getOrElse(ready.unsafeSize(), () => 0) === 0) return
      isComing = true
      active += 1
      run(worker, { scheduler, immediate: false })
    }

    const giveUp = (): ReadonlyArray<A> => {
      if (givenUp) return []
      accepting = false
      givenUp = true
      for (const fiber of fibers) fiber.unsafeInterruptAsFork(FiberId.none)
      const waiting = backlog.clear()
      memory.charge(holder, -holder.bytes)
      return [...waiting, ...inHand.keys()]
    }
    yield* Effect.addFinalizer(() => Effect.sync(giveUp))

    const worker: Effect.Effect<void, never, R> = Effect.withFiberRuntime<void, never, R>((fiber) => {
      isComing = false
      let begun: A | undefined
      if (onBlocked !== undefined) {
        scheduler.whenBlocked(fiber, (ms) => {
          if (begun !== undefined) onBlocked(begun, ms)
        })
      }
      let current: Backlog.Conversation<A> | undefined
      let isIdle = false

      const finish = () => {
        if (current === undefined || begun === undefined) return
        inHand.delete(begun)
        backlog.done(current)
        enqueue(current)
        current = undefined
        onChange?.()
      }
      const cutOff = Effect.suspend(() => {
        const item = begun
        if (current === undefined || item === undefined) return Effect.void
        return Effect.ensuring(onCutOff?.(item) ?? Effect.void, Effect.sync(finish))
      })
      const takeFrom = (conversation: Backlog.Conversation<A>): Effect.Effect<void, never, R> => {
        conversation.isQueued = false
        const item = givenUp ? undefined : backlog.next(conversation)
        if (item === undefined) return Effect.void
        begun = item
        current = conversation
        inHand.set(item, fiber)
        memory.charge(holder, -item.bytes)
        enqueue(conversation)
        hire()
        onChange?.()
        return handle(item)
      }
      const one = Effect.flatMap(next, (found) => {
        isIdle = Option.isNone(found)
        return Option.isNone(found) ? Effect.void : takeFrom(found.value)
      })
      const loop = Effect.whileLoop({
        while: () => !isIdle,
        body: () => scheduler.isSliceUp() ? Effect.zipRight(Effect.yieldNow(), one) : one,
        step: finish
      })
      // Around the whole loop instead of each item, for that is cheaper; after a defect it is taken up again.
      const work: Effect.Effect<void, never, R> = Effect.catchAllCause(
        loop,
        (cause) => Effect.logError(logEvents.handlerFailed, cause).pipe(Effect.zipRight(cutOff), Effect.zipRight(work))
      )
      const end = Effect.suspend(() => {
        active -= 1
        // What came after it had found nothing, and found no other worker free.
        hire()
        return Effect.zipRight(cutOff, Effect.sync(hire))
      })
      return Effect.ensuring(work, end)
    })

    return {
      offer: (item) => {
        if (!accepting) return
        const conversation = backlog.add(item)
        memory.charge(holder, item.bytes)
        while (backlog.isOverfull()) giveWay()
        enqueue(conversation)
        hire()
        scheduler.onRead()
        onChange?.()
      },
      accepting: () => accepting,
      waiting: backlog.size,
      inFlight: () => inHand.size,
      drain: (boundMs) =>
        Effect.suspend(() => {
          accepting = false
          return FiberSet.awaitEmpty(fibers).pipe(
            Effect.interruptible,
            releaseWithin(boundMs),
            Effect.map(giveUp)
          )
        }),
      interrupt: (pick) =>
        Effect.withFiberRuntime((self) => {
          const picked = [...inHand].flatMap(([item, fiber]) => pick(item) ? [fiber] : [])
          for (const fiber of picked) fiber.unsafeInterruptAsFork(self.id())
          return Effect.as(Effect.forEach(picked, Fiber.await, { discard: true }), picked.length)
        })
    }
  })
