/** What is said of deploying, done. */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync, spawnSync } from "node:child_process"
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"

const english = readFileSync("docs/deploy.md", "utf8")

/** What a page shows as this file, or as this step. */
const shown = (name: string): string =>
  new RegExp(`<!-- (?:file|step): ${name} -->\\n\`\`\`\\w*\\n([^]*?)\`\`\``).exec(english)?.[1] ?? ""

const scratch = mkdtempSync(join(tmpdir(), "deploy-"))

const sh = (script: string, cwd: string, env: Record<string, string> = {}): string =>
  execFileSync("sh", ["-ec", script], { cwd, encoding: "utf8", env: { ...process.env, ...env } })

const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"))

describe("deploying", () => {
  let tarball = ""

  beforeAll(() => {
    execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", scratch], { encoding: "utf8" })
    tarball = join(scratch, readdirSync(scratch).find((name) => name.endsWith(".tgz")) ?? "")
  }, 60_000)

  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  it("unpacks without root, and without anything else, into a program that runs", () => {
    const home = join(scratch, "home")
    mkdirSync(home)
    assert.strictEqual(sh(shown("unpack"), scratch, { HOME: home }), `${version}\n`)
    // The files of the program alone are enough, and as large as the page says.
    const alone = join(scratch, "alone")
    mkdirSync(join(alone, "dist"), { recursive: true })
    copyFileSync("package.json", join(alone, "package.json"))
    const files = readdirSync("dist").filter((name) => name.startsWith("bin"))
    for (const name of files) copyFileSync(join("dist", name), join(alone, "dist", name))
    assert.include(sh("node dist/bin.js send --help", alone), "Usage:")
    const bytes = files.map((name) => statSync(join("dist", name)).size).reduce((sum, size) => sum + size, 0)
    const told = Number(/beside each other as they are in the package: ([\d.]+) MB/.exec(english)?.[1])
    assert.approximately(bytes / 1_000_000, told, 0.1)
  })

  it("keeps secrets from others", () => {
    const directory = join(scratch, "secrets")
    mkdirSync(directory)
    sh(shown("secrets"), directory)
    assert.strictEqual(statSync(join(directory, "robot.json")).mode & 0o777, 0o600)
    JSON.parse(readFileSync(join(directory, "robot.json"), "utf8"))
  })

  const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0

  it.skipIf(!analyze)("has a unit that systemd takes", () => {
    const unit = join(scratch, "dingtalk-robot.service")
    writeFileSync(unit, shown("dingtalk-robot.service"))
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" })
    // It may know of trouble with other units of this machine.
    assert.deepStrictEqual(stderr.split("\n").filter((line) => line.includes("dingtalk-robot")), [])
    assert.strictEqual(status, 0)
  })

  it("has a Dockerfile whose steps make a program that starts", () => {
    const root = join(scratch, "image")
    const inside = (path: string): string => join(root, path)
    let cwd = root
    let entry: ReadonlyArray<string> = []
    let command: ReadonlyArray<string> = []
    const list = (text: string): ReadonlyArray<string> => JSON.parse(text)
    for (const line of shown("Dockerfile").trim().split("\n")) {
      const [, step = "", rest = ""] = /^(\w+) (.*)$/.exec(line) ?? []
      switch (step) {
        case "FROM":
          assert.match(rest, /^node:\d+/)
          break
        case "WORKDIR":
          cwd = inside(rest)
          mkdirSync(cwd, { recursive: true })
          break
        case "COPY": {
          const [, to = ""] = rest.split(" ")
          copyFileSync(tarball, join(cwd, to))
          break
        }
        case "RUN":
          sh(rest, cwd)
          break
        case "ENTRYPOINT":
          entry = list(rest)
          break
        case "CMD":
          command = list(rest)
          break
        case "USER":
        case "HEALTHCHECK":
          break
        default:
          assert.fail(`a step that this test does not know: ${line}`)
      }
    }
    const [program = "", ...words] = [...entry, ...command].map((word) =>
      word.startsWith("/opt/") ? inside(word) : word
    )
    const { status, stderr } = spawnSync(program, words, { encoding: "utf8" })
    // All but the secret is there.
    assert.strictEqual(status, 2)
    assert.include(stderr, "/run/secrets/robot.json")
    assert.include(stderr, "there is no such file")
  })

  it("has a file for PM2 whose words the program takes", () => {
    const file = join(scratch, "ecosystem.config.cjs")
    writeFileSync(file, shown("ecosystem.config.cjs"))
    const words: ReadonlyArray<string> = JSON.parse(
      execFileSync("node", ["-p", `JSON.stringify(require(${JSON.stringify(file)}).apps[0].args)`], {
        encoding: "utf8"
      })
    )
    const { status, stderr } = spawnSync("node", ["dist/bin.js", ...words], { encoding: "utf8" })
    assert.strictEqual(status, 2)
    assert.include(stderr, "/etc/effect-dingtalk/robot.json")
  })

  it("alerts by metrics that there are", () => {
    const telemetry = readFileSync("docs/telemetry.md", "utf8")
    const used = new Set(shown("dingtalk-alerts.yml").match(/effect_dingtalk_\w+/g) ?? [])
    assert.isAbove(used.size, 4)
    for (const name of used) assert.include(telemetry, `\`${name}\``)
  })
})
