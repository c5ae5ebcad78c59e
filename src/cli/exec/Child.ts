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
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Take from "effect/Take"
import { type ChildProcess, spawn } from "node:child_process"
import { codeOf } from "../../internal/errorCode.ts"
import { cliEvents } from "../logging.ts"
import * as Encoding from "../text/encoding.ts"
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
  readonly kind: "notStarted" | "failed" | "tooLate" | "tooMuch" | "stopped"
  /** The system's code for a command that could not be started, such as `ENOENT`. */
  readonly code: string | undefined
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
  /** Of what it prints, as the Encoding Standard calls it. Default: what it looks like. */
  readonly encoding?: string | undefined
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
  readonly exited: Deferred.Deferred<Ended, CommandFailed>
  /** And all its output has arrived. */
  readonly closed: Deferred.Deferred<void>
  readonly overflowed: Deferred.Deferred<never, string>
  readonly stderr: () => string
}

const startFailed = (command: string, error: unknown): CommandFailed => {
  const code = codeOf(error) ?? (error instanceof Error ? error.message : String(error))
  const reason = `could not be started (${code}${code === "ENOENT" ? ": there is no such command" : ""})`
  return new CommandFailed({ command, kind: "notStarted", code, reason, exitCode: undefined, stderr: "" })
}

/** What the system is short of for a moment, when a program can't be started. */
const passing: ReadonlySet<string | undefined> = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"])

/** For a second and a half. */
const patiently = Schedule.exponential(100).pipe(Schedule.intersect(Schedule.recurs(4)))

/** None of them is there when this process has no file descriptor left. */
const streamsOf = ({ stderr, stdin, stdout }: ChildProcess) => [stdin, stdout, stderr]

/** Starts it and attaches every listener in one synchronous step, as Node's streams want it. */
const start = ({ args, command, env, stdin }: Options, onOutput: (chunk: Buffer) => void): Running => {
  const exited = Deferred.unsafeMake<Ended, CommandFailed>(FiberId.none)
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
    Deferred.unsafeDone(exited, Exit.fail(startFailed(command, error)))
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
        catch: (error) => startFailed(options.command, error)
      })),
    end
  ).pipe(
    // Without a pid there is no program, and an error is on its way.
    Effect.tap(({ child, exited }) => child.pid === undefined ? Deferred.await(exited) : Effect.void),
    Effect.retry({ while: ({ code }) => passing.has(code), schedule: patiently })
  )

/** Waits for a good end: all output is there then. */
const finished = ({ command, stop = Effect.never, timeoutMs }: Options, running: Running) => {
  const failed = (kind: CommandFailed["kind"], reason: string, exitCode?: number) =>
    new CommandFailed({ command, kind, code: undefined, reason, exitCode, stderr: running.stderr() })
  const finish = Effect.gen(function*() {
    const ended = yield* Deferred.await(running.exited)
    yield* Effect.timeoutOption(Deferred.await(running.closed), lingerMs)
    const problem = verdict(ended)
    if (problem !== undefined) return yield* failed("failed", problem, ended.exitCode)
    const stderr = running.stderr()
    if (stderr !== "") yield* Effect.annotateLogs(Effect.logDebug(cliEvents.stderr), { command, stderr })
  })
  const bounded = timeoutMs === undefined ? finish : Effect.timeoutFail(finish, {
    duration: timeoutMs,
    onTimeout: () => failed("tooLate", `took longer than ${timeoutMs / 1_000} s and was ended`)
  })
  // What is raced here only waits. The program itself belongs to a scope, whose end waits for the program's.
  return Effect.raceFirst(
    bounded,
    Effect.raceFirst(
      Effect.mapError(Deferred.await(running.overflowed), (reason) => failed("tooMuch", reason)),
      Effect.mapError(stop, (reason) => failed("stopped", reason))
    )
  )
}

/**
 * Runs a command to its end and gives what it printed: UTF-8 or, if it is not, what it looks like, with a warning; or as
 * `encoding` has it. Interrupted, it ends the command and all that it started: SIGTERM,
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
    const { encoding, text } = Encoding.read(Buffer.concat(output), options.encoding)
    if (options.encoding === undefined && encoding !== "utf-8") {
      yield* Effect.annotateLogs(Effect.logWarning(cliEvents.encoding), { command: options.command, encoding })
    }
    return text
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
