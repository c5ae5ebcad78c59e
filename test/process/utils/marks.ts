/** Files by which programs tell how far they are. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from "node:fs"
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

/**
 * Whether a process of this id runs. One that has ended and that nobody has waited for does not, although it takes
 * signals: in a container whose first process is not an init, orphans stay like that for good.
 */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    // The state follows the name, which is in parentheses and may hold some itself.
    return !/^ [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, ""))
  } catch {
    // Gone meanwhile, or a system without /proc.
    return !existsSync("/proc/self/stat")
  }
}
