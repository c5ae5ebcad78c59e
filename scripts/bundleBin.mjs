// The command line goes out as one file, its own needs inside: it starts several times faster than from
// node_modules, and someone who only imports the library does not install them.
import { build } from "esbuild"
import { chmodSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname } from "node:path"

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
        import api from "./lib/api/index.js"
        Object.assign(Dispatcher.prototype, api)
        export { Dispatcher }
        export { default as Agent } from "./lib/dispatcher/agent.js"
        export { default as EnvHttpProxyAgent } from "./lib/dispatcher/env-http-proxy-agent.js"
        export { getGlobalDispatcher } from "./lib/global.js"
        export default {}
      `
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

await Promise.all([
  build({
    ...shared,
    entryPoints: ["src/cli/bin.ts"],
    outfile: "dist/bin.js",
    banner: { js: "#!/usr/bin/env node" },
    plugins: [splitProgram]
  }),
  build({
    ...shared,
    entryPoints: ["src/cli/program.ts"],
    outfile: "dist/bin.program.js",
    banner: {
      js:
        "import { createRequire as __createRequire } from \"node:module\"; const require = __createRequire(import.meta.url);"
    },
    plugins: [slimUndici]
  })
])
chmodSync("dist/bin.js", 0o755)
