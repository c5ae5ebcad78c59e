/** Completions in real shells. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync, spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { subcommands } from "../../../src/cli/subcommands.ts"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0

/** The script, in a file. */
const script = (shell: string) =>
  Effect.gen(function*() {
    const { stdout } = yield* Program.run(["--completions", shell])
    const file = join(yield* room, `completions.${shell}`)
    writeFileSync(file, stdout)
    return file
  })

const said = (command: string, args: ReadonlyArray<string>) =>
  execFileSync(command, args, { encoding: "utf8", cwd: new URL("../../..", import.meta.url) })
    .split("\n").filter((line) => line !== "")

/** What bash offers for the last of these words. */
const offered = (file: string, words: ReadonlyArray<string>): ReadonlyArray<string> =>
  said("bash", [
    "--norc",
    "--noprofile",
    "-c",
    `source "$1"; shift
     COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
     _effect_dingtalk
     printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    file,
    ...words
  ])

describe("completions", () => {
  it.scopedLive.skipIf(!has("bash"))("bash: commands, options, fixed values and files", () =>
    Effect.gen(function*() {
      const completions = yield* script("bash")
      const of = (...words: ReadonlyArray<string>) => offered(completions, ["effect-dingtalk", ...words])
      assert.sameMembers([...of("")], [...subcommands, "help"])
      assert.deepStrictEqual(of("lis"), ["listen"])
      assert.deepStrictEqual(of("help", "do"), ["doctor"])
      assert.includeMembers([...of("--")], ["--completions", "--config", "--help", "--version"])
      assert.sameMembers([...of("send", "--to")], ["--to", "--to-file"])
      assert.notInclude(of("listen", "--"), "--to")
      assert.deepStrictEqual(of("listen", "--log-level", "de"), ["debug"])
      assert.deepStrictEqual(of("listen", "--log-format", "="), ["pretty", "logfmt", "json"])
      assert.deepStrictEqual(of("listen", "--log-format", "=", "lo"), ["logfmt"])
      assert.deepStrictEqual(of("--completions", ""), ["bash", "zsh", "fish"])
      assert.deepStrictEqual(of("--config", "package.js"), ["package.json"])
      // A value that is called like a command is none, and general options may stand before the command.
      assert.deepStrictEqual(of("--config", "send", "lis"), ["listen"])
      assert.deepStrictEqual(of("--log-level", "debug", "doctor", "--js"), ["--json"])
      assert.deepStrictEqual(of("send", "--config", "=", "f", "--dry"), ["--dry-run"])
      // What could be anything is not guessed at.
      assert.deepStrictEqual(of("send", "--text", "li"), [])
      // Behind -- another program's words begin.
      assert.include(of("exec", "--", "bas"), "bash")
      assert.deepStrictEqual(of("exec", "--", "cat", "package.js"), ["package.json"])
    }))

  it.scopedLive.skipIf(!has("zsh"))("zsh: commands and options", () =>
    Effect.gen(function*() {
      const completions = yield* script("zsh")
      assert.deepStrictEqual(said("zsh", ["-f", "-n", completions]), [])
      const load = "autoload -U compinit; compinit -u -D; source $1; print $_comps[effect-dingtalk]"
      assert.deepStrictEqual(said("zsh", ["-f", "-c", load, "zsh", completions]), ["_effect_dingtalk"])
    }))

  it.scopedLive.skipIf(!has("fish"))("fish: commands, options and fixed values", () =>
    Effect.gen(function*() {
      const completions = yield* script("fish")
      const of = (line: string): ReadonlyArray<string> =>
        said("fish", ["--no-config", "-c", `source ${completions}; complete -C '${line}'`])
          .map((each) => each.split("\t")[0] ?? "")
      assert.sameMembers([...of("effect-dingtalk ")], [...subcommands, "help"])
      assert.deepStrictEqual(of("effect-dingtalk lis"), ["listen"])
      assert.sameMembers([...of("effect-dingtalk send --to")], ["--to", "--to-file"])
      assert.deepStrictEqual(of("effect-dingtalk listen --log-level de"), ["debug"])
    }))
})
