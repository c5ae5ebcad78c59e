import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { holds } from "../../../src/cli/exec/secretForms.ts"

const secret = FastCheck.stringMatching(/^[A-Za-z0-9_/+ "%-]{12,64}$/).filter((text) => text.trim() !== "")

const around = FastCheck.stringMatching(/^[ -~你好]{0,9}$/u)

const forms: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "URL-encoded": encodeURIComponent,
  "URL-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  "as JSON": (text) => JSON.stringify(text).slice(1, -1),
  "hexadecimal": (text) => Buffer.from(text).toString("hex").toUpperCase(),
  "base64": (text) => Buffer.from(text).toString("base64"),
  "base64url": (text) => Buffer.from(text).toString("base64url"),
  "back to front": (text) => [...text].toReversed().join(""),
  "a dump": (text) => Buffer.from(text).toString("hex").replace(/..(?!$)/g, "$&:"),
  "base64 of base64": (text) => Buffer.from(Buffer.from(text).toString("base64")).toString("base64"),
  "in capitals": (text) => text.toUpperCase(),
  "in HTML": (text) => text.replace(/[^A-Za-z0-9 ]/gu, (it) => `&#${it.codePointAt(0)};`).replaceAll("&#38;", "&amp;"),
  "base64 of UTF-16": (text) => Buffer.from(text, "utf16le").toString("base64"),
  "hexadecimal of UTF-16": (text) => Buffer.from(text, "utf16le").swap16().toString("hex"),
  "URL-encoded base64": (text) => encodeURIComponent(Buffer.from(text).toString("base64"))
}

describe("secretForms", () => {
  for (const [name, form] of Object.entries(forms)) {
    it(`finds a secret that is ${name}, alone or within something longer`, () => {
      FastCheck.assert(FastCheck.property(secret, around, around, (value, before, after) => {
        const isHeld = holds([value])
        assert.isTrue(isHeld(form(value)))
        assert.isTrue(isHeld(`--key=${form(value)};`))
        // Encoded together with what is around it, as in `id:secret`.
        assert.isTrue(isHeld(form(`${before}${value}${after}`)))
      }))
    })
  }

  it("leaves everything else", () => {
    const isHeld = holds(["s3cr3t-s3cr3t-s3cr3t", "short", ""])
    for (const text of ["", "/usr/bin:/bin", "shorter", "s3cr3t", "100%", "%ff%", "aGVsbG8="]) {
      assert.isFalse(isHeld(text), text)
    }
    assert.isTrue(isHeld("short"))
  })
})
