import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Program from "../utils/Program.ts"

const { devDependencies, peerDependencies }: {
  readonly devDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
} = JSON.parse(readFileSync("package.json", "utf8"))

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "new-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

// `scripts/template.mjs` installs, tests, builds and starts what it makes.
describe("new", () => {
  it.scopedLive("makes a folder with a robot of that name, whose versions go together", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "ops-bot")
      const { code, stderr, stdout } = yield* Program.run(["new", path])
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "npm test")
      const files = readdirSync(path, { recursive: true }).map(String)
      assert.includeMembers(files, [
        "package.json",
        "tsconfig.json",
        "Dockerfile",
        "README.md",
        ".gitignore",
        ".dockerignore",
        join("src", "main.ts"),
        join("src", "bot.ts"),
        join("src", "bot.test.ts")
      ])
      const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"))
      assert.strictEqual(manifest.name, "ops-bot")
      for (const name of ["effect", "@effect/platform", "@effect/platform-node"]) {
        assert.strictEqual(manifest.dependencies[name], peerDependencies[name])
      }
      for (const [name, range] of Object.entries(manifest.devDependencies)) {
        assert.strictEqual(range, `^${devDependencies[name]}`)
      }
      assert.include(readFileSync(join(path, "README.md"), "utf8"), "# ops-bot\n")
    }))

  it.scopedLive("refuses what is not empty, what is no folder, names that npm does not take, and none", () =>
    Effect.gen(function*() {
      const room = yield* folder
      mkdirSync(join(room, "full"))
      writeFileSync(join(room, "full", "mine.txt"), "mine")
      writeFileSync(join(room, "file"), "mine")
      const refused = (...words: ReadonlyArray<string>) =>
        Effect.map(Program.run(["new", ...words]), ({ code, stderr, stdout }) => {
          assert.deepStrictEqual([code, stdout], [2, ""], stderr)
          return stderr
        })
      const said = yield* Effect.all([
        refused(join(room, "full")),
        refused(join(room, "file")),
        refused(join(room, "file", "bot")),
        refused(join(room, "My Bot")),
        refused()
      ])
      for (
        const [index, words] of ["is not empty", "is a file", "can't be written", "can't be the name", "name one"]
          .entries()
      ) {
        assert.include(said[index], words)
      }
      assert.deepStrictEqual(readdirSync(join(room, "full")), ["mine.txt"])
      assert.deepStrictEqual(readdirSync(room).toSorted(), ["file", "full"])
    }))
})
