/**
 * A program in a group of processes of its own, which does not outlive its scope.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { codeOf } from "../../internal/net/errorCode.ts"
import { escaped } from "../text/printable.ts"
import { tail } from "../text/tail.ts"
import * as Children from "./Children.ts"

/**
 * A program could not be started.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotStarted extends Data.TaggedError("NotStarted")<{
  readonly command: string
  /** The system's code, such as `ENOENT`. */
  readonly code: string
}> {
  override get message(): string {
    return `could not be started (${this.code}${this.code === "ENOENT" ? ": there is no such command" : ""})`
  }
}

/**
 * What to run. The command is found on the `PATH` and started directly, never by a shell.
 *
 * @since 0.1.0
 * @category models
 */
export interface Command {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * How a program ended: one of the two is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ended {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
}

/**
 * A program that was started.
 *
 * @since 0.1.0
 * @category models
 */
export interface Spawned {
  readonly child: ChildProcess
  /** The program is gone; its output may still be on its way. */
  readonly exited: Deferred.Deferred<Ended, NotStarted>
  /** And all its output has arrived. */
  readonly closed: Deferred.Deferred<void>
  /** The end of what it wrote to stderr until now, safe to print. */
  readonly stderr: () => string
}

/** How much of stderr is kept, in bytes. */
const maxStderrBytes = 2_048

/** From SIGTERM to SIGKILL, in milliseconds. */
const killAfterMs = 2_000

/** How often it is looked whether a program that was told to end has done so, in milliseconds. */
const lookEveryMs = 20

/**
 * How long output may follow its program's end, in milliseconds: what it left running may hold the pipe for ever.
 *
 * @since 0.1.0
 * @category constants
 */
export const lingerMs = 500

const notStarted = (command: string, error: unknown): NotStarted =>
  new NotStarted({ command, code: codeOf(error) ?? (error instanceof Error ? error.message : String(error)) })

/** What the system is short of for a moment, when a program can't be started. */
const passing: ReadonlySet<string> = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"])

/** For a second and a half. */
const patiently = Schedule.exponential(100).pipe(Schedule.intersect(Schedule.recurs(4)))

/** None of them is there when this process has no file descriptor left. */
const streamsOf = ({ stderr, stdin, stdout }: ChildProcess) => [stdin, stdout, stderr]

/** Starts it and attaches every listener in one synchronous step, as Node's streams want it. */
const start = (
  { args, command, env }: Command,
  { closed, exited }: Pick<Spawned, "closed" | "exited">,
  listen: (child: ChildProcess) => void
): Spawned => {
  // A group of its own, so that what the command starts can be ended with it.
  const child: ChildProcess = spawn(command, args, {
    env,
    stdio: "pipe",
    detached: process.platform !== "win32",
    windowsHide: true
  })
  child.on("error", (error) => {
    Deferred.unsafeDone(exited, Exit.fail(notStarted(command, error)))
    Deferred.unsafeDone(closed, Exit.void)
  })
  child.on(
    "exit",
    (code, signal) =>
      Deferred.unsafeDone(exited, Exit.succeed({ exitCode: code ?? undefined, signal: signal ?? undefined }))
  )
  child.on("close", () => Deferred.unsafeDone(closed, Exit.void))
  // A program that does not read its stdin is none the worse for it.
  for (const stream of streamsOf(child)) stream?.on("error", () => {})
  const stderr = tail(maxStderrBytes)
  child.stderr?.on("data", stderr.add)
  listen(child)
  return { child, exited, closed, stderr: () => escaped(stderr.text().trim()) }
}

/**
 * Waits for the end of the program and of all that it started: SIGTERM now, SIGKILL later, and in the end no more waiting.
 *
 * By Node's timers and in one fiber: the fibers of a race would be reached by an interruption that comes in the middle,
 * even here in a finalizer, and the program would live on.
 */
const terminated = (group: number): Effect.Effect<void> =>
  Effect.async((resume) => {
    const giveUpAt = performance.now() + killAfterMs
    const look = setInterval(() => {
      if (Children.signal(group, 0) && performance.now() < giveUpAt) return
      clearInterval(look)
      resume(Effect.void)
    }, lookEveryMs)
    Children.signal(group, "SIGTERM")
  })

/** Waits until this process has heard of the program's end; by a timer of Node's, as {@link terminated} does. */
const reaped = ({ child }: Spawned): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    const done = () => {
      clearTimeout(timer)
      child.off("exit", done)
      resume(Effect.void)
    }
    const timer = setTimeout(done, lingerMs)
    child.once("exit", done)
  })

/**
 * Ends the program if it runs, politely, then by force; and by force what it has left behind. Takes no longer than the two
 * bounds.
 */
const end = (spawned: Spawned): Effect.Effect<void, never, Children.Children> =>
  Effect.gen(function*() {
    const children = yield* Children.Children
    const { pid } = spawned.child
    if (pid !== undefined) {
      if (!(yield* Deferred.isDone(spawned.exited))) yield* terminated(pid)
      children.remove(pid)
      yield* reaped(spawned)
    }
    for (const stream of streamsOf(spawned.child)) stream?.destroy()
  })

/**
 * Starts a program, which runs for as long as the scope lasts. `listen` is called synchronously, to attach what reads its
 * output.
 *
 * At the end of the scope it gets SIGTERM, and SIGKILL 2 s later. What a program leaves behind at its own end gets SIGKILL.
 * Where the system is short of something for a moment, the start is tried again, for a second and a half.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  command: Command,
  listen: (child: ChildProcess) => void
): Effect.Effect<Spawned, NotStarted, Scope.Scope | Children.Children> =>
  Effect.acquireRelease(
    Effect.gen(function*() {
      const { add } = yield* Children.Children
      const ends = { exited: yield* Deferred.make<Ended, NotStarted>(), closed: yield* Deferred.make<void>() }
      return yield* Effect.try({
        try: () => {
          const spawned = start(command, ends, listen)
          if (spawned.child.pid !== undefined) add(spawned.child.pid)
          return spawned
        },
        catch: (error) => notStarted(command.command, error)
      })
    }),
    end
  ).pipe(
    // Without a pid there is no program, and an error is on its way.
    Effect.tap(({ child, exited }) => child.pid === undefined ? Deferred.await(exited) : Effect.void),
    Effect.retry({ while: ({ code }) => passing.has(code), schedule: patiently })
  )

/**
 * What is to be said of an end; `undefined` of a good one.
 *
 * @since 0.1.0
 * @category rendering
 */
export const verdict = ({ exitCode, signal }: Ended): string | undefined =>
  exitCode === 0
    ? undefined
    : exitCode === undefined
    ? `was ended by ${signal ?? "a signal"}`
    : `exited with code ${exitCode}`
