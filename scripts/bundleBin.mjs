// The command line goes out as one file, its own needs inside: it starts several times faster than from
// node_modules, and someone who only imports the library does not install them.
import { build } from "esbuild"
import { chmodSync, readFileSync } from "node:fs"

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))

await build({
  entryPoints: ["src/cli/bin.ts"],
  outfile: "dist/bin.js",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  define: { __PACKAGE_VERSION__: JSON.stringify(version) },
  banner: {
    js: "#!/usr/bin/env node\n" +
      "import { createRequire as __createRequire } from \"node:module\"; const require = __createRequire(import.meta.url);"
  },
  external: ["bufferutil", "utf-8-validate"],
  logLevel: "warning"
})
chmodSync("dist/bin.js", 0o755)
