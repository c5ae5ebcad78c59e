import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { chunk, type Limits } from "../../../src/outbound/text/chunk.ts"
import { jsonBytes } from "../../../src/outbound/text/internal/measure.ts"

const limits = (characters: number, options: Partial<Limits> = {}): Limits => ({
  characters,
  jsonBytes: Infinity,
  markdown: true,
  ...options
})

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" })
const graphemes = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment)
const withoutBlanks = (text: string) => text.replace(/\s/g, "")
/** Without the lines that open or close a code block. */
const withoutFences = (text: string) => text.replace(/^[ \t]*(?:`{3,}|~{3,})[^\n`]*$/gm, "")
const isWellFormed = (text: string) => {
  try {
    encodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const plainText = FastCheck.array(
  FastCheck.constantFrom("a", "b ", " ", "\n", "\r\n", "字", "é", "e\u0301", "😀", "👨‍👩‍👧", "🇨🇳", "\"", "\t", "word\n"),
  { maxLength: 300 }
).map((units) => units.join(""))

const codeBlock = FastCheck.tuple(
  FastCheck.constantFrom("```", "````", "~~~"),
  FastCheck.constantFrom("", "ts", "python title=x"),
  FastCheck.array(FastCheck.constantFrom("const a = 1", "字字字字", "x".repeat(50), "", "  indented"), {
    maxLength: 12
  })
).map(([marker, info, lines]) => [`${marker}${info}`, ...lines, marker].join("\n"))

const markdown = FastCheck.array(
  FastCheck.oneof(codeBlock, FastCheck.constantFrom("prose", "more prose, longer", "", "字".repeat(30))),
  { maxLength: 20 }
).map((blocks) => blocks.join("\n"))

/** Whether every code block that is opened in a text is closed in it. */
const isBalanced = (text: string): boolean => {
  let open: string | undefined
  for (const line of text.split("\n")) {
    const marker = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1]
    if (marker === undefined) continue
    if (open === undefined) open = marker
    else if (marker[0] === open[0] && marker.length >= open.length && line.trim() === marker) open = undefined
  }
  return open === undefined
}

describe("chunk", () => {
  it("B10 cuts at the last line end within the limit", () => {
    const text = `${"a".repeat(3_000)}\n${"b".repeat(900)}\n${"c".repeat(500)}`
    assert.deepStrictEqual(chunk(text, limits(4_000)), [
      `${"a".repeat(3_000)}\n${"b".repeat(900)}`,
      "c".repeat(500)
    ])
  })

  it("B10 cuts hard when the last line end does not lie beyond a quarter", () => {
    const early = `${"a".repeat(1_000)}\n${"b".repeat(5_000)}`
    assert.deepStrictEqual(chunk(early, limits(4_000)).map((piece) => piece.length), [4_000, 2_001])
    const late = `${"a".repeat(1_001)}\n${"b".repeat(5_000)}`
    assert.deepStrictEqual(chunk(late, limits(4_000)).map((piece) => piece.length), [1_001, 4_000, 1_000])
    assert.deepStrictEqual(chunk("x".repeat(9_000), limits(4_000)).map((piece) => piece.length), [4_000, 4_000, 1_000])
  })

  it("B10 trims chunks on the right, keeps their indentation, and leaves blank ones out", () => {
    assert.deepStrictEqual(chunk("aaaa   \n  bbbb", limits(8)), ["aaaa", "  bbbb"])
    assert.deepStrictEqual(chunk(`a${"\n".repeat(59)}b`, limits(20)), ["a", "b"])
    assert.deepStrictEqual(chunk(" ".repeat(50), limits(10)), [""])
  })

  it("B10 a text that fits comes back untouched", () => {
    assert.deepStrictEqual(chunk(" a \n\n", limits(5)), [" a \n\n"])
    assert.deepStrictEqual(chunk("", limits(5)), [""])
  })

  it("closes a code block at a cut, and opens it again with its info string", () => {
    const text = "intro\n```ts title=a\nline one\nline two\nline three\n```\noutro"
    assert.deepStrictEqual(chunk(text, limits(44)), [
      "intro\n```ts title=a\nline one\nline two\n```",
      "```ts title=a\nline three\n```\noutro"
    ])
  })

  it("keeps the indentation and the length of the fence", () => {
    const text = `1. item\n   ~~~~sh\n   ${"x".repeat(40)}\n   ${"y".repeat(40)}\n   ~~~~`
    assert.deepStrictEqual(chunk(text, limits(70)), [
      `1. item\n   ~~~~sh\n   ${"x".repeat(40)}\n   ~~~~`,
      `   ~~~~sh\n   ${"y".repeat(40)}\n   ~~~~`
    ])
  })

  it("does not leave an empty code block on either side of a cut", () => {
    const opened = `${"a".repeat(30)}\n\`\`\`ts\n${"b".repeat(30)}\n\`\`\``
    assert.deepStrictEqual(chunk(opened, limits(45)), ["a".repeat(30), `\`\`\`ts\n${"b".repeat(30)}\n\`\`\``])
    const closed = `\`\`\`ts\n${"b".repeat(30)}\n\`\`\`\n${"a".repeat(30)}`
    assert.deepStrictEqual(chunk(closed, limits(40)), [`\`\`\`ts\n${"b".repeat(30)}\n\`\`\``, "a".repeat(30)])
  })

  it("does not take a shorter or different fence inside a block for its end", () => {
    const text = ["````md", "```", "a".repeat(30), "~~~", "b".repeat(30), "````"].join("\n")
    assert.deepStrictEqual(chunk(text, limits(60)), [
      ["````md", "```", "a".repeat(30), "~~~", "````"].join("\n"),
      ["````md", "b".repeat(30), "````"].join("\n")
    ])
  })

  it("cuts a long line inside a block, and adds nothing to it", () => {
    const pieces = chunk(`\`\`\`\n${"x".repeat(100)}\n\`\`\``, limits(40))
    assert.isAbove(pieces.length, 2)
    for (const piece of pieces) assert.match(piece, /^```\nx+\n```$/)
    assert.strictEqual(pieces.join("").replace(/[`\n]/g, ""), "x".repeat(100))
  })

  it("leaves fences alone in plain text", () => {
    const text = `\`\`\`\n${"x".repeat(30)}\n${"y".repeat(30)}\n\`\`\``
    assert.deepStrictEqual(chunk(text, limits(40, { markdown: false })), [
      `\`\`\`\n${"x".repeat(30)}`,
      `${"y".repeat(30)}\n\`\`\``
    ])
  })

  it("a block whose edges would fill the chunk is cut like plain text", () => {
    const text = `\`\`\`${"i".repeat(100)}\n${"x".repeat(100)}\n\`\`\`\nend`
    const pieces = chunk(text, limits(40))
    assert.strictEqual(withoutBlanks(pieces.join("")), withoutBlanks(text))
    for (const piece of pieces) assert.isAtMost(piece.length, 40)
  })

  describe("tables", () => {
    const head = "| 项目 | 结果 |\n|---|:-:|"
    const rows = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `| 第${from + index}步 | 成功 |`).join("\n")

    it("every part that goes on with a table begins with its head", () => {
      const pieces = chunk(`结果：\n\n${head}\n${rows(10, 30)}\n\n完`, limits(100))
      assert.isAbove(pieces.length, 2)
      for (const piece of pieces.slice(1)) assert.isTrue(piece.startsWith(`${head}\n`), piece)
      assert.strictEqual(
        pieces.join("\n").replaceAll(`${head}\n`, "").replace(/\s+/g, "\n"),
        `结果：\n${rows(10, 30)}\n\n完`.replace(/\s+/g, "\n")
      )
    })

    it("a cut right behind a table repeats nothing", () => {
      const table = `${head}\n${rows(10, 12)}`
      assert.deepStrictEqual(chunk(`${table}\n\n${"字".repeat(40)}`, limits(table.length + 10)), [
        table,
        "字".repeat(40)
      ])
      assert.deepStrictEqual(chunk(`${table}\n# 标题\n${"字".repeat(40)}`, limits(table.length + 2)), [
        table,
        `# 标题\n${"字".repeat(40)}`
      ])
    })

    it("a head stays with its dashes, and with its first row", () => {
      const before = "字".repeat(60)
      const table = `${head}\n${rows(10, 12)}`
      for (let characters = before.length + 5; characters < before.length + head.length + 5; characters++) {
        assert.deepStrictEqual(chunk(`${before}\n${table}`, limits(characters)), [before, table])
      }
    })

    it("a table in a code block is code, and lines with a divider alone are none", () => {
      const code = `\`\`\`\n${head}\n${rows(10, 14)}\n\`\`\``
      for (const piece of chunk(code, limits(60)).slice(1)) assert.isTrue(piece.startsWith("```\n| 第"), piece)
      for (const piece of chunk(rows(10, 20), limits(60))) assert.isTrue(piece.startsWith("| 第"), piece)
      for (const piece of chunk(`${head}\n${rows(10, 20)}`, limits(60, { markdown: false })).slice(1)) {
        assert.isTrue(piece.startsWith("| 第"), piece)
      }
    })

    it("a row longer than a message goes on behind the head; a head that would fill a message is not repeated", () => {
      const pieces = chunk(`${head}\n| ${"长".repeat(200)} | x |`, limits(80))
      for (const piece of pieces) assert.isTrue(piece.startsWith(`${head}\n`), piece)
      const wide = `| ${"宽".repeat(60)} |\n|---|\n${rows(10, 20)}`
      assert.strictEqual(withoutBlanks(chunk(wide, limits(80)).join("")), withoutBlanks(wide))
    })

    const block = FastCheck.oneof(
      codeBlock,
      FastCheck.integer({ min: 0, max: 20 }).map((count) => `${head}\n${rows(10, 10 + count)}`),
      FastCheck.constantFrom("prose", "", "字".repeat(30), "# 标题", "> 引用")
    )
    const document = FastCheck.array(block, { maxLength: 12 }).map((blocks) => blocks.join("\n\n"))

    it("property: within the limits, nothing lost, nothing added but heads and edges, no row without its head", () => {
      FastCheck.assert(FastCheck.property(
        document,
        FastCheck.integer({ min: 70, max: 400 }),
        FastCheck.integer({ min: 300, max: 1_000 }),
        (text, characters, bytes) => {
          const pieces = chunk(text, { characters, jsonBytes: bytes, markdown: true })
          const bare = (text: string) => withoutBlanks(withoutFences(text).replaceAll(head, ""))
          for (const piece of pieces) {
            assert.isAtMost(piece.length, characters)
            assert.isAtMost(jsonBytes(piece), bytes)
            assert.isTrue(isBalanced(piece), piece)
            // A part may begin in the middle of a table, or of a line.
            assert.isFalse(piece.startsWith("| 第"), piece)
          }
          assert.strictEqual(bare(pieces.join("\n")), bare(text))
        }
      ))
    })
  })

  it("property: within the limits, nothing lost, nothing added but edges, no code block left open", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.oneof(plainText, markdown),
      FastCheck.integer({ min: 70, max: 400 }),
      FastCheck.integer({ min: 200, max: 1_000 }),
      (text, characters, bytes) => {
        const pieces = chunk(text, { characters, jsonBytes: bytes, markdown: true })
        for (const piece of pieces) {
          assert.isAtMost(piece.length, characters)
          assert.isAtMost(jsonBytes(piece), bytes)
          assert.isTrue(isWellFormed(piece))
          assert.isTrue(isBalanced(piece), piece)
        }
        assert.strictEqual(
          withoutBlanks(withoutFences(pieces.join("\n"))),
          withoutBlanks(withoutFences(text))
        )
      }
    ))
  })

  it("property: in plain text, the chunks are the text but for blanks, and its graphemes are whole", () => {
    FastCheck.assert(FastCheck.property(
      plainText,
      FastCheck.integer({ min: 12, max: 100 }),
      (text, characters) => {
        const pieces = chunk(text, limits(characters, { markdown: false }))
        assert.strictEqual(withoutBlanks(pieces.join("")), withoutBlanks(text))
        assert.deepStrictEqual(
          pieces.flatMap((piece) => graphemes(piece)).filter((grapheme) => grapheme.trim() !== ""),
          graphemes(text).filter((grapheme) => grapheme.trim() !== "")
        )
      }
    ))
  })

  it("property: ends, and loses nothing, however small the limits and however odd the text", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.oneof(plainText, markdown, FastCheck.string({ unit: "binary", maxLength: 200 })),
      FastCheck.integer({ min: -1, max: 12 }),
      FastCheck.integer({ min: -1, max: 30 }),
      FastCheck.boolean(),
      (text, characters, bytes, markdown) => {
        const pieces = chunk(text, { characters, jsonBytes: bytes, markdown })
        for (const piece of pieces) assert.isAtMost(piece.length, Math.max(2, characters))
        assert.strictEqual(
          withoutBlanks(pieces.join("")).replace(/[`~]/g, ""),
          withoutBlanks(text).replace(/[`~]/g, "")
        )
      }
    ))
  })

  it("a grapheme longer than the limit is cut, but not a surrogate pair in it", () => {
    const family = "👨‍👩‍👧‍👦".repeat(1)
    for (let characters = 2; characters < family.length; characters++) {
      const pieces = chunk(family, limits(characters))
      assert.strictEqual(pieces.join(""), family)
      for (const piece of pieces) assert.isTrue(isWellFormed(piece))
    }
    const zalgo = `a${"\u0301".repeat(500)}b`
    assert.strictEqual(chunk(zalgo, limits(100)).join(""), zalgo)
  })

  it("measures bytes as JSON does", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.string({ unit: "binary" }),
        (text) => jsonBytes(text) === Buffer.byteLength(JSON.stringify(text)) - 2
      )
    )
    for (const lone of ["\ud800", "a\udc00b", "\ud800\ud800\udc00"]) {
      assert.strictEqual(jsonBytes(lone), Buffer.byteLength(JSON.stringify(lone)) - 2)
    }
  })

  it.each<readonly [name: string, unit: string]>([
    ["ASCII without a line end", "x"],
    ["Chinese", "字"],
    ["flags", "🇨🇳"],
    ["one endless grapheme", "\u0301"],
    ["line ends", "\n"],
    ["fences", "```\n"],
    ["fences in long lines", `x\n\`\`\`${"a".repeat(5_000)}\n`],
    ["backticks", "`"]
  ])("gets through a million characters of %s", (_, unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
    const pieces = chunk(text, { characters: 4_000, jsonBytes: 14_000, markdown: true })
    for (const piece of pieces) assert.isAtMost(piece.length, 4_000)
  })
})
