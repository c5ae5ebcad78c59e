/** What an application pays in bytes. */
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

export interface Size {
  readonly minified: number
  readonly gzipped: number
}

/** The size of a module's source once it is bundled and minified; `alone` leaves the packages that it needs outside. */
export const bundleSize = (source: string, alone: boolean): Effect.Effect<Size> =>
  Effect.promise(async () => {
    const { outputFiles } = await build({
      stdin: { contents: source, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
      bundle: true,
      write: false,
      minify: true,
      platform: "node",
      format: "esm",
      target: "node20",
      tsconfigRaw: "{}",
      external: alone
        ? ["effect", "@effect/*", "ws", "undici", "https-proxy-agent"]
        : ["bufferutil", "utf-8-validate"],
      logLevel: "silent"
    })
    const bytes = outputFiles[0]?.contents ?? new Uint8Array()
    return { minified: bytes.length, gzipped: gzipSync(bytes).length }
  })
