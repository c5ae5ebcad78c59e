// Bundles one TypeScript program and runs it: `node scripts/run.mjs [node options] ENTRY [arguments]`. The bundle holds
// this package's own sources; what is installed stays where it is, so that there is one copy of each package.
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"

const given = process.argv.slice(2)
const at = given.findIndex((argument) => !argument.startsWith("-"))
if (at === -1) {
  process.stderr.write("usage: node scripts/run.mjs [node options] ENTRY [arguments]\n")
  process.exit(2)
}
const entry = given[at]

// Inside node_modules, so that the bundle's imports are found from there.
const directory = fileURLToPath(new URL("../node_modules/.cache/effect-dingtalk/", import.meta.url))
mkdirSync(directory, { recursive: true })
const bundle = `${directory}${basename(entry, ".ts")}-${process.pid}.mjs`
const remove = () => rmSync(bundle, { force: true })
process.once("exit", remove)

await build({
  entryPoints: [entry],
  outfile: bundle,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning"
})

const child = spawn(
  process.execPath,
  ["--enable-source-maps", ...given.slice(0, at), bundle, ...given.slice(at + 1)],
  { stdio: "inherit" }
)
// A terminal signals the whole group; whoever signals this process alone means the program.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal))
child.once("exit", (code, signal) => {
  process.exitCode = signal === null ? code ?? 1 : 1
})
