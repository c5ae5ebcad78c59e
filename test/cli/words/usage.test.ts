import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Argv from "../../../src/cli/argv/argv.ts"
import * as Exec from "../../../src/cli/commands/exec.ts"
import * as Listen from "../../../src/cli/commands/listen.ts"
import { commands } from "../../../src/cli/commands/rest.ts"
import * as Manual from "../../../src/cli/help/Manual.ts"
import * as Mistake from "../../../src/cli/help/Mistake.ts"
import * as Place from "../../../src/cli/inbox/Place.ts"
import * as Network from "../../../src/cli/network.ts"
import * as Entries from "../../../src/cli/recall/entries.ts"
import * as Content from "../../../src/cli/send/content.ts"
import * as Outcomes from "../../../src/cli/send/outcomes.ts"
import * as Recipients from "../../../src/cli/send/recipients.ts"
import * as Webhooks from "../../../src/cli/send/webhooks.ts"
import { inChinese } from "../../../src/cli/words/usage.ts"

const entries = [Listen.command, Exec.command, ...commands].map(({ descriptor }) => Manual.ofCommand(descriptor))

const lines: ReadonlyArray<string> = [
  "lisen",
  "qqqqqqqq",
  "help nothing",
  "--config robot.json",
  "listen --nonsense",
  "listen --confg robot.json",
  "listen --config",
  "listen --log-level loud",
  "listen --log-level",
  "demo --completions tcsh",
  "send --dry-run=yes",
  "exec cat"
]

const commandLines: ReadonlyArray<string> = [
  "listen --dry-run",
  "listen --zip",
  "listen --timeout 3",
  "send --text a --text b",
  "send --tex a",
  "send --duration long",
  "listen --health-port many",
  "listen --log-format xml",
  "listen hello"
]

const nothing: Content.Given = {
  text: Option.none(),
  markdown: Option.none(),
  title: Option.none(),
  file: Option.none(),
  image: Option.none(),
  audio: Option.none(),
  video: Option.none(),
  cover: Option.none(),
  duration: Option.none(),
  at: [],
  atAll: false,
  zip: false,
  allowHost: [],
  cardTemplate: Option.none(),
  param: []
}

const some = Option.some("x")

const contents: ReadonlyArray<Partial<Content.Given>> = [
  {},
  { text: some, file: some },
  { text: some, file: some, image: some },
  { text: some, zip: true },
  { text: some, allowHost: ["h"] },
  { text: Option.some(" ") },
  { audio: some },
  { video: some, duration: Option.some(-1) },
  { text: some, at: ["a\u200bb"] },
  { cardTemplate: some, param: ["a"] },
  { cardTemplate: some, param: ["=b"] },
  { cardTemplate: some, param: ["a=1", "a=2"] }
]

const left = <A>(either: Either.Either<A, ReadonlyArray<string> | string>): ReadonlyArray<string> =>
  Either.isLeft(either) ? [either.left].flat() : assert.fail("nothing is wrong")

/** Everything that the pure parts of the command line find wrong. */
const problems: ReadonlyArray<string> = [
  ...lines.flatMap((line) => left(Argv.parse(["node", "bin", ...line.split(" ")]))),
  ...commandLines.flatMap((line) => {
    const [name = "", ...words] = line.split(" ")
    const entry = entries.find((each) => each.name === name)
    return entry === undefined ? [] : Mistake.find(entry, entries, words) ?? []
  }),
  ...contents.flatMap((given) => left(Content.fromOptions({ ...nothing, ...given }))),
  ...["", "user:", "a b", "user:z\u200b", "mobile:abc"].flatMap((to) =>
    left(Recipients.parse(to)).map((problem) => `--to ${problem}`)
  ),
  ...left(Recipients.fromList("people.txt", "# nobody")),
  ...left(Recipients.fromList("people.txt", Array.from({ length: 12 }, () => "a b").join("\n"))),
  ...left(Outcomes.fromLines("result.jsonl", "nonsense")),
  ...left(Entries.fromLines("a b\n{\"to\"\nk\u200b")),
  ...left(Webhooks.find("ops", { configured: undefined, file: undefined, env: {} })),
  Network.problemOf({ http: "nonsense", https: "nonsense" }) ?? "",
  "--file a.pdf: there is no such file; check the path",
  "--to-file a b.txt: there is no such file; check the path",
  "--file a.exe: DingTalk takes no such file, only xlsx, pdf; give --zip to have it zipped",
  "--image a.svg: DingTalk takes no such image, only jpg, png; send it as a --file",
  "--file big.pdf: it has 30.0 MB (31457280 bytes), and DingTalk takes 20.0 MB; make it smaller, or send a link",
  "--file https://x/: it is not fetched: address (10.0.0.1); if that is meant, give --allow-host x",
  "--text -: stdin is empty: look at what should have written to it",
  "--timeout must be more than 0 seconds, but is -1",
  "--health-port must be a port, from 0 to 65535, but is 70000",
  "--encoding: there is no \"x\"; name one such as utf-8 or gb18030",
  "--health-port: cannot listen on 127.0.0.1:80 (EACCES)",
  "bot.py is not executable: chmod +x it, or put its interpreter before it, as in: -- python3 bot.py",
  "there is no command \"nope\" in the directories of PATH: check its name, or give its path",
  "there is no ./nope: check the path of the command behind --",
  "there is no command \"a | b\": for a line of shell, put a shell before it, as in: -- sh -c \"a | b\"",
  "--again-unknown belongs to --resume: leave it out, or give that",
  "--inbox FILE takes the driver better-sqlite3, which is not installed: npm install better-sqlite3, beside effect-dingtalk (with -g, if that is)",
  "--inbox a b.db: it is a directory: name a file in it",
  "--inbox inbox.db: there is no such file: name the one that listen or exec was given",
  "--inbox x/inbox.db: there is no directory /tmp/x y: make it first",
  "--inbox inbox.db: it is no database of SQLite",
  "--inbox inbox.db: it can't be opened: look at its permissions, and its directory's",
  "--inbox inbox.db: it can't be written: look at its permissions, and its directory's",
  "--inbox inbox.db: better-sqlite3 was built for another version of Node: npm rebuild better-sqlite3",
  "--inbox is given twice: inbox takes it once",
  "inbox does list, show, retry or drop, not nothing",
  "inbox does list, show, retry or drop, not lst",
  "which inbox? give --inbox with the file or the URL that listen or exec was given",
  "list takes no 5: show does",
  "retry what? give numbers that list has shown, or ids",
  "--state is for list",
  "--limit must be at least 1, but is 0",
  "the inbox of the account default has no entry 9: list shows what there is, each with its number, its id, or both",
  "entry 9 of the account default is done: retry is for dead and dropped ones, drop for waiting and dead ones",
  "these are the oldest 100: --limit shows more",
  "--own and --robot-only: one starts no robot, the other nothing else",
  "--own is not for a COMMAND: leave one of them out",
  "--on-error belongs to a COMMAND: put one behind --, as in: play --on-error … -- cat",
  "--port: can't listen on 127.0.0.1:80 (EACCES): choose another port, or 0 for any",
  "--console-port: can't listen on 127.0.0.1:80 (EADDRINUSE): choose another port, or 0 for any",
  "the files of the page \"play\" are not there: in a clone of the repository run npm run build:page; else install the package anew",
  "Received unknown argument: 'b'",
  "there are several mistakes:\n  - --text is empty\n  - --zip belongs to --file: leave it out, or give that",
  "stdin can't be read as keys:\n  - line 1: \"a b\" is more than one word: give one key"
]

describe("usage in Chinese", () => {
  it.effect("has no sentence in English left", () =>
    Effect.gen(function*() {
      const places = yield* Effect.forEach(["", "a\0b", "mysql://h/d", "postgresql://["], (given) =>
        Effect.map(Effect.flip(Place.parse(given)), ({ problem }) => problem))
      assert.isAtLeast(problems.length, 60)
      for (const problem of [...problems, ...places]) {
        const chinese = inChinese(problem)
        assert.match(chinese, /\p{Script=Han}/u, problem)
        // What is quoted, and what is to be typed, stays as it is.
        const prose = chinese.replace(/"[^"]*"|“[^”]*”|--? ?\S+|例如.*$/gm, "")
        assert.notMatch(prose, /[a-z]{2,} [a-z]{2,}/, problem)
      }
    }))

  it("keeps what was written, and what to write", () => {
    assert.strictEqual(
      inChinese("there is no command \"lisen\": did you mean listen?"),
      "没有命令“lisen”：是不是 listen？"
    )
    assert.strictEqual(
      inChinese("send has no option --health-port: it belongs to listen and exec; leave it out"),
      "send 没有选项 --health-port：它属于 listen、exec，请去掉"
    )
    assert.strictEqual(
      inChinese("people.txt, line 3: \"a b\" is more than one word: write one target, as user:STAFF_ID"),
      "people.txt 第 3 行：\"a b\" 不止一个词：一次写一个目标，user:STAFF_ID、chat:CONVERSATION_ID、mobile:NUMBER、webhook:NAME，或不带前缀的 id"
    )
  })

  it("leaves a sentence that it does not know as it is", () => {
    assert.strictEqual(inChinese("something else: went wrong"), "something else: went wrong")
  })
})
