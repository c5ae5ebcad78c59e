/**
 * Time and tasks under control: a clock whose sleepers wake in order, and a scheduler that runs until nothing is ready.
 * Everything is synchronous, so that an hour of a channel's life costs microseconds and is the same every time.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scheduler from "effect/Scheduler"

export interface VirtualTime {
  readonly clock: Clock.Clock
  readonly scheduler: Scheduler.Scheduler
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number
  /** Runs all that is ready, and wakes who slept until now. */
  readonly settle: () => void
  /** Lets time pass: everybody wakes in time. */
  readonly pass: (ms: number) => void
  /** Lets time pass unnoticed, as when the process is suspended: everybody wakes late, in order. */
  readonly lag: (ms: number) => void
  /** Moves the wall clock, and nothing else. */
  readonly jump: (ms: number) => void
  /** Calls back after a while, from outside of any fiber: this is how the fake network acts. */
  readonly after: (ms: number, run: () => void) => void
  /** Who still sleeps. */
  readonly sleepers: () => number
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
  /** False for what the fake network has in mind. */
  readonly ours: boolean
}

type Task = () => void

/** What is ready to run, in the order in which a process comes to it. */
export interface Tasks {
  /** `process.nextTick`: right behind what runs now. */
  readonly ticks: Array<Task>
  /** The fibers: microtasks, in a process. */
  readonly fibers: Array<Task>
  /** `setImmediate`: behind everything else. */
  readonly immediates: Array<Task>
}

const drain = ({ fibers, immediates, ticks }: Tasks): void => {
  for (;;) {
    const task = ticks.shift() ?? fibers.shift() ?? immediates.shift()
    if (task === undefined) return
    task()
  }
}

export const make = (tasks: Tasks): VirtualTime => {
  let now = 0
  let jumped = 0
  // In the order in which they wake; who came first wakes first.
  const sleepers: Array<Sleeper> = []
  const add = (sleeper: Sleeper) => {
    const behind = sleepers.findIndex(({ at }) => at > sleeper.at)
    sleepers.splice(behind === -1 ? sleepers.length : behind, 0, sleeper)
  }
  const remove = (sleeper: Sleeper) => {
    const index = sleepers.indexOf(sleeper)
    if (index !== -1) sleepers.splice(index, 1)
  }
  const wakeUntil = (end: number, onTime: boolean) => {
    drain(tasks)
    for (;;) {
      const next = sleepers[0]
      if (next === undefined || next.at > end) break
      sleepers.shift()
      if (onTime) now = Math.max(now, next.at)
      next.wake()
      drain(tasks)
    }
    now = end
  }
  const wall = () => now + jumped
  const nanos = () => BigInt(now) * 1_000_000n

  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: wall,
    unsafeCurrentTimeNanos: nanos,
    currentTimeMillis: Effect.sync(wall),
    currentTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.async<void>((resume) => {
        const sleeper = { at: now + Duration.toMillis(duration), wake: () => resume(Effect.void), ours: true }
        add(sleeper)
        return Effect.sync(() => remove(sleeper))
      })
  }
  return {
    clock,
    scheduler: Scheduler.make((task) => tasks.fibers.push(task)),
    now: () => now,
    settle: () => wakeUntil(now, true),
    pass: (ms) => wakeUntil(now + ms, true),
    lag: (ms) => {
      now += ms
      wakeUntil(now, false)
    },
    jump: (ms) => {
      jumped += ms
    },
    after: (ms, wake) => add({ at: now + ms, wake, ours: false }),
    sleepers: () => sleepers.filter(({ ours }) => ours).length
  }
}

/** Real time stands still: what goes by it waits for ever. */
const realTimer = () => ({})

/**
 * Runs `body` in a process whose tasks and whose `performance.now` are under control too: the worker fibers of the
 * channel go by them. What is left is run before the real ones come back.
 */
export const inVirtualProcess = <A>(body: (tasks: Tasks) => A): A => {
  const tasks: Tasks = { ticks: [], fibers: [], immediates: [] }
  const into = (queue: Array<Task>) =>
  <Args extends ReadonlyArray<unknown>>(
    run: (...args: Args) => void,
    ...args: Args
  ): void => {
    queue.push(() => run(...args))
  }
  const fake = { setImmediate: into(tasks.immediates), setTimeout: realTimer, setInterval: realTimer }
  const real = { setImmediate, setTimeout, setInterval }
  const { nextTick } = process
  Object.assign(globalThis, fake)
  Object.assign(process, { nextTick: into(tasks.ticks) })
  Object.defineProperty(performance, "now", { value: () => 0, configurable: true })
  try {
    return body(tasks)
  } finally {
    drain(tasks)
    Object.assign(globalThis, real)
    Object.assign(process, { nextTick })
    Reflect.deleteProperty(performance, "now")
  }
}
