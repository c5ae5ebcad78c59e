import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Content from "../../../src/cli/send/content.ts"

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

/** A file that has no length. */
const silent = { durationMs: 0, cover: undefined }

const read = (given: Partial<Content.Given>) => Content.fromOptions({ ...nothing, ...given })
const problems = (given: Partial<Content.Given>) => Either.getOrThrow(Either.flip(read(given)))

describe("content", () => {
  it("is what the one option says", () => {
    const table: ReadonlyArray<readonly [Partial<Content.Given>, Content.Content]> = [
      [
        { text: Option.some("a") },
        Content.Content.Text({ text: "a", markdown: false, title: undefined, at: undefined })
      ],
      [
        { markdown: Option.some("# a"), title: Option.some("t") },
        Content.Content.Text({ text: "# a", markdown: true, title: "t", at: undefined })
      ],
      [
        { file: Option.some("a.txt"), zip: true },
        Content.Content.Media({ ...silent, kind: "file", from: "a.txt", zip: true, allowedHosts: [] })
      ],
      [
        { image: Option.some("https://h/a.png"), allowHost: ["h"] },
        Content.Content.Media({ ...silent, kind: "image", from: "https://h/a.png", zip: false, allowedHosts: ["h"] })
      ],
      [
        { audio: Option.some("a.mp3"), duration: Option.some(1.5) },
        Content.Content.Media({
          ...silent,
          kind: "audio",
          from: "a.mp3",
          durationMs: 1_500,
          zip: false,
          allowedHosts: []
        })
      ],
      [
        { video: Option.some("a.mp4"), duration: Option.some(9), cover: Option.some("a.png") },
        Content.Content.Media({
          kind: "video",
          from: "a.mp4",
          durationMs: 9_000,
          cover: "a.png",
          zip: false,
          allowedHosts: []
        })
      ],
      [
        { text: Option.some("x"), at: ["zhangsan, 13800138000", "user:lisi"], atAll: true },
        Content.Content.Text({
          text: "x",
          markdown: false,
          title: undefined,
          at: { userIds: ["zhangsan", "lisi"], mobiles: ["13800138000"], all: true }
        })
      ],
      [
        { cardTemplate: Option.some("t.schema"), param: ["a=1", "b="] },
        Content.Content.Card({ templateId: "t.schema", params: { a: "1", b: "" } })
      ]
    ]
    for (const [given, expected] of table) assert.deepStrictEqual(Either.getOrThrow(read(given)), expected)
  })

  it("sounds and films have a length, mentions belong to a text", () => {
    assert.deepStrictEqual(problems({ audio: Option.some("a.mp3") }), [
      "--audio needs its length: give --duration SECONDS"
    ])
    assert.include(problems({ video: Option.some("a"), duration: Option.some(0) })[0], "more than 0 seconds")
    assert.include(problems({ file: Option.some("a.zip"), atAll: true })[0], "--at-all belongs to --text or --markdown")
    assert.include(problems({ text: Option.some("x"), at: ["a\u0007b"] })[0], "U+0007 at place 2")
  })

  it("says what there is to choose from, and what can't be chosen together", () => {
    assert.deepStrictEqual(problems({}), [
      "there is nothing to send: give one of --text, --markdown, --file, --image, --audio, --video or --card-template"
    ])
    assert.include(
      problems({ text: Option.some("a"), file: Option.some("b") })[0],
      "--text and --file cannot be sent as one message"
    )
  })

  it("an option that belongs to another one says so, and all mistakes are told at once", () => {
    assert.deepStrictEqual(
      problems({
        text: Option.some("a"),
        title: Option.some("t"),
        zip: true,
        allowHost: ["h"],
        param: ["a"]
      }).map((problem) => problem.split(" ").slice(0, 4).join(" ")),
      [
        "--title belongs to --markdown:",
        "--zip belongs to --file:",
        "--allow-host belongs to --file,",
        "--param belongs to --card-template:",
        "--param a has no"
      ]
    )
    assert.deepStrictEqual(problems({ file: Option.some(" ") }), ["--file is empty"])
    for (const blank of ["", " \n"]) assert.deepStrictEqual(problems({ text: Option.some(blank) }), ["--text is empty"])
  })

  it("a parameter without =, without a name, or twice", () => {
    assert.deepStrictEqual(Content.params(["k", "=v", "a=1", "a=2"]).problems, [
      "--param k has no =: write it as name=value, as in --param title=Hello",
      "--param =v has no name: write it as name=value, as in --param title=Hello",
      "--param a is given twice: a card has one value of each name"
    ])
  })

  it("a value is all behind the first =, whatever it is", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.dictionary(FastCheck.stringMatching(/^[A-Za-z_]{1,8}$/), FastCheck.string(), { noNullPrototype: true }),
      (values) => {
        const read = Content.params(Object.entries(values).map(([name, value]) => `${name}=${value}`))
        assert.deepStrictEqual(read, { values, problems: [] })
      }
    ))
  })
})
