import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Bot, Orders, Watch } from "../../examples/service-bot.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { rows } from "./rows.ts"

const readme = readFileSync("README.md", "utf8")

const blocks = new Map(
  [...readme.matchAll(/<!-- example: (\S+) -->\n```ts\n([^]*?)```/g)].map(([, file = "", code = ""]) => [file, code])
)

/** A child process whose environment is an account of the fake's. */
const child = (command: string, args: ReadonlyArray<string>, fake: FakeDingTalk.Fake) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(command, args, {
        stdio: ["ignore", "ignore", "inherit"],
        env: {
          PATH: process.env["PATH"],
          DINGTALK_CLIENT_ID: fake.config.appKey,
          DINGTALK_CLIENT_SECRET: fake.config.appSecret,
          DINGTALK_API_BASE_URL: fake.config.apiBaseUrl,
          DINGTALK_OAPI_BASE_URL: fake.config.oapiBaseUrl
        }
      })
    ),
    (it) =>
      Effect.async<void>((resume) => {
        if (it.exitCode !== null || it.signalCode !== null) return resume(Effect.void)
        it.once("exit", () => resume(Effect.void))
        it.kill("SIGTERM")
      })
  )

describe("README", () => {
  it("shows the examples as they are, and every example is shown (`node scripts/readme.mjs` mends it)", () => {
    assert.sameMembers([...blocks.keys()], readdirSync("examples"))
    for (const [file, code] of blocks) assert.strictEqual(code, readFileSync(join("examples", file), "utf8"), file)
  })

  it("the bot in Effect has less than 25 lines", () => {
    assert.isBelow(blocks.get("echo-bot.ts")?.split("\n").length ?? 99, 25)
  })

  it("has the table of settings", () => {
    assert.include(readme, rows.join("\n"))
  })

  it.scoped(
    "the bot in Effect runs as it stands, with its settings from the environment",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join(tmpdir(), "readme-"))),
          (path) => Effect.sync(() => rmSync(path, { recursive: true }))
        )
        const bundle = join(folder, "bot.mjs")
        yield* Effect.promise(() =>
          build({
            entryPoints: ["examples/echo-bot.ts"],
            bundle: true,
            platform: "node",
            format: "esm",
            outfile: bundle,
            alias: { "effect-dingtalk/node": "./src/node/index.ts", "effect-dingtalk": "./src/index.ts" },
            banner: {
              js: "import { createRequire as r } from \"node:module\"; const require = r(import.meta.url);"
            },
            logLevel: "error"
          })
        )
        yield* child(process.execPath, [bundle], fake)
        yield* fake.awaitConnection
        yield* fake.say("你好", { from: "zhangsan" })
        assert.deepStrictEqual((yield* fake.awaitReplies(1)).map(({ text }) => text), ["你说：你好"])
      }),
    30_000
  )

  it.scoped("the bot with a service answers, watches, and updates cards", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const orders = Layer.succeed(
        Orders,
        Orders.of({ find: (id) => (id === "42" ? Effect.succeed("在路上") : Effect.fail("NotFound")) })
      )
      yield* Layer.build(Watch.pipe(
        Layer.provideMerge(Bot),
        Layer.provide([orders, DingTalkSender.layer]),
        Layer.provide(DingTalkConfig.layerUnknown({ ...fake.config, events: true })),
        Layer.provide(NodeDingTalk.layer())
      ))
      yield* fake.awaitConnection
      yield* fake.say("42", { from: "zhangsan" })
      yield* fake.awaitReplies(1)
      yield* fake.say("43", { from: "zhangsan" })
      assert.deepStrictEqual((yield* fake.awaitReplies(2)).map(({ text }) => text), ["在路上", "没有订单 43"])
      const event = yield* fake.event("user_add_org")
      assert.deepInclude(yield* fake.awaitAck(event.messageId), { data: { status: "SUCCESS" } })
      const action = yield* fake.cardAction({ outTrackId: "card-1", userId: "lisi", actionIds: ["ok"] })
      assert.deepInclude(yield* fake.awaitAck(action.messageId), {
        data: { response: { cardData: { cardParamMap: { status: "lisi 已处理" } } } }
      })
    }))

  it.scoped("the robot in any language runs as it stands", () =>
    Effect.gen(function*() {
      const line = /^effect-dingtalk (exec -- tr a-z A-Z)/m.exec(readme)?.[1]
      assert.isDefined(line)
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      yield* child(process.execPath, ["dist/bin.js", ...(line ?? "").split(" ")], fake)
      yield* fake.awaitConnection
      yield* fake.say("hello", { from: "zhangsan" })
      assert.deepStrictEqual((yield* fake.awaitReplies(1)).map(({ text }) => text), ["HELLO"])
    }), 30_000)
})
