/** The programs of processes that are started again and again: put into one file, once. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { build, type Plugin } from "esbuild"
import { mkdirSync, rmSync } from "node:fs"
import { basename, join } from "node:path"

/** A program for the life of the scope. It lies inside node_modules, so that its imports are found from there. */
export const bundle = (
  entry: string,
  { name = basename(entry, ".ts"), plugins = [] }: {
    readonly name?: string
    readonly plugins?: ReadonlyArray<Plugin>
  } = {}
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const directory = join(process.cwd(), "node_modules", ".cache", "effect-dingtalk")
      mkdirSync(directory, { recursive: true })
      const outfile = join(directory, `${name}-${process.pid}.mjs`)
      await build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        packages: "external",
        platform: "node",
        format: "esm",
        target: "node20",
        logLevel: "warning",
        plugins: [...plugins]
      })
      return outfile
    }),
    (file) => Effect.sync(() => rmSync(file, { force: true }))
  )
