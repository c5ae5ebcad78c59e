import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as MediaIds from "../../../src/outbound/api/MediaIds.ts"
import * as MediaKind from "../../../src/outbound/media/MediaKind.ts"
import * as Multipart from "../../../src/outbound/media/multipart.ts"

describe("MediaKind", () => {
  it("an image by its name is one, everything else is a file", () => {
    assert.deepStrictEqual(
      ["a.PNG", "a.jpeg", "a.svg", "a.mp4", "a", "png"].map(MediaKind.kindOf),
      ["image", "image", "file", "file", "file", "file"]
    )
  })

  it("pages are zipped, what DingTalk knows is not, the rest is asked about", () => {
    assert.deepStrictEqual(
      ["a.pdf", "a.ZIP", "a.html", "a.HTM", "a.txt", "a"].map(MediaKind.packingOf),
      ["asIs", "asIs", "zip", "zip", "unsupported", "unsupported"]
    )
  })

  it("has a content type for every extension, and an extension for every content type", () => {
    for (const name of ["a.pdf", "a.png", "a.amr", "a.mp4"]) {
      const type = MediaKind.contentTypeOf(name)
      assert.notStrictEqual(type, "application/octet-stream")
      assert.strictEqual(`a${MediaKind.extensionFor(`${type}; charset=x`)}`, name)
    }
    assert.strictEqual(MediaKind.contentTypeOf("a.xyz"), "application/octet-stream")
    assert.strictEqual(MediaKind.extensionFor("text/plain"), "")
    assert.strictEqual(MediaKind.extensionFor(undefined), "")
  })
})

describe("multipart", () => {
  it("frames a file; its name can't break out", () => {
    const { contentType, head, tail } = Multipart.frame({
      boundary: "B",
      field: "media",
      fileName: "报告\"\r\nX: y.pdf",
      contentType: "application/pdf"
    })
    assert.strictEqual(contentType, "multipart/form-data; boundary=B")
    assert.strictEqual(
      new TextDecoder().decode(head),
      "--B\r\nContent-Disposition: form-data; name=\"media\"; filename=\"报告%22%0D%0AX: y.pdf\"\r\n" +
        "Content-Type: application/pdf\r\n\r\n"
    )
    assert.strictEqual(new TextDecoder().decode(tail), "\r\n--B--\r\n")
  })
})

describe("MediaIds", () => {
  it("property: remembers the ones used last, and never more than it may", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.tuple(FastCheck.boolean(), FastCheck.nat({ max: 9 }))), (steps) => {
        const ids = MediaIds.unsafeMake(4)
        let model: ReadonlyArray<string> = []
        for (const [isSet, n] of steps) {
          const key = String(n)
          const known = model.includes(key)
          if (isSet) ids.set(key, `id ${key}`)
          else assert.strictEqual(ids.get(key), known ? `id ${key}` : undefined)
          if (isSet || known) model = [...model.filter((each) => each !== key), key].slice(-4)
          assert.strictEqual(ids.size(), model.length)
        }
      })
    )
  })
})
