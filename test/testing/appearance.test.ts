import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { FakeDingTalk } from "../../src/testing/index.ts"
import { appearance } from "../../src/testing/people/appearance.ts"
import { shown } from "../../src/testing/people/markdown.ts"
import * as Api from "./routes/bareApi.ts"

describe("Markdown as DingTalk shows it", () => {
  const cases: ReadonlyArray<readonly [about: string, markdown: string, seen: string]> = [
    ["single breaks are joined", "one\ntwo\n\nthree", "one two\nthree"],
    [
      "a line ends by two spaces, a backslash, or a tag",
      "one  \ntwo\\\nthree<br>four<br/>\nfive",
      "one\ntwo\nthree\nfour\nfive"
    ],
    ["runs of blanks become one", "Use%   Mounted\n  92%   /", "Use% Mounted 92% /"],
    [
      "marks are gone, names with lines stay",
      "**a** *b* _c_ ~~d~~ __e__ snake_case_name 2 * 3 * 4",
      "a b c d e snake_case_name 2 * 3 * 4"
    ],
    ["code is literal", "`a_b_ *c*` and ``x`y``", "a_b_ *c* and x`y"],
    ["escapes", "\\*a\\* \\_b\\_ 1\\. &lt;b&gt; &amp; &#124;", "*a* _b_ 1. <b> & |"],
    ["tags vanish, whoever meant them", "<font color=\"red\">告警</font> 磁盘 <host>", "告警 磁盘 "],
    [
      "links are their words, pictures are pictures",
      "[文档](https://a.example) ![x](https://a.example/b.png) <https://c.example>",
      "文档 [图片] https://c.example"
    ],
    ["headings and rules", "# 标题 #\n正文\n\n---\n## 二", "标题\n正文\n———\n二"],
    ["fences keep their lines", "前\n```sh\n$ df  -h\n*a*\n```\n后", "前\n$ df  -h\n*a*\n后"],
    ["a fence that is never closed", "```\na\nb", "a\nb"],
    ["lists", "- a\n- b\n  c\n\n1. x\n2. y", "• a\n• b c\n1. x\n2. y"],
    ["a list without an empty line before it is no list", "看：\n- a\n- b", "看： - a - b"],
    ["tables", "| 项目 | 结果 |\n|---|:-:|\n| a | **b** |\n| c | d |", "项目 | 结果\na | b\nc | d"],
    [
      "a table without an empty line before it is none",
      "看\n| a | b |\n|---|---|\n| c | d |",
      "看 | a | b | |---|---| | c | d |"
    ],
    ["quotes", "> 引用\n> 二\n\n后", "│ 引用 二\n后"]
  ]
  for (const [about, markdown, seen] of cases) {
    it(about, () => assert.strictEqual(shown(markdown).trimEnd(), seen.trimEnd()))
  }

  it("is total, loses no plain word and shows a fence as it is", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string({ unit: "grapheme" }), (text) => {
      assert.isString(shown(text))
    }))
    const marks = FastCheck.array(
      FastCheck.constantFrom(
        "*",
        "_",
        "`",
        "> ",
        "- ",
        "|",
        "\n",
        "```\n",
        "a",
        " ",
        "[",
        "](",
        ")",
        "<",
        ">",
        "\\",
        "#"
      )
    )
    FastCheck.assert(FastCheck.property(marks, (parts) => typeof shown(parts.join("")) === "string"))
    const word = FastCheck.stringMatching(/^[a-z中文]{1,8}$/)
    FastCheck.assert(FastCheck.property(FastCheck.array(word, { minLength: 1 }), (words) => {
      assert.deepStrictEqual(shown(words.join("\n")).split(" "), words)
      assert.deepStrictEqual(shown(words.join("\n\n")).split("\n"), words)
      assert.deepStrictEqual(shown(words.join("  \n")).split("\n"), words)
      assert.strictEqual(shown(`\`\`\`\n${words.join("\n")}\n\`\`\``), words.join("\n"))
    }))
  })
})

describe("the list of conversations", () => {
  it("shows titles, texts in one line, and names of what is no text", () => {
    const previews = [
      appearance("sampleMarkdown", { title: "部署", text: "**完成**" }),
      appearance("sampleText", { content: "a\n  b" }),
      appearance("sampleFile", { mediaId: "@a", fileName: "a.pdf", fileType: "pdf" }),
      appearance("sampleImageMsg", { photoURL: "@a" }),
      appearance("sampleLink", { title: "标题", text: "x", picUrl: "p", messageUrl: "u" }),
      appearance("feedCard", { links: [{ title: "一" }, { title: "二" }] }),
      appearance("chatRecord", { title: "甲与乙的聊天记录", chatRecord: "[]" })
    ].map(({ preview }) => preview)
    assert.deepStrictEqual(previews, [
      "部署",
      "a b",
      "[文件] a.pdf",
      "[图片]",
      "[链接] 标题",
      "[链接] 一 二",
      "[聊天记录] 甲与乙的聊天记录"
    ])
    assert.strictEqual(
      appearance("actionCard", { title: "t", text: "a\nb", btns: [{ title: "好" }, { title: "不" }] }).shown,
      "a b\n[好]\n[不]"
    )
  })

  it.scoped("shows a card's last message, if it was given one; a search finds it by its words", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const api = yield* Api.make(fake)
      yield* api.post(Api.createPath, Api.cardBody())
      yield* api.post(
        Api.createPath,
        Api.groupCardBody({
          outTrackId: "card-2",
          cardData: { cardParamMap: { msgContent: "one\ntwo" } },
          imGroupOpenSpaceModel: {
            supportForward: true,
            lastMessageI18n: { ZH_CN: "周报" },
            searchSupport: { searchDesc: "周报 第三周" }
          }
        })
      )
      assert.deepStrictEqual((yield* fake.replies).map(({ preview, shown }) => [preview, shown]), [
        ["[互动卡片]", "hello"],
        ["周报", "one two"]
      ])
      assert.strictEqual((yield* fake.conversation("cidGroup1"))[0]?.preview, "周报")
      assert.deepInclude(yield* fake.card("card-2"), { searchText: "周报 第三周", forwardable: true })
      assert.deepInclude(yield* fake.card("card-1"), { lastMessage: undefined, forwardable: false })
    }))
})
