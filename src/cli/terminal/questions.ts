/** Questions to somebody on a terminal. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { createInterface } from "node:readline"
import { Writable } from "node:stream"

/** Ctrl-C, Ctrl-D, or the terminal is gone. */
export class Cancelled extends Data.TaggedError("Cancelled")<{}> {
  override get message(): string {
    return "stopped"
  }
}

export interface Questions {
  readonly ask: (question: string) => Effect.Effect<string, Cancelled>
  /** What is typed or pasted is not shown. */
  readonly askHidden: (question: string) => Effect.Effect<string, Cancelled>
}

/**
 * One reader for all questions: a line that was pasted too early is the answer to the next question. Nothing is echoed
 * unless a question that may be seen waits for its answer.
 */
export const make: Effect.Effect<Questions, never, Scope.Scope> = Effect.gen(function*() {
  const lines = yield* Queue.unbounded<string>()
  const over = yield* Deferred.make<never, Cancelled>()
  let shown = false
  const echo = new Writable({
    write: (chunk, _, done) => {
      if (shown) process.stdout.write(chunk)
      done()
    }
  })
  const reader = yield* Effect.acquireRelease(
    Effect.sync(() => createInterface({ input: process.stdin, output: echo, terminal: true, historySize: 0 })),
    (reader) =>
      Effect.sync(() => {
        reader.close()
        // Otherwise it would keep the process alive.
        process.stdin.pause()
      })
  )
  const cancel = () => Deferred.unsafeDone(over, Exit.fail(new Cancelled()))
  reader.on("line", (line) => {
    shown = false
    lines.unsafeOffer(line)
  })
  reader.on("SIGINT", cancel)
  reader.on("close", cancel)
  const question = (text: string, isShown: boolean) =>
    Effect.sync(() => {
      reader.setPrompt(text)
      if (isShown) {
        shown = true
        reader.prompt()
      } else {
        process.stdout.write(text)
      }
    }).pipe(
      Effect.zipRight(Effect.raceFirst(Queue.take(lines), Deferred.await(over))),
      Effect.tapError(() => Effect.sync(() => isShown && process.stdout.write("\n"))),
      Effect.ensuring(Effect.sync(() => {
        shown = false
        if (!isShown) process.stdout.write("\n")
      }))
    )
  return { ask: (text) => question(text, true), askHidden: (text) => question(text, false) }
})
