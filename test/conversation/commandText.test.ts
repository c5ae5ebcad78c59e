import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { assign, parse, words } from "../../src/conversation/commandText.ts"

describe("parse", () => {
  it.each([
    ["/deploy web 2", "deploy", "web 2"],
    ["  /Deploy\tweb ", "deploy", "web"],
    ["／ｄｅｐｌｏｙ　web", "deploy", "web"],
    ["/部署 web", "部署", "web"],
    ["@小助手 /deploy web", "deploy", "web"],
    ["@小助手 @李四 /deploy", "deploy", ""],
    ["@小助手\u2005/deploy", "deploy", ""],
    ["/deploy\nweb\n2", "deploy", "web\n2"]
  ])("%j is the command %s", (text, name, rest) => assert.deepStrictEqual(parse(text, "/"), { name, rest }))

  it.each(["", "/", "／", "deploy", "1/2", "看 /deploy", "@小助手", "/ deploy"])("%j is none", (text) => {
    assert.isUndefined(parse(text, "/"))
  })

  it("needs no prefix if there is none", () => {
    assert.deepStrictEqual(parse("停", ""), { name: "停", rest: "" })
    assert.isUndefined(parse("  ", ""))
  })

  it("takes no longer for a long text", () => {
    const text = `${"@a ".repeat(10_000)}/go`
    assert.deepStrictEqual(parse(text, "/"), { name: "go", rest: "" })
  })
})

describe("words", () => {
  it.each([
    ["a  b\tc", ["a", "b", "c"]],
    ["“a b” 'c d' 「e f」", ["a b", "c d", "e f"]],
    ["\"open", ["\"open"]],
    ["it's", ["it's"]],
    ["\"\"", [""]]
  ])("of %j", (text, expected) => assert.deepStrictEqual(words(text).map(({ text }) => text), expected))

  it("are found where they are, and nothing but blanks and marks is left out", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string(), (text) => {
      let end = 0
      for (const word of words(text)) {
        assert.isAtLeast(word.at, end)
        assert.strictEqual(
          text[word.at + (word.quoted ? 1 : 0)] ?? "",
          word.text === "" ? text[word.at + 1] : word.text[0]
        )
        end = word.at + word.text.length + (word.quoted ? 2 : 0)
      }
      assert.isAtMost(end, text.length)
    }))
  })
})

describe("assign", () => {
  const names = ["service", "version", "note"]
  it.each([
    ["web 2", { service: "web", version: "2" }, []],
    ["--version 2 web", { service: "web", version: "2" }, []],
    ["--version=2 web", { service: "web", version: "2" }, []],
    ["version=2 web", { service: "web", version: "2" }, []],
    ["web 2 --note x", { service: "web", version: "2", note: "x" }, []],
    ["\"--version\" 2", { service: "--version", version: "2" }, []],
    ["web --other 2", { service: "web", version: "--other", note: "2" }, []],
    ["a b c d e", { service: "a", version: "b", note: "c" }, ["d", "e"]],
    ["a=b", { service: "a=b" }, []],
    ["--version", { version: "" }, []],
    ["__proto__=1", { service: "__proto__=1" }, []]
  ])("%s", (text, values, unexpected) => {
    assert.deepStrictEqual(assign(text, names, undefined), { values, unexpected })
  })

  it("gives the rest as it was written", () => {
    assert.deepStrictEqual(assign("web 2 see  “this”\nand that", names, "note").values, {
      service: "web",
      version: "2",
      note: "see  “this”\nand that"
    })
    assert.deepStrictEqual(assign("“one word”", ["note"], "note").values, { note: "one word" })
  })
})
