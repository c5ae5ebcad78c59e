/**
 * Another program that is given a text and answers with one, within bounds.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Take from "effect/Take"
import { type ChildProcess, spawn } from "node:child_process"
import { codeOf } from "../../internal/errorCode.ts"
import { escaped } from "../text/printable.ts"
import { tail } from "../text/tail.ts"
import * as Children from "./Children.ts"

/**
 * The command did not answer: it could not be started, failed, said too much or took too long.
 *
 * @since 0.1.0
 * @category errors
 */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly command: string
  /** What happened, in words. */
  readonly reason: string
  /** `undefined` if it never ran or was killed. */
  readonly exitCode: number | undefined
  /** The end of what it wrote to stderr. */
  readonly stderr: string
}> {
  override get message(): string {
    const { command, reason, stderr } = this
    return `${command} ${reason}${stderr === "" ? "" : `; its stderr ends with: ${stderr}`}`
  }
}

/**
 * What to run. The command is found on the `PATH` and started directly, never by a shell.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: string
  /** Longest it may run, in milliseconds. Default: no bound. */
  readonly timeoutMs?: number | undefined
  /** Fails, with what is then to be told, when the command has to end. Default: it never has to. */
  readonly stop?: Effect.Effect<never, string> | undefined
}

/**
 * Most that a command may print, in bytes; one that prints more is ended, and has failed.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxOutputBytes = 1024 * 1024

/** How much of stderr is kept, in bytes. */
const maxStderrBytes = 2_048

/** From SIGTERM to SIGKILL, in milliseconds. */
const killAfterMs = 2_000

/** How often it is looked whether a program that was told to end has done so, in milliseconds. */
const lookEveryMs = 20

/** How long output may follow its program's end, in milliseconds: what it left running may hold the pipe for ever. */
const lingerMs = 500

interface Ended {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
}

interface Running {
  readonly child: ChildProcess
  /** The program is gone; its output may still be on its way. */
  readonly exited: Deferred.Deferred<Ended, string>
  /** And all its output has arrived. */
  readonly closed: Deferred.Deferred<void>
  readonly overflowed: Deferred.Deferred<never, string>
  readonly stderr: () => string
}

const notStarted = (error: Error): string => {
  const code = codeOf(error) ?? error.message
  return `could not be started (${code}${code === "ENOENT" ? ": there is no such command" : ""})`
}

/** None of them is there when this process has no file descriptor left. */
const streamsOf = ({ stderr, stdin, stdout }: ChildProcess) => [stdin, stdout, stderr]

/** Starts it and attaches every listener in one synchronous step, as Node's streams want it. */
const start = ({ args, command, env, stdin }: Options, onOutput: (chunk: Buffer) => void): Running => {
  const exited = Deferred.unsafeMake<Ended, string>(FiberId.none)
  const closed = Deferred.unsafeMake<void>(FiberId.none)
  const overflowed = Deferred.unsafeMake<never, string>(FiberId.none)
  const stderr = tail(maxStderrBytes)
  let size = 0
  // A group of its own, so that what the command starts can be ended with it.
  const child: ChildProcess = spawn(command, args, {
    env,
    stdio: "pipe",
    detached: process.platform !== "win32",
    windowsHide: true
  })
  child.on("error", (error) => {
    Deferred.unsafeDone(exited, Exit.fail(notStarted(error)))
    Deferred.unsafeDone(closed, Exit.void)
  })
  child.on(
    "exit",
    (code, signal) =>
      Deferred.unsafeDone(exited, Exit.succeed({ exitCode: code ?? undefined, signal: signal ?? undefined }))
  )
  child.on("close", () => Deferred.unsafeDone(closed, Exit.void))
  child.stdout?.on("data", (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxOutputBytes) onOutput(chunk)
    else Deferred.unsafeDone(overflowed, Exit.fail(`printed more than ${maxOutputBytes} bytes`))
  })
  child.stderr?.on("data", stderr.add)
  // A program that does not read its stdin is none the worse for it.
  for (const stream of streamsOf(child)) stream?.on("error", () => {})
  child.stdin?.end(stdin)
  return {
    child,
    exited,
    closed,
    overflowed,
    stderr: () => escaped(stderr.text().trim())
  }
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

/** Waits until this process has heard of the program's end. */
const reaped = ({ child }: Running): Effect.Effect<void> =>
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
const end = (running: Running): Effect.Effect<void, never, Children.Children> =>
  Effect.gen(function*() {
    const children = yield* Children.Children
    const { pid } = running.child
    if (pid !== undefined) {
      if (!(yield* Deferred.isDone(running.exited))) yield* terminated(pid)
      children.remove(pid)
      yield* reaped(running)
    }
    for (const stream of streamsOf(running.child)) stream?.destroy()
  })

const verdict = ({ exitCode, signal }: Ended): string | undefined =>
  exitCode === 0
    ? undefined
    : exitCode === undefined
    ? `was ended by ${signal ?? "a signal"}`
    : `exited with code ${exitCode}`

const failure = (command: string) => (reason: string, exitCode?: number, stderr = "") =>
  new CommandFailed({ command, reason, exitCode, stderr })

/** The program, for as long as the scope lasts; what it prints is given to `onOutput` at once. */
const opened = (
  options: Options,
  onOutput: (chunk: Buffer) => void
): Effect.Effect<Running, CommandFailed, Scope.Scope | Children.Children> =>
  Effect.acquireRelease(
    Effect.flatMap(Children.Children, ({ add }) =>
      Effect.try({
        try: () => {
          const running = start(options, onOutput)
          if (running.child.pid !== undefined) add(running.child.pid)
          return running
        },
        catch: (error) => failure(options.command)(error instanceof Error ? notStarted(error) : "could not be started")
      })),
    end
  )

/** Waits for a good end: all output is there then. */
const finished = ({ command, stop = Effect.never, timeoutMs }: Options, running: Running) => {
  const failed = failure(command)
  const finish = Effect.gen(function*() {
    const ended = yield* Deferred.await(running.exited)
    yield* Effect.timeoutOption(Deferred.await(running.closed), lingerMs)
    const problem = verdict(ended)
    if (problem !== undefined) return yield* failed(problem, ended.exitCode, running.stderr())
  })
  const bounded = timeoutMs === undefined ? finish : Effect.timeoutFail(finish, {
    duration: timeoutMs,
    onTimeout: () => failed(`took longer than ${timeoutMs / 1_000} s and was ended`, undefined, running.stderr())
  })
  // What is raced here only waits. The program itself belongs to a scope, whose end waits for the program's.
  return Effect.raceFirst(bounded, Effect.raceFirst(Deferred.await(running.overflowed), stop)).pipe(
    Effect.mapError((error) => typeof error === "string" ? failed(error, undefined, running.stderr()) : error)
  )
}

/**
 * Runs a command to its end and gives what it printed. Interrupted, it ends the command and all that it started: SIGTERM,
 * and SIGKILL after 2 s. What a command leaves behind at its own end gets SIGKILL.
 *
 * Fails with {@link CommandFailed}.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = (options: Options): Effect.Effect<string, CommandFailed, Children.Children> =>
  Effect.scoped(Effect.gen(function*() {
    const output: Array<Buffer> = []
    const running = yield* opened(options, (chunk) => output.push(chunk))
    yield* finished(options, running)
    return Buffer.concat(output).toString("utf8")
  }))

/**
 * Runs a command and gives what it prints as it prints it. It fails where {@link run} does, behind everything that was
 * printed until then; a stream that is not run to its end ends the command in the same way.
 *
 * The command is not slowed down by a slow reader: {@link maxOutputBytes} bound what waits.
 *
 * @since 0.1.0
 * @category operations
 */
export const stream = (options: Options): Stream.Stream<Uint8Array, CommandFailed, Children.Children> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const printed = yield* Queue.unbounded<Take.Take<Uint8Array, CommandFailed>>()
    const running = yield* opened(options, (chunk) => Queue.unsafeOffer(printed, Take.of<Uint8Array>(chunk)))
    yield* finished(options, running).pipe(
      Effect.matchCauseEffect({
        onFailure: (cause) => Queue.offer(printed, Take.failCause(cause)),
        onSuccess: () => Queue.offer(printed, Take.end)
      }),
      Effect.forkScoped
    )
    return Stream.flattenTake(Stream.fromQueue(printed))
  }))
