// Writes a page of the site for each public module, from the declarations that the compiler makes of it: what is
// exported, with its docstring, by category. The pages are made for each build of the site, and kept nowhere.
//
// The declarations are read line by line: they are machine-made, one statement after the other, each with its docstring
// right before it. TypeScript 7 has no API for tools that would read more of them.
import * as Arr from "effect/Array"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const pages = join(root, "docs", "api")
const declarations = mkdtempSync(join(tmpdir(), "declarations-"))

const compiled = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    join(root, "tsconfig.build.json"),
    "--outDir",
    declarations,
    "--emitDeclarationOnly",
    "--declarationMap",
    "false",
    "--sourceMap",
    "false"
  ],
  { stdio: "inherit" }
)
if (compiled.status !== 0) process.exit(compiled.status ?? 1)

/** The statements of a file, each with the docstring before it. */
const statements = (file) => {
  const found = []
  let doc
  let lines = readFileSync(file, "utf8").split("\n")
  while (lines.length > 0) {
    const isDoc = lines[0].startsWith("/**")
    // What is indented, or closes a bracket, goes on with what began before it.
    const end = isDoc
      ? lines.findIndex((line) => line.trimEnd().endsWith("*/"))
      : lines.findIndex((_, index) => !/^[\s})\]]/.test(lines[index + 1] ?? "x"))
    const text = lines.slice(0, end + 1).join("\n")
    lines = lines.slice(end + 1)
    if (isDoc) doc = text
    else if (text.trim() !== "") {
      found.push({ doc, text })
      doc = undefined
    }
  }
  return found
}

/** A docstring without its frame, and its tags apart. */
const read = (doc) => {
  const text = doc.replace(/^\/\*\*|\*\/$/g, "").split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n")
    .trim()
  const tag = (name) => new RegExp(`^@${name} (.*)$`, "m").exec(text)?.[1]
  return {
    description: text
      .replace(/^@(?:since|category) .*$/gm, "")
      .replace(/^@example\n/gm, "")
      .replace(/\{@link (\w+)\}/g, "`$1`")
      // Outside of code the site's templates would take these for their own.
      .replace(/(```[^]*?```|`[^`]*`)|[<{]/g, (sign, code) => code ?? { "<": "&lt;", "{": "&#123;" }[sign])
      .trim(),
    category: tag("category") ?? "exports",
    since: tag("since")
  }
}

const nameOf = (text) =>
  /^export (?:declare )?(?:abstract )?(?:interface|class|const|function|type|namespace) (\w+)/.exec(text)?.[1]

/** What the file exports, by name; what it passes on from another file stands there. */
const exportsOf = (file) => {
  const all = statements(file)
  const bases = new Map(all.flatMap(({ text }) => {
    const [, base, type] = /^declare const (\w+_base): ([^]*);$/.exec(text) ?? []
    return base === undefined ? [] : [[base, type]]
  }))
  return all.flatMap(({ doc, text }) => {
    const passedOn = /^export (?:type )?\{([^}]*)\} from "(.*)";/.exec(text)
    if (passedOn !== null) {
      const source = declarationsOf(file, passedOn[2])
      const theirs = source === undefined ? [] : exportsOf(source)
      return passedOn[1].split(",").flatMap((given) => {
        const [name, as = name] = given.trim().replace(/^type /, "").split(" as ")
        return theirs.filter((one) => one.name === name).map((one) => ({ ...one, name: as }))
      })
    }
    const name = nameOf(text)
    if (name === undefined || doc === undefined) return []
    const base = bases.get(`${name}_base`)
    // The compiler names the class between an error or a tag and what it is made of.
    const code = base === undefined
      ? text
      : base.startsWith("Context.")
      ? text.replace(`${name}_base`, () => base)
      : text.replace(`${name}_base`, `TaggedError("${name}")`)
    return [{ name, code: code.replace(/^export (?:declare )?/, ""), ...read(doc) }]
  })
}

const declarationsOf = (file, specifier) => {
  if (!specifier.startsWith(".")) return undefined
  const found = join(dirname(file), specifier).replace(/\.ts$/, ".d.ts")
  return existsSync(found) ? found : undefined
}

/** What a module's source says of it as a whole; in its declarations that goes with the first import. */
const about = (file) => {
  const source = readFileSync(join(root, "src", relative(declarations, file).replace(/\.d\.ts$/, ".ts")), "utf8")
  const [doc] = /^\/\*\*[^]*?\*\/(?=\n(?:import|\n|\/\*\*))/.exec(source) ?? []
  return doc === undefined ? "" : read(doc).description
}

const capitalised = (text) => text.slice(0, 1).toUpperCase() + text.slice(1)

const section = ({ code, description, name }) => `### ${name}\n\n${description}\n\n\`\`\`ts\n${code}\n\`\`\`\n`

const page = (title, entry, file) => {
  const found = exportsOf(file)
  // An interface and a constant of one name are one thing to their reader.
  const named = Object.values(Arr.groupBy(found, ({ name }) => name)).map((same) => ({
    ...same[0],
    code: same.map(({ code }) => code).join("\n\n")
  }))
  const sections = Object.entries(Arr.groupBy(named, ({ category }) => category)).map(([category, those]) =>
    `## ${capitalised(category)}\n\n${those.map(section).join("\n")}`
  )
  const introduction = about(file)
  return `---\noutline: [2, 3]\n---\n\n# ${title}\n\n\`import { ${title} } from "${entry}"\`\n\n${
    [introduction, ...sections].filter((text) => text !== "").join("\n\n")
  }`
}

const summary = (file) => about(file).split(/\.\s|\.$|\n\n/)[0].replaceAll("\n", " ")

rmSync(pages, { recursive: true, force: true })
mkdirSync(pages, { recursive: true })

const { exports, name: packageName } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const entries = Object.entries(exports).flatMap(([path, target]) =>
  target?.types === undefined ? [] : [{
    entry: path === "." ? packageName : `${packageName}/${path.slice(2)}`,
    file: join(declarations, relative("dist", target.types))
  }]
)

const index = entries.map(({ entry, file }) => {
  const modules = statements(file).flatMap(({ text }) => {
    const [, title, specifier] = /^export \* as (\w+) from "(.*)";/.exec(text) ?? []
    const source = specifier === undefined ? undefined : declarationsOf(file, specifier)
    return source === undefined ? [] : [{ title, source }]
  })
  for (const { source, title } of modules) writeFileSync(join(pages, `${title}.md`), page(title, entry, source))
  const lines = modules.map(({ source, title }) => `| [${title}](${title}.md) | ${summary(source)} |`)
  return `## ${entry}\n\n| Module | |\n|---|---|\n${lines.join("\n")}\n`
})
writeFileSync(
  join(pages, "index.md"),
  `# API\n\nThe public modules, from their docstrings. All of them are namespaces.\n\n${index.join("\n")}`
)
rmSync(declarations, { recursive: true })
process.stdout.write(`docs/api: ${readdirSync(pages).length} pages\n`)
