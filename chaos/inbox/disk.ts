/** A small disk of its own, which can be filled to the last byte. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { execFileSync } from "node:child_process"
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"

export interface Disk {
  readonly path: string
  /** Takes all the room that is left. */
  readonly fill: Effect.Effect<void>
  readonly free: Effect.Effect<void>
}

/** Room for an inbox of the longest run. */
const size = "96m"

const mount = (path: string): void => {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: ["ignore", "ignore", "pipe"] })
}

const fillUp = (file: string): void => {
  const descriptor = openSync(file, "w")
  try {
    for (const bytes of [1_048_576, 4_096, 1]) {
      const block = Buffer.alloc(bytes, 1)
      try {
        while (writeSync(descriptor, block) > 0) { /* until there is no room for as much */ }
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

/** A disk in a directory, until the scope closes; or why there can be none here, which takes the right to mount one. */
export const small = (path: string): Effect.Effect<Disk | string, never, Scope.Scope> => {
  const filler = join(path, "filler")
  const disk: Disk = {
    path,
    fill: Effect.sync(() => fillUp(filler)),
    free: Effect.sync(() => rmSync(filler, { force: true }))
  }
  return Effect.acquireRelease(
    Effect.sync(() => {
      mkdirSync(path)
      try {
        mount(path)
        return disk
      } catch (error) {
        return `no disk can be mounted here: ${
          error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error)
        }`
      }
    }),
    (made) =>
      Effect.sync(() => {
        // What still has a file open there dies with the scope, too.
        if (typeof made !== "string") execFileSync("umount", ["--lazy", path])
      })
  )
}
