/**
 * The lines that a command prints for other programs.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Writable } from "node:stream"
import { nameOf } from "../../internal/net/errorCode.ts"
import * as LineFile from "./lineFile.ts"

/**
 * Nobody reads stdout any more (`| head`): **stop**.
 *
 * @since 0.1.0
 * @category errors
 */
export class StdoutClosed extends Data.TaggedError("StdoutClosed")<{}> {
  override get message(): string {
    return "nobody reads stdout any more"
  }
}

/**
 * Stdout can't be written to, a full disk say: **stop**.
 *
 * @since 0.1.0
 * @category errors
 */
export class StdoutFailed extends Data.TaggedError("StdoutFailed")<{
  /** The system's code, such as `ENOSPC`. */
  readonly code: string
}> {
  override get message(): string {
    return `stdout cannot be written to (${this.code}${this.code === "EPIPE" ? ": nobody reads it any more" : ""})`
  }
}

/**
 * Where lines for other programs go.
 *
 * @since 0.1.0
 * @category tags
 */
export class Stdout extends Context.Tag("effect-dingtalk/cli/process/Stdout")<Stdout, {
  /**
   * Writes a line, whole and behind those written before. Completes when it has left the process, so that whoever waits
   * for it takes the pace of the reader. It fails when it has not left, and from then on always.
   */
  readonly writeLine: (line: string) => Effect.Effect<void, StdoutClosed | StdoutFailed>
  /** Writes a line as `writeLine` does, for somebody who learns from `ended` or `check` that stdout is gone. */
  readonly print: (line: string) => Effect.Effect<void>
  /** Fails if stdout is gone by now. */
  readonly check: Effect.Effect<void, StdoutClosed | StdoutFailed>
  /** Fails when stdout is gone, whoever found out; until then it waits. */
  readonly ended: Effect.Effect<never, StdoutClosed | StdoutFailed>
}>() {}

/**
 * Loses a reader that has gone for a failure like any other: for commands whose every line is somebody's.
 *
 * @since 0.1.0
 * @category errors
 */
export const closedIsFailed = <A, R>(
  self: Effect.Effect<A, StdoutClosed | StdoutFailed, R>
): Effect.Effect<A, StdoutFailed, R> => Effect.catchTag(self, "StdoutClosed", () => new StdoutFailed({ code: "EPIPE" }))

const endOf = (error: Error): StdoutClosed | StdoutFailed => {
  const code = nameOf(error)
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ECONNRESET"
    ? new StdoutClosed()
    : new StdoutFailed({ code })
}

/** A way to write, which tells how it went once it is over. */
type Write = (bytes: Buffer, done: (error: Error | null | undefined) => void) => void

const fromWrite = (write: Write) =>
  Effect.map(Deferred.make<never, StdoutClosed | StdoutFailed>(), (gone): Context.Tag.Service<Stdout> => {
    const check = Effect.flatMap(Deferred.poll(gone), Option.getOrElse(() => Effect.void))
    const written = (line: string) =>
      Effect.async<void, Error>((resume) =>
        write(Buffer.from(`${line}\n`), (error) => resume(error instanceof Error ? Effect.fail(error) : Effect.void))
      ).pipe(
        Effect.mapError(endOf),
        Effect.tapError((error) => Deferred.fail(gone, error))
      )
    const writeLine = (line: string) => Effect.zipRight(check, written(line))
    return { writeLine, print: (line) => Effect.ignore(writeLine(line)), check, ended: Deferred.await(gone) }
  })

/**
 * Lines to a pipe, a socket or a terminal.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (stream: Writable): Effect.Effect<Context.Tag.Service<Stdout>> =>
  Effect.suspend(() => {
    // It stays for the life of the process: an error without a listener would end the process with a stack trace. Who
    // wrote is told by the write itself.
    stream.on("error", () => {})
    return fromWrite((bytes, done) => stream.write(bytes, done))
  })

/**
 * Lines to a file or a device by its descriptor. Node's own stream for these takes a write that the system has cut short,
 * on a disk that is filling up, for a whole one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeFile = (descriptor: number): Effect.Effect<Context.Tag.Service<Stdout>> =>
  Effect.suspend(() => fromWrite(LineFile.make(descriptor)))

/**
 * The process's own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Stdout> = Layer.effect(
  Stdout,
  Effect.suspend(() => LineFile.isFile(1) ? makeFile(1) : make(process.stdout))
)
