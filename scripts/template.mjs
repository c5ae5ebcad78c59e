// What `effect-dingtalk new` makes, made and tried as somebody does who has only the package: in an empty folder, from what
// npm packs. `node scripts/template.mjs`, after `npm run build`.
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Longest that a step may take, in milliseconds. */
const stepMs = 120_000

const directory = mkdtempSync(join(tmpdir(), "template-"))
process.once("exit", () => rmSync(directory, { recursive: true, force: true }))

const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, timeout: stepMs, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" })

const [{ filename }] = JSON.parse(
  run(root, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", directory)
)
const tarball = join(directory, filename)

run(directory, "tar", "-xzf", tarball)
process.stdout.write(run(directory, process.execPath, "package/dist/bin.js", "new", "my-bot"))

// There is no release of this state: the tarball stands in its place.
const bot = join(directory, "my-bot")
const manifest = JSON.parse(readFileSync(join(bot, "package.json"), "utf8"))
const dependencies = { ...manifest.dependencies, "effect-dingtalk": `file:${tarball}` }
writeFileSync(join(bot, "package.json"), JSON.stringify({ ...manifest, dependencies }))

run(bot, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error")
const effect = JSON.parse(readFileSync(join(bot, "node_modules/effect/package.json"), "utf8")).version
if (!effect.startsWith("3.")) throw new Error(`Effect ${effect} was installed`)
process.stdout.write(run(bot, "npm", "test"))
run(bot, "npm", "run", "build")
// Without credentials it says so, and ends.
try {
  execFileSync(process.execPath, ["dist/main.js"], {
    cwd: bot,
    timeout: stepMs,
    stdio: "pipe",
    env: { PATH: process.env.PATH }
  })
  throw new Error("it runs without credentials")
} catch (error) {
  const said = `${error.stdout}${error.stderr}`
  if (!said.includes("DINGTALK_CLIENT_ID")) throw error
}
process.stdout.write("what `effect-dingtalk new` makes can be installed, tested, built and started\n")
