/**
 * The files of the pages, as `npm run build:page` has made them.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { extname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * A page.
 *
 * @since 0.1.0
 * @category models
 */
export type PageName = "play" | "console"

/**
 * The files of the page are not there: **build them**, or install the package anew.
 *
 * @since 0.1.0
 * @category errors
 */
export class PageNotBuilt extends Data.TaggedError("PageNotBuilt")<{ readonly page: PageName }> {
  override get message(): string {
    return `the files of the page "${this.page}" are not there: in a clone of the repository run npm run build:page; \
else install the package anew`
  }
}

/**
 * A file, ready to be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageFile {
  readonly bytes: Uint8Array
  readonly contentType: string
}

/**
 * The document of a page, and by path what it loads.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageFiles {
  readonly document: PageFile
  readonly assets: ReadonlyMap<string, PageFile>
}

/** Where they may be, the assets beside the documents: beside the bundled program, beside the library's folders, and from the sources. */
const places = ["./page/", "../page/", "../../dist/page/"]

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml"
}

const read = (path: string): PageFile => ({
  bytes: readFileSync(path),
  contentType: contentTypes[extname(path)] ?? "application/octet-stream"
})

/**
 * Reads all that a page needs, at once: weeks later there may be another version in their place.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = (page: PageName): Effect.Effect<PageFiles, PageNotBuilt> =>
  Effect.suspend(() => {
    const root = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
      .find((place) => existsSync(join(place, page, "index.html")) && existsSync(join(place, "assets")))
    if (root === undefined) return new PageNotBuilt({ page })
    const assets = readdirSync(join(root, "assets"), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(root, "assets", name))
    return Effect.succeed({
      document: read(join(root, page, "index.html")),
      assets: new Map(assets.map((path) => [`/${relative(root, path).split(sep).join("/")}`, read(path)]))
    })
  })
