import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Find from "../../../src/cli/exec/find.ts"
import { room } from "../../process/utils/marks.ts"

const problem = (command: string, env: Record<string, string> = {}) =>
  Effect.map(Effect.flip(Find.check(command, env)), ({ message }) => message)

describe("find", () => {
  it("looks where the system looks", () => {
    assert.deepStrictEqual(Find.candidates("cat", { PATH: "/a:/b::/c" }, "linux"), [
      "/a/cat",
      "/b/cat",
      "cat",
      "/c/cat"
    ])
    assert.deepStrictEqual(Find.candidates("cat", {}, "linux"), ["/usr/bin/cat", "/bin/cat"])
    assert.deepStrictEqual(Find.candidates("./cat", { PATH: "/a" }, "linux"), ["./cat"])
    assert.deepStrictEqual(Find.candidates("cat", { Path: "C:\\a;D:\\b" }, "win32"), [
      "C:\\a\\cat",
      "C:\\a\\cat.exe",
      "C:\\a\\cat.com",
      "D:\\b\\cat",
      "D:\\b\\cat.exe",
      "D:\\b\\cat.com"
    ])
    assert.deepStrictEqual(Find.candidates(".\\cat", {}, "win32"), [".\\cat", ".\\cat.exe", ".\\cat.com"])
  })

  it.scoped("finds a program on the PATH behind what is none, and by its path", () =>
    Effect.gen(function*() {
      const directory = yield* room
      mkdirSync(join(directory, "first", "tool"), { recursive: true })
      mkdirSync(join(directory, "second"))
      const tool = join(directory, "second", "tool")
      writeFileSync(tool, "")
      const env = { PATH: ["nowhere", "first", "second"].map((name) => join(directory, name)).join(":") }
      assert.include(yield* problem("tool", env), "tool is not executable")
      chmodSync(tool, 0o755)
      yield* Find.check("tool", env)
      yield* Find.check(tool, {})
    }))

  it.scoped("says what is wrong with what it finds", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const file = join(directory, "script.sh")
      writeFileSync(file, "")
      assert.include(yield* problem(file), `${file} is not executable: chmod +x it`)
      const python = join(directory, "bot.py")
      writeFileSync(python, "")
      assert.include(yield* problem(python), `-- python3 ${python}`)
      assert.include(yield* problem(directory), "is a directory")
      assert.include(yield* problem(join(directory, "none")), "there is no ")
      assert.include(
        yield* problem("none", { PATH: directory }),
        "there is no command \"none\" in the directories of PATH"
      )
      assert.include(yield* problem("no\nne", { PATH: directory }), "\"no\\nne\"")
    }))
})
