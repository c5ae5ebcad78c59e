// Bundles the benchmark's own sources, and nothing else, and runs it: every client loads the packages that are
// installed, ours as it is published (`dist`, through the entry points of package.json).
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { existsSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

if (!existsSync(here("../dist/index.js"))) {
  process.stderr.write("There is no dist: run npm run build first.\n")
  process.exit(1)
}
rmSync(here("./results/build"), { recursive: true, force: true })
await build({
  entryPoints: [
    "main",
    "gateway/main",
    "gateway/api",
    "clients/ours",
    "clients/officialSdk",
    "clients/floor",
    "clients/outbound/ours",
    "clients/outbound/officialSdk",
    "clients/outbound/undici",
    "clients/startUp/ws",
    "clients/startUp/officialSdk",
    "clients/startUp/importOnly"
  ].map((entry) => here(`./${entry}.ts`)),
  outbase: here("."),
  outdir: here("./results/build"),
  bundle: true,
  packages: "external",
  // Without the paths of tsconfig.json, which lead into `src`.
  tsconfigRaw: "{}",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning"
})

const child = spawn(process.execPath, [here("./results/build/main.js"), ...process.argv.slice(2)], { stdio: "inherit" })
child.once("exit", (code, signal) => {
  process.exitCode = signal === null ? code ?? 1 : 1
})
