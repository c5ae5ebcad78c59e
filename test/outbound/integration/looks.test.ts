/** What people read, as the fake shows it: what programs print, and what models answer. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as DingTalkCards from "../../../src/DingTalkCards.ts"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import * as Desk from "./utils/desk.ts"

const printed: Readonly<Record<string, string>> = {
  "df -h": [
    "Filesystem      Size  Used Avail Use% Mounted on",
    "/dev/vda1        40G   12G   26G  32% /",
    "tmpfs           7.8G     0  7.8G   0% /dev/shm"
  ].join("\n"),
  "docker images": "REPOSITORY   TAG      IMAGE ID\n<none>       <none>   0123456789ab",
  "git status": [
    "On branch main",
    "",
    "Changes not staged for commit:",
    "  (use \"git add <file>...\" to update what will be committed)",
    "\tmodified:   src/a_b.ts"
  ].join("\n"),
  "git log": "9ab4236 Keep media_ids\na07a98b Find the name",
  tree: "src\n├── a.ts\n└── __tests__\n    └── a.test.ts",
  env: "PATH=/usr/bin\nMY_SECRET_NAME=*",
  cron: "# m h dom mon dow command\n*/5 * * * * /usr/bin/a",
  diff: "1c1\n< 旧\n---\n> 新",
  error: "error: Cannot read property of <anonymous>\nat main_loop (*.js)",
  报告: "部署完成\n用时 3 分钟\n没有错误",
  type: "List<String> 与 Map<K, V>"
}

/** Each with what a person sees of it, and in the list of chats. */
const written: ReadonlyArray<readonly [text: string, shown: string, preview: string]> = [
  [
    "好的，分三步：\n1. 安装 `node`\n2. 运行\n\n结果：\n| 项目 | 结果 |\n|---|---|\n| 构建 | **成功** |\n完成\n谢谢",
    "好的，分三步：\n1. 安装 node\n2. 运行\n结果：\n项目 | 结果\n构建 | 成功\n完成\n谢谢",
    "好的，分三步："
  ],
  [
    "## Summary\nThe build **passed**.\nTwo warnings remain:\n- a\n- b\n\n```sh\nnpm  test\nls -l\n```\nDone.",
    "Summary\nThe build passed.\nTwo warnings remain:\n• a\n• b\nnpm  test\nls -l\nDone.",
    "Summary"
  ],
  ["> 引用一句\n我的回答\n第二行", "│ 引用一句\n我的回答\n第二行", "引用一句"],
  ["**部署完成** 用时3分钟\n[详情](https://example.com)", "部署完成 用时3分钟\n详情", "部署完成 用时3分钟"],
  ["```json\n{\n  \"a\": 1\n}\n```", "{\n  \"a\": 1\n}", "\"a\": 1"],
  ["<font color=\"red\">告警</font> 磁盘\n请处理", "告警 磁盘\n请处理", "告警 磁盘"]
]

describe("what people read", () => {
  it.scoped("what a program prints looks as it does on a terminal", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      for (const text of Object.values(printed)) yield* run(DingTalkSender.send({ to: "user:zhangsan", text }))
      assert.deepStrictEqual((yield* fake.replies).map(({ shown }) => shown), Object.values(printed))
      for (const { preview } of yield* fake.replies) assert.notMatch(preview, /^[`\s]*$/)
    }))

  it.scoped("sent as Markdown, it did not", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const all = Object.values(printed)
      for (const text of all) yield* run(DingTalkSender.send({ to: "user:zhangsan", text, renderMode: "markdown" }))
      for (const [index, { shown }] of (yield* fake.replies).entries()) assert.notStrictEqual(shown, all[index])
    }))

  it.scoped("a model's answer keeps its breaks and its blocks, and the list shows its words", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("hi", { from: "lisi" }))
      for (const [text] of written) yield* run(DingTalkSender.reply(message, text))
      assert.deepStrictEqual(
        (yield* fake.replies).map(({ preview, shown }) => [shown, preview]),
        written.map(([, shown, preview]) => [shown, preview])
      )
    }))

  it.scoped("Markdown that was asked for goes out as it is written", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      for (const [text] of written) {
        yield* run(DingTalkSender.send({ to: "user:zhangsan", text, renderMode: "markdown" }))
      }
      assert.deepStrictEqual((yield* fake.replies).map(({ text }) => text), written.map(([text]) => text))
    }))

  it.scoped("a table of several messages has its head on each", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({}, { textChunkLimit: 200 })
      const rows = Array.from({ length: 30 }, (_, n) => `| 服务 ${n} | 正常 |`)
      yield* run(DingTalkSender.send({ to: Desk.group, text: ["| 名称 | 状态 |", "|---|---|", ...rows].join("\n") }))
      const replies = yield* fake.replies
      assert.isAbove(replies.length, 2)
      for (const { preview, shown } of replies) {
        assert.isTrue(shown.startsWith("名称 | 状态\n服务"))
        assert.strictEqual(preview, "名称 状态")
      }
    }))

  it.scoped("a card is in the list by its words, and shows a program's lines as lines", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const text = printed["df -h"] ?? ""
      yield* run(DingTalkCards.stream({ to: "user:zhangsan", renderMode: "auto" }, Stream.make(text)))
      yield* run(DingTalkCards.stream({ to: "user:zhangsan" }, Stream.make("### **周报**\n- 一切正常")))
      const seen = (yield* fake.replies).map(({ preview, shown }) => [preview, shown])
      assert.deepStrictEqual(seen, [
        ["Filesystem Size Used Avail Use% Mounted on", text],
        ["周报", "周报\n• 一切正常"]
      ])
    }))
})

describe("a mention that can't be made", () => {
  it.scoped("is in the result, and the name stands in the text", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("hi", { from: { staffId: "lisi", nick: "李四" }, group: Desk.group }))
      const at = { userIds: ["lisi", "wangwu"], names: { wangwu: "王五" } }
      const early = yield* run(DingTalkSender.reply(message, "@lisi 好了", { at }))
      assert.notProperty(early, "notMentioned")
      yield* fake.expireWebhooks
      const late = yield* run(DingTalkSender.reply(message, "@lisi 好了", { at }))
      assert.deepStrictEqual(late.notMentioned, ["lisi", "wangwu"])
      const all = yield* run(DingTalkSender.reply(message, "开会", { at: { all: true }, renderMode: "plain" }))
      assert.deepStrictEqual(all.notMentioned, ["*"])
      const seen = (yield* fake.replies).map(({ mentions, shown }) => [mentions, shown])
      assert.deepStrictEqual(seen.slice(1), [
        [[], "@李四 好了\n@王五"],
        [[], "开会\n\n@所有人"]
      ])
    }))
})
