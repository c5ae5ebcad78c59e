import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readFileSync } from "node:fs"
import { Bot, Orders, Watch } from "../../examples/service-bot.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import * as Programs from "../docs/utils/programs.ts"

const readme = readFileSync("README.md", "utf8")

const lineCount = (example: string): number => readFileSync(`examples/${example}`, "utf8").split("\n").length - 1

describe("README", () => {
  it("the bot in Effect has less than 25 lines, the one with a model at most 20", () => {
    assert.isBelow(lineCount("echo-bot.ts"), 25)
    assert.isAtMost(lineCount("ai-bot.ts"), 20)
  })

  it("names every package that a user may have to add", () => {
    const { peerDependencies }: { readonly peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync("package.json", "utf8")
    )
    const [, policy = ""] = readme.split("## Versions")
    for (const name of Object.keys(peerDependencies)) assert.include(policy, `\`${name}\``)
  })

  it("is read within minutes, in both languages", () => {
    for (const name of ["README.md", "README.zh-CN.md"]) {
      assert.isAtMost(readFileSync(name, "utf8").trimEnd().split("\n").length, 150, name)
    }
  })

  it.scoped(
    "the bot in Effect runs as it stands, with its settings from the environment",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: Programs.patienceMs })
        yield* Programs.start("echo-bot", fake)
        yield* fake.awaitConnection
        yield* fake.say("你好", { from: "zhangsan" })
        assert.deepStrictEqual((yield* fake.awaitReplies(1)).map(({ text }) => text), ["你说：你好"])
      }).pipe(Effect.provide(Programs.layer("echo-bot"))),
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
        data: {
          response: {
            cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
            cardData: { cardParamMap: { status: "lisi 已处理" } }
          }
        }
      })
    }))

  it.scoped("the robot in any language runs as it stands", () =>
    Effect.gen(function*() {
      const line = /^effect-dingtalk (exec -- tr a-z A-Z)/m.exec(readme)?.[1]
      assert.isDefined(line)
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: Programs.patienceMs })
      yield* Programs.command(process.execPath, ["dist/bin.js", ...(line ?? "").split(" ")], fake)
      yield* fake.awaitConnection
      yield* fake.say("hello", { from: "zhangsan" })
      assert.deepStrictEqual((yield* fake.awaitReplies(1)).map(({ text }) => text), ["HELLO"])
    }), 30_000)
})
