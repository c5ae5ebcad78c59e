/** The README's install lines in an empty folder, with this package as a tarball in the place of its name. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const readme = readFileSync(join(root, "README.md"), "utf8")

const lines = (/<!-- install -->\n```sh\n([^]*?)```/.exec(readme)?.[1] ?? "").trim().split("\n")
  .map((line) => line.replace(/\s+#.*$/, ""))

const ended = (cwd: string, command: string, ...args: ReadonlyArray<string>) =>
  Effect.async<{ readonly code: number; readonly said: string }>((resume) => {
    const child = execFile(
      command,
      args,
      { cwd, encoding: "utf8" },
      (error, stdout, stderr) => resume(Effect.succeed({ code: error === null ? 0 : 1, said: stdout + stderr }))
    )
    return Effect.sync(() => child.kill())
  })

const quietly = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"]

const unreachable = /\b(?:EAI_AGAIN|ENOTFOUND|ENETUNREACH|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED)\b/

const emptyFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "install-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** What a person gets who installs the package: what its `package.json` says is all that matters here. */
const tarball = (folder: string) =>
  Effect.map(
    ended(root, "npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder),
    ({ code, said }) => {
      assert.strictEqual(code, 0, said)
      return join(folder, said.trim().split("\n").at(-1) ?? "")
    }
  )

const Lock = Schema.parseJson(
  Schema.Struct({
    packages: Schema.Record({ key: Schema.String, value: Schema.Struct({ version: Schema.optional(Schema.String) }) })
  })
)

describe("the README's install lines", () => {
  it("say the versions of all that has an Effect 4", () => {
    assert.isAtLeast(lines.length, 2)
    const packages = [...readme.matchAll(/^(?:npm (?:install|i|add)) .*$/gm)].flatMap(([line]) => line.split(/\s+/))
      .filter((word) => /^@?effect(?:\/|@|$)|^vitest/.test(word) && word !== "effect-dingtalk")
    assert.isNotEmpty(packages)
    for (const word of packages) assert.match(word, /.@\^\d/, word)
  })

  it.scopedLive("resolve to Effect 3, without a conflict", (context) =>
    Effect.gen(function*() {
      const folder = yield* emptyFolder
      const packed = yield* tarball(folder)
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "mine", private: true }))
      for (const line of lines) {
        const [command = "", ...words] = line.split(/\s+/)
        assert.strictEqual(command, "npm")
        const args = words.map((word) => word === "effect-dingtalk" ? packed : word)
        // Resolving is what fails, and takes a tenth of the time that fetching it all does.
        const { code, said } = yield* ended(folder, command, ...args, "--package-lock-only", ...quietly)
        if (code !== 0 && unreachable.test(said)) context.skip("the registry can't be reached")
        assert.strictEqual(code, 0, `${line}\n${said}`)
      }
      const { packages } = Schema.decodeUnknownSync(Lock)(readFileSync(join(folder, "package-lock.json"), "utf8"))
      const version = (name: string) => packages[`node_modules/${name}`]?.version
      assert.match(version("effect") ?? "", /^3\.(?:2[2-9]|[3-9]\d)\./)
      assert.isDefined(version("effect-dingtalk"))
      assert.isDefined(version("vitest"))
      const effects = Object.keys(packages).filter((path) => path.endsWith("node_modules/effect"))
      assert.deepStrictEqual(effects, ["node_modules/effect"])
    }), 180_000)
})
