// Bundles a program with files that load later (`import()`), and has all that loads at the start in one file. esbuild alone
// makes a file of what each set of later files shares, two dozen of them: to find and open them takes a start as long as to
// compile much of what is in them. So what it makes is bundled once more, the start and the rest each by themselves.
import { build } from "esbuild"
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

/**
 * As esbuild's `build` with `splitting`, for `name`, made of `source`. `minify` is for what is written. Gives three results:
 * of the first build, which tells what is in it, and of the two whose files are written.
 */
export const buildOneStart = async (name, source, { banner, minify, plugins, ...options }) => {
  const splitting = { ...options, splitting: true, chunkNames: "bin.[name]-[hash]" }
  const made = await build({ ...splitting, plugins, entryPoints: { [name]: source }, write: false })
  const texts = new Map(made.outputFiles.map(({ path, text }) => [basename(path), text]))
  const outputs = new Map(Object.entries(made.metafile.outputs).map(([path, output]) => [basename(path), output]))
  const main = `${name}.js`
  const start = [...loadedWith(outputs, main)]

  // All that later files take of the start goes through one export. As a thousand exports they would be a twentieth of the
  // time to start: V8 compiles a function when it is first called, and looks for each name that is not the function's own
  // among what the module exports, one after the other.
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
  const later = [...outputs].filter(isLater).map(([file]) => file)
  const written = { ...minify, banner }
  return [
    made,
    ...await Promise.all([
      build({
        ...options,
        ...written,
        entryPoints: { [name]: "./bin.start" },
        plugins: [reading((file) => file === "bin.start" ? entry : start.includes(file) ? texts.get(file) : undefined)]
      }),
      build({
        ...splitting,
        ...written,
        entryPoints: Object.fromEntries(later.map((file) => [basename(file, ".js"), `./${file}`])),
        plugins: [reading((file) => start.includes(file) || !texts.has(file) ? undefined : fromStart(texts.get(file)))]
      })
    ])
  ]
}
