/** The playground in a real browser, started as people start it. */
// The tests of this room do not share their modules.
// oxlint-disable-next-line no-restricted-imports
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import type { Page } from "playwright-core"
import * as Browser from "../../utils/browser.ts"
import * as Program from "../utils/Program.ts"

const { does } = Browser

const started = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const program = yield* Program.start(["play", ...args])
    const [url = ""] = yield* program.untilStdout(/http:\S+token=\S+/)
    return { program, url }
  })

const say = (page: Page, text: string) =>
  does(async () => {
    await page.locator("textarea").fill(text)
    await page.locator("textarea").press("Enter")
  })

/** Waits until the robot's last message has this in it. */
const robotSays = (page: Page, text: string | RegExp) =>
  does(() => page.locator("li.message[data-from=robot]").filter({ hasText: text }).last().waitFor())

const shows = (page: Page, text: string | RegExp) => does(() => page.getByText(text).first().waitFor())

const press = (page: Page, name: string | RegExp) => does(() => page.getByRole("button", { name }).first().click())

const openTab = (page: Page, name: string) => does(() => page.getByRole("tab", { name }).click())

describe.skipIf(!Browser.isThere)(`play${Browser.note}`, () => {
  layer(Browser.Browser.layer, { excludeTestServices: true })("in a browser", (it) => {
    it.scoped(
      "chats: Markdown, cards that type, buttons, pictures, quotes, records, in both languages",
      () =>
        Effect.gen(function*() {
          const { url } = yield* started()
          const { page, problems } = yield* Browser.open(url)
          assert.notInclude(page.url(), "token")
          yield* shows(page, "is connected")
          yield* say(page, "markdown")
          yield* does(() => page.locator(".bubble table th", { hasText: "Service" }).waitFor())
          yield* say(page, "<img src=x onerror=alert(1)> **a**")
          yield* robotSays(page, "a")
          assert.strictEqual(yield* does(() => page.locator(".bubble img").count()), 0)
          yield* say(page, "tell a story")
          yield* does(() => page.locator(".card.inputting").waitFor())
          yield* does(() => page.locator(".card.finished", { hasText: "an end" }).waitFor())
          yield* say(page, "deploy")
          yield* press(page, "Production")
          yield* robotSays(page, "All right: it goes to prod.")
          yield* say(page, "picture")
          yield* does(() => page.locator("li[data-from=robot] img.picture").waitFor())
          yield* does(() =>
            page.locator("input[type=file]").setInputFiles({
              name: "报告.txt",
              mimeType: "text/plain",
              buffer: Buffer.from("hello")
            })
          )
          yield* robotSays(page, "报告.txt")
          yield* press(page, "Voice")
          yield* does(() => page.getByLabel("What DingTalk recognised").fill("nine o'clock"))
          yield* does(() => page.getByRole("dialog").getByRole("button", { name: "Send" }).click())
          yield* robotSays(page, "nine o'clock")
          yield* press(page, "Quote: All right: it goes to prod.")
          yield* say(page, "which one?")
          yield* does(() => page.locator("li[data-from=robot] blockquote", { hasText: "goes to prod" }).waitFor())
          yield* press(page, "Select: All right: it goes to prod.")
          yield* press(page, "Forward to the robot")
          yield* does(() => page.getByRole("dialog").getByRole("button", { name: "Xiao Ding" }).click())
          yield* does(() => page.locator(".record", { hasText: "goes to prod" }).waitFor())
          yield* does(() => page.getByRole("link", { name: "项目群" }).click())
          yield* say(page, "hello")
          yield* robotSays(page, "Hello, 张三!")
          yield* press(page, "中文")
          yield* shows(page, "让钉钉出点问题")
          assert.deepStrictEqual(problems, [])
        }),
      60_000
    )

    it.scoped("lets things go wrong, and says what the robot did", () =>
      Effect.gen(function*() {
        const { url } = yield* started()
        const { page, problems } = yield* Browser.open(url)
        yield* shows(page, "is connected")
        yield* say(page, "hello")
        yield* robotSays(page, "Hello, 张三!")
        yield* press(page, /^Redelivery/)
        yield* shows(page, /recognised the redelivery/)
        yield* press(page, /^Notice/)
        yield* shows(page, /opens the next one at once/)
        yield* press(page, /^Wrong secret/)
        yield* shows(page, /stops for good: PermanentAuth/)
        yield* press(page, /^All is well/)
        yield* openTab(page, "Robot")
        yield* press(page, "Start")
        yield* shows(page, "1 connection")
        yield* say(page, "hello again")
        yield* robotSays(page, "Hello, 张三!")
        assert.deepStrictEqual(problems, [])
      }), 60_000)

    it.scoped("saves a conversation as a test that passes as it stands", () =>
      Effect.gen(function*() {
        const { url } = yield* started("--", "tr", "a-z", "A-Z")
        const { page } = yield* Browser.open(url)
        yield* shows(page, "is connected")
        yield* openTab(page, "Record")
        yield* press(page, /Record from now on/)
        yield* say(page, "hello")
        yield* robotSays(page, "HELLO")
        yield* does(() => page.getByRole("link", { name: "测试群" }).click())
        yield* say(page, "in a group")
        yield* robotSays(page, "IN A GROUP")
        yield* shows(page, "2 steps recorded")
        const [download] = yield* does(() =>
          Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a test" }).click()])
        )
        const source = readFileSync(yield* does(() => download.path()), "utf8")
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join("dist", "saved-"))),
          (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
        )
        writeFileSync(join(folder, download.suggestedFilename()), source)
        writeFileSync(
          join(folder, "vitest.config.mjs"),
          `export default { test: { include: ["robot.test.ts"] }, resolve: { alias: { "effect-dingtalk/testing": ${
            JSON.stringify(join(process.cwd(), "src/testing/index.ts"))
          } } } }`
        )
        const run = (text: string) => {
          writeFileSync(join(folder, "robot.test.ts"), text)
          return spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--root", folder], {
            encoding: "utf8"
          })
        }
        const passed = run(source)
        assert.strictEqual(passed.status, 0, passed.stdout + passed.stderr)
      }), 90_000)
  })

  it.scopedLive("ends in time, and leaves no process behind", () =>
    Effect.gen(function*() {
      const { program } = yield* started("--persistent", "--", "cat")
      yield* program.signal("SIGINT")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 6_500)
      const { pid = 0 } = program.child
      const { stdout } = spawnSync("ps", ["-eo", "ppid="], { encoding: "utf8" })
      assert.notInclude(stdout.split("\n").map((line) => line.trim()), String(pid))
    }), 30_000)

  it.scopedLive(
    "says what can't be: a port that is taken, options that do not go together",
    () =>
      Effect.gen(function*() {
        const port = yield* Effect.acquireRelease(
          Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
            const server = createServer()
            server.listen(0, "127.0.0.1", () => {
              const address = server.address()
              const port = typeof address === "object" && address !== null ? address.port : 0
              resume(Effect.succeed({ port, close: () => server.close() }))
            })
          }),
          ({ close }) => Effect.sync(close)
        )
        const refused = (...args: ReadonlyArray<string>) =>
          Effect.gen(function*() {
            const program = yield* Program.start(["play", ...args])
            const { code } = yield* program.ended
            return { code, text: program.stderr() }
          })
        for (
          const [args, text] of [
            [["--port", String(port.port)], "--port: can't listen on"],
            [["--dingtalk-port", String(port.port)], "--dingtalk-port: can't listen on"],
            [["--own", "--", "cat"], "--own is not for a COMMAND"],
            [["--stream"], "--stream belongs to a COMMAND"],
            [["--", "no-such-program-anywhere"], "no-such-program-anywhere"]
          ] as const
        ) {
          const ended = yield* refused(...args)
          assert.strictEqual(ended.code, 2, ended.text)
          assert.include(ended.text, text)
        }
      }),
    60_000
  )
})
