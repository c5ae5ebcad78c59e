/** The built command line as a child process: `npm run build:bin` makes what is started here. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const bin = fileURLToPath(new URL("../../../dist/bin.js", import.meta.url))

/** Longest wait for anything that a program is to print, in milliseconds. */
const patienceMs = 15_000

export class NotSeen extends Data.TaggedError("NotSeen")<{ readonly what: string; readonly saw: string }> {
  override get message() {
    return `waited for ${this.what}, but saw:\n${this.saw}`
  }
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Since the last signal that was sent, or since the start; in milliseconds. */
  readonly tookMs: number
}

export interface Program {
  readonly child: ChildProcessWithoutNullStreams
  readonly stdout: () => string
  readonly stderr: () => string
  /** The lines of stdout so far, parsed. */
  readonly objects: () => ReadonlyArray<Record<string, unknown>>
  /** Waits until stdout (stderr) matches, and gives the match. */
  readonly untilStdout: (pattern: RegExp) => Effect.Effect<RegExpExecArray, NotSeen>
  readonly untilStderr: (pattern: RegExp) => Effect.Effect<RegExpExecArray, NotSeen>
  /** Waits until stdout has so many lines. */
  readonly untilLines: (count: number) => Effect.Effect<ReadonlyArray<string>, NotSeen>
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  readonly ended: Effect.Effect<Ended, NotSeen>
}

/** Of no user: what the tests have compiled once is there for the next ones. */
const caches = fileURLToPath(new URL("../../../node_modules/.cache/tests", import.meta.url))

/** The environment without anything that would configure the program. */
const cleanEnv = (): Record<string, string | undefined> => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      !/^(dingtalk|https?_proxy|no_proxy|lang|lc_|node_disable)/i.test(name)
    )
  ),
  XDG_CACHE_HOME: caches
})

const linesOf = (text: string): ReadonlyArray<string> => text.split("\n").slice(0, -1)

/** What has been read of a stream, and a way to wait for more. */
const watched = (name: string, seen: () => string) => {
  let text = ""
  const looks = new Set<() => void>()
  const until = <A>(what: string, find: (text: string) => A | undefined): Effect.Effect<A, NotSeen> =>
    Effect.async<A>((resume) => {
      const look = () => {
        const found = find(text)
        if (found === undefined) return
        looks.delete(look)
        resume(Effect.succeed(found))
      }
      looks.add(look)
      look()
      return Effect.sync(() => looks.delete(look))
    }).pipe(Effect.timeoutFail({
      duration: patienceMs,
      onTimeout: () => new NotSeen({ what: `${what} on ${name}`, saw: seen().slice(-4_000) })
    }))
  return {
    add: (chunk: Buffer) => {
      text += chunk.toString("utf8")
      for (const look of looks) look()
    },
    text: () => text,
    untilMatch: (pattern: RegExp) => until(String(pattern), (text) => pattern.exec(text) ?? undefined),
    untilLines: (count: number) =>
      until(`${count} lines`, (text) => {
        const lines = linesOf(text)
        return lines.length >= count ? lines : undefined
      })
  }
}

export interface Options {
  readonly env?: Record<string, string | undefined>
  /** All of its stdin. Default: it stays open. */
  readonly stdin?: string
  /** With `false`, nobody reads its stdout. Default true. */
  readonly reading?: boolean
  /** Names of modules in `preloads`, which run in the process before the program. Default none. */
  readonly preloads?: ReadonlyArray<string>
  /** What is started. Default: the built command line. */
  readonly bin?: string
  /** A line of shell that ends in `exec "$@"`, which becomes the program. Default: no shell. */
  readonly through?: string
}

const preloaded = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.flatMap((name) => ["--import", new URL(`./preloads/${name}.mjs`, import.meta.url).href])

/** Starts the program; at the end of the scope it is gone. */
export const start = (
  args: ReadonlyArray<string>,
  options: Options = {}
): Effect.Effect<Program, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const since = { ms: performance.now() }
        const ended = Deferred.unsafeMake<Ended>(FiberId.none)
        const words = [process.execPath, ...preloaded(options.preloads ?? []), options.bin ?? bin, ...args]
        const [command = "", ...rest] = options.through === undefined
          ? words
          : ["/bin/sh", "-c", options.through, "sh", ...words]
        const child = spawn(command, rest, { env: { ...cleanEnv(), ...options.env } })
        const everything = (): string => `${out.text()}\n--- stderr:\n${err.text()}`
        const out = watched("stdout", everything)
        const err = watched("stderr", everything)
        if (options.reading !== false) child.stdout.on("data", out.add)
        child.stderr.on("data", err.add)
        child.stdin.on("error", () => {})
        if (options.stdin !== undefined) child.stdin.end(options.stdin)
        child.on("close", (code, signal) =>
          Deferred.unsafeDone(ended, Exit.succeed({ code, signal, tookMs: performance.now() - since.ms })))
        return { child, out, err, ended, since, everything }
      }),
      ({ child, ended }) =>
        Effect.suspend(() => {
          if (!child.kill("SIGKILL")) {
            return Effect.void
          }
          child.stdout.destroy()
          return Deferred.await(ended).pipe(Effect.interruptible, Effect.timeoutOption(2_000), Effect.asVoid)
        })
    ),
    ({ child, ended, err, everything, out, since }): Program => ({
      child,
      stdout: out.text,
      stderr: err.text,
      objects: () =>
        linesOf(out.text()).map((line): Record<string, unknown> =>
          JSON.parse(line)
        ),
      untilStdout: out.untilMatch,
      untilStderr: err.untilMatch,
      untilLines: out.untilLines,
      signal: (signal) =>
        Effect.sync(() => {
          since.ms = performance.now()
          child.kill(signal)
        }),
      ended: Deferred.await(ended).pipe(Effect.timeoutFail({
        duration: 40_000,
        onTimeout: () => new NotSeen({ what: "the end", saw: everything().slice(-4_000) })
      }))
    })
  )

/** Runs the program to its end. */
export const run = (args: ReadonlyArray<string>, options: Options = {}) =>
  Effect.scoped(Effect.gen(function*() {
    const program = yield* start(args, { stdin: "", ...options })
    const { code } = yield* program.ended
    return { code, stdout: program.stdout(), stderr: program.stderr(), objects: program.objects }
  }))

/** A configuration file, for the life of the scope. */
export const configFile = (settings: object | string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const directory = mkdtempSync(join(tmpdir(), "dingtalk-"))
        writeFileSync(join(directory, "robot.json"), typeof settings === "string" ? settings : JSON.stringify(settings))
        return directory
      }),
      (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
    ),
    (directory) => join(directory, "robot.json")
  )
