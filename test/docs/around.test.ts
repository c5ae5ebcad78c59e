import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as OpsBot from "../../examples/commands/ops-bot.ts"
import * as WelcomeBot from "../../examples/events/welcome-bot.ts"
import * as MemoryBot from "../../examples/memory/memory-bot.ts"
import * as CardBot from "../../examples/people/card-bot.ts"
import * as DingTalkMemory from "../../src/DingTalkMemory.ts"
import * as DingTalkPeople from "../../src/DingTalkPeople.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import { start } from "./utils/bots.ts"

const me = "zhangsan"

/** What the robot answers, one thing said after the other. */
const answers = (fake: FakeDingTalk.Fake, ...said: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(said, (text, index) => Effect.zipRight(fake.say(text, { from: me }), fake.awaitReplies(index + 1))),
    (all) => (all.at(-1) ?? []).map(({ text }) => text)
  )

it.scoped("commands: may, may not, help, and the rest", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const deployer = Layer.succeed(OpsBot.Deployer, {
      deploy: (service, version) => Effect.succeed(`${service} ${version} 已上线`)
    })
    yield* start(fake, OpsBot.Bot, deployer)
    const [may, help, other] = yield* answers(fake, "／部署 web 2", "/help", "你好")
    assert.strictEqual(may, "您没有使用 /deploy 的权限。")
    assert.include(help, "/remind <minutes> <text…>")
    assert.notInclude(help, "deploy")
    assert.strictEqual(other, "发送 /help 看看我会什么")
    yield* fake.say("/deploy --version 2 web", { from: "boss" })
    assert.strictEqual((yield* fake.awaitReplies(4))[3]?.text, "web 2 已上线")
  }))

it.scoped("memory: the model gets what was said before, until it is forgotten", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const model = Layer.succeed(MemoryBot.Model, {
      answer: (before, question) => Effect.succeed(`${before.map(({ text }) => text).join("|")}>${question}`)
    })
    const memory = DingTalkMemory.layer().pipe(Layer.provide(KeyValueStore.layerMemory))
    yield* start(fake, MemoryBot.Bot, Layer.merge(model, memory), { ordering: "conversation" })
    assert.deepStrictEqual(yield* answers(fake, "一", "二", "/new", "三"), [
      ">一",
      "一|>一>二",
      "好的，我们重新开始",
      ">三"
    ])
  }))

it.scoped("events: a newcomer is welcomed, a group's new name told, an approval's end told to who asked", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    yield* start(fake, WelcomeBot.Bot, Layer.empty, { events: true })
    yield* fake.event("user_add_org", { timeStamp: "1685501863357", userId: ["u1", "u2"] })
    assert.sameMembers((yield* fake.awaitReplies(2)).map(({ to }) => to), ["u1", "u2"])
    yield* fake.event("chat_update_title", { openConversationId: "cidA", title: "新名" })
    assert.strictEqual((yield* fake.awaitReplies(3))[2]?.text, "本群改名为「新名」")
    yield* fake.event("bpms_instance_change", {
      processInstanceId: "p1",
      type: "finish",
      result: "agree",
      title: "请假",
      staffId: "u3"
    })
    assert.deepInclude((yield* fake.awaitReplies(4))[3], { to: "u3", text: "请假：通过" })
  }))

it.scoped("people: who asks, whose number, which group; who is not there, and what is not permitted", () =>
  Effect.gen(function*() {
    const organisation = {
      people: [{ staffId: me, name: "张三", title: "工程师", mobile: "13800000000", departmentIds: [7] }],
      departments: [{ id: 7, name: "研发" }],
      groups: [{ openConversationId: "cidGroup", title: "项目群", ownerUserId: "boss" }]
    }
    const fake = yield* FakeDingTalk.make(organisation)
    yield* start(fake, CardBot.Bot, DingTalkPeople.layer())
    const card = "张三 · 研发 · 工程师 · 13800000000"
    assert.deepStrictEqual(yield* answers(fake, "我是谁", "13800000000", "13900000000"), [card, card, "查无此人"])
    yield* fake.say("这是什么群", { from: me, group: "cidGroup", mention: true })
    assert.strictEqual((yield* fake.awaitReplies(4))[3]?.text, "项目群，群主 boss")
    const poor = yield* FakeDingTalk.make({ ...organisation, scopes: [] })
    yield* start(poor, CardBot.Bot, DingTalkPeople.layer())
    assert.deepStrictEqual(yield* answers(poor, "我是谁"), ["机器人还没有权限，请管理员开通：qyapi_get_member"])
  }))
