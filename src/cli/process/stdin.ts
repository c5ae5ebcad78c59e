/** The process's stdin, whole or by lines. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createInterface } from "node:readline"
import { buffer } from "node:stream/consumers"
import * as Encoding from "../../internal/text/encoding.ts"

/** All of it, as text: UTF-8, UTF-16 or GB18030. */
export const all: Effect.Effect<string> = Effect.map(
  Effect.promise(() => buffer(process.stdin)),
  (bytes) => Encoding.read(bytes).text
)

/** Line by line, until its end or Ctrl-D. Ctrl-C reaches the process as a signal, as ever. */
export const lines: Stream.Stream<string> = Stream.unwrapScoped(
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => createInterface({ input: process.stdin, terminal: false })),
      (reader) =>
        Effect.sync(() => {
          reader.close()
          // Otherwise it would keep the process alive.
          process.stdin.destroy()
        })
    ),
    (reader) => Stream.orDie(Stream.fromAsyncIterable(reader, (error) => error))
  )
)
