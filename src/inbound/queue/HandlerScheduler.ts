/**
 * When handlers run: behind the acknowledgements of what was read, and never for so long that sockets are not read.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"
import * as Fifo from "../../internal/fifo.ts"

/**
 * How long handlers may run on behind one read of a socket, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const sliceMs = 2

/**
 * How far ahead of everything else they may run within one round of the event loop, in milliseconds: all sockets are read
 * once in it. Beyond that they run for as long as was read and acknowledged since, so that a flood which they can handle
 * does not fill the lines.
 */
const roundMs = 50

/** Between two looks at the clock, in operations of a fiber: a power of two. */
const operationsPerLook = 256

type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

interface Scheduled {
  readonly task: Scheduler.Task
  readonly fiber: AnyFiber | undefined
}

/**
 * A scheduler for the fibers that handle deliveries.
 *
 * @since 0.1.0
 * @category models
 */
export interface HandlerScheduler extends Scheduler.Scheduler {
  /** Something was read: fibers that were cut off go on behind this read, instead of behind all reading. */
  readonly onRead: () => void
  /** Whether the fiber that runs should yield before it begins something new. */
  readonly isSliceUp: () => boolean
  /** Has a fiber's owner told, each time that it lets others run, for how long it kept the event loop to itself. */
  readonly onPause: (fiber: AnyFiber, tell: (ms: number) => void) => void
}

/**
 * Makes a scheduler; all accounts of a channel share one, for they share the event loop.
 *
 * Its fibers run right behind the read that brought their work, when the answers to that read are already on their way,
 * and for at most {@link sliceMs} at a stretch: then a fiber yields, even one that never waits. Effect's default
 * scheduler runs fibers in microtasks, where a line of handlers that are ready would hold up every socket, and the
 * acknowledgements with it, until it is through. With `setImmediate` alone, which comes after all reading, a flood would
 * fill every line before the first handler runs.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<HandlerScheduler> = Effect.sync(() => {
  const tasks = Fifo.make<Scheduled>()
  const owners = new WeakMap<AnyFiber, (ms: number) => void>()
  let running = false
  let sliceEnd = 0
  // What is left of the round, and when it was last reckoned.
  let creditMs = roundMs
  let reckonedAt = 0
  let isTickDue = false
  let isRoundDue = false
  // The next round is put off until sockets have been read once more.
  let readFirst = false

  const isBehind = () => Fifo.size(tasks) > 0
  const slice = () => {
    const began = performance.now()
    creditMs = Math.min(roundMs, creditMs + began - reckonedAt)
    sliceEnd = began + Math.min(sliceMs, creditMs)
    running = true
    let now = began
    while (now < sliceEnd) {
      const scheduled = Fifo.shift(tasks)
      if (scheduled === undefined) break
      const before = now
      scheduled.task()
      now = performance.now()
      if (scheduled.fiber !== undefined) owners.get(scheduled.fiber)?.(now - before)
    }
    running = false
    creditMs -= now - began
    reckonedAt = now
  }
  const round = () => {
    if (readFirst) {
      readFirst = false
      setImmediate(round)
      return
    }
    isRoundDue = false
    creditMs = roundMs
    slice()
    if (isBehind()) awaitRound()
  }
  const awaitRound = () => {
    if (isRoundDue) return
    isRoundDue = true
    setImmediate(round)
  }
  const tick = () => {
    isTickDue = false
    slice()
    // What arrived while a slice was used up is acknowledged before another one.
    readFirst ||= isBehind()
    if (isBehind()) awaitRound()
  }
  const arm = () => {
    // What is scheduled by a slice itself waits: ticks come before I/O, and would keep it out.
    if (running || isTickDue) return
    isTickDue = true
    // The second tick from here comes behind all that the read itself leaves for the next tick: its answers.
    process.nextTick(process.nextTick, tick)
  }
  const isSliceUp = () => running && performance.now() >= sliceEnd

  return {
    scheduleTask: (task, _priority, fiber) => {
      Fifo.push(tasks, { task, fiber })
      arm()
    },
    shouldYield: (fiber) =>
      fiber.currentOpCount % operationsPerLook === 0 && isSliceUp() ? 0 : Scheduler.defaultShouldYield(fiber),
    onRead: () => {
      if (isBehind()) arm()
    },
    isSliceUp,
    onPause: (fiber, tell) => {
      owners.set(fiber, tell)
    }
  }
})
