import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import { readFileSync } from "node:fs"
import * as Argv from "../../../src/cli/argv/argv.ts"
import * as Words from "../../../src/cli/argv/words.ts"
import * as Exec from "../../../src/cli/commands/exec.ts"
import * as Listen from "../../../src/cli/commands/listen.ts"
import { commands } from "../../../src/cli/commands/rest.ts"
import * as Layout from "../../../src/cli/help/layout.ts"
import * as Manual from "../../../src/cli/help/Manual.ts"
import * as Mistake from "../../../src/cli/help/Mistake.ts"
import * as Pages from "../../../src/cli/help/pages.ts"
import { subcommands } from "../../../src/cli/subcommands.ts"
import { columns } from "../../../src/cli/text/columns.ts"
import { inLanguage } from "../../../src/cli/words/help.ts"

const entries = [Listen.command, Exec.command, ...commands].map(({ descriptor }) => Manual.ofCommand(descriptor))

const allTerms = [...entries.flatMap(({ options }) => options), ...Manual.builtIn, ...Manual.ofProgram]

const named = (name: string): Manual.Entry => {
  const found = entries.find((entry) => entry.name === name)
  if (found === undefined) throw new Error(`no command ${name}`)
  return found
}

const pageOf = (name: string): Pages.Page => Pages.pages[name] ?? { usage: [], examples: [] }

const plain = (width: number): Layout.Look => ({ width, colours: false, say: identity })

const helpOf = (width: number, entry: Manual.Entry) => Layout.ofEntry(plain(width), entry, pageOf(entry.name))

/** The words that an example gives the program; what is behind it is a shell's. */
const wordsOf = (line: string): ReadonlyArray<string> => {
  const at = line.indexOf("effect-dingtalk")
  const ours = line.slice(at).split(/ (?:\||>>?|<) /)[0] ?? ""
  return (ours.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).slice(1).map((word) => word.replace(/^'(.*)'$/, "$1"))
}

describe("help", () => {
  it("tells of all commands, each with a description and two examples or more", () => {
    assert.deepStrictEqual(entries.map(({ name }) => name), [...subcommands])
    for (const { description, name } of entries) {
      assert.match(description, /\.$/)
      assert.isAtLeast(pageOf(name).examples.length, 2, name)
    }
  })

  it("describes every option in a sentence of its own", () => {
    for (const { description, name } of allTerms) assert.match(description, /^[A-Z].*\.$/, name)
  })

  it("has examples that the command line takes", () => {
    for (const [name, { examples }] of Object.entries({ ...Pages.pages, program: Pages.program })) {
      for (const { line } of examples.filter(({ line }) => !line.startsWith("source"))) {
        const { own } = Either.getOrThrow(Argv.parse(["node", "bin", ...wordsOf(line)]))
        if (name !== "program") assert.strictEqual(own[2], name, line)
        const entry = named(own[2] ?? "")
        assert.isUndefined(Mistake.find(entry, entries, own.slice(3)), line)
      }
    }
  })

  it("knows the same options as those who cut the command line", () => {
    const inHelp = new Set(allTerms.map(({ name }) => name))
    for (const { name, value } of allTerms) {
      assert.isTrue(value === undefined ? Words.flags.has(name) : Words.valued.has(name), name)
    }
    for (const name of [...Words.valued, ...Words.flags]) assert.isTrue(name === "-h" || inHelp.has(name), name)
  })

  it("stays within the width, in whichever it is", () => {
    for (const width of [30, 60, 80, 120]) {
      const all = [
        ...entries.map((entry) => helpOf(width, entry)),
        Layout.ofProgram(plain(width), "1.0.0", "About it.", entries, Pages.program)
      ]
      // A word alone may be wider than a very narrow terminal.
      const narrow = width < 60
      for (const line of all.join("\n").split("\n")) {
        assert.isTrue(columns(line) <= width || narrow, `${width}: ${line}`)
      }
    }
  })

  it("shows every option of a command, its values and its default, and nothing of the parser's", () => {
    for (const entry of entries) {
      const help = helpOf(80, entry)
      for (const { choices, name } of entry.options) {
        assert.include(help, `  ${name}`)
        for (const choice of choices) assert.include(help, choice)
      }
      assert.notMatch(help, /user-defined|A true or false|setting is optional|Generate a completion|application/)
      assert.include(help, `effect-dingtalk ${entry.name}`)
    }
    assert.match(helpOf(80, named("listen")), /Default: 127\.0\.0\.1/)
  })

  it("breaks an example only where a shell lets it", () => {
    const help = helpOf(60, named("exec"))
    for (const line of help.split("\n").filter((line) => line.endsWith(" \\"))) {
      assert.strictEqual((line.match(/'/g) ?? []).length % 2, 0, line)
    }
  })

  it("makes titles stand out where there are colours, and says the same", () => {
    const entry = named("send")
    const coloured = Layout.ofEntry({ width: 80, colours: true, say: identity }, entry, pageOf("send"))
    assert.strictEqual(coloured.replace(/\u001b\[\d+m/g, ""), helpOf(80, entry))
    assert.include(coloured, "\u001b[1mUsage:\u001b[0m")
  })
})

describe("help in Chinese", () => {
  const say = inLanguage("zh")
  const zh = (width: number): Layout.Look => ({ width, colours: false, say })

  it("has a translation of everything that it says", () => {
    const examples = [Pages.program, ...Object.values(Pages.pages)].flatMap(({ examples }) => examples)
    const sentences = new Set([
      ...entries.flatMap(({ description, words }) => [description, ...words === undefined ? [] : [words.description]]),
      ...allTerms.map(({ description }) => description),
      ...examples.map(({ about }) => about)
    ])
    for (const sentence of sentences) assert.match(say(sentence), /\p{Script=Han}/u, sentence)
    for (const name of subcommands) assert.notMatch(Layout.ofEntry(zh(80), named(name), pageOf(name)), /^[A-Z].*:$/m)
  })

  it("fits the terminal, and begins no line with a mark that ends one", () => {
    for (const width of [40, 80, 120]) {
      for (const entry of entries) {
        for (const line of Layout.ofEntry(zh(width), entry, pageOf(entry.name)).split("\n")) {
          assert.isAtMost(columns(line), width, line)
          assert.notMatch(line, /^\s*[，。；：、）]/)
        }
      }
    }
  })
})

describe("the pages", () => {
  const commandLine = readFileSync("docs/command-line.md", "utf8")

  it("name every option, and every command in their tables", () => {
    for (const { name } of allTerms.filter(({ name }) => name.startsWith("--"))) {
      assert.match(commandLine, new RegExp(`${name}(?![a-z-])`))
    }
    const readme = readFileSync("README.md", "utf8")
    for (const command of subcommands) {
      assert.include(commandLine, `\neffect-dingtalk ${command} `)
      assert.match(readme, new RegExp(`^\\| \`${command}\\b`, "m"))
    }
  })

  it("name no option that there is not", () => {
    const known = allTerms.map(({ name }) => name)
    for (const [option] of commandLine.matchAll(/(?<=[`[ ])--[a-z][a-z-]*/g)) assert.include(known, option)
  })
})

describe("mistakes of a command", () => {
  const mistake = (command: string, ...words: ReadonlyArray<string>) => Mistake.find(named(command), entries, words)

  it("an option of another command is named with its owner, a misspelt one with what was meant", () => {
    assert.strictEqual(
      mistake("listen", "--dry-run"),
      "listen has no option --dry-run: it belongs to send; leave it out"
    )
    assert.strictEqual(
      mistake("recall", "--to-file", "f"),
      "recall has no option --to-file: it belongs to send; leave it out"
    )
    assert.include(mistake("recall", "--too", "x") ?? "", "did you mean --to?")
  })

  it("words that nobody takes, numbers that are none, options given twice", () => {
    assert.include(mistake("listen", "foo") ?? "", "does not know what to do with \"foo\"")
    assert.strictEqual(
      mistake("listen", "--health-port", "many"),
      "--health-port must be a whole number, but is \"many\""
    )
    assert.strictEqual(mistake("exec", "--timeout", "soon"), "--timeout must be a number, but is \"soon\"")
    assert.strictEqual(mistake("send", "--text", "a", "--text", "b"), "--text is given twice: send takes it once")
    assert.isUndefined(mistake("send", "--to", "a", "--to", "b"))
    assert.isUndefined(mistake("recall", "a", "b"))
  })
})
