import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Bodies, FakeDingTalk, Payloads, Quoted } from "../../src/testing/index.ts"
import { decoded } from "./bareClient.ts"

/** As it goes over the wire. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const repliedMsg = (quoted: Quoted.Quoted) =>
  decoded(decoded(Bodies.quoting(Bodies.text("?"), quoted)["text"])["repliedMsg"])

const tree = Quoted.view(Quoted.element("周报摘要"), Quoted.view(Quoted.element("第二步：重启服务")))

const shownTree = {
  elementType: "VIEW",
  children: [
    { elementType: "TEXT", value: "周报摘要" },
    { elementType: "VIEW", children: [{ elementType: "TEXT", value: "第二步：重启服务" }] }
  ]
}

describe("what people say, in the shapes of the field", () => {
  it("quoted cards bring a tree, a tree in JSON, JSON in JSON, variables, or a title and Markdown", () => {
    const contents = [
      Quoted.cardTree(tree),
      Quoted.cardTree(tree, { json: true }),
      Quoted.cardTree(tree, { json: "nested" }),
      Quoted.cardParams({ content: "构建失败", flowStatus: "3" }),
      Quoted.cardMarkdown("周报", "**完成**")
    ].map((quoted) => {
      const { content, msgType } = repliedMsg(quoted)
      assert.strictEqual(msgType, "interactiveCard")
      return content
    })
    assert.deepStrictEqual(contents, [
      { cardContent: shownTree },
      { cardContent: JSON.stringify(shownTree) },
      JSON.stringify({ cardContent: JSON.stringify(shownTree) }),
      { cardData: { cardParamMap: { content: "构建失败", flowStatus: "3" } } },
      { title: "周报", markdown: "**完成**" }
    ])
    assert.deepStrictEqual(Quoted.element("x", { elementType: "MARKDOWN", key: "content" }), {
      elementType: "MARKDOWN",
      content: "x"
    })
  })

  it("a quote says which message it is of, and stands where the message's content stands", () => {
    const quoted = { ...Quoted.picture("code"), msgId: "msg1==", createdAt: 5, senderId: "$:a" }
    assert.deepStrictEqual(Bodies.quoting(Bodies.richText(Bodies.rich.text("?")), quoted), {
      msgtype: "richText",
      content: {
        richText: [{ text: "?" }],
        isReplyMsg: true,
        repliedMsg: {
          senderId: "$:a",
          createdAt: 5,
          msgId: "msg1==",
          msgType: "picture",
          content: { downloadCode: "code" }
        }
      }
    })
    assert.deepStrictEqual(
      [
        Quoted.text("x"),
        Quoted.file("a.pdf"),
        Quoted.file("a.pdf", "f"),
        Quoted.voice("x", "v"),
        Quoted.richText(Bodies.rich.caption("图注", "c")),
        Quoted.record("t", "甲:x"),
        Quoted.unknown("s")
      ].map(({ content, msgType }) => [msgType, content]),
      [
        ["text", { text: "x" }],
        ["file", { fileName: "a.pdf" }],
        ["file", { fileName: "a.pdf", downloadCode: "f" }],
        ["voice", { recognition: "x", downloadCode: "v" }],
        ["richText", { richText: [{ msgType: "picture", content: "图注", downloadCode: "c" }] }],
        ["chatRecord", { title: "t", summary: "甲:x" }],
        ["unknownMsgType", { unknownMsgType: "s" }]
      ]
    )
    const old = Bodies.quotingOld(Bodies.text("?"), "before", "李四")
    assert.deepInclude(decoded(old["quoteMessage"]), {
      msgtype: "text",
      text: { content: "before" },
      senderNick: "李四"
    })
  })

  it("kinds have other names, pieces of rich texts have words, files, voices and mentions", () => {
    assert.deepInclude(Bodies.voice("查天气", { downloadCode: "v" }), {
      msgtype: "voice",
      content: { downloadCode: "v", recognition: "查天气", duration: 4_000 }
    })
    assert.strictEqual(Bodies.image("p").msgtype, "image")
    assert.strictEqual(Bodies.renamed("Picture", Bodies.picture()).msgtype, "Picture")
    assert.deepStrictEqual([
      Bodies.rich.file("report.xlsx", { downloadCode: "abc", text: "见附件" }),
      Bodies.rich.file("report.xlsx", { downloadCode: "abc" }),
      Bodies.rich.voice("明天开会", "v1"),
      Bodies.rich.atName("小助手"),
      Bodies.rich.atLabel("@李四 ")
    ], [
      { text: "见附件", downloadCode: "abc", fileName: "report.xlsx" },
      { downloadCode: "abc", fileName: "report.xlsx" },
      { type: "voice", downloadCode: "v1", recognition: "明天开会" },
      { type: "at", atName: "小助手" },
      { type: "at", text: "@李四 " }
    ])
  })

  it("files are named under several keys; what has no code can't be fetched", () => {
    for (const nameKey of ["fileName", "file_name", "filename", "name", "title"] as const) {
      const { content } = Bodies.file("test.pdf", { nameKey, downloadCode: "x" })
      assert.deepInclude(decoded(content), { [nameKey]: "test.pdf", downloadCode: "x" })
    }
    assert.deepStrictEqual(
      sent([
        Bodies.withoutCode(Bodies.picture()),
        Bodies.withoutCode(Bodies.audio("", { duration: 2_000 }))
      ]),
      [
        { msgtype: "picture", content: {} },
        { msgtype: "audio", content: { recognition: "", duration: 2_000 } }
      ]
    )
  })

  it("records hold entries of any kind, their names in the entries or in the summary, or nothing", () => {
    const { entries } = Bodies
    const all = [
      entries.picture("pic-a"),
      entries.unknown(),
      entries.text("看下这个", "乙"),
      entries.file("a.pdf", "f")
    ]
    const content = (options?: Parameters<typeof Bodies.forwarded>[1]) =>
      decoded(Bodies.forwarded(all, options)["content"])
    const { chatRecord } = content()
    const some = JSON.parse(String(chatRecord))
    assert.deepStrictEqual(some.map(({ msgType, senderName }: Record<string, unknown>) => [msgType, senderName]), [
      ["picture", undefined],
      ["unknownMsgType", undefined],
      ["text", "乙"],
      ["file", undefined]
    ])
    assert.strictEqual(some[0].downloadCode, "pic-a")
    assert.deepStrictEqual(some[3].content, { fileName: "a.pdf", downloadCode: "f" })
    assert.deepStrictEqual(
      [
        content({ summary: { lines: ["甲:[图片]", "乙:x"], as: "text" } })["summary"],
        content({ summary: { lines: ["甲:[图片]", "乙:x"], as: "json" } })["summary"],
        content({ summary: [{ senderName: "甲", content: "[图片]" }] })["summary"],
        content({ summary: "[]" })["summary"],
        content()["summary"]
      ],
      [
        "甲:[图片]\n乙:x",
        "[\"甲:[图片]\",\"乙:x\"]",
        "[{\"senderName\":\"甲\",\"content\":\"[图片]\"}]",
        "[]",
        undefined
      ]
    )
    assert.deepStrictEqual(sent(content({ key: "records", list: true })["records"]), some)
    assert.deepStrictEqual(Bodies.forwarded([], { summary: "[]" }), {
      msgtype: "chatRecord",
      content: { summary: "[]", chatRecord: "[]" }
    })
  })

  it("a press brings its card and its value at the top, within content, or within value", () => {
    const press = { outTrackId: "card", userId: "lisi", actionIds: ["ok"], actionValue: { n: 1 } }
    const inside = { outTrackId: "card", actionValue: { n: 1 }, cardPrivateData: { actionIds: ["ok"], params: {} } }
    const content = sent(Payloads.cardAction({ ...press, within: "content" }))
    const value = sent(Payloads.cardAction({ ...press, within: "value" }))
    assert.notProperty(content, "outTrackId")
    assert.notProperty(value, "outTrackId")
    assert.deepStrictEqual([decoded(content)["content"], decoded(content)["value"]], [JSON.stringify(inside), "{}"])
    assert.deepStrictEqual([decoded(value)["content"], decoded(value)["value"]], ["{}", JSON.stringify(inside)])
    assert.deepInclude(decoded(sent(Payloads.cardAction(press))), { outTrackId: "card", userId: "lisi" })
  })

  it.scoped("stand in the conversation as people see them", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.post(Bodies.voice("查天气"))
      yield* fake.post(Bodies.richText(Bodies.rich.atName("小助手"), Bodies.rich.text(" 看图"), Bodies.rich.picture()))
      yield* fake.post(Bodies.forwarded([], { title: "甲与乙的聊天记录" }))
      yield* fake.post(Bodies.picture())
      assert.deepStrictEqual((yield* fake.conversation("zhangsan")).map(({ shown }) => shown), [
        "查天气",
        "@小助手 看图[图片]",
        "[聊天记录] 甲与乙的聊天记录",
        "[图片]"
      ])
    }))
})
