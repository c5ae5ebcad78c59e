import type * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"

/** How long fibers of handlers may run on behind one read of a socket, in milliseconds. */
export const sliceMs = 2

/** How long they may run on within one turn of the event loop, in milliseconds: all sockets are read once in it. */
const turnMs = 50

/** From when on a fiber that lets nobody else run is told of, in milliseconds. */
const blockedMs = 200

type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

interface Scheduled {
  readonly task: Scheduler.Task
  readonly fiber: AnyFiber | undefined
}

const witnesses = new WeakMap<AnyFiber, (ms: number) => void>()

/** Has a fiber's owner told when the fiber kept the event loop to itself for {@link blockedMs} or longer. */
export const whenBlocked = (fiber: AnyFiber, tell: (ms: number) => void): void => {
  witnesses.set(fiber, tell)
}

/**
 * A scheduler whose fibers take their turns behind I/O: right behind the read that brought their work, when the answers
 * to that read are already on their way, and for at most {@link sliceMs} at a stretch.
 *
 * On the default scheduler, which runs in microtasks, a line of handlers that are ready to run would hold up every
 * socket, and the acknowledgements with it, until it is through. And with turns that only come after all reading
 * (`setImmediate`), a flood fills every line before the first worker runs: one turn reads up to 2 MB from a socket.
 */
export const behindIo: Scheduler.Scheduler & {
  /** Something was read: fibers that were cut off go on behind this read, instead of behind all reading. */
  readonly onRead: () => void
  /** Runs something short, once, when no fiber is ready any more, within the slice that is on: it may make one ready. */
  readonly whenThrough: (f: () => void) => void
  /** Runs something short, once, when the slice that is on or due is through. */
  readonly afterwards: (f: () => void) => void
} = (() => {
  let tasks: Array<Scheduled> = []
  let whenThrough: Array<() => void> = []
  let afterwards: Array<() => void> = []
  let next = 0
  let running = false
  let tickIsDue = false
  let turnIsDue = false
  // The next turn is put off until sockets have been read once more.
  let readingFirst = false
  let spentMs = 0

  const callAll = (fs: ReadonlyArray<() => void>) => {
    for (const f of fs) f()
  }
  const askedForMore = (): boolean => {
    if (whenThrough.length === 0) return false
    const due = whenThrough
    whenThrough = []
    callAll(due)
    return next < tasks.length
  }
  const slice = () => {
    const began = performance.now()
    const end = began + Math.min(sliceMs, turnMs - spentMs)
    running = true
    let now = began
    while (now < end && (next < tasks.length || askedForMore())) {
      const scheduled = tasks[next]
      const before = now
      next += 1
      scheduled?.task()
      now = performance.now()
      if (now - before >= blockedMs && scheduled?.fiber !== undefined) witnesses.get(scheduled.fiber)?.(now - before)
    }
    if (afterwards.length > 0) {
      const due = afterwards
      afterwards = []
      callAll(due)
    }
    running = false
    spentMs += now - began
    if (next === tasks.length) {
      tasks = []
      next = 0
    } else if (next > 1_000) {
      tasks = tasks.slice(next)
      next = 0
    }
  }
  const turn = () => {
    if (readingFirst) {
      readingFirst = false
      setImmediate(turn)
      return
    }
    turnIsDue = false
    spentMs = 0
    slice()
    if (isBehind()) awaitTurn()
  }
  const isBehind = () => tasks.length > 0 || whenThrough.length > 0
  // Also the end of a turn in which time was spent: it begins the account anew. Little time may wait for that.
  const awaitTurn = () => {
    if (turnIsDue) return
    turnIsDue = true
    setImmediate(turn)
  }
  const tick = () => {
    tickIsDue = false
    if (spentMs < turnMs) slice()
    // What arrived while a slice was used up is acknowledged before another one.
    readingFirst ||= isBehind()
    if (isBehind() || spentMs > sliceMs) awaitTurn()
  }
  const arm = () => {
    // What is scheduled by a slice itself waits: ticks come before I/O, and would keep it out.
    if (running || tickIsDue) return
    if (spentMs < turnMs) {
      tickIsDue = true
      // The second tick from here comes behind all that the read itself leaves for the next tick: its answers.
      process.nextTick(process.nextTick, tick)
    } else awaitTurn()
  }
  return {
    ...Scheduler.make((task, _priority, fiber) => {
      tasks.push({ task, fiber })
      arm()
    }),
    onRead: () => {
      if (tasks.length > 0) arm()
    },
    whenThrough: (f) => {
      whenThrough.push(f)
      arm()
    },
    afterwards: (f) => {
      afterwards.push(f)
      arm()
    }
  }
})()
