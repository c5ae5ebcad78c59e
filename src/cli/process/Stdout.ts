/**
 * The lines that a command prints for other programs.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import type { Writable } from "node:stream"

/**
 * Nobody reads stdout any more (`| head`): **stop**, quietly. It is no failure.
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
    return `stdout cannot be written to (${this.code})`
  }
}

/**
 * Where lines for other programs go.
 *
 * @since 0.1.0
 * @category tags
 */
export class Stdout extends Context.Tag("effect-dingtalk/cli/Stdout")<Stdout, {
  /**
   * Writes a line, whole and behind those written before. Completes when it has left the process, so that whoever waits
   * for it takes the pace of the reader. Once stdout is gone it writes nothing: see `ended`.
   */
  readonly writeLine: (line: string) => Effect.Effect<void>
  /** Fails when stdout is gone, whoever found out; until then it waits. */
  readonly ended: Effect.Effect<never, StdoutClosed | StdoutFailed>
}>() {}

const codeOf = (error: Error): string => "code" in error && typeof error.code === "string" ? error.code : error.message

const endOf = (error: Error): StdoutClosed | StdoutFailed => {
  const code = codeOf(error)
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ECONNRESET"
    ? new StdoutClosed()
    : new StdoutFailed({ code })
}

/**
 * Lines on a stream. Its own queue is the one serialised writer: a chunk of it is never mixed with another.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (stream: Writable): Effect.Effect<Context.Tag.Service<Stdout>> =>
  Effect.sync(() => {
    const gone = Deferred.unsafeMake<never, StdoutClosed | StdoutFailed>(FiberId.none)
    // It stays for the life of the process: an error without a listener would end the process with a stack trace.
    stream.on("error", (error: Error) => Deferred.unsafeDone(gone, Exit.fail(endOf(error))))
    return {
      writeLine: (line) =>
        Effect.async<void>((resume) => {
          if (stream.destroyed) return resume(Effect.void)
          stream.write(`${line}\n`, () => resume(Effect.void))
        }),
      ended: Deferred.await(gone)
    }
  })

/**
 * The process's own stdout.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Stdout> = Layer.effect(Stdout, Effect.suspend(() => make(process.stdout)))
