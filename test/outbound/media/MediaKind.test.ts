import { assert, describe, it } from "@effect/vitest"
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
    const known =
      "pdf png jpg gif bmp webp svg amr mp3 wav ogg aac mp4 mov zip rar 7z doc docx xls xlsx ppt pptx txt csv md html"
    for (const name of known.split(" ").map((extension) => `a.${extension}`)) {
      const type = MediaKind.contentTypeOf(name)
      assert.notStrictEqual(type, "application/octet-stream")
      assert.strictEqual(`a${MediaKind.extensionFor(`${type}; charset=x`)}`, name)
    }
    assert.strictEqual(MediaKind.contentTypeOf("a.PNG"), "image/png")
    assert.strictEqual(MediaKind.extensionFor("Image/JPG; q=1"), ".jpg")
    for (const name of ["a.unheard-of", "png", "a", ""]) {
      assert.strictEqual(MediaKind.contentTypeOf(name), "application/octet-stream", name)
    }
    for (const type of [undefined, "", "application/octet-stream", "application/x-unheard-of", "nonsense"]) {
      assert.strictEqual(MediaKind.extensionFor(type), "", type)
    }
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
