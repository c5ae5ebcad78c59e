/** A real browser: Debian's Chromium, without a window. One for a file of tests, a context of its own for each page. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { existsSync } from "node:fs"
import { type Browser as Chromium, type BrowserContextOptions, chromium, type Page } from "playwright-core"

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync)

/** Whether there is one; tests are skipped without it. */
export const isThere: boolean = executablePath !== undefined

/** Behind the title of what is skipped without it. */
export const note: string = isThere ? "" : " (skipped: there is no chromium)"

export class Browser extends Context.Tag("effect-dingtalk/test/Browser")<Browser, Chromium>() {
  static readonly layer: Layer.Layer<Browser> = Layer.scoped(
    Browser,
    Effect.acquireRelease(
      Effect.promise(() =>
        chromium.launch({
          ...executablePath === undefined ? {} : { executablePath },
          args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        })
      ),
      (browser) => Effect.promise(() => browser.close())
    )
  )
}

/** Longest wait for what must be there, in milliseconds. */
const patienceMs = 10_000

/** A page at this address, with what went wrong in it: errors, and what its policy refused. */
export const open = (
  url: string,
  options: BrowserContextOptions = {}
): Effect.Effect<{ readonly page: Page; readonly problems: ReadonlyArray<string> }, never, Browser | Scope.Scope> =>
  Effect.gen(function*() {
    const browser = yield* Browser
    const context = yield* Effect.acquireRelease(
      Effect.promise(() => browser.newContext({ locale: "en-US", ...options })),
      (context) => Effect.promise(() => context.close())
    )
    context.setDefaultTimeout(patienceMs)
    const problems: Array<string> = []
    const page = yield* Effect.promise(() => context.newPage())
    page.on("pageerror", (error) => problems.push(error.message))
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text())
    })
    yield* Effect.promise(() => page.goto(url))
    return { page, problems }
  })

/** Does something with a page. */
export const does = <A>(act: () => Promise<A>): Effect.Effect<A> => Effect.promise(act)
