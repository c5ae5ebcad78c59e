import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { fenced, format, withBreaks } from "../../../src/outbound/text/autoText.ts"
import { isPreformatted, looksLikeMarkdown } from "../../../src/outbound/text/looksLikeMarkdown.ts"

const df = [
  "Filesystem      Size  Used Avail Use% Mounted on",
  "/dev/vda1        40G   12G   26G  32% /",
  "tmpfs           7.8G     0  7.8G   0% /dev/shm"
].join("\n")

const answer = [
  "好的，分三步：",
  "1. 安装 `node`",
  "2. 运行",
  "",
  "| 项目 | 结果 |",
  "|---|---|",
  "| 构建 | **成功** |",
  "",
  "```ts",
  "const a = 1",
  "const b = 2",
  "```",
  "完成",
  "谢谢"
].join("\n")

/** What programs print, and plain sentences. */
const printed: Readonly<Record<string, string>> = {
  df,
  ls: "total 8\n-rw-r--r-- 1 root root  120 Nov 28 13:15 a.txt\ndrwxr-xr-x 2 root root 4096 Nov 28 13:15 b",
  "git status": "On branch main\n\nUntracked files:\n  (use \"git add <file>...\" to include)\n\ta.ts",
  "git branch": "* main\n  dev",
  "git diff": "diff --git a/README.md b/README.md\n@@ -1,2 +1,2 @@\n # Title\n-**old**\n+**new**",
  diff: "1c1\n< a\n---\n> b",
  docker: "REPOSITORY   TAG      IMAGE ID\n<none>       <none>   0123456789ab",
  tree: "src\n├── a.ts\n└── b.ts",
  mysql: "+----+------+\n| id | name |\n+----+------+\n|  1 | a    |\n+----+------+",
  psql: " id | name \n----+------\n  1 | a\n(1 row)",
  json: "{\n  \"text\": \"**bold** [a](https://b.c)\",\n  \"list\": []\n}",
  yaml: "on:\n  push:\n    branches:\n      - main",
  environment: "PATH=/usr/bin\nHOME=/root",
  configuration: "# port\nport = 80\n# host\nhost = example",
  crontab: "# m h dom mon dow command\n*/5 * * * * /usr/bin/a",
  traceback: "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nNameError: x",
  html: "<html>\n<body>\n<br>\n</body></html>",
  glob: "src/**/*.ts\ntest/**/*.ts",
  python: "def f(*args, **kwargs):\n    return 2 ** 3 + 4 ** 5",
  powers: "2**3 + 4**5",
  call: "handlers[i](event)",
  snake: "some_long_name and __init__.py",
  comparison: "a < b && c > d",
  tabs: "ok  \tpkg/a\t0.3s\nFAIL\tpkg/b\t1.0s",
  date: "Sat Nov 28 13:30:17 UTC 2026",
  prose: "第一行\n第二行",
  dashes: "PING a\n--- a statistics ---\n1 packet"
}

const written: Readonly<Record<string, string>> = {
  answer,
  heading: "### 周报\n- 一切正常",
  "one heading": "# 标题\n正文",
  bold: "这是**重点**内容",
  "bold words": "**Done** in 3 min",
  link: "见 [文档](https://example.com/a)",
  picture: "![图](https://example.com/a.png)",
  colour: "<font color=\"red\">告警</font> 磁盘",
  table: "|a|b|\n|:-|-:|\n|1|2|",
  code: "看：\n```\nls  -l\n```",
  "open code": "```ts\nconst a = 1",
  tasks: "- [ ] 买菜\n- [x] 做饭",
  bullets: "- a\n- b\n  - c",
  numbers: "1. a\n2. b",
  quote: "> 引用一句\n\n回答",
  "inline code": "运行 `npm i`",
  emphasis: "这很*重要*。",
  struck: "~~旧~~ 新"
}

describe("looksLikeMarkdown", () => {
  it.each(Object.entries(printed))("not: %s", (_, text) => {
    assert.isFalse(looksLikeMarkdown(text))
  })

  it.each(Object.entries(written))("yes: %s", (_, text) => {
    assert.isTrue(looksLikeMarkdown(text))
  })

  it("columns, trees and indentation need their blanks; lists, tables and sentences don't", () => {
    for (const name of ["df", "ls", "git status", "git diff", "docker", "tree", "mysql", "json", "yaml", "tabs"]) {
      assert.isTrue(isPreformatted(printed[name] ?? ""), name)
    }
    for (const text of [...Object.values(written), "One.  Two.\nThree.  Four.", "a  b", "　　段落\n　　段落"]) {
      assert.isFalse(isPreformatted(text), text)
    }
  })
})

describe("format", () => {
  it("a table drawn with signs keeps its columns", () => {
    for (const table of [printed["psql"] ?? "", printed["mysql"] ?? "", "a   b\n==+==\n1   2"]) {
      assert.deepStrictEqual(format(table), { format: "markdown", text: fenced(table) })
    }
  })

  it("df -h looks like df -h", () => {
    assert.deepStrictEqual(format(`${df}\n`), { format: "markdown", text: `\`\`\`\n${df}\n\`\`\`` })
  })

  it("a break stays a break; blocks stay blocks, with room around them", () => {
    assert.deepStrictEqual(format("第一行\n第二行\n\n第三段").text, "第一行  \n第二行\n\n第三段")
    assert.deepStrictEqual(
      format(answer).text,
      answer.replace("三步：\n", "三步：\n\n").replace("完成\n", "完成  \n")
    )
    for (const name of ["heading", "table", "tasks", "bullets", "numbers", "quote", "code"]) {
      const text = written[name] ?? ""
      assert.strictEqual(format(text).text, text, name)
    }
  })

  it("what Markdown would show as something else goes as it is", () => {
    for (
      const name of [
        "configuration",
        "crontab",
        "traceback",
        "powers",
        "snake",
        "comparison",
        "diff",
        "git branch",
        "glob"
      ]
    ) {
      assert.deepStrictEqual(format(printed[name] ?? ""), { format: "plain", text: printed[name] }, name)
    }
    for (
      const text of [
        "<none>",
        "a*b*c",
        "_x_",
        "\\d+",
        "1986. A year",
        "+ 1",
        "a  b",
        "&lt;",
        "   indented",
        "你好\n  世界"
      ]
    ) {
      assert.deepStrictEqual(format(text), { format: "plain", text })
    }
  })

  it("Windows line ends are line ends", () => {
    assert.strictEqual(format("a\r\nb").text, "a  \nb")
  })

  it("a block of code holds whatever is in it", () => {
    assert.strictEqual(fenced("\n\n  a\n````\n"), "`````\n  a\n````\n`````")
  })
})

describe("a long line", () => {
  it.each([
    "[",
    "[a](b:",
    "<a",
    "<font ",
    "**a ",
    "*a",
    "`a",
    "``` ",
    "~~a",
    "&a",
    "|-",
    "- ",
    " ",
    "x  ",
    "1. ",
    "> ",
    "{"
  ])(
    "of %j is got through",
    (unit) => {
      const text = unit.repeat(Math.ceil(300_000 / unit.length))
      assert.include(format(`${text}\n${text}`).text, unit.trim())
    }
  )
})

describe("withBreaks", () => {
  it.each<readonly [name: string, text: string, shown: string]>([
    ["lines of a paragraph", "a\nb\nc", "a  \nb  \nc"],
    ["breaks that are there", "a  \nb\\\nc<br>\nd", "a  \nb\\\nc<br>\nd"],
    ["an open code block", "a\n```\nx\ny", "a\n```\nx\ny"],
    ["a list behind a line", "a:\n- b\n- c", "a:\n\n- b\n- c"],
    ["a number that is none of a list", "a\n12. b", "a  \n12. b"],
    ["a line behind an item", "1. a\nb\n2. c", "1. a  \nb\n\n2. c"],
    ["an item of several lines", "- a\n  b\n- c", "- a\n  b\n- c"],
    ["a table behind a line, and a line behind it", "t\n|a|\n|-|\n|1|\nu", "t\n\n|a|\n|-|\n|1|\n\nu"],
    ["a line behind a quote", "> a\n> b\nc", "> a\n> b\n\nc"],
    ["headings", "# a\nb\n## c\nd", "# a\nb\n## c\nd"],
    ["an underlined heading", "a\n===\nb", "a\n===\nb"],
    ["what ends in a line end", "a\n", "a\n"]
  ])("%s", (_, text, shown) => {
    assert.strictEqual(withBreaks(text), shown)
  })

  const document = FastCheck.array(
    FastCheck.constantFrom(
      "文字",
      "more text",
      "",
      "- item",
      "  more",
      "1. one",
      "> quote",
      "# head",
      "|a|b|",
      "|-|-|",
      "```",
      "---"
    ),
    { maxLength: 30 }
  ).map((lines) => lines.join("\n"))

  it("property: adds nothing but blanks and empty lines, and adds them once", () => {
    FastCheck.assert(FastCheck.property(document, (text) => {
      const once = withBreaks(text)
      const lines = (text: string) => text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "")
      assert.deepStrictEqual(lines(once), lines(text))
      assert.strictEqual(withBreaks(once), once)
    }))
  })
})
