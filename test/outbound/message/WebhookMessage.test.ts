import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as RobotMessage from "../../../src/outbound/message/RobotMessage.ts"
import * as WebhookMessage from "../../../src/outbound/message/WebhookMessage.ts"

const button = (n: number): RobotMessage.Button => ({ title: `t${n}`, url: `https://example.com/${n}` })
const card = { title: "T", text: "# x" }
const at: WebhookMessage.At = { userIds: ["zhangsan"] }

describe("WebhookMessage", () => {
  it("writes the bodies that session webhooks take", () => {
    const links = [{ title: "A", messageUrl: "https://a", picUrl: "https://pa" }] as const
    const cases: ReadonlyArray<readonly [WebhookMessage.ReplyMessage, object]> = [
      [RobotMessage.Text({ content: "hi" }), { msgtype: "text", text: { content: "hi" } }],
      [RobotMessage.Markdown({ text: "# hi" }), { msgtype: "markdown", markdown: { title: "hi", text: "# hi" } }],
      [
        RobotMessage.Link({ title: "T", text: "x", picUrl: "https://p", messageUrl: "https://m" }),
        { msgtype: "link", link: { title: "T", text: "x", picUrl: "https://p", messageUrl: "https://m" } }
      ],
      [
        RobotMessage.ActionCard({ ...card, button: button(1) }),
        { msgtype: "actionCard", actionCard: { ...card, singleTitle: "t1", singleURL: "https://example.com/1" } }
      ],
      [
        RobotMessage.ActionCardVertical({ ...card, buttons: [button(1), button(2), button(3)] }),
        {
          msgtype: "actionCard",
          actionCard: {
            ...card,
            btnOrientation: "0",
            btns: [1, 2, 3].map((n) => ({ title: `t${n}`, actionURL: `https://example.com/${n}` }))
          }
        }
      ],
      [
        RobotMessage.ActionCardHorizontal({ ...card, buttons: [button(1), button(2)] }),
        {
          msgtype: "actionCard",
          actionCard: {
            ...card,
            btnOrientation: "1",
            btns: [1, 2].map((n) => ({ title: `t${n}`, actionURL: `https://example.com/${n}` }))
          }
        }
      ],
      [
        WebhookMessage.FeedCard({ links }),
        { msgtype: "feedCard", feedCard: { links: [{ title: "A", messageURL: "https://a", picURL: "https://pa" }] } }
      ]
    ]
    for (const [message, body] of cases) assert.deepStrictEqual(WebhookMessage.encode(message), body)
  })

  it("does not carry pictures, sounds, films and files", () => {
    for (
      const message of [
        RobotMessage.Image({ photo: "@i" }),
        RobotMessage.Audio({ mediaId: "@a", durationMs: 1 }),
        RobotMessage.File({ mediaId: "@f", fileName: "a.pdf", fileType: "pdf" }),
        RobotMessage.Video({ mediaId: "@v", coverMediaId: "@c", durationMs: 1, videoType: "mp4" })
      ]
    ) assert.isUndefined(WebhookMessage.encode(message))
  })

  it("mentions by a field; in Markdown also by the words, which are not in the title", () => {
    assert.deepStrictEqual(WebhookMessage.encode(RobotMessage.Text({ content: "hi" }), at), {
      msgtype: "text",
      text: { content: "hi" },
      at: { atUserIds: ["zhangsan"], atMobiles: [], atDingtalkIds: [], isAtAll: false }
    })
    assert.deepStrictEqual(WebhookMessage.encode(RobotMessage.Markdown({ text: "hi" }), { ...at, all: true }), {
      msgtype: "markdown",
      markdown: { title: "hi", text: "hi\n\n@zhangsan" },
      at: { atUserIds: ["zhangsan"], atMobiles: [], atDingtalkIds: [], isAtAll: true }
    })
  })

  it("puts only those behind the text whom it does not mention", () => {
    const ids = { userIds: ["li", "zhang"], mobiles: ["13800000000"], dingtalkIds: ["$:LWCP_v1:$x+y="] }
    assert.strictEqual(
      WebhookMessage.withMentions("@li hello", ids),
      "@li hello\n\n@zhang @13800000000 @$:LWCP_v1:$x+y="
    )
    // Another one's id that begins alike does not count.
    assert.strictEqual(WebhookMessage.withMentions("@lisi hello", { userIds: ["li"] }), "@lisi hello\n\n@li")
    assert.strictEqual(WebhookMessage.withMentions("", { userIds: ["li"] }), "@li")
  })

  it("property: mentioning twice is mentioning once, and nothing of the text is lost", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.string(),
      FastCheck.array(FastCheck.stringMatching(/^[\w$:.+=-]{1,12}$/)),
      (text, userIds) => {
        const once = WebhookMessage.withMentions(text, { userIds })
        assert.isTrue(once.startsWith(text))
        for (const id of userIds) assert.include(once, `@${id}`)
        assert.strictEqual(WebhookMessage.withMentions(once, { userIds }), once)
      }
    ))
  })

  it.each<readonly [text: string, at: WebhookMessage.At, shown: string]>([
    ["done", { userIds: ["lisi"] }, "done\n\n@lisi"],
    ["done", { userIds: ["lisi"], names: { lisi: "李四" } }, "done\n\n@李四"],
    ["@lisi done, @lisi2", { userIds: ["lisi"], names: { lisi: "李四" } }, "@李四 done, @lisi2"],
    ["done @李四", { userIds: ["lisi"], names: { lisi: "李四" } }, "done @李四"],
    ["", { userIds: ["a", "b"], mobiles: ["13800000000"] }, "@a @b @13800000000"],
    ["done", { dingtalkIds: ["$:LWCP_v1:$x"] }, "done"],
    ["done", { dingtalkIds: ["$:LWCP_v1:$x"], names: { "$:LWCP_v1:$x": "王五" } }, "done\n\n@王五"],
    ["开会", { all: true }, "开会\n\n@所有人"],
    ["@所有人 开会", { all: true, userIds: ["a", "a"] }, "@所有人 开会\n\n@a"],
    ["done", {}, "done"]
  ])("where nobody can be mentioned, names stand in the text: %j %j", (text, at, shown) => {
    assert.strictEqual(WebhookMessage.withNames(text, at), shown)
    assert.strictEqual(WebhookMessage.withNames(shown, at), shown)
  })

  it("what could not be mentioned is told once each, everybody as *", () => {
    assert.deepStrictEqual(
      WebhookMessage.mentioned({ userIds: ["a", "a"], mobiles: ["1"], dingtalkIds: ["$:x"], all: true }),
      ["a", "1", "$:x", "*"]
    )
    assert.deepStrictEqual(WebhookMessage.mentioned({ all: false }), [])
  })

  it("the title of Markdown is that of the text, not of the names", () => {
    assert.deepStrictEqual(
      WebhookMessage.forApi(RobotMessage.Markdown({ text: "" }), { userIds: ["a"] }),
      RobotMessage.Markdown({ title: "通知", text: "@a" })
    )
  })

  it("a feed card becomes Markdown where the API has to do", () => {
    const links = [
      { title: "A [1]", messageUrl: "https://a", picUrl: "https://pa" },
      { title: "B", messageUrl: "https://b", picUrl: "" }
    ] as const
    assert.deepStrictEqual(
      WebhookMessage.forApi(WebhookMessage.FeedCard({ links })),
      RobotMessage.Markdown({
        title: "A [1]",
        text: "![](https://pa)\n\n[A \\[1\\]](https://a)\n\n[B](https://b)"
      })
    )
    assert.strictEqual(
      WebhookMessage.invalidField(
        WebhookMessage.FeedCard({ links: [links[0], { title: "", messageUrl: "x", picUrl: "" }] })
      ),
      "links.1"
    )
  })
})
