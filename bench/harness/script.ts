/** Scripts that are not part of the benchmark's own conversation: started like anybody starts them. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { ProcessFailed } from "./Process.ts"

export interface Script {
  readonly file: string
  readonly args: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
}

const stop = (child: ChildProcess): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

/** Starts a script of Node; gives the time of its start, in milliseconds since 1970. It is killed with the scope. */
export const start = ({ args, env, file }: Script): Effect.Effect<number, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const startedAt = performance.timeOrigin + performance.now()
        const child = spawn(process.execPath, [file, ...args], { stdio: "ignore", env: { ...process.env, ...env } })
        return { child, startedAt }
      }),
      ({ child }) => stop(child)
    ),
    ({ startedAt }) => startedAt
  )

/** Starts a script of Node, and gives how many milliseconds later it says its first words. It is killed then. */
export const firstWords = ({ args, env, file }: Script): Effect.Effect<number> =>
  Effect.scoped(Effect.gen(function*() {
    const startedAt = performance.now()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [file, ...args], {
          stdio: ["ignore", "pipe", "ignore"],
          env: { ...process.env, ...env }
        })
      ),
      stop
    )
    return yield* Effect.async<number>((resume) => {
      child.stdout.once("data", () => resume(Effect.succeed(performance.now() - startedAt)))
    })
  }))

/** Runs a script of Node to its end; gives what it printed. */
export const output = ({ args, file }: Script): Effect.Effect<string, ProcessFailed> =>
  Effect.async((resume) => {
    execFile(process.execPath, [file, ...args], (error, stdout) => {
      resume(error === null ? Effect.succeed(stdout) : new ProcessFailed({ entry: file, detail: error.message }))
    })
  })
