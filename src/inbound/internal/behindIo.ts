import * as Scheduler from "effect/Scheduler"

/** How long fibers of handlers may run on, in milliseconds, before the event loop gets its turn. */
export const sliceMs = 2

/**
 * A scheduler whose fibers take their turns behind the event loop's I/O, at most {@link sliceMs} at a stretch. On the
 * default one, which runs in microtasks, a line of handlers that are ready to run would hold up every socket, and the
 * acks with it, until it is through.
 */
export const behindIo: Scheduler.Scheduler = (() => {
  let tasks: Array<Scheduler.Task> = []
  let armed = false
  const run = () => {
    const deadline = performance.now() + sliceMs
    let done = 0
    for (; done < tasks.length; done++) {
      if (done > 0 && performance.now() > deadline) break
      tasks[done]?.()
    }
    tasks = done === tasks.length ? [] : tasks.slice(done)
    armed = tasks.length > 0
    if (armed) setImmediate(run)
  }
  return Scheduler.make((task) => {
    tasks.push(task)
    if (!armed) {
      armed = true
      setImmediate(run)
    }
  })
})()
