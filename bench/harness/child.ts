/** A child process's end of the line to the process that measures. Loads nothing: a client is to be measured as it is. */
import { readFileSync, writeFileSync } from "node:fs"
import { Session } from "node:inspector"
import type { CommandTypes, ProcessCommands, Usage } from "../protocol.ts"

type Handlers<C extends CommandTypes<C>> = {
  readonly [K in keyof C]: (input: C[K]["input"]) => C[K]["output"] | Promise<C[K]["output"]>
}

/** What goes over the line, both ways. */
export interface Request {
  readonly id: number
  readonly command: string
  readonly input: unknown
}

export type Response =
  | { readonly _tag: "Ready"; readonly value: unknown }
  | { readonly _tag: "Done"; readonly id: number; readonly value: unknown }
  | { readonly _tag: "Failed"; readonly id: number; readonly message: string }

const answer = (response: Response): void => {
  process.send?.(response)
}

/** Serves commands until the other side hangs up; tells it that this process is ready, and something to begin with. */
export const serve = <C extends CommandTypes<C>>(handlers: Handlers<C>, hello: unknown = null): void => {
  const run = new Map<string, (input: never) => unknown>(Object.entries(handlers))
  process.on("message", async ({ command, id, input }: Request & { readonly input: never }) => {
    try {
      answer({ _tag: "Done", id, value: await run.get(command)?.(input) ?? null })
    } catch (error) {
      answer({ _tag: "Failed", id, message: error instanceof Error ? error.stack ?? error.message : String(error) })
    }
  })
  process.on("disconnect", () => process.exit(0))
  answer({ _tag: "Ready", value: hello })
}

/** What this process is to be: its first argument. Both ends are built from the same types. */
export const spec = <Spec>(): Spec => JSON.parse(process.argv[2] ?? "null")

/** The kernel's own peak of resident memory can be begun anew; on other systems it is the peak since the start. */
const beginPeak = (): void => {
  try {
    writeFileSync("/proc/self/clear_refs", "5")
  } catch {
    // Not Linux.
  }
}

const peakRssBytes = (): number => {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))
    if (peak !== null) return Number(peak[1]) * 1_024
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1_024
}

const usage = (): Usage => {
  const { system, user } = process.cpuUsage()
  const { heapUsed, rss } = process.memoryUsage()
  return { cpuMicros: user + system, rssBytes: rss, peakRssBytes: peakRssBytes(), heapBytes: heapUsed }
}

const profiler = new Session()

/** The commands that each measured process understands. */
export const processCommands: Handlers<ProcessCommands> = {
  usage,
  settle: async () => {
    // Each collection gives back a part only of what many connections at once took, or a start. Finalisation registries and
    // weak references need iterations of the event loop between collections.
    let least = Number.POSITIVE_INFINITY
    for (let time = 0, inVain = 0; time < 40 && inVain < 4; time++) {
      globalThis.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 50))
      const { rss } = process.memoryUsage()
      inVain = rss < 0.995 * least ? 0 : inVain + 1
      least = Math.min(least, rss)
    }
    beginPeak()
    return usage()
  },
  profileStart: () =>
    new Promise((resolve) => {
      profiler.connect()
      profiler.post("Profiler.enable")
      profiler.post("Profiler.setSamplingInterval", { interval: 200 })
      profiler.post("Profiler.start", () => resolve(null))
    }),
  profileStop: ({ file }) =>
    new Promise((resolve, reject) => {
      profiler.post("Profiler.stop", (error, result) => {
        if (error !== null) return reject(error)
        writeFileSync(file, JSON.stringify(result.profile))
        profiler.disconnect()
        resolve(null)
      })
    })
}
