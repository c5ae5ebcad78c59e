/** The processes that are killed here, and where they write. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Longest wait for a process that starts, and for the last message, in milliseconds. */
const patienceMs = 60_000

export const directory: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "chaos-inbox-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Starts a program; it is killed at the end of the scope. */
export const started = (
  program: string,
  spec: object,
  env: NodeJS.ProcessEnv = {}
): Effect.Effect<ChildProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      fork(program, [JSON.stringify(spec)], {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        env: { ...process.env, ...env }
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

export const ended = (child: ChildProcess): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
  })

/** Waits until it is so. */
export const until = (what: string, isSo: Effect.Effect<boolean, unknown>): Effect.Effect<void, unknown> =>
  isSo.pipe(
    Effect.repeat({ until: (so) => so, schedule: Schedule.spaced("50 millis") }),
    Effect.timeoutFail({ duration: patienceMs, onTimeout: () => new Error(`it never came to this: ${what}`) }),
    Effect.asVoid
  )
