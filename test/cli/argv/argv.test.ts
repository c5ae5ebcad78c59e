import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as LogLevel from "effect/LogLevel"
import * as Argv from "../../../src/cli/argv/argv.ts"

const node = ["node", "bin.js"]

const parsed = (...words: ReadonlyArray<string>) => Either.getOrThrow(Argv.parse([...node, ...words]))

describe("argv", () => {
  it("what stands behind exec's -- is the command's, whatever it looks like", () => {
    const { command, own } = parsed("exec", "--config", "f", "--", "sh", "-c", "--help", "--", "--log-level")
    assert.deepStrictEqual(own, [...node, "exec", "--config", "f"])
    assert.deepStrictEqual(command, ["sh", "-c", "--help", "--", "--log-level"])
  })

  it("exec without -- has no command", () => {
    assert.deepStrictEqual(parsed("exec", "cat").command, [])
  })

  it("-- means nothing to the other subcommands", () => {
    assert.deepStrictEqual(parsed("listen", "--", "x").own, [...node, "listen", "--", "x"])
  })

  it("takes the log level out, in either spelling and wherever it stands", () => {
    for (
      const words of [["--log-level", "warn"], ["--log-level=WARNING"], ["--log-level", "debug", "--log-level=warn"]]
    ) {
      const { logLevel, own } = parsed("listen", ...words, "--config", "f")
      assert.strictEqual(logLevel, LogLevel.Warning)
      assert.deepStrictEqual(own, [...node, "listen", "--config", "f"])
    }
    assert.strictEqual(parsed("listen").logLevel, undefined)
  })

  it("refuses a log level that is none, and says which there are", () => {
    for (const words of [["--log-level", "loud"], ["--log-level"], ["--log-level="]]) {
      const problem = Either.flip(Argv.parse([...node, "listen", ...words]))
      assert.include(Either.getOrThrow(problem), "must be one of all, trace, debug")
    }
  })

  it("refuses a log format that is none by its name, and leaves the others to the parser", () => {
    for (const words of [["--log-format", "xml"], ["--log-format=xml"]]) {
      const problem = Either.flip(Argv.parse([...node, "listen", ...words]))
      assert.strictEqual(
        Either.getOrThrow(problem),
        "--log-format must be one of pretty, logfmt, json, but is \"xml\""
      )
    }
    assert.deepStrictEqual(parsed("listen", "--log-format", "json").own, [...node, "listen", "--log-format", "json"])
  })

  it("loses no word of a command line", () => {
    const words = FastCheck.array(FastCheck.constantFrom("--", "--config", "-x", "a", "--log", "level"))
    FastCheck.assert(FastCheck.property(words, (rest) => {
      const { command, own } = parsed("exec", ...rest)
      const at = rest.indexOf("--")
      assert.deepStrictEqual(own.slice(3), at === -1 ? rest : rest.slice(0, at))
      assert.deepStrictEqual(command, at === -1 ? [] : rest.slice(at + 1))
    }))
  })

  it("reads all commands unless the line is for certain about one that runs the channel", () => {
    const runsChannel = (...words: ReadonlyArray<string>) => Argv.runsChannel(parsed(...words))
    assert.isTrue(runsChannel("listen", "--help"))
    assert.isTrue(runsChannel("exec", "--", "robot", "--wizard"))
    for (const first of ["send", "lisen", "--help", "--version"]) assert.isFalse(runsChannel(first))
    assert.isFalse(runsChannel())
    assert.isFalse(runsChannel("listen", "--wizard"))
    assert.isFalse(runsChannel("exec", "--completions=bash"))
  })

  it("knows its subcommands", () => {
    assert.strictEqual(Argv.subcommand([...node, "listen", "--config"]), "listen")
    assert.strictEqual(Argv.subcommand([...node, "nope"]), undefined)
    assert.strictEqual(Argv.subcommand([...node, "--help"]), undefined)
    assert.strictEqual(Argv.subcommand(node), undefined)
  })
})
