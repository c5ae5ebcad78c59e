import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { list } from "../../docs/.vitepress/llms.ts"
import { groups } from "../../docs/.vitepress/navigation.ts"
import { cliEvents } from "../../src/cli/logging.ts"
import { logEvents } from "../../src/logEvents.ts"
import * as ApiError from "../../src/outbound/api/ApiError.ts"
import * as SendError from "../../src/outbound/api/SendError.ts"
import * as MediaKind from "../../src/outbound/media/MediaKind.ts"
import * as RobotMessage from "../../src/outbound/message/RobotMessage.ts"
import * as WebhookMessage from "../../src/outbound/message/WebhookMessage.ts"
import { anchors, linkedFrom, links, pages, targetOf } from "./utils/pages.ts"
import { rows } from "./utils/rows.ts"

const page = (name: string): string => pages.get(name) ?? ""

/** What a page shows as this example. */
const shown = (text: string): ReadonlyArray<readonly [file: string, code: string]> =>
  [...text.matchAll(/<!-- example: (\S+) -->\n```(?:ts|js|python|sh)\n([^]*?)```/g)].map((
    [, file = "", code = ""]
  ) => [file, code])

const rowOf = (text: string, name: string): string =>
  text.split("\n").find((line) => line.startsWith(`| ${name}`)) ?? ""

describe("the pages", () => {
  it("show the examples as they are, and every example is shown (`node scripts/readme.mjs` mends it)", () => {
    const blocks = [...pages.values()].flatMap(shown)
    for (const [file, code] of blocks) assert.strictEqual(code, readFileSync(join("examples", file), "utf8"), file)
    const files = readdirSync("examples", { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative("examples", join(entry.parentPath, entry.name)))
    assert.sameMembers([...new Set(blocks.map(([file]) => file))], files)
  })

  it("show no code of TypeScript that is not an example", () => {
    for (const [name, text] of pages) {
      const examples = shown(text).filter(([file]) => file.endsWith(".ts"))
      assert.strictEqual((text.match(/^```ts/gm) ?? []).length, examples.length, name)
    }
  })

  it("lead somewhere by every link", () => {
    for (const [name, text] of pages) {
      for (const link of links(text)) {
        const { anchor, path } = targetOf(name, link)
        assert.isTrue(existsSync(path), `${name}: ${link}`)
        if (anchor !== undefined) assert.include(anchors(page(path)), anchor, `${name}: ${link}`)
      }
    }
  })

  // The first page of the site is made of what the README says.
  const toBeFound = [...pages.keys()].filter((name) => /^docs\/[^/]+\.md$/.test(name) && name !== "docs/index.md")

  it("are all in the README", () => {
    const linked = linkedFrom("README.md")
    for (const name of toBeFound) assert.include(linked, name, "link to it in README.md, and in README.zh-CN.md")
  })

  it("are all in the navigation of the site, each once", () => {
    assert.sameMembers(
      groups.flatMap((group) => group.pages.map(({ name }) => `docs/${name}.md`)),
      toBeFound,
      "docs/.vitepress/navigation.ts has a line for each page of docs"
    )
  })

  it("are listed for language models (`node scripts/readme.mjs` mends it)", () => {
    assert.strictEqual(readFileSync("llms.txt", "utf8"), list(groups, "docs/", (name) => page(`docs/${name}.md`)))
    for (const line of readFileSync("llms.txt", "utf8").split("\n").filter((line) => line.startsWith("- "))) {
      assert.match(line, /^- \[.+\]\(docs\/.+\.md\): \S.{20,}[.:]$/)
    }
  })

  it("the table of settings has every key (`node scripts/readme.mjs` mends it)", () => {
    assert.include(page("docs/configuration.md"), rows.join("\n"))
  })

  it("the table of messages has every kind, with the name that it is sent by", () => {
    const title = "t"
    const text = "t"
    const button = { title: "b", url: "https://example.com" }
    const all: Readonly<Record<RobotMessage.RobotMessage["_tag"], RobotMessage.RobotMessage>> = {
      Text: RobotMessage.Text({ content: text }),
      Markdown: RobotMessage.Markdown({ text }),
      Image: RobotMessage.Image({ photo: "p" }),
      Link: RobotMessage.Link({ title, text, picUrl: "", messageUrl: "https://example.com" }),
      Audio: RobotMessage.Audio({ mediaId: "m", durationMs: 1 }),
      File: RobotMessage.File({ mediaId: "m", fileName: "f.pdf", fileType: "pdf" }),
      Video: RobotMessage.Video({ mediaId: "m", coverMediaId: "c", durationMs: 1, videoType: "mp4" }),
      ActionCard: RobotMessage.ActionCard({ title, text, button }),
      ActionCardVertical: RobotMessage.ActionCardVertical({ title, text, buttons: [button, button] }),
      ActionCardHorizontal: RobotMessage.ActionCardHorizontal({ title, text, buttons: [button, button] })
    }
    for (const [kind, message] of Object.entries(all)) {
      const row = rowOf(page("docs/messages.md"), `\`${kind}\``)
      assert.include(row, `\`${RobotMessage.encode(message).msgKey}\``, kind)
      assert.match(row, WebhookMessage.encode(message) === undefined ? / no \|$/ : / yes \|$/, kind)
      for (const field of Object.keys(message).filter((field) => field !== "_tag")) {
        assert.include(row, field, kind)
      }
    }
  })

  it("the table of errors has every error", () => {
    const tags = [ApiError, SendError].flatMap((module) =>
      Object.entries(module).flatMap(([name, value]) =>
        typeof value === "function" && value.prototype instanceof Error ? [name] : []
      )
    )
    assert.includeMembers(tags, ["Ambiguous", "Throttled", "PartialDelivery", "UrlRefused", "CredentialsMissing"])
    const [, table = ""] = page("docs/sending.md").split("| Error | Went out? | What to do |")
    const errors = [...new Set([...tags, "InvalidTarget", "UnknownAccount"])]
    const rows = table.split("\n\n")[0] ?? ""
    assert.sameMembers(
      rows.split("\n").slice(2).flatMap((row) =>
        [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, tag = ""]) => tag)
      ),
      errors
    )
  })

  it("the table of media has every type and limit", () => {
    const rows = { image: "image", voice: "audio", video: "video", file: "file" } as const
    for (const kind of ["image", "voice", "video", "file"] as const) {
      const row = rowOf(page("docs/media.md"), `\`{ kind: "${rows[kind]}"`)
      for (const type of MediaKind.extensions[kind] ?? RobotMessage.fileTypes) assert.include(row, type)
      assert.include(row, `${MediaKind.limitBytes[kind] / 1024 / 1024} MiB`)
    }
  })

  describe("telemetry has every", () => {
    const sources = readdirSync("src", { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
      .join("\n")
    const found = (pattern: RegExp) =>
      new Set([...sources.matchAll(pattern)].flatMap(([, ...names]) => names.filter(Boolean)))
    const text = page("docs/telemetry.md")
    /** What is named in the first column of the tables under a heading. */
    const listed = (heading: string) =>
      ((text.split(`## ${heading}\n`)[1] ?? "").split("\n## ")[0] ?? "")
        .split("\n")
        .flatMap((line) =>
          [...(/^\|([^|]*)\|/.exec(line)?.[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name)
        )

    it("metric", () => {
      // Tables of databases have names like theirs.
      const tables = /^effect_dingtalk_(?:bulk|cluster|shared)(?:_|$)/
      const names = [...found(/"(effect_dingtalk_\w+[a-z])"/g)].filter((name) => !tables.test(name))
      assert.sameMembers(listed("Metrics"), names)
    })

    it("span", () => {
      const spans = found(/(?:withSpan\(|span: )["`]([\w.]+)/g)
      assert.includeMembers([...spans], ["dingtalk.message.handle", "dingtalk.gateway.open", "dingtalk.api."])
      assert.sameMembers(
        listed("Spans").map((name) => name.replace("<operation>", "")),
        [...spans]
      )
    })

    it("operation of the API", () => {
      const names = found(/name: "(\w+)",\s*kind: "(?:send|idempotent)"|ask\(account, "(\w+)"/g)
      assert.includeMembers([...names], ["sendToUser", "getPerson"])
      for (const name of names) assert.include(text, `\`${name}\``)
    })

    it("attribute of a span", () => {
      const attributes = found(
        /"((?:messaging|http\.response|error|dingtalk)\.[a-z_.]+)"(?:: (?!")|: "dingtalk"|: "handle"|: "process"|: "send"|, answer)/g
      )
      // What is said of a log event stands behind its name, too.
      const events: ReadonlySet<string> = new Set([...Object.values(logEvents), ...Object.values(cliEvents)])
      assert.sameMembers(listed("Attributes of spans"), [...attributes].filter((name) => !events.has(name)))
    })

    it("log event", () => {
      assert.sameMembers(listed("Log events"), [...Object.values(logEvents), ...Object.values(cliEvents)])
    })
  })
})
