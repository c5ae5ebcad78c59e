/** The examples that are whole programs, started as child processes, as somebody does who has pasted them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { FakeDingTalk } from "../../../src/testing/index.ts"

export const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "examples-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Where the bundled programs are. */
export class Programs extends Context.Tag("effect-dingtalk/test/Programs")<Programs, { readonly directory: string }>() {
}

/** Bundles programs of `examples`, all at once. */
export const layer = (...names: ReadonlyArray<string>): Layer.Layer<Programs> =>
  Layer.scoped(
    Programs,
    Effect.gen(function*() {
      const directory = yield* folder
      // For what can't be bundled, being compiled.
      symlinkSync(resolve("node_modules"), join(directory, "node_modules"))
      yield* Effect.promise(() =>
        build({
          entryPoints: names.map((name) => `examples/${name}.ts`),
          outdir: directory,
          outbase: "examples",
          outExtension: { ".js": ".mjs" },
          bundle: true,
          splitting: true,
          platform: "node",
          format: "esm",
          target: "node20",
          external: ["better-sqlite3"],
          alias: {
            "effect-dingtalk/cluster": "./src/cluster/index.ts",
            "effect-dingtalk/node": "./src/node/index.ts",
            "effect-dingtalk/sql": "./src/sql/index.ts",
            "effect-dingtalk": "./src/index.ts"
          },
          banner: { js: "import { createRequire as r } from \"node:module\"; const require = r(import.meta.url);" },
          logLevel: "error"
        })
      )
      return { directory }
    })
  )

/** A child process that listens to nobody but its signals. */
export interface Child {
  /** Waits until it has printed this, and gives all that it has printed. */
  readonly untilPrinted: (text: string) => Effect.Effect<string>
  readonly exitCode: Effect.Effect<number | null>
}

/** Longest wait for a child process, in milliseconds. */
export const patienceMs = 15_000

/** Starts a command whose environment is an account of the fake's; at the end of the scope it is gone. */
export const command = (
  file: string,
  args: ReadonlyArray<string>,
  fake: FakeDingTalk.Fake,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}
): Effect.Effect<Child, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(file, args, {
          ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
          env: {
            PATH: process.env["PATH"],
            DINGTALK_CLIENT_ID: fake.config.appKey,
            DINGTALK_CLIENT_SECRET: fake.config.appSecret,
            DINGTALK_API_BASE_URL: fake.config.apiBaseUrl,
            DINGTALK_OAPI_BASE_URL: fake.config.oapiBaseUrl,
            ...options.env
          }
        })
        const printed: Array<string> = []
        child.stdin.end()
        for (const output of [child.stdout, child.stderr]) {
          output.setEncoding("utf8").on("data", (text: string) => printed.push(text))
        }
        return { child, printed }
      }),
      ({ child }) =>
        Effect.async<void>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
          child.once("exit", () => resume(Effect.void))
          child.kill("SIGTERM")
        })
    ),
    ({ child, printed }): Child => ({
      untilPrinted: (text) =>
        Effect.async<string>((resume) => {
          const look = () => {
            if (!printed.join("").includes(text)) return
            child.stdout.off("data", look)
            clearTimeout(timer)
            resume(Effect.succeed(printed.join("")))
          }
          const timer = setTimeout(
            () => resume(Effect.dieMessage(`"${text}" was not printed, but:\n${printed.join("")}`)),
            patienceMs
          )
          child.stdout.on("data", look)
          look()
        }),
      exitCode: Effect.async<number | null>((resume) => {
        if (child.exitCode !== null) return resume(Effect.succeed(child.exitCode))
        child.once("close", (code) => resume(Effect.succeed(code)))
      })
    })
  )

/** Starts a program. */
export const start = (name: string, fake: FakeDingTalk.Fake, options?: Parameters<typeof command>[3]) =>
  Effect.flatMap(
    Programs,
    ({ directory }) => command(process.execPath, [join(directory, `${name}.mjs`)], fake, options)
  )
