import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as LogLevel from "effect/LogLevel"
import * as Argv from "../../../src/cli/argv/argv.ts"
import { named } from "../../../src/cli/subcommands.ts"

const node = ["node", "bin.js"]

const parsed = (...words: ReadonlyArray<string>) => Either.getOrThrow(Argv.parse([...node, ...words]))

const refused = (...words: ReadonlyArray<string>) => Either.getOrThrow(Either.flip(Argv.parse([...node, ...words])))

describe("argv", () => {
  it("what stands behind exec's -- is the command's, whatever it looks like", () => {
    const { command, own } = parsed("exec", "--config", "f", "--", "sh", "-c", "--help", "--", "--log-level")
    assert.deepStrictEqual(own, [...node, "exec", "--config", "f"])
    assert.deepStrictEqual(command, ["sh", "-c", "--help", "--", "--log-level"])
  })

  it("exec without -- has no command", () => {
    assert.deepStrictEqual(parsed("exec").command, [])
    assert.include(refused("exec", "cat"), "put the command behind --, as in: exec --config FILE -- cat")
    assert.deepStrictEqual(parsed("exec", "cat", "--help").command, [])
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
    const words = FastCheck.array(FastCheck.constantFrom("--config=f", "--account", "--stream", "--json", "-h"))
    const commands = FastCheck.array(FastCheck.constantFrom("--", "--config", "-x", "a", "--log", "level"))
    FastCheck.assert(FastCheck.property(words, words, commands, (before, behind, rest) => {
      const valued = (all: ReadonlyArray<string>) => all.flatMap((word) => word === "--account" ? [word, "a"] : [word])
      const { command, own } = parsed(...valued(before), "exec", ...valued(behind), "--", ...rest)
      assert.deepStrictEqual(own.slice(2), ["exec", ...valued(before), ...valued(behind)])
      assert.deepStrictEqual(command, rest)
    }))
  })

  it("reads all commands unless the line is for certain about one that runs the channel", () => {
    const runsChannel = (...words: ReadonlyArray<string>) => Argv.runsChannel(parsed(...words))
    assert.isTrue(runsChannel("listen", "--help"))
    assert.isTrue(runsChannel("exec", "--", "robot", "--wizard"))
    for (const first of ["send", "--help", "--version"]) assert.isFalse(runsChannel(first))
    assert.isFalse(runsChannel())
    assert.isFalse(runsChannel("listen", "--wizard"))
  })

  it("general options may stand before the command, whose they become", () => {
    assert.deepStrictEqual(parsed("--config", "f", "--log-format=json", "listen").own, [
      ...node,
      "listen",
      "--config",
      "f",
      "--log-format=json"
    ])
    const { command, logLevel, own } = parsed("--log-level", "debug", "--config", "f", "exec", "--", "cat", "--config")
    assert.deepStrictEqual(own, [...node, "exec", "--config", "f"])
    assert.deepStrictEqual(command, ["cat", "--config"])
    assert.strictEqual(logLevel, LogLevel.Debug)
  })

  it("help and -v are what people think", () => {
    assert.deepStrictEqual(parsed("help").own, [...node, "--help"])
    assert.deepStrictEqual(parsed("help", "send").own, [...node, "send", "--help"])
    for (const word of ["-v", "-V"]) assert.deepStrictEqual(parsed(word).own, [...node, "--version"])
  })

  it("tells what is asked for instead of a command, whatever else is wrong", () => {
    const asks = (...words: ReadonlyArray<string>) => parsed(...words).asks
    assert.deepStrictEqual(asks(), { _tag: "Help", command: undefined })
    assert.deepStrictEqual(asks("send", "--bogus", "-h"), { _tag: "Help", command: "send" })
    assert.deepStrictEqual(asks("-v"), { _tag: "Version" })
    assert.deepStrictEqual(asks("--completions", "fish"), { _tag: "Completions", shell: "fish" })
    assert.isUndefined(asks("exec", "--", "cat", "--help"))
    assert.isUndefined(asks("send", "--text=--help"))
    assert.strictEqual(
      refused("--completions", "tcsh"),
      "--completions must be one of bash, zsh, fish, but is \"tcsh\""
    )
    assert.include(refused("--config", "f"), "there is no command: use one of listen")
    assert.strictEqual(refused("send", "--zip=no"), "--zip takes no value, but is given \"no\": leave that out")
  })

  it("a misspelt command or option is told what was probably meant", () => {
    assert.strictEqual(refused("lisen"), "there is no command \"lisen\": did you mean listen?")
    assert.include(refused("dance"), "use one of listen, exec")
    assert.include(refused("help", "sned"), "did you mean send?")
    assert.strictEqual(refused("listen", "--confg", "f"), "there is no option --confg: did you mean --config?")
  })

  it("a missing value is called so, at the end and before another option", () => {
    for (const words of [["send", "--to"], ["send", "--to", "--text", "x"], ["--to", "--text=x", "send"]]) {
      assert.strictEqual(refused(...words), "--to has no value: put one behind it, or leave it out")
    }
    // What only looks like an option is a value.
    assert.deepStrictEqual(parsed("send", "--text", "--- x ---").own, [...node, "send", "--text", "--- x ---"])
    assert.deepStrictEqual(parsed("send", "--text=--to").own, [...node, "send", "--text=--to"])
  })

  it("knows its subcommands", () => {
    assert.strictEqual(named([...node, "listen", "--config"]), "listen")
    assert.strictEqual(named([...node, "--config", "f", "send"]), "send")
    assert.strictEqual(named([...node, "nope"]), undefined)
    assert.strictEqual(named([...node, "--help"]), undefined)
    assert.strictEqual(named(node), undefined)
  })
})
