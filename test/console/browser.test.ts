import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import type { Page } from "playwright-core"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Program from "../process/utils/Program.ts"
import { client, file } from "../sql/world.ts"
import * as Browser from "../utils/browser.ts"

const secret = "s3cr3t-that-nobody-sees-again"

/** A robot with a console over a file, as somebody starts it. */
const started = (
  options: { readonly width?: number; readonly locale?: string; readonly inbox?: string; readonly isBlank?: boolean } =
    {}
) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({
      apps: [{ clientId: "dingfakeappkey", clientSecret: "fake-secret" }, {
        clientId: "dingsecond",
        clientSecret: secret
      }],
      registrationIntervalSeconds: 1
    })
    const { appKey, appSecret, ...hosts } = fake.config
    const credentials = options.isBlank === true ? {} : { appKey, appSecret }
    const path = yield* Program.configFile({ _note: "stays", ...credentials, ...hosts, allowedUsers: ["zhangsan"] })
    const inbox = options.inbox === undefined ? [] : ["--inbox", options.inbox]
    const program = yield* Program.start(["exec", "--config", path, "--console-port", "0", ...inbox, "--", "cat"])
    const [, url = ""] = yield* program.untilStderr(/^console: (\S+)$/m)
    if (options.isBlank !== true) yield* fake.awaitConnection
    const { page, problems } = yield* Browser.open(url, {
      viewport: { width: options.width ?? 1_200, height: 800 },
      locale: options.locale ?? "en-US"
    })
    return { fake, path, program, url, page, problems, file: () => JSON.parse(readFileSync(path, "utf8")) }
  })

/** A dead letter in the inbox of a running program: it would take minutes to come by one. */
const buried = (filename: string) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`INSERT INTO effect_dingtalk_inbox ${
      sql.insert({
        account: "default",
        number: 1,
        id: "msgDead",
        line: "cidA",
        type: "CALLBACK",
        topic: "/v1.0/im/bot/messages/get",
        frame: "frame",
        payload: "{}",
        length: 2,
        received_at: Date.now(),
        state: 2,
        attempts: 5,
        ended_at: Date.now(),
        cause: "Error: it broke"
      })
    }`
  }).pipe(Effect.provide(client(filename)))

const { does } = Browser

const open = (page: Page, name: string) => does(() => page.getByRole("link", { name, exact: true }).click())

/** Everything that is on a page, the values of its fields, too. */
const everything = (page: Page): Promise<string> =>
  page.evaluate(
    "document.body.innerText + [...document.querySelectorAll('input')].map((input) => input.value).join(' ')"
  )

const isSideways = (page: Page): Promise<boolean> => page.evaluate("document.documentElement.scrollWidth > innerWidth")

describe.skipIf(!Browser.isThere)(`the console in a browser${Browser.note}`, () => {
  it.scopedLive(
    "shows accounts, messages and events as things happen, in both languages",
    () =>
      Effect.gen(function*() {
        const { fake, page, problems } = yield* started()
        yield* does(() => page.locator(".badge", { hasText: /connected$/ }).waitFor())
        yield* fake.say("你好")
        yield* fake.say("我呢", { from: { staffId: "stranger", nick: "路人" } })
        yield* does(() => page.locator(".figure", { hasText: "handled" }).getByText("1").waitFor())
        yield* open(page, "Messages")
        yield* does(() => page.getByText("not among the allowed users").waitFor())
        assert.notInclude(yield* does(() => everything(page)), "你好")
        yield* open(page, "Events")
        yield* fake.cut()
        yield* does(() => page.getByText("A connection ended").first().waitFor())
        yield* does(() => page.getByRole("button", { name: "中文" }).click())
        yield* does(() => page.getByRole("heading", { name: "事件" }).waitFor())
        assert.strictEqual(yield* does(() => page.evaluate("document.documentElement.lang")), "zh-CN")
        yield* open(page, "账号")
        yield* does(() => page.getByRole("link", { name: "default 的详情" }).click())
        yield* does(() => page.getByRole("button", { name: "停止" }).click())
        yield* does(() => page.getByText("手动停止").first().waitFor())
        assert.deepStrictEqual(problems, [])
      }).pipe(Effect.provide(Browser.Browser.layer)),
    60_000
  )

  it.scopedLive(
    "sets the robot up: says what is wrong, writes what is right, and never shows a secret again",
    () =>
      Effect.gen(function*() {
        const { fake, file, page, path, program, problems } = yield* started()
        yield* open(page, "Set-up")
        const workers = page.getByLabel(/^Workers/)
        yield* does(() => workers.fill("none"))
        yield* does(() => page.getByText("must be a whole number of at least 1").first().waitFor())
        assert.strictEqual(yield* does(() => workers.getAttribute("aria-invalid")), "true")
        yield* does(() => page.getByRole("button", { name: "Save and apply" }).click())
        yield* does(() => page.getByText("Something is wrong with it").waitFor())
        assert.strictEqual(file().dispatchWorkers, undefined)

        yield* does(() => workers.fill("3"))
        yield* does(() => page.getByLabel(/^Client ID/).fill("dingsecond"))
        yield* does(() => page.getByLabel(/^Client Secret/).fill(secret))
        yield* does(() => page.getByRole("button", { name: "Test the connection" }).click())
        yield* does(() => page.getByText("DingTalk accepts Client ID dingsecond").waitFor())
        yield* does(() => page.getByRole("button", { name: "Save and apply" }).click())
        yield* does(() => page.getByText("It is in force").waitFor())
        assert.deepStrictEqual(file(), {
          _note: "stays",
          ...fake.config,
          appKey: "dingsecond",
          appSecret: secret,
          allowedUsers: ["zhangsan"],
          dispatchWorkers: 3
        })
        assert.strictEqual(statSync(path).mode & 0o777, 0o600)
        yield* program.untilStderr(/dingtalk\.config\.reloaded/)
        yield* fake.until(
          "the new robot",
          Effect.map(fake.connections, Arr.findFirst(({ clientId }) => clientId === "dingsecond"))
        )
        yield* does(() => page.reload())
        yield* does(() => page.getByLabel(/^Client Secret/).waitFor())
        assert.notInclude(yield* does(() => everything(page)), secret)
        assert.notInclude(program.stderr(), secret)

        // Somebody else has written it meanwhile.
        writeFileSync(path, JSON.stringify({ ...file(), rateLimit: 7 }))
        yield* does(() => workers.fill("5"))
        yield* does(() => page.getByRole("button", { name: "Save and apply" }).click())
        yield* does(() => page.getByText("The file was changed meanwhile").waitFor())
        assert.strictEqual(file().dispatchWorkers, 3)
        // The browser itself tells of answers that are refusals.
        assert.deepStrictEqual(problems.filter((problem) => !problem.includes("409")), [])
      }).pipe(Effect.provide(Browser.Browser.layer)),
    60_000
  )

  it.scopedLive("shows dead letters where there is an inbox, and lets people decide", () =>
    Effect.gen(function*() {
      const inbox = yield* file
      const { page, problems } = yield* started({ inbox, width: 360 })
      yield* buried(inbox)
      yield* open(page, "Dead letters")
      yield* does(() => page.getByRole("heading", { name: "Dead letters (1)" }).waitFor())
      yield* does(() => page.getByText("Error: it broke").waitFor())
      assert.isFalse(yield* does(() => isSideways(page)))
      yield* does(() => page.getByRole("button", { name: "Drop default 1" }).click())
      yield* does(() => page.getByText("No dead letter.").waitFor())
      assert.deepStrictEqual(problems, [])
    }).pipe(Effect.provide(Browser.Browser.layer)), 60_000)

  it.scopedLive("makes a robot from nothing by a scan, or says that nothing came of it", () =>
    Effect.gen(function*() {
      const { fake, file, page, program } = yield* started({ locale: "zh-CN", isBlank: true })
      yield* program.untilStderr(/dingtalk\.cli\.no_accounts/)
      yield* open(page, "设置第一个账号")
      const scanning = Effect.gen(function*() {
        yield* does(() => page.getByRole("button", { name: "改用钉钉扫码" }).click())
        yield* does(() => page.getByRole("img", { name: "二维码" }).waitFor())
        return (yield* does(() => page.getByRole("link", { name: /已登录钉钉/ }).getAttribute("href"))) ?? ""
      })
      yield* fake.scan(yield* scanning, "refuse")
      yield* does(() => page.getByText("扫码没有成功：被拒绝").waitFor())
      yield* does(() => page.getByRole("button", { name: "关闭" }).click())
      yield* does(() => page.getByLabel(/^Client ID/).fill("dingwrong"))
      yield* fake.scan(yield* scanning)
      yield* does(() => page.getByText("已确认：dingfakeappkey").waitFor())
      yield* does(() => page.getByRole("button", { name: "保存并应用" }).click())
      yield* does(() => page.getByText("已保存并生效").waitFor())
      assert.deepInclude(file(), { clientId: "dingfakeappkey", clientSecret: "fake-secret" })
      yield* fake.awaitConnection

      // All accounts are refused: while there is the form, the program goes on, and the form mends it.
      const secretField = page.getByLabel(/^Client Secret/)
      const save = does(() => page.getByRole("button", { name: "保存并应用" }).click())
      yield* does(() => secretField.fill("wrong"))
      yield* save
      yield* program.untilStderr(/dingtalk\.stream\.auth_failed/)
      yield* does(() => secretField.fill("fake-secret"))
      yield* save
      yield* fake.awaitConnectionsEver(2)
    }).pipe(Effect.provide(Browser.Browser.layer)), 60_000)

  it.scopedLive("is nobody else's: not without the token, not from another page", () =>
    Effect.gen(function*() {
      const { fake, page, url } = yield* started()
      const stranger = yield* Browser.open(new URL("/", url).href)
      yield* does(() => stranger.page.getByText(/it has a token in it/).waitFor())
      // Another page in the browser that has the token.
      yield* does(() => page.goto(fake.url))
      const answer = yield* does(() =>
        page.evaluate(
          (target) =>
            fetch(target, { method: "POST", credentials: "include", body: "{}" }).then(
              ({ status }) => String(status),
              () => "refused"
            ),
          new URL("/api/setup/read", url).href
        )
      )
      assert.strictEqual(answer, "refused")
    }).pipe(Effect.provide(Browser.Browser.layer)), 60_000)

  it.scopedLive("can be read on a phone, and used by the keyboard alone", () =>
    Effect.gen(function*() {
      const { fake, file, page } = yield* started({ width: 360 })
      yield* fake.say("你好")
      for (const tab of ["Accounts", "Messages", "Events", "Set-up"]) {
        yield* open(page, tab)
        yield* does(() => page.getByRole("heading", { level: 1 }).waitFor())
        assert.isFalse(yield* does(() => isSideways(page)), tab)
      }
      yield* does(() => page.getByLabel(/^Allowed users/).focus())
      yield* does(() => page.keyboard.type("lisi,"))
      yield* does(() => page.keyboard.type("wangwu"))
      yield* does(() => page.keyboard.press("Enter"))
      yield* does(() => page.keyboard.press("Shift+Tab"))
      assert.strictEqual(
        yield* does(() => page.evaluate("document.activeElement.getAttribute('aria-label')")),
        "Remove wangwu"
      )
      yield* does(() => page.keyboard.press("Enter"))
      yield* does(() => page.getByLabel(/^Client ID/).focus())
      yield* does(() => page.keyboard.press("Enter"))
      yield* does(() => page.getByText("It is in force").waitFor())
      assert.deepStrictEqual(file().allowedUsers, ["zhangsan", "lisi"])
      yield* does(() => page.goto(new URL("/", page.url()).href))
      yield* does(() => page.keyboard.press("Tab"))
      assert.strictEqual(
        yield* does(() => page.evaluate("document.activeElement.textContent")),
        "Skip to the content"
      )
    }).pipe(Effect.provide(Browser.Browser.layer)), 60_000)
})
