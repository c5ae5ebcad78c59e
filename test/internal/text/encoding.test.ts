import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Encoding from "../../../src/internal/text/encoding.ts"

const bytes = (...all: ReadonlyArray<number>) => Uint8Array.from(all)

const swapped = (buffer: Buffer) => Buffer.from(buffer).swap16()

describe("encoding", () => {
  it("UTF-8 is read as it is, whatever it says, without a byte order mark", () => {
    const text = FastCheck.stringMatching(/^[ -~\n你好é]{0,40}$/u)
    FastCheck.assert(FastCheck.property(text, (said) => {
      for (const mark of ["", "\ufeff"]) {
        assert.deepStrictEqual(Encoding.read(Buffer.from(mark + said)), { text: said, encoding: "utf-8" })
      }
    }))
  })

  it("UTF-16 is known by its mark, or by its zeros", () => {
    for (const said of ["hi 你好", "ok"]) {
      for (const mark of ["\ufeff", ""]) {
        const little = Buffer.from(mark + said, "utf16le")
        assert.deepStrictEqual(Encoding.read(little), { text: said, encoding: "utf-16le" })
        assert.deepStrictEqual(Encoding.read(swapped(little)), { text: said, encoding: "utf-16be" })
      }
    }
  })

  it("UTF-16 without a mark and without Latin letters is known by the ends of its lines", () => {
    for (const said of ["中文你好吗\n", "三点开会\r\n不见不散\r\n"]) {
      const little = Buffer.from(said, "utf16le")
      assert.deepStrictEqual(Encoding.read(little), { text: said, encoding: "utf-16le" })
      assert.deepStrictEqual(Encoding.read(swapped(little)), { text: said, encoding: "utf-16be" })
    }
  })

  it("what is no text, as UTF-32, is called so", () => {
    const wide = Buffer.concat([..."\ufeff你好"].map((character) => {
      const unit = Buffer.alloc(4)
      unit.writeUInt32LE(character.codePointAt(0) ?? 0)
      return unit
    }))
    assert.include(Encoding.problemOf(Encoding.read(wide).text), "save it as UTF-8")
    assert.isUndefined(Encoding.problemOf("a\tb\n你好"))
  })

  it("what is neither is GB18030, and what is nothing is UTF-8 with holes", () => {
    assert.deepStrictEqual(Encoding.read(bytes(0xc4, 0xe3, 0xba, 0xc3)), { text: "你好", encoding: "gb18030" })
    assert.deepStrictEqual(Encoding.read(bytes(0x61, 0xff)), { text: "a\ufffd", encoding: "utf-8" })
    assert.strictEqual(Encoding.read(bytes(0xa7, 0x41), "big5").text, "你")
    assert.isTrue(Encoding.isKnown("big5"))
    assert.isFalse(Encoding.isKnown("latin-klingon"))
  })
})
