import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { maxTitle, titleOf } from "../../../src/outbound/text/words.ts"

const isWellFormed = (text: string) => Buffer.from(text).toString() === text

describe("titleOf", () => {
  it.each<readonly [text: string, title: string]>([
    ["```json\n{\"a\": 1}\n```", "{\"a\": 1}"],
    ["> 引用一句", "引用一句"],
    ["**部署完成** 用时3分钟", "部署完成 用时3分钟"],
    ["![图](https://example.com/a.png)", "图"],
    ["| 项目 | 结果 |\n|---|---|\n| 构建 | 成功 |", "项目 结果"],
    ["| 项目 | 结果 |", "项目 结果"],
    ["---\n正文", "正文"],
    ["---", "通知"],
    ["<font color=\"red\">告警</font> 磁盘", "告警 磁盘"],
    ["<font color='#ff0000' size=5>**P1**</font>: disk full", "P1: disk full"],
    ["[部署文档](https://example.com/a_(b)) 已更新", "部署文档 已更新"],
    ["[链接][1] 与 [^1]", "链接 与"],
    ["<https://example.com/a_b_c>", "https://example.com/a_b_c"],
    ["[![build](https://example.com/b.svg)](https://example.com)", "build"],
    ["![](https://example.com/a.png)\n看图", "看图"],
    ["### 周报\n- 一切正常", "周报"],
    ["## 标题 ##", "标题"],
    ["标题\n====\n正文", "标题"],
    ["- [ ] 待办", "待办"],
    ["* [x] 做完 **了**", "做完 了"],
    ["3. 第三步", "第三步"],
    ["1) **步骤**：`npm i`", "步骤：npm i"],
    ["> ## **引用** 里的标题", "引用 里的标题"],
    ["> > - a", "a"],
    ["a &amp; b &lt;c&gt; &#20013; &#x6587; &nbsp;&unknown;", "a & b <c> 中 文 &unknown;"],
    ["***粗斜* 粗** ~~旧~~ __下__ _斜_", "粗斜 粗 旧 下 斜"],
    ["**跨行\n结束**", "跨行"],
    ["\\*不是强调\\* \\# \\`", "*不是强调* # `"],
    ["用 `**kwargs` 和 snake_case", "用 **kwargs 和 snake_case"],
    ["`` a ` b ``", "a ` b"],
    ["2 * 3 * 4 < 25", "2 * 3 * 4 < 25"],
    ["List<String> 和 <none>", "List<String> 和 <none>"],
    ["<!-- 注释 -->\n正文", "正文"],
    ["<b>粗</b><br/>下一行", "粗 下一行"],
    ["```\n\n```\n后面", "后面"],
    ["***\n\n~~~\n代码 **不动**\n~~~", "代码 **不动**"],
    ["Filesystem      Size  Used", "Filesystem Size Used"],
    ["🎉", "🎉"],
    ["???\n正文", "正文"],
    ["???", "???"]
  ])("of %j is %j", (text, title) => {
    assert.strictEqual(titleOf(text), title)
  })

  const markup = FastCheck.array(
    FastCheck.oneof(
      FastCheck.constantFrom(..."*_`~#>[]()!|<>\\-=\n \"&;:", "😀", "👨‍👩‍👧", "字", "<font>", "](", "![", "**", "```\n"),
      FastCheck.string({ unit: "binary", maxLength: 5 })
    ),
    { maxLength: 200 }
  ).map((units) => units.join(""))

  it("property: never blank, never long, on one line, and of whole characters", () => {
    FastCheck.assert(FastCheck.property(markup, (text) => {
      const title = titleOf(text)
      assert.notStrictEqual(title.trim(), "")
      assert.isAtMost(title.length, maxTitle)
      assert.notMatch(title, /[\r\n]/)
      if (isWellFormed(text)) assert.isTrue(isWellFormed(title))
    }))
  })

  it("property: words without markup are their own title", () => {
    const words = FastCheck.array(FastCheck.constantFrom("部署", "done", "3", "é", "a_b", "2 * 3", "50%"), {
      minLength: 1,
      maxLength: 8
    }).map((all) => all.join(" "))
    FastCheck.assert(FastCheck.property(words, (text) => {
      assert.strictEqual(titleOf(text), text)
      assert.strictEqual(titleOf(`# **${text}**`), text)
      assert.strictEqual(titleOf(`> - [${text}](https://example.com)`), text)
    }))
  })

  it.each(["*", "_", "`", "[", "![", "<!--", "~~", "**a ", "[a](", "|", "> ", "<font "])(
    "gets through 100 000 of %j",
    (unit) => {
      assert.isAtMost(titleOf(unit.repeat(100_000)).length, maxTitle)
    }
  )
})
