// The command line goes out as a few files, its own needs inside: it starts several times faster than from
// node_modules, and someone who only imports the library does not install them.
import { build } from "esbuild"
import { chmodSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { basename, dirname } from "node:path"

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))

// Of undici the program needs three dispatchers. Its index loads fetch, WebSocket, cookies, caches and mocks, and by
// them the copy of undici inside Node: a quarter of the time until the first connection.
const slimUndici = {
  name: "slim-undici",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^undici$/ }, () => ({ path: "undici", namespace: "slim" }))
    onLoad({ filter: /.*/, namespace: "slim" }, () => ({
      resolveDir: dirname(createRequire(import.meta.url).resolve("undici/package.json")),
      contents: `
        import Dispatcher from "./lib/dispatcher/dispatcher.js"
        import connect from "./lib/api/api-connect.js"
        import request from "./lib/api/api-request.js"
        Object.assign(Dispatcher.prototype, { connect, request })
        export { Dispatcher }
        export { default as Agent } from "./lib/dispatcher/agent.js"
        export function EnvHttpProxyAgent(options) {
          return new (require("./lib/dispatcher/env-http-proxy-agent.js"))(options)
        }
        export { getGlobalDispatcher } from "./lib/global.js"
        export default {}
      `
    }))
  }
}

// Regular expressions in linear time take a tenth of the whole to compile, and are needed by few configurations.
const lazyRe2js = {
  name: "lazy-re2js",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^re2js$/ }, () => ({ path: "re2js", namespace: "lazy" }))
    onResolve({ filter: /^\.\/bin\.re2js\.cjs$/ }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /.*/, namespace: "lazy" }, () => ({
      contents: `export const RE2JS = new Proxy({}, { get: (_, key) => require("./bin.re2js.cjs").RE2JS[key] })`
    }))
  }
}

// What is started is small, so that it listens to signals at once; the rest comes behind it.
const splitProgram = {
  name: "split-program",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/program\.ts$/ }, () => ({ path: "./bin.program.js", external: true }))
  }
}

const shared = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  define: { __PACKAGE_VERSION__: JSON.stringify(version) },
  external: ["bufferutil", "utf-8-validate"],
  logLevel: "warning"
}

const [, program] = await Promise.all([
  build({
    ...shared,
    entryPoints: ["src/cli/bin.ts"],
    outfile: "dist/bin.js",
    banner: { js: "#!/usr/bin/env node" },
    plugins: [splitProgram]
  }),
  build({
    ...shared,
    entryPoints: { "bin.program": "src/cli/program.ts" },
    outdir: "dist",
    splitting: true,
    metafile: true,
    chunkNames: "bin.[name]-[hash]",
    banner: {
      js:
        "import { createRequire as __createRequire } from \"node:module\"; const require = __createRequire(import.meta.url);"
    },
    plugins: [slimUndici, lazyRe2js]
  }),
  build({
    ...shared,
    stdin: { contents: "export { RE2JS } from \"re2js\"", resolveDir: "." },
    format: "cjs",
    outfile: "dist/bin.re2js.cjs"
  })
])
chmodSync("dist/bin.js", 0o755)

const parts = new Set(Object.keys(program.metafile.outputs).map((path) => basename(path)))
for (const name of readdirSync("dist")) {
  if (/^bin\.\w+-[0-9A-Z]{8}\.js$/.test(name) && !parts.has(name)) rmSync(`dist/${name}`, { force: true })
}
