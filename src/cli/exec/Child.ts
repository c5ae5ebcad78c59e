/**
 * Another program that is given a text and answers with one, within bounds.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Take from "effect/Take"
import * as Encoding from "../../internal/text/encoding.ts"
import { cliEvents } from "../logging.ts"
import type * as Children from "./Children.ts"
import * as Spawned from "./Spawned.ts"

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

const startFailed = ({ code, command, message }: Spawned.NotStarted): CommandFailed =>
  new CommandFailed({ command, kind: "notStarted", code, reason: message, exitCode: undefined, stderr: "" })

/**
 * What to run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Spawned.Command {
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

interface Running extends Spawned.Spawned {
  readonly overflowed: Deferred.Deferred<never, string>
}

/** The program, for as long as the scope lasts; what it prints is given to `onOutput` at once. */
const opened = (
  options: Options,
  onOutput: (chunk: Buffer) => void
): Effect.Effect<Running, CommandFailed, Scope.Scope | Children.Children> =>
  Effect.gen(function*() {
    const overflowed = yield* Deferred.make<never, string>()
    const spawned = yield* Spawned.make(options, (child) => {
      let size = 0
      child.stdout?.on("data", (chunk: Buffer) => {
        size += chunk.length
        if (size <= maxOutputBytes) onOutput(chunk)
        else Deferred.unsafeDone(overflowed, Exit.fail(`printed more than ${maxOutputBytes} bytes`))
      })
      child.stdin?.end(options.stdin)
    })
    return { ...spawned, overflowed }
  }).pipe(Effect.mapError(startFailed))

/** Waits for a good end: all output is there then. */
const finished = ({ command, stop = Effect.never, timeoutMs }: Options, running: Running) => {
  const failed = (kind: CommandFailed["kind"], reason: string, exitCode?: number) =>
    new CommandFailed({ command, kind, code: undefined, reason, exitCode, stderr: running.stderr() })
  const finish = Effect.gen(function*() {
    const ended = yield* Effect.mapError(Deferred.await(running.exited), startFailed)
    yield* Effect.timeoutOption(Deferred.await(running.closed), Spawned.lingerMs)
    const problem = Spawned.verdict(ended)
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
