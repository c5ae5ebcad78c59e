/** A page in two languages says the same: what can be compared without reading it is compared. */
import { assert, describe, it } from "@effect/vitest"
import { anchors, externalLinks, links, pages, pairs, prose, targetOf } from "./utils/pages.ts"

const page = (name: string): string => pages.get(name) ?? ""

const fences = (text: string): ReadonlyArray<string> => text.match(/(?:<!-- .* -->\n)?^```[^]*?^```/gm) ?? []

const levels = (text: string): ReadonlyArray<string> => prose(text).match(/^#+(?= )/gm) ?? []

/** How many columns each row of its tables has. */
const rows = (text: string): ReadonlyArray<number> =>
  (prose(text).match(/^\|.*$/gm) ?? []).map((row) => row.replaceAll("\\|", "").split("|").length)

const items = (text: string): number => prose(text).match(/^ *(?:[-*]|\d+\.) /gm)?.length ?? 0

const code = (text: string): ReadonlyArray<string> => [...new Set(prose(text).match(/`[^`]+`/g) ?? [])].toSorted()

/** The twin of a page in English. */
const inEnglish = new Map(pairs.map(([english, chinese]) => [chinese, english]))

/** Where the links of a page lead, whatever its language: to which page, and to which of its headings. */
const targets = (name: string): ReadonlyArray<string> =>
  links(page(name)).flatMap((link) => {
    const { anchor, path } = targetOf(name, link)
    const heading = anchor === undefined ? "" : anchors(page(path)).indexOf(anchor)
    const target = inEnglish.get(path) ?? path
    // To each other, and to pages that there is only one of.
    return target === (inEnglish.get(name) ?? name) && anchor === undefined ? [] : [`${target} ${heading}`]
  }).toSorted()

it("every page is there in both languages", () => {
  const chinese = pairs.map(([, name]) => name)
  for (const name of pages.keys()) {
    if (/^docs\/[^/]+$/.test(name)) assert.include(chinese, name.replace("docs/", "docs/zh/"))
  }
})

describe.each(pairs)("%s and %s have the same", (english, chinese) => {
  it("headings, in order", () => assert.deepStrictEqual(levels(page(chinese)), levels(page(english))))

  it("code", () => assert.deepStrictEqual(fences(page(chinese)), fences(page(english))))

  it("names between the words", () => assert.deepStrictEqual(code(page(chinese)), code(page(english))))

  it("tables and lists", () => {
    assert.deepStrictEqual(rows(page(chinese)), rows(page(english)))
    assert.strictEqual(items(page(chinese)), items(page(english)))
  })

  it("links", () => {
    assert.deepStrictEqual(targets(chinese), targets(english).filter((target) => !target.startsWith(`${chinese} `)))
    assert.deepStrictEqual(externalLinks(page(chinese)).toSorted(), externalLinks(page(english)).toSorted())
  })
})
