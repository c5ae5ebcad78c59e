// Puts the examples and the table of settings into the README. `test/readme` fails when they differ from it.
import { build } from "esbuild"
import { readFileSync, rmSync, writeFileSync } from "node:fs"

const bundle = "node_modules/.cache-readme-keys.mjs"
await build({
  stdin: {
    contents: "export { rows } from './test/readme/rows.ts'",
    resolveDir: ".",
    loader: "ts"
  },
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: bundle,
  logLevel: "error"
})
const { rows } = await import(new URL(`../${bundle}`, import.meta.url).href)
rmSync(bundle)

const readme = readFileSync("README.md", "utf8")
  .replace(
    /(<!-- example: (\S+) -->\n```ts\n)[^]*?```/g,
    (_, head, file) => `${head}${readFileSync(`examples/${file}`, "utf8")}\`\`\``
  )
  .replace(/(<!-- keys -->\n.*\n.*\n)[^]*?(<!-- \/keys -->)/, (_, head, tail) => `${head}${rows.join("\n")}\n${tail}`)
writeFileSync("README.md", readme)
