/** Which process this is, for those that share a database with it. */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { uuid } from "../../../internal/uuid.ts"
import type { Holder } from "./lease.ts"

const read = (path: string, how: (path: string) => string): string => {
  try {
    return how(path).trim()
  } catch {
    return ""
  }
}

const placeOf = (): string =>
  [
    Os.hostname(),
    read("/proc/sys/kernel/random/boot_id", (path) => Fs.readFileSync(path, "utf8")),
    read("/proc/self/ns/pid", Fs.readlinkSync)
  ].join(" ")

/** A holder of this process. */
export const self: Effect.Effect<Holder> = Effect.map(uuid, (owner) => ({
  owner,
  place: placeOf(),
  pid: process.pid,
  origin: Math.floor(performance.timeOrigin)
}))

/** Whether there is such a process where this one is. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}
