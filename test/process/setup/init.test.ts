import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"
import * as Python from "../utils/python.ts"

const secret = "s3cr3t-Zz9-that-nobody-may-see-on-the-screen"

/** `init` on a terminal of 60 columns, and a way to type lines into it. */
const started = (directory: string, env: Record<string, string> = {}, args: ReadonlyArray<string> = []) =>
  Effect.map(
    Program.start(["init", ...args], {
      env,
      through: `cd '${directory}' && exec python3 '${Python.terminal}' 60 "$@"`
    }),
    (program) => ({
      program,
      /** Waits for a question and answers it. */
      answer: (question: RegExp, text: string) =>
        Effect.zipRight(
          program.untilStdout(question),
          Effect.sync(() => program.child.stdin.write(`${text}\n`))
        )
    })
  )

describe.skipIf(!Python.isThere)(`init${Python.note}`, () => {
  it.scopedLive(
    "asks again for what can't be one, writes the file for its owner alone, checks it and goes on",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make({ acceptAnyCredentials: true })
        const directory = yield* room
        const path = join(directory, "robot.json")
        writeFileSync(path, JSON.stringify({ apiBaseUrl: fake.url, events: true }), { mode: 0o644 })
        const { answer, program } = yield* started(directory)
        yield* answer(/File \[robot\.json\]: /, " ")
        yield* answer(/what else is in it is kept[^]*Client ID: /, "\"dingabc\"")
        yield* answer(/Client ID has quotes[^]*Client ID: /, "dingabcdefghijklmnop")
        yield* answer(/Client Secret \(not shown\): /, "${SECRET}")
        yield* answer(/is a placeholder[^]*not shown\): /, secret)
        yield* program.untilStdout(/effect-dingtalk exec --config robot\.json -- cat/)
        assert.strictEqual((yield* program.ended).code, 0)
        assert.include(program.stdout(), "dingabcdefghijklmnop")
        assert.notInclude(program.stdout(), secret)
        assert.match(program.stdout(), /ok {4}token/)
        assert.deepStrictEqual(JSON.parse(readFileSync(path, "utf8")), {
          clientId: "dingabcdefghijklmnop",
          clientSecret: secret,
          apiBaseUrl: fake.url,
          events: true
        })
        assert.strictEqual(statSync(path).mode & 0o777, 0o600)
        assert.deepStrictEqual(readdirSync(directory), ["robot.json"])
      }),
    60_000
  )

  it.scopedLive("in Chinese, and says what to do where DingTalk refuses", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const directory = yield* room
      writeFileSync(join(directory, "ops.json"), JSON.stringify({ apiBaseUrl: fake.url }))
      const { answer, program } = yield* started(directory, { LANG: "zh_CN.UTF-8" }, ["--config", "ops.json"])
      yield* answer(/Client ID：/, secret.repeat(2))
      yield* answer(/不显示/, "dingabcdefghijklmnop")
      yield* answer(/填反了[^]*Client ID：/, "dingabcdefghijklmnop")
      yield* answer(/填反了[^]*不显示/, secret)
      assert.strictEqual((yield* program.ended).code, 3)
      assert.include(program.stdout(), "钉钉拒绝该账号")
      assert.include(program.stdout(), "凭证与基础信息")
      assert.include(program.stdout(), "effect-dingtalk doctor --config ops.json")
    }), 60_000)

  it.scopedLive("does not replace credentials without being told to", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const path = join(directory, "robot.json")
      const before = JSON.stringify({ client_id: "dingold", client_secret: "old" })
      writeFileSync(path, before)
      const { answer, program } = yield* started(directory)
      yield* answer(/File/, "robot.json")
      yield* answer(/Replace them\? \[y\/N\]: /, "")
      yield* Effect.sync(() => program.child.stdin.write(" \n"))
      assert.strictEqual((yield* program.ended).code, 0)
      assert.strictEqual(readFileSync(path, "utf8"), before)
    }), 60_000)

  for (const key of ["interrupt", "end"]) {
    it.scopedLive(`leaves nothing behind on ${key}`, () =>
      Effect.gen(function*() {
        const directory = yield* room
        const { answer, program } = yield* started(directory)
        yield* answer(/File/, " ")
        yield* answer(/Client ID: /, "dingabcdefghijklmnop")
        yield* answer(/not shown/, key)
        assert.strictEqual((yield* program.ended).code, 1)
        assert.include(program.stdout(), "nothing was written")
        assert.deepStrictEqual(readdirSync(directory), [])
      }), 60_000)
  }

  it.scopedLive(
    "a file that is no configuration is left alone, and another one asked for",
    () =>
      Effect.gen(function*() {
        const directory = yield* room
        writeFileSync(join(directory, "list.json"), "[]")
        const { answer, program } = yield* started(directory)
        yield* answer(/File/, "list.json")
        yield* answer(/must hold a JSON object[^]*File/, "interrupt")
        assert.strictEqual((yield* program.ended).code, 1)
        assert.strictEqual(readFileSync(join(directory, "list.json"), "utf8"), "[]")
      }),
    60_000
  )
})

/** What the QR code on the screen holds, as it is written beside it. */
const page = /https:\/\/open-dev\.dingtalk\.com\/\S+/

describe.skipIf(!Python.isThere)(`init --scan${Python.note}`, () => {
  const begun = (fake: FakeDingTalk.Fake, directory: string, env: Record<string, string> = {}) => {
    writeFileSync(join(directory, "robot.json"), JSON.stringify({ apiBaseUrl: fake.url, oapiBaseUrl: fake.url }))
    return started(directory, env, ["--scan", "--config", "robot.json"])
  }

  it.scopedLive(
    "ends with the credentials of a new application in the file, and checks them",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make({
          apps: [{ clientId: "dingabcdefghijklmnop", clientSecret: secret }],
          registrationIntervalSeconds: 1
        })
        const directory = yield* room
        const { program } = yield* begun(fake, directory)
        const [url] = yield* program.untilStdout(page)
        assert.match(program.stdout(), /[█▀▄]{20}/)
        yield* fake.scan(url)
        yield* program.untilStdout(/effect-dingtalk exec --config robot\.json -- cat/)
        assert.strictEqual((yield* program.ended).code, 0)
        assert.notInclude(program.stdout(), secret)
        const path = join(directory, "robot.json")
        assert.strictEqual(statSync(path).mode & 0o777, 0o600)
        assert.deepStrictEqual(JSON.parse(readFileSync(path, "utf8")), {
          clientId: "dingabcdefghijklmnop",
          clientSecret: secret,
          apiBaseUrl: fake.url,
          oapiBaseUrl: fake.url
        })
      }),
    60_000
  )

  it.scopedLive("goes on by hand when it is refused, in Chinese", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ acceptAnyCredentials: true, registrationIntervalSeconds: 1 })
      const { answer, program } = yield* begun(fake, yield* room, { LANG: "zh_CN.UTF-8" })
      const [url] = yield* program.untilStdout(page)
      yield* fake.scan(url, "refuse")
      yield* answer(/扫码没有成功：被拒绝（用户拒绝）[^]*Client ID：/, "dingabcdefghijklmnop")
      yield* answer(/不显示/, secret)
      assert.strictEqual((yield* program.ended).code, 0)
    }), 60_000)

  it.scopedLive(
    "by hand, for whoever would rather, and nothing is left behind on Ctrl-C",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const directory = yield* room
        const { answer, program } = yield* begun(fake, directory)
        yield* answer(/Waiting\./, " ")
        yield* answer(/Client ID: /, "interrupt")
        assert.strictEqual((yield* program.ended).code, 1)
        const again = yield* begun(fake, directory)
        yield* again.answer(/Waiting\./, "interrupt")
        assert.strictEqual((yield* again.program.ended).code, 1)
        assert.include(again.program.stdout(), "nothing was written")
        assert.deepStrictEqual(readdirSync(directory), ["robot.json"])
      }),
    60_000
  )
})

describe("init without a terminal", () => {
  it.scopedLive("says how it is done otherwise", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* Program.run(["init"], { stdin: "dingabc\n" })
      assert.strictEqual(code, 2)
      for (const word of ["needs a terminal", "DINGTALK_CLIENT_ID", "--config"]) assert.include(stderr, word)
      assert.isFalse(existsSync("robot.json"))
    }))
})
