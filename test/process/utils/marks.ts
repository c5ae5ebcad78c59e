/** Files by which programs tell how far they are. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { existsSync, mkdtempSync, rmSync, watch } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A directory of its own, for the life of the scope. */
export const room: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "marks-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

/** Waits until the file is there. */
export const mark = (directory: string, name: string): Effect.Effect<void> =>
  Effect.async((resume) => {
    const look = () => {
      if (!existsSync(join(directory, name))) return
      watcher.close()
      resume(Effect.void)
    }
    const watcher = watch(directory, look)
    look()
    return Effect.sync(() => watcher.close())
  })

/** Whether there is a process of this id. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
