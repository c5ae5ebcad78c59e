// The command line goes out as a few files, its own needs inside: it starts several times faster than from
// node_modules, and someone who only imports the library does not install them.
import { build } from "esbuild"
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { buildOneStart } from "./oneStart.mjs"

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
const { version } = manifest

const templateFolder = new URL("../src/cli/new/template/", import.meta.url)
const caret = (name) => [name, `^${manifest.devDependencies[name]}`]

// What `new` makes a robot's folder of.
const template = {
  files: Object.fromEntries(
    readdirSync(templateFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(
      (entry) => {
        const path = join(entry.parentPath, entry.name)
        return [relative(fileURLToPath(templateFolder), path).replaceAll("\\", "/"), readFileSync(path, "utf8")]
      }
    )
  ),
  dependencies: Object.fromEntries([
    ["@effect/platform", manifest.peerDependencies["@effect/platform"]],
    ["@effect/platform-node", manifest.peerDependencies["@effect/platform-node"]],
    ["effect", manifest.peerDependencies["effect"]],
    ["effect-dingtalk", `^${version}`]
  ]),
  devDependencies: Object.fromEntries(["@effect/vitest", "@types/node", "typescript", "vitest"].map(caret))
}

// Of undici the program needs two dispatchers, and those once it goes to the network. Its index loads fetch, WebSocket,
// cookies, caches and mocks, and by them the copy of undici inside Node.
const slimUndici = {
  name: "slim-undici",
  setup: ({ onLoad }) => {
    onLoad({ filter: /node_modules\/undici\/index\.js$/ }, () => ({
      contents: `
        const dispatchers = () => {
          const Dispatcher = require("./lib/dispatcher/dispatcher.js")
          Dispatcher.prototype.connect = require("./lib/api/api-connect.js")
          return {
            Agent: require("./lib/dispatcher/agent.js"),
            EnvHttpProxyAgent: require("./lib/dispatcher/env-http-proxy-agent.js")
          }
        }
        export function Agent(options) { return new (dispatchers().Agent)(options) }
        export function EnvHttpProxyAgent(options) { return new (dispatchers().EnvHttpProxyAgent)(options) }
        export default {}
      `,
      resolveDir: "node_modules/undici"
    }))
  }
}

// What only some programs need, or need a while after their start, is in files of its own, which the first use loads:
// together it would be a third of the time until the first connection.
const lazies = {
  re2js: {
    contents: `export { RE2JS } from "re2js"`,
    stub: (load) => `export const RE2JS = new Proxy({}, { get: (_, key) => ${load}.RE2JS[key] })`
  },
  "https-proxy-agent": {
    contents: `export { HttpsProxyAgent } from "https-proxy-agent"`,
    stub: (load) => `export function HttpsProxyAgent(...args) { return new (${load}.HttpsProxyAgent)(...args) }`
  }
}

const fileOf = (name) => `bin.${name}.cjs`

const lazy = {
  name: "lazy",
  setup: ({ onLoad, onResolve }) => {
    for (const [name, { stub }] of Object.entries(lazies)) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: "lazy" }))
      onResolve({ filter: new RegExp(`^\\./${fileOf(name)}$`) }, ({ path }) => ({ path, external: true }))
      onLoad({ filter: new RegExp(`^${name}$`), namespace: "lazy" }, () => ({
        contents: stub(`require("./${fileOf(name)}")`)
      }))
    }
  }
}

// Nothing here asks for HTTP/2, and Node's own part of it is slow to load.
const withoutHttp2 = {
  name: "without-http2",
  setup: ({ onLoad }) => {
    onLoad({ filter: /undici\/lib\/dispatcher\/client-h2\.js$/ }, () => ({ contents: "module.exports = undefined" }))
  }
}

const minify = { minifySyntax: true, minifyWhitespace: true }

const shared = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
  define: { __PACKAGE_VERSION__: JSON.stringify(version), __TEMPLATE__: JSON.stringify(template) },
  external: ["bufferutil", "utf-8-validate", "better-sqlite3", "pg-native"],
  metafile: true,
  logLevel: "warning"
}

// What is started is small, so that it listens to signals at once; the rest comes behind it.
const [beginning, { made, written }, ...parts] = await Promise.all([
  build({
    ...shared,
    ...minify,
    entryPoints: ["src/cli/bin.ts"],
    outfile: "dist/bin.js",
    banner: { js: "#!/usr/bin/env node" }
  }),
  buildOneStart("bin.program", "src/cli/program.ts", {
    ...shared,
    outdir: "dist",
    // A third less to read and to compile before the first connection; what is logged names spans, not functions.
    minify: { ...minify, minifyIdentifiers: true },
    plugins: [lazy, slimUndici, withoutHttp2]
  }),
  ...Object.entries(lazies).map(([name, { contents }]) =>
    build({
      ...shared,
      ...minify,
      stdin: { contents, resolveDir: "." },
      format: "cjs",
      outfile: `dist/${fileOf(name)}`
    })
  )
])
chmodSync("dist/bin.js", 0o755)

// For the bill of materials.
const bundled = new Set(
  [beginning, made, ...parts].flatMap(({ metafile }) =>
    Object.keys(metafile.inputs).flatMap((path) =>
      /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path) ?? []
    )
  )
)
mkdirSync("node_modules/.cache/effect-dingtalk", { recursive: true })
writeFileSync("node_modules/.cache/effect-dingtalk/bundled.json", JSON.stringify([...bundled].toSorted()))

const names = new Set(["bin.js", ...Object.keys(lazies).map(fileOf), ...written])
for (const name of readdirSync("dist")) {
  if (name.startsWith("bin.") && !names.has(name)) rmSync(`dist/${name}`, { force: true })
}
