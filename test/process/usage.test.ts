import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Program from "./utils/Program.ts"

const manifest: { readonly version: string } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8")
)

/** A mistake is told in words: no colours in a pipe, no dump of an object. */
const isPlain = (text: string) => {
  assert.notInclude(text, "\u001b")
  assert.notInclude(text, "_tag")
  assert.notInclude(text, "ValidationError")
}

const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: string]> = [
  [["listen", "--bogus"], "--bogus"],
  [["listen", "--config"], "--config has no value"],
  [["listen", "--confg", "f"], "did you mean --config?"],
  [["lisen"], "did you mean listen?"],
  [["listen", "--wizard"], "on a terminal"],
  [["listen", "--health-port", "many"], "--health-port must be a whole number, but is \"many\""],
  [["listen", "--dry-run"], "it belongs to send"],
  [["listen", "foo"], "\"foo\""],
  [["send", "--text", "a", "--text", "b", "--to", "x"], "--text is given twice"],
  [["listen", "--health-port", "70000"], "from 0 to 65535, but is 70000"],
  [["listen", "--log-format", "xml"], "--log-format must be one of pretty, logfmt, json, but is \"xml\""],
  [["listen", "--log-level", "loud"], "loud"],
  [["send", "--to", "user:x"], "--text"],
  [["exec", "--config", "robot.json"], "behind --"],
  [["exec", "--timeout", "0", "--", "cat"], "--timeout"],
  [["dance"], "use one of"],
  [["listen", "--config", "no-such-file.json"], "no such file"],
  [["listen", "--console-text"], "--console-text belongs to --console-port"],
  [["listen"], "DINGTALK_CLIENT_ID"]
]

describe("usage", () => {
  for (const [args, says] of mistakes) {
    it.live(`2 for: ${args.join(" ")}`, () =>
      Effect.gen(function*() {
        const { code, stderr, stdout } = yield* Program.run(args)
        assert.strictEqual(code, 2)
        assert.strictEqual(stdout, "")
        assert.include(stderr, says)
        assert.include(stderr, "Try: effect-dingtalk")
        isPlain(stderr)
      }))
  }

  it.live("--version, --help and completions", () =>
    Effect.gen(function*() {
      const version = yield* Program.run(["--version"])
      assert.deepStrictEqual([version.code, version.stdout], [0, `${manifest.version}\n`])
      const help = yield* Program.run(["--help"])
      assert.strictEqual(help.code, 0)
      for (const command of ["listen", "exec", "send", "recall", "inbox", "init", "doctor", "simulate", "demo"]) {
        assert.include(help.stdout, command)
      }
      isPlain(help.stdout)
      for (const command of ["listen", "exec", "send", "recall", "doctor", "simulate"]) {
        assert.include((yield* Program.run([command, "--help"])).stdout, `\n  effect-dingtalk ${command} `)
      }
      const completions = yield* Program.run(["--completions", "bash"])
      assert.strictEqual(completions.code, 0)
      for (const word of ["doctor", "recall", "--card-template", "--to-file", "--dry-run", "--stream"]) {
        assert.include(completions.stdout, word)
      }
    }))

  it.live("under a Chinese locale help and mistakes are in Chinese", () =>
    Effect.gen(function*() {
      const env = { LANG: "zh_CN.UTF-8" }
      const help = yield* Program.run(["send", "--help"], { env })
      assert.include(help.stdout, "用法：\n  effect-dingtalk send ")
      assert.include(help.stdout, "通用选项：")
      isPlain(help.stdout)
      const mistaken = yield* Program.run(["lisen"], { env })
      assert.strictEqual(mistaken.code, 2)
      assert.include(mistaken.stderr, "effect-dingtalk: 没有命令“lisen”：是不是 listen？\n请看：effect-dingtalk")
    }))
})
