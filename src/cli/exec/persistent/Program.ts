/**
 * One life of a persistent program: lines in, lines out, at the pace of both.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { cliEvents } from "../../logging.ts"
import { escaped } from "../../text/printable.ts"
import type * as Children from "../Children.ts"
import * as Spawned from "../Spawned.ts"
import * as Split from "./split.ts"

/**
 * The program is over, and what was to be written was not begun.
 *
 * @since 0.1.0
 * @category errors
 */
export class ProgramOver extends Data.TaggedError("ProgramOver")<{}> {}

/**
 * A program that runs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Program {
  readonly pid: number | undefined
  /**
   * Writes a line behind those before it. Completes when the system has it, or when the program ended over it; fails if it
   * was not begun until the program was over. What is interrupted before it was begun is not written. `onBegun` is called
   * synchronously.
   */
  readonly write: (line: string, onBegun?: () => void) => Effect.Effect<void, ProgramOver>
  /** How it ended. Everything it had printed was handled by then. */
  readonly over: Effect.Effect<string>
  /** The end of what it wrote to stderr. */
  readonly stderr: Effect.Effect<string>
}

/** From the end of its stdin to SIGTERM, in milliseconds. */
const eofMs = 500

/** Lines that may wait while the program does not read. */
const mostWaiting = 16

interface Waiting {
  readonly line: string
  readonly onBegun: (() => void) | undefined
  readonly begun: Ref.Ref<"waiting" | "begun" | "cancelled">
  readonly done: Deferred.Deferred<void>
}

/**
 * Starts it, for the life of the scope. `onLine` is run for each line that it prints, one after the other: while it runs,
 * nothing more is read.
 *
 * At the end of the scope its stdin ends, then come SIGTERM and SIGKILL, for it and for what it has started.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = <R>(
  command: Spawned.Command,
  onLine: (line: Split.Line) => Effect.Effect<void, never, R>
): Effect.Effect<Program, Spawned.NotStarted, R | Scope.Scope | Children.Children> =>
  Effect.gen(function*() {
    const told = yield* Queue.sliding<string>(64)
    const { child, closed, exited, stderr } = yield* Spawned.make(command, (child) => {
      child.stderr?.on("data", (chunk: Buffer) => {
        Queue.unsafeOffer(told, chunk.toString("utf8"))
      })
    })
    const { stdin, stdout } = child
    if (stdin === null || stdout === null) {
      return yield* new Spawned.NotStarted({ command: command.command, code: "EMFILE" })
    }
    const over = yield* Deferred.make<string>()
    const waiting = yield* Queue.bounded<Waiting>(mostWaiting)

    yield* Stream.fromQueue(told).pipe(
      Stream.mapConcat((text) => text.split("\n").filter((line) => line.trim() !== "")),
      Stream.runForEach((line) =>
        Effect.annotateLogs(Effect.logDebug(cliEvents.stderr), {
          command: command.command,
          stderr: escaped(line.trimEnd())
        })
      ),
      Effect.forkScoped
    )

    const reading = yield* Stream.fromAsyncIterable<Buffer, unknown>(stdout, (error) => error).pipe(
      Stream.catchAll(() => Stream.empty),
      Stream.runFoldEffect(Split.nothing, (held, chunk) => {
        const [next, lines] = Split.add(held, chunk)
        return Effect.as(Effect.forEach(lines, onLine, { discard: true }), next)
      }),
      Effect.flatMap((held) => Effect.forEach(Split.rest(held), onLine, { discard: true })),
      Effect.forkScoped
    )

    const how = Effect.match(Deferred.await(exited), {
      onFailure: ({ message }) => message,
      onSuccess: (ended) => Spawned.verdict(ended) ?? "exited with code 0"
    })
    /** What it printed last is handled; what it left running may hold the pipe for ever. */
    const ended = how.pipe(
      Effect.zipLeft(Effect.timeoutOption(Deferred.await(closed), Spawned.lingerMs)),
      Effect.zipLeft(Effect.timeoutOption(reading.await, Spawned.lingerMs))
    )
    /** One that is on its way out closes everything; one that is not is of no use any more. */
    const orElse = (reason: string) =>
      Effect.flatMap(Effect.timeoutOption(Deferred.await(exited).pipe(Effect.ignore), Spawned.lingerMs), (found) =>
        found._tag === "Some" ? ended : Effect.succeed(reason))

    const writeOne = (line: string): Effect.Effect<boolean> =>
      Effect.async((resume) => {
        stdin.write(`${line}\n`, (error) =>
          resume(Effect.succeed(error === null || error === undefined)))
      })
    const writing = Queue.take(waiting).pipe(
      Effect.flatMap(({ begun, done, line, onBegun }) =>
        Effect.flatMap(
          Ref.modify(begun, (state) => [state, state === "waiting" ? "begun" as const : state]),
          (state) => {
            if (state !== "waiting") return Effect.succeed(true)
            onBegun?.()
            return Effect.zipLeft(writeOne(line), Deferred.succeed(done, undefined))
          }
        )
      ),
      Effect.repeat({ while: (written) => written })
    )
    yield* Effect.raceFirst(
      ended,
      Effect.raceFirst(
        Effect.zipRight(writing, orElse("closed its stdin")),
        Effect.zipRight(reading.await, orElse("closed its stdout"))
      )
    ).pipe(
      Effect.flatMap((reason) => Deferred.succeed(over, reason)),
      Effect.forkScoped
    )

    // Registered last, so it runs first: what the program says at its end is still read.
    yield* Effect.addFinalizer(() =>
      Effect.zipRight(
        Effect.sync(() => stdin.end()),
        Deferred.await(over).pipe(
          Effect.interruptible,
          Effect.timeoutOption(eofMs),
          // Nobody who waits for more of it is interrupted before it ends.
          Effect.ensuring(Effect.sync(() => stdout.destroy()))
        )
      )
    )

    return {
      pid: child.pid,
      over: Deferred.await(over),
      stderr: Effect.sync(stderr),
      write: (line, onBegun) =>
        Effect.gen(function*() {
          const begun = yield* Ref.make<"waiting" | "begun" | "cancelled">("waiting")
          const done = yield* Deferred.make<void>()
          yield* Effect.raceFirst(
            Effect.zipRight(Queue.offer(waiting, { line, onBegun, begun, done }), Deferred.await(done)),
            Deferred.await(over)
          ).pipe(
            Effect.onInterrupt(() => Ref.update(begun, (state) => state === "waiting" ? "cancelled" as const : state))
          )
          if ((yield* Ref.get(begun)) !== "begun") return yield* new ProgramOver()
        })
    }
  })
