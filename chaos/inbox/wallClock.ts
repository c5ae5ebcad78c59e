/**
 * A wall clock that is set while a process runs. With libfaketime (Debian's package `faketime`) all of the process has it, its
 * database, too; without, JavaScript alone.
 */
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const libraries = "/usr/lib"

const found = (): string | undefined => {
  try {
    return readdirSync(libraries, { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap(
      ({ name }) => {
        try {
          const path = join(libraries, name, "faketime")
          return readdirSync(path).filter((file) => file === "libfaketimeMT.so.1").map((file) => join(path, file))
        } catch {
          return []
        }
      }
    )[0]
  } catch {
    return undefined
  }
}

export interface WallClock {
  /** What a process needs in its environment. */
  readonly env: NodeJS.ProcessEnv
  /** Sets the clock of such processes; false: they have to be told to set their own. */
  readonly set: (offsetMs: number) => boolean
  /** What is set. */
  readonly extent: string
}

/** `file`: where the time is kept that processes are told. */
export const make = (file: string): WallClock => {
  const library = found()
  if (library === undefined) {
    return { env: {}, set: () => false, extent: "of JavaScript alone, for there is no libfaketime here" }
  }
  const set = (offsetMs: number): boolean => {
    writeFileSync(file, `${offsetMs < 0 ? "-" : "+"}${Math.abs(offsetMs) / 1_000}`)
    return true
  }
  set(0)
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1"
    },
    set,
    extent: "of the whole process, by libfaketime"
  }
}
