import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as FileName from "../../../src/outbound/media/FileName.ts"

const cases: ReadonlyArray<readonly [given: string, safe: string]> = [
  ["report.pdf", "report.pdf"],
  ["../../etc/passwd", "passwd"],
  ["..\\..\\windows\\system32\\cmd.exe", "cmd.exe"],
  ["/etc/passwd", "passwd"],
  ["C:\\a\\b.txt", "b.txt"],
  ["..", "file"],
  [".", "file"],
  ["", "file"],
  ["///", "file"],
  ["a/..", "a"],
  [".bashrc", "bashrc"],
  ["...hidden", "hidden"],
  ["CON.txt", "_CON.txt"],
  ["con", "_con"],
  ["nul.tar.gz", "_nul.tar.gz"],
  ["COM1 .txt", "_COM1 .txt"],
  ["LPT¹", "_LPT¹"],
  ["CONSOLE.txt", "CONSOLE.txt"],
  ["a\u0000b\n.txt", "ab.txt"],
  ["a:b*c?\"<>|.txt", "abc.txt"],
  ["trailing. . ", "trailing"],
  ["gnp.\u202excod.exe", "gnp.xcod.exe"],
  ["e\u0301.txt", "é.txt"],
  ["报告 (终稿).docx", "报告 (终稿).docx"],
  ["\ud83d.txt", "\ufffd.txt"],
  ["-rf", "_-rf"],
  [" --help.txt", "_--help.txt"],
  ["a/-x", "_-x"],
  ["\u200e-x", "_-x"],
  ["gnp.\u061cexe", "gnp.exe"],
  ["a\u180eb\u00adc\u034f.txt", "abc.txt"],
  ["\u3164.txt", "txt"],
  ["\u3164\u115f\uffa0\u2800", "file"],
  ["a\u{e0041}\u{e007f}\u{e0100}\ufe0f.txt", "a.txt"],
  ["a\u2028b\u2029\u206a\u{1d173}\uffff.txt", "ab.txt"]
]

describe("FileName", () => {
  for (const [given, safe] of cases) {
    it(`${JSON.stringify(given)} becomes ${JSON.stringify(safe)}`, () => {
      assert.strictEqual(FileName.safe(given), safe)
    })
  }

  it("a long name keeps its extension and cuts no character", () => {
    const name = FileName.safe(`${"👩".repeat(100)}.docx`)
    assert.strictEqual(name, `${"👩".repeat(43)}.docx`)
    assert.isAtMost(Buffer.byteLength(FileName.safe(`x.${"字".repeat(300)}`)), FileName.maxBytes)
  })

  it("property: always the name of a file in the directory it is put into", () => {
    const nasty = FastCheck.array(
      FastCheck.oneof(
        FastCheck.constantFrom(
          "..",
          "/",
          "\\",
          ".",
          " ",
          "con",
          "NUL",
          "-",
          "\u202e",
          "\u061c",
          "\u{e0041}",
          "\u3164",
          "\u0000",
          ":",
          "字",
          "👩",
          "x"
        ),
        FastCheck.string({ unit: "binary" })
      ),
      { maxLength: 60 }
    ).map((parts) => parts.join(""))
    FastCheck.assert(
      FastCheck.property(nasty, (given) => {
        const name = FileName.safe(given)
        assert.notMatch(name, /[/\\:*?"<>|\u0000-\u001f\u007f\u202a-\u202e]/)
        assert.notMatch(name, /^[\s.-]|[\s.]$/)
        assert.notMatch(name, /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Bidi_Control}]/u)
        assert.notMatch(name, /^(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\.|$)/i)
        assert.isAtLeast(name.length, 1)
        assert.isAtMost(Buffer.byteLength(name), FileName.maxBytes)
        assert.strictEqual(FileName.safe(name), name)
      }),
      { numRuns: 1_000 }
    )
  })

  it("reads a Content-Disposition", () => {
    const headers: ReadonlyArray<readonly [string | undefined, string | undefined]> = [
      [undefined, undefined],
      ["attachment", undefined],
      ["attachment; filename=a.pdf", "a.pdf"],
      ["attachment; filename=\"a b.pdf\"", "a b.pdf"],
      ["attachment; filename=\"a\\\"b.pdf\"; size=3", "a\"b.pdf"],
      ["attachment; filename=\"x.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf", "报告.pdf"],
      ["attachment; filename*=utf-8'zh'%E6%8A%A5.pdf; filename=x", "报.pdf"],
      ["attachment; filename*=UTF-8''%zz; filename=\"x.pdf\"", "x.pdf"],
      ["attachment; filename=\"%E6%8A%A5.pdf\"", "报.pdf"],
      [`attachment; filename="${Buffer.from("报告.pdf").toString("latin1")}"`, "报告.pdf"],
      ["attachment; filename=\"caf\u00e9.pdf\"", "café.pdf"],
      ["attachment; filename=\"100%.pdf\"", "100%.pdf"],
      ["attachment; filename=\"\"", undefined]
    ]
    for (const [header, name] of headers) assert.strictEqual(FileName.fromContentDisposition(header), name, header)
  })

  it("reads a URL, and numbers names that are taken", () => {
    const names = ["https://x/a/b%20c.pdf?d=e.txt", "https://x/", "https://x/%zz"].map((url) =>
      FileName.fromUrl(new URL(url))
    )
    assert.deepStrictEqual(names, ["b c.pdf", undefined, "%zz"])
    assert.deepStrictEqual(
      [FileName.numbered("a.tar.gz", 1), FileName.numbered("a.tar.gz", 2), FileName.numbered("README", 3)],
      ["a.tar.gz", "a.tar (2).gz", "README (3)"]
    )
  })
})
