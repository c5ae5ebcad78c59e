/** The command line itself, signalled at moments of chance, and writing to what takes nothing. Linux only: it reads /proc. */
import * as Effect from "effect/Effect"
import { spawn as spawnProcess } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { spawn } from "../support/fakeThread.ts"
import { table } from "../support/measures/table.ts"
import { print } from "../support/program.ts"
import * as Random from "../support/random.ts"

type Bars = ReadonlyArray<string>

const bin = fileURLToPath(new URL("../../../dist/bin.js", import.meta.url))

/** What is alive of the processes with this word on their command line, by their numbers. */
const alive = (word: string): ReadonlyArray<string> =>
  readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word) &&
        !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
    } catch {
      return false
    }
  })

/** Signals, and the exit code that each is to end with. */
const ends = [["SIGTERM", 0], ["SIGINT", 0], ["SIGQUIT", 131], ["SIGKILL", null]] as const

/** For a command that does not listen to SIGTERM there is SIGKILL, behind 5 s; a drain may come before it. */
const boundMs = 15_000

const ended = (child: ReturnType<typeof spawnProcess>) =>
  Effect.async<number | null>((resume) => {
    child.once("exit", (code) => resume(Effect.succeed(code)))
  }).pipe(Effect.timeoutTo({ duration: boundMs, onSuccess: String, onTimeout: () => "none" }))

const started = (
  config: { readonly appKey: string; readonly appSecret: string; readonly apiBaseUrl: string },
  args: ReadonlyArray<string>,
  through = "exec \"$@\""
) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawnProcess("sh", ["-c", through, "sh", process.execPath, bin, ...args], {
        stdio: ["ignore", "ignore", "ignore"],
        env: {
          PATH: process.env["PATH"],
          DINGTALK_CLIENT_ID: config.appKey,
          DINGTALK_CLIENT_SECRET: config.appSecret,
          DINGTALK_API_BASE_URL: config.apiBaseUrl,
          DINGTALK_DRAIN_TIMEOUT_MS: "500"
        }
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

/** Each signal, so many times, while commands are at work that leave children behind and that ignore what they are told. */
export const signals = (rounds: number, seed: number): Effect.Effect<Bars, unknown> =>
  Effect.gen(function*() {
    const random = Random.make(seed)
    const rows: Array<ReadonlyArray<string | number>> = []
    const missed: Array<string> = []
    for (const [signal, code] of ends) {
      let wrong = 0
      let left = 0
      for (let round = 0; round < rounds; round++) {
        yield* Effect.scoped(Effect.gen(function*() {
          const word = `9${seed}${round}.${random.below(1_000_000)}`
          const ask = yield* spawn(new URL(import.meta.url), {})
          const config = yield* ask("config", null)
          const child = yield* started(config, [
            "exec",
            "--",
            "sh",
            "-c",
            `trap '' TERM; sleep ${word} & sleep ${word}`
          ])
          yield* ask("connected", { count: 1 })
          yield* Effect.forkScoped(ask("pace", { clientIds: [config.appKey], count: 10, forMs: 1_000 }))
          yield* Effect.sleep(random.below(1_200))
          child.kill(signal)
          if ((yield* ended(child)) !== String(code)) wrong += 1
          // Nobody can clean up behind a SIGKILL.
          if (signal !== "SIGKILL") left += alive(word).length
          for (const pid of alive(word)) process.kill(Number(pid), "SIGKILL")
        }))
      }
      rows.push([signal, rounds, wrong, left])
      if (wrong > 0) missed.push(`signals: ${wrong} of ${rounds} ends by ${signal} without exit code ${code}`)
      if (left > 0) missed.push(`signals: ${left} processes outlived ${signal}`)
    }
    print("\nsignals at moments of chance, at commands that leave children behind and ignore SIGTERM:")
    print(table(["signal", "times", "other exit codes", "processes left"], rows))
    return missed
  })

/** A disk that is full under stdout: a supervisor has to hear of it. */
export const stdout: Effect.Effect<Bars, unknown> = Effect.gen(function*() {
  const code = yield* Effect.scoped(Effect.gen(function*() {
    const ask = yield* spawn(new URL(import.meta.url), {})
    const config = yield* ask("config", null)
    const child = yield* started(config, ["listen"], "exec \"$@\" > /dev/full")
    yield* ask("connected", { count: 1 })
    yield* ask("pace", { clientIds: [config.appKey], count: 5, forMs: 100 })
    return yield* ended(child)
  }))
  print(`\nlisten on a full disk ends with ${code}`)
  return code === "1" ? [] : [`stdout: listen ended with ${code}, not with 1`]
})
