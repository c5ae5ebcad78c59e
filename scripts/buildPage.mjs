// The pages of `play` and of the console go out as a few static files, their own needs inside: nothing is fetched when they
// are opened. With --if-stale nothing is done when they are newer than all that they are made of.
import { existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const root = fileURLToPath(new URL("..", import.meta.url))
const out = join(root, "dist/page")

const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs

// The last of these hold what the pages and their processes say to each other.
const sources = [
  "package-lock.json",
  "scripts/buildPage.mjs",
  "src/page",
  "src/pageServer",
  "src/cli/play",
  "src/console"
]
  .map((path) => join(root, path))
  .filter((path) => existsSync(path))
const document = join(out, "play/index.html")
const isFresh = () => existsSync(document) && statSync(document).mtimeMs > Math.max(...sources.map(newest))

if (!(process.argv.includes("--if-stale") && isFresh())) {
  await build({
    configFile: false,
    root: join(root, "src/page"),
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir: out,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rollupOptions: {
        input: { play: join(root, "src/page/play/index.html"), console: join(root, "src/page/console/index.html") }
      }
    }
  })
}
