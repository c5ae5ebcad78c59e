import { assert, describe, it } from "@effect/vitest"
import * as RobotMessage from "../../../src/outbound/message/RobotMessage.ts"
import * as TextMessage from "../../../src/outbound/message/TextMessage.ts"

const button = (n: number): RobotMessage.Button => ({ title: `t${n}`, url: `https://example.com/${n}` })
const card = { title: "T", text: "# x" }

/** The catalogue of the API reference, key by key. */
const catalogue: ReadonlyArray<readonly [RobotMessage.RobotMessage, string, Readonly<Record<string, string>>]> = [
  [RobotMessage.Text({ content: "hi" }), "sampleText", { content: "hi" }],
  [RobotMessage.Markdown({ title: "T", text: "# x" }), "sampleMarkdown", { title: "T", text: "# x" }],
  [RobotMessage.Image({ photo: "@lADP" }), "sampleImageMsg", { photoURL: "@lADP" }],
  [
    RobotMessage.Link({ title: "T", text: "x", picUrl: "https://p", messageUrl: "https://m" }),
    "sampleLink",
    { title: "T", text: "x", picUrl: "https://p", messageUrl: "https://m" }
  ],
  [RobotMessage.Audio({ mediaId: "@a", durationMs: 1_500.4 }), "sampleAudio", { mediaId: "@a", duration: "1500" }],
  [
    RobotMessage.File({ mediaId: "@f", fileName: "a.pdf", fileType: "pdf" }),
    "sampleFile",
    { mediaId: "@f", fileName: "a.pdf", fileType: "pdf" }
  ],
  [
    RobotMessage.Video({ mediaId: "@v", coverMediaId: "@c", durationMs: 5_000, videoType: "mp4" }),
    "sampleVideo",
    { videoMediaId: "@v", picMediaId: "@c", duration: "5", videoType: "mp4" }
  ],
  [
    RobotMessage.ActionCard({ ...card, button: button(1) }),
    "sampleActionCard",
    { ...card, singleTitle: "t1", singleURL: "https://example.com/1" }
  ],
  ...([
    [button(1), button(2)],
    [button(1), button(2), button(3)],
    [button(1), button(2), button(3), button(4)],
    [button(1), button(2), button(3), button(4), button(5)]
  ] as const).map((buttons) =>
    [
      RobotMessage.ActionCardVertical({ ...card, buttons }),
      `sampleActionCard${buttons.length}`,
      {
        ...card,
        ...Object.fromEntries(buttons.flatMap(({ title, url }, index) => [
          [`actionTitle${index + 1}`, title],
          [`actionURL${index + 1}`, url]
        ]))
      }
    ] as const
  ),
  [
    RobotMessage.ActionCardHorizontal({ ...card, buttons: [button(1), button(2)] }),
    "sampleActionCard6",
    {
      ...card,
      buttonTitle1: "t1",
      buttonUrl1: "https://example.com/1",
      buttonTitle2: "t2",
      buttonUrl2: "https://example.com/2"
    }
  ]
]

describe("RobotMessage", () => {
  it("knows all thirteen kinds", () => {
    assert.strictEqual(new Set(catalogue.map(([, msgKey]) => msgKey)).size, 13)
  })

  for (const [message, msgKey, param] of catalogue) {
    it(`${msgKey} has its fields and no other`, () => {
      const encoded = RobotMessage.encode(message)
      assert.strictEqual(encoded.msgKey, msgKey)
      assert.deepStrictEqual(JSON.parse(encoded.msgParam), param)
      assert.isUndefined(RobotMessage.invalidField(message))
    })
  }

  it("a Markdown message without a title takes one from its text, for DingTalk refuses it otherwise", () => {
    for (const message of [{ text: "## hello\nyou" }, { title: " ", text: "## hello\nyou" }]) {
      const { msgParam } = RobotMessage.encode(RobotMessage.Markdown(message))
      assert.strictEqual(JSON.parse(msgParam).title, "hello")
    }
    assert.deepStrictEqual(
      RobotMessage.encode(RobotMessage.Markdown({ text: "x" })),
      TextMessage.forRobot("markdown", "x")
    )
  })

  it("the compiler demands what DingTalk demands", () => {
    // @ts-expect-error a video without a cover
    RobotMessage.Video({ mediaId: "@v", durationMs: 1, videoType: "mp4" })
    // @ts-expect-error a type of file that is not taken
    RobotMessage.File({ mediaId: "@f", fileName: "a.html", fileType: "html" })
    // @ts-expect-error one button is too few
    RobotMessage.ActionCardVertical({ ...card, buttons: [button(1)] })
    const six = [button(1), button(2), button(3), button(4), button(5), button(6)] as const
    // @ts-expect-error six are too many
    const message = RobotMessage.ActionCardVertical({ ...card, buttons: six })
    assert.strictEqual(RobotMessage.invalidField(message), "buttons")
  })

  it("names the field that DingTalk would refuse", () => {
    const cases: ReadonlyArray<readonly [RobotMessage.RobotMessage, string | undefined]> = [
      [RobotMessage.Text({ content: "" }), undefined],
      [RobotMessage.Image({ photo: " " }), "photo"],
      [RobotMessage.Link({ title: "t", text: "t", picUrl: "", messageUrl: "" }), "messageUrl"],
      [RobotMessage.Link({ title: "t", text: "t", picUrl: "", messageUrl: "https://m" }), undefined],
      [RobotMessage.Audio({ mediaId: "", durationMs: 1 }), "mediaId"],
      [RobotMessage.Audio({ mediaId: "@a", durationMs: 0.4 }), "durationMs"],
      [RobotMessage.Audio({ mediaId: "@a", durationMs: Number.NaN }), "durationMs"],
      [RobotMessage.Video({ mediaId: "@v", coverMediaId: "", durationMs: 1, videoType: "mp4" }), "coverMediaId"],
      [RobotMessage.File({ mediaId: "@f", fileName: "", fileType: "pdf" }), "fileName"],
      [RobotMessage.ActionCard({ ...card, button: { title: "t", url: "" } }), "buttons.0.url"],
      [RobotMessage.ActionCardVertical({ ...card, buttons: [button(1), { title: "", url: "u" }] }), "buttons.1.title"],
      [RobotMessage.ActionCardHorizontal({ title: "", text: "x", buttons: [button(1), button(2)] }), "title"]
    ]
    for (const [message, field] of cases) assert.strictEqual(RobotMessage.invalidField(message), field)
  })

  it("finds the type of a file by its extension", () => {
    assert.deepStrictEqual(
      ["a.PDF", "b.tar.zip", "c.docx", "d.html", "pdf", "e.", ".xlsx"].map(RobotMessage.fileTypeOf),
      ["pdf", "zip", "docx", undefined, undefined, undefined, "xlsx"]
    )
  })
})
