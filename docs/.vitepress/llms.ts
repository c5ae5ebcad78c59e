/** What a language model is given to read: which pages there are, and each in a sentence. Pure. */
import type { groups } from "./navigation.ts"

/** The first sentence of a page, behind its title and what else is no prose. */
export const firstSentence = (page: string): string => {
  const paragraphs = page.replace(/^```[^]*?^```/gm, "").split("\n\n")
  const prose = paragraphs.find((text) => /^[\p{L}`*[]/u.test(text)) ?? ""
  const plain = prose.replaceAll("\n", " ").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("**", "")
  return /^.*?[.](?= |$)/.exec(plain)?.[0] ?? plain
}

const about =
  "DingTalk (钉钉) robots for Effect 3 services in TypeScript, and, by a command line, from any language: Stream " +
  "Mode, typed errors, back-pressure, honest sending, and a fake DingTalk for tests."

/**
 * The list as [llmstxt.org](https://llmstxt.org) has it. `folder` is put before each page's file, `pageOf` gives its text.
 */
export const list = (all: typeof groups, folder: string, pageOf: (name: string) => string): string =>
  [
    "# effect-dingtalk",
    `> ${about}`,
    "Made for Effect 3.22 (not 4): `npm install effect-dingtalk effect@^3.22 @effect/platform@^0.97 " +
    "@effect/platform-node@^0.108`. Every example on these pages is compiled and run.",
    ...all.map(({ en, pages }) =>
      [
        `## ${en}`,
        "",
        ...pages.map(({ name, en }) => `- [${en}](${folder}${name}.md): ${firstSentence(pageOf(name))}`)
      ].join("\n")
    )
  ].join("\n\n") + "\n"
