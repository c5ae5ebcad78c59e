// Puts the examples into the READMEs and the pages of `docs`, the table of settings into `docs/configuration.md`,
// and writes `llms.txt`. `test/docs` fails when they differ from what it would write.
import { build } from "esbuild"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"

const bundle = "node_modules/.cache-readme-keys.mjs"
await build({
  stdin: {
    contents: `
      export { rows } from "./test/docs/utils/rows.ts"
      export { groups } from "./docs/.vitepress/navigation.ts"
      export { list } from "./docs/.vitepress/llms.ts"
    `,
    resolveDir: ".",
    loader: "ts"
  },
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: bundle,
  logLevel: "error"
})
const { groups, list, rows } = await import(new URL(`../${bundle}`, import.meta.url).href)
rmSync(bundle)

const pagesOf = (folder) =>
  readdirSync(folder).filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`)

const pages = ["README.md", "README.zh-CN.md", ...pagesOf("docs"), ...pagesOf("docs/zh")]
for (const page of pages) {
  const before = readFileSync(page, "utf8")
  const after = before
    .replace(
      /(<!-- example: (\S+) -->\n```(?:ts|js|python|sh)\n)[^]*?```/g,
      (_, head, file) => `${head}${readFileSync(`examples/${file}`, "utf8")}\`\`\``
    )
    .replace(/(<!-- keys -->\n.*\n.*\n)[^]*?(<!-- \/keys -->)/, (_, head, tail) => `${head}${rows.join("\n")}\n${tail}`)
  if (after !== before) writeFileSync(page, after)
}

writeFileSync("llms.txt", list(groups, "docs/", (name) => readFileSync(`docs/${name}.md`, "utf8")))
