/**
 * The one place where Node's callbacks and Effect meet.
 *
 * Callbacks change the state synchronously and then call `changed`; fibers that wait are woken by it. No fiber is ever
 * started from a callback. Bounds in time are Node's timers: the fake is a server on real sockets, so its clock is the
 * real one, whatever `TestClock` its user runs under.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { Socket } from "node:net"
import { NeverHappened, PortUnavailable } from "../Seen.ts"

/** A turn of the event loop. */
export const turn: Effect.Effect<void> = Effect.async((resume) => {
  const handle = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(handle))
})

const elapsed = (ms: number): Effect.Effect<void> =>
  Effect.async((resume) => {
    const handle = setTimeout(() => resume(Effect.void), ms)
    return Effect.sync(() => clearTimeout(handle))
  })

/** How fibers wait for what callbacks do. */
export interface Watch {
  /** Something changed. Cheap while nobody waits. */
  readonly changed: () => void
  /** Waits until `look` finds something, for ever. */
  readonly wait: <A, E, R>(look: Effect.Effect<Option.Option<A>, E, R>) => Effect.Effect<A, E, R>
  /** Waits until `look` finds something; fails after `timeoutMs` real milliseconds with what `saw` says. */
  readonly until: <A, E, R>(
    waitedFor: string,
    look: Effect.Effect<Option.Option<A>, E, R>,
    saw: () => string
  ) => Effect.Effect<A, E | NeverHappened, R>
}

const lookAgain = <A, E, R>(
  signal: Effect.Effect<Deferred.Deferred<void>>,
  look: Effect.Effect<Option.Option<A>, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(signal, (changed) =>
    Effect.flatMap(
      look,
      Option.match({
        onSome: (found) => Effect.succeed(found),
        onNone: () => Effect.zipRight(Deferred.await(changed), lookAgain(signal, look))
      })
    ))

export const makeWatch = (timeoutMs: number): Watch => {
  let next: Deferred.Deferred<void> | undefined
  const changed = () => {
    const waiting = next
    next = undefined
    if (waiting !== undefined) Deferred.unsafeDone(waiting, Exit.void)
  }
  // The signal is taken before the look, so that no change in between is missed.
  const signal = Effect.sync(() => next ??= Deferred.unsafeMake<void>(FiberId.none))
  return {
    changed,
    wait: (look) => lookAgain(signal, look),
    // `interruptible` inside: in a finalizer, whoever loses a race could not be interrupted and would be waited for.
    until: (waitedFor, look, saw) =>
      Effect.raceFirst(
        Effect.interruptible(lookAgain(signal, look)),
        Effect.flatMap(
          Effect.interruptible(elapsed(timeoutMs)),
          () => Effect.suspend(() => Effect.fail(new NeverHappened({ waitedFor, waitedMs: timeoutMs, saw: saw() })))
        )
      )
  }
}

/** Timers that end with the fake and keep no process alive. */
export interface Timers {
  /** Runs `act` after `ms` milliseconds. Answers how to call it off. */
  readonly after: (ms: number, act: () => void) => () => void
  readonly every: (ms: number, act: () => void) => void
}

export const timers: Effect.Effect<Timers, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => ({ handles: new Set<NodeJS.Timeout>() })),
    ({ handles }) =>
      Effect.sync(() => {
        for (const handle of handles) clearTimeout(handle)
      })
  ),
  ({ handles }): Timers => ({
    after: (ms, act) => {
      const handle = setTimeout(() => {
        handles.delete(handle)
        act()
      }, ms)
      handle.unref()
      handles.add(handle)
      return () => {
        clearTimeout(handle)
        handles.delete(handle)
      }
    },
    every: (ms, act) => {
      const handle = setInterval(act, ms)
      handle.unref()
      handles.add(handle)
    }
  })
)

/**
 * A server on 127.0.0.1 for the life of the scope. Its end destroys every connection, upgraded and hung ones included,
 * and so waits for nobody.
 *
 * Dies with `PortUnavailable`.
 */
export const listen = (port: number): Effect.Effect<
  { readonly server: Http.Server; readonly port: number },
  never,
  Scope.Scope
> =>
  Effect.acquireRelease(
    Effect.async<{ readonly server: Http.Server; readonly port: number; readonly sockets: Set<Socket> }>((resume) => {
      const sockets = new Set<Socket>()
      const server = Http.createServer()
      server.on("connection", (socket) => {
        sockets.add(socket)
        socket.on("error", () => undefined)
        socket.on("close", () => sockets.delete(socket))
      })
      server.on("error", (error) => {
        const code = "code" in error && typeof error.code === "string" ? error.code : error.message
        resume(Effect.die(new PortUnavailable({ port, code })))
      })
      server.listen(port, "127.0.0.1", () => {
        const address = server.address()
        resume(
          Effect.succeed({
            server,
            port: typeof address === "object" && address !== null ? address.port : port,
            sockets
          })
        )
      })
    }),
    ({ server, sockets }) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
