/** The READMEs and the pages of `docs`, as their readers get them. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { anchorOf } from "../../../docs/.vitepress/anchors.ts"

const pagesOf = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder).filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`)

const names = ["README.md", "README.zh-CN.md", ...pagesOf("docs"), ...pagesOf("docs/zh")]

/** By their paths. */
export const pages: ReadonlyMap<string, string> = new Map(names.map((name) => [name, readFileSync(name, "utf8")]))

/** Each with the language that it is written in, English first. */
export const pairs: ReadonlyArray<readonly [english: string, chinese: string]> = [
  ["README.md", "README.zh-CN.md"],
  ...pagesOf("docs/zh").map((chinese) => [chinese.replace("docs/zh/", "docs/"), chinese] as const)
]

/** A page without its code. */
export const prose = (text: string): string => text.replace(/^```[^]*?^```/gm, "")

/** What its headings are linked to by, in order. */
export const anchors = (text: string): ReadonlyArray<string> =>
  [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading))

const allLinks = (text: string): ReadonlyArray<string> =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link)

/** Its links to files and headings. */
export const links = (text: string): ReadonlyArray<string> => allLinks(text).filter((link) => !/^https?:/.test(link))

/** Its links to the rest of the world. */
export const externalLinks = (text: string): ReadonlyArray<string> =>
  allLinks(text).filter((link) => /^https?:/.test(link))

/** Where a link of a page leads. */
export const targetOf = (
  name: string,
  link: string
): { readonly path: string; readonly anchor: string | undefined } => {
  const [path = "", anchor] = link.split("#")
  return { path: path === "" ? name : normalize(join(dirname(name), path)), anchor }
}

/** The files that a page leads to. */
export const linkedFrom = (name: string): ReadonlyArray<string> =>
  links(pages.get(name) ?? "").map((link) => targetOf(name, link).path)
