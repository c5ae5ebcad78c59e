// Bundles a program with files that load later (`import()`), and has all that loads at the start in one file. esbuild alone
// makes a file of what each set of later files shares, two dozen of them: to find and open them takes a start as long as to
// compile much of what is in them. So what it makes is bundled once more, the start and the rest each by themselves. It
// goes out as CommonJS, which can be compiled ahead (src/cli/process/compiled.ts) and which esbuild does not split: it is
// split as ECMAScript modules and rewritten at the end.
import { build, transform } from "esbuild"
import { mkdirSync, writeFileSync } from "node:fs"
import { basename } from "node:path"

/** Reads what the first build made. What `textOf` has no text for is left as it is. */
const reading = (textOf) => ({
  name: "reading",
  setup: ({ onLoad, onResolve }) => {
    onResolve(
      { filter: /^\.\/bin\./ },
      ({ path }) =>
        textOf(basename(path)) === undefined ? { path, external: true } : { path: basename(path), namespace: "made" }
    )
    onLoad({ filter: /./, namespace: "made" }, ({ path }) => ({ contents: textOf(path) }))
  }
})

/** All that is loaded with a file. */
const loadedWith = (outputs, name, known = new Set()) => {
  if (known.has(name) || !outputs.has(name)) return known
  known.add(name)
  for (const { kind, path } of outputs.get(name).imports) {
    if (kind === "import-statement") loadedWith(outputs, basename(path), known)
  }
  return known
}

const commonJs = { format: "cjs", supported: { "dynamic-import": false } }

/** What a module has by itself. */
const banner = "\"use strict\";const __fileUrl=require(\"node:url\").pathToFileURL(__filename).href;"

/** esbuild writes ASCII, but for regular expressions, in which this means the same. */
const ascii = (text) =>
  text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

/**
 * As esbuild's `build` with `splitting`, for `name`, made of `source`. `minify` is for what is written. Gives what the first
 * build tells of what is in it, and the names of the files that were written.
 */
export const buildOneStart = async (name, source, { minify, outdir, plugins, ...options }) => {
  const splitting = {
    ...options,
    format: "esm",
    splitting: true,
    outdir,
    chunkNames: "bin.[name]-[hash]",
    outExtension: { ".js": ".cjs" },
    define: { ...options.define, "import.meta.url": "__fileUrl" },
    write: false
  }
  const made = await build({ ...splitting, plugins, entryPoints: { [name]: source } })
  const texts = new Map(made.outputFiles.map(({ path, text }) => [basename(path), text]))
  const outputs = new Map(Object.entries(made.metafile.outputs).map(([path, output]) => [basename(path), output]))
  const main = `${name}.cjs`
  const start = [...loadedWith(outputs, main)]

  // All that later files take of the start goes through one export. To find each by itself, with a name of its own among
  // all others, would make what is written a twentieth larger.
  const shared = start.filter((file) => file !== main)
  const toldApart = (own, file) => `${own}_${shared.indexOf(file)}`
  const list = (file, write) => `{ ${outputs.get(file).exports.map(write).join(", ")} }`
  const entry = [
    `export * from "./${main}"`,
    ...shared.map((file) => `import ${list(file, (own) => `${own} as ${toldApart(own, file)}`)} from "./${file}"`),
    "export const parts = [",
    ...shared.map((file) => `() => (${list(file, (own) => `${own}: ${toldApart(own, file)}`)}),`),
    "]"
  ].join("\n")
  // The start has run by then: everything has its value, which nothing changes.
  const fromStart = (text) =>
    `import { parts as __parts } from "./${main}";\n${
      text.replaceAll(/^import (?:\{([^}]*)\} from )?"\.\/([^"]+)";$/gm, (line, names, file) => {
        if (!shared.includes(file)) return line
        return names === undefined
          ? ""
          : `const {${names.replaceAll(" as ", ": ")}} = __parts[${shared.indexOf(file)}]();`
      })
    }`

  const isLater = ([file, { entryPoint }]) => entryPoint !== undefined && !start.includes(file)
  const later = [...outputs].filter(isLater).map(([file]) => basename(file, ".cjs"))
  const [{ outputFiles: [beginning] }, { outputFiles: rest }] = await Promise.all([
    build({
      ...options,
      ...minify,
      ...commonJs,
      outdir,
      outExtension: { ".js": ".cjs" },
      write: false,
      entryPoints: { [name]: "./bin.start" },
      plugins: [reading((file) => file === "bin.start" ? entry : start.includes(file) ? texts.get(file) : undefined)]
    }),
    build({
      ...splitting,
      ...minify,
      entryPoints: Object.fromEntries(later.map((file) => [file, `./${file}.cjs`])),
      plugins: [
        reading((file) => start.includes(file) || !texts.has(file) ? undefined : fromStart(texts.get(file)))
      ]
    })
  ])
  const rewritten = await Promise.all(
    rest.map(async ({ path, text }) => {
      const { code } = await transform(text, { ...minify, ...commonJs, target: options.target })
      return { path, text: code }
    })
  )
  const files = [beginning, ...rewritten]
  mkdirSync(outdir, { recursive: true })
  for (const { path, text } of files) writeFileSync(path, `${banner}${ascii(text)}`)
  return { made, written: files.map(({ path }) => basename(path)) }
}
