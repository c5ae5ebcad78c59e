import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as DingTalkCards from "../src/DingTalkCards.ts"
import * as DingTalkChannel from "../src/DingTalkChannel.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import type { Handlers } from "../src/inbound/Handlers.ts"
import { forAccount } from "../src/metrics.ts"
import { FakeDingTalk, Script } from "../src/testing/index.ts"
import * as Desk from "./outbound/integration/utils/desk.ts"
import * as Robot from "./utils/robot.ts"
import { settle } from "./utils/settle.ts"

type Own = DingTalkSender.DingTalkSender | DingTalkChannel.DingTalkChannel

const group = "cidGroup"
const where = "部署到哪里？"
const choices = [{ value: "test", label: "测试" }, { value: "prod", label: "生产" }] as const

/** A robot that asks whoever says "deploy", and notes what came of it. */
const asking = (
  options: Partial<DingTalkCards.AskOptions<"test" | "prod">> = {},
  settings: object = {},
  handlers: Handlers<Own> = {}
) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const log: Array<string> = []
    const { channel, sender } = yield* Robot.start<Own>({ ...Desk.settingsOf(fake), ...settings }, {
      asks: true,
      onMessage: (message) =>
        message.text !== "deploy"
          ? Effect.sync(() => log.push(`said ${message.text}`))
          : DingTalkCards.ask(message, { question: where, choices, ...options }).pipe(
            Effect.onExit((exit) =>
              Effect.sync(() =>
                log.push(
                  Exit.match(exit, {
                    onSuccess: ({ by, choice, via }) => `${choice} by ${by} via ${via}`,
                    onFailure: (cause) =>
                      Cause.isInterrupted(cause)
                        ? "interrupted"
                        : Option.match(Cause.failureOption(cause), { onNone: () => "died", onSome: ({ _tag }) => _tag })
                  })
                )
              )
            )
          ),
      ...handlers
    })
    yield* fake.awaitConnection
    const card = Desk.until(fake.awaitCard(({ text }) => text.startsWith(where)))
    const press = (id: string, action: string, as = "zhangsan", params = {}) =>
      Effect.gen(function*() {
        const { messageId } = yield* fake.press(id, action, { as, params })
        const ack = yield* fake.awaitAck(messageId)
        yield* settle
        return ack
      })
    return { fake, log, card, press, channel, sender }
  })

/** A robot that asks everybody for a form, and what was put into the first one. */
const form = (options: Pick<DingTalkCards.AskOptions<"submit">, "fields" | "template">) =>
  Effect.gen(function*() {
    const answer = yield* Deferred.make<DingTalkCards.Answer>()
    const fake = yield* FakeDingTalk.make()
    yield* Robot.start<Own>(Desk.settingsOf(fake), {
      asks: true,
      onMessage: (message) =>
        DingTalkCards.ask(message, { question: where, choices: ["submit"], ...options }).pipe(
          Effect.flatMap((it) => Deferred.succeed(answer, it))
        )
    })
    yield* fake.awaitConnection
    return { fake, answer: Deferred.await(answer) }
  })

const asks = (outcome: string) =>
  Effect.map(
    Metric.value(Metric.tagged(forAccount("default").asks, "outcome", outcome)),
    ({ count }) => count
  )

const quiet = Effect.provide(Logger.remove(Logger.defaultLogger))

describe("by a card", () => {
  it.scoped("the one who is asked answers once; everybody sees it, and no button is left", () =>
    Effect.gen(function*() {
      const { card, fake, log, press } = yield* asking()
      const before = yield* asks("answered")
      yield* fake.say("deploy", { group, mention: true, from: { staffId: "zhangsan", nick: "张三" } })
      const { lastMessage, outTrackId, params } = yield* card
      assert.strictEqual(lastMessage, where)
      assert.include(params["sys_full_json_obj"], "生产")
      assert.strictEqual((yield* press(outTrackId, "prod")).code, 200)
      assert.deepStrictEqual(log, ["prod by zhangsan via card"])
      const after = yield* fake.card(outTrackId, "lisi")
      assert.strictEqual(after.text, `${where}\n\n---\n\n✅ 生产（张三）`)
      assert.notInclude(after.params["sys_full_json_obj"], "生产")
      assert.strictEqual((yield* asks("answered")) - before, 1)
    }))

  it.scoped("others get a word that nobody else sees, before and after; the same press again changes nothing", () =>
    Effect.gen(function*() {
      const { card, fake, log, press } = yield* asking()
      yield* fake.say("deploy", { group, mention: true })
      const { outTrackId } = yield* card
      yield* press(outTrackId, "prod", "lisi")
      assert.strictEqual((yield* fake.card(outTrackId, "lisi")).params["msgTitle"], "这个问题不是问您的")
      assert.isUndefined((yield* fake.card(outTrackId, "wangwu")).params["msgTitle"])
      assert.deepStrictEqual(log, [])
      yield* press(outTrackId, "test")
      const settled = (yield* fake.card(outTrackId)).text
      yield* press(outTrackId, "test")
      assert.isUndefined((yield* fake.card(outTrackId, "zhangsan")).params["msgTitle"])
      yield* press(outTrackId, "prod")
      assert.strictEqual((yield* fake.card(outTrackId, "zhangsan")).params["msgTitle"], "这个问题已经有人回答了")
      assert.strictEqual((yield* fake.card(outTrackId, "lisi")).text, settled)
      assert.deepStrictEqual(log, ["test by zhangsan via card"])
    }))

  it.scoped("of two who press at the same instant the first one counts, and both see that", () =>
    Effect.gen(function*() {
      const { card, fake, log } = yield* asking({ of: ["zhangsan", "LISI"] })
      yield* fake.say("deploy", { group, mention: true })
      const { outTrackId } = yield* card
      yield* fake.press(outTrackId, "prod", { as: "lisi" })
      yield* fake.press(outTrackId, "test", { as: "zhangsan" })
      yield* fake.awaitAllAcked
      yield* settle
      assert.deepStrictEqual(log, ["prod by lisi via card"])
      assert.include((yield* fake.card(outTrackId, "zhangsan")).text, "✅ 生产（lisi）")
      assert.strictEqual((yield* fake.card(outTrackId, "zhangsan")).params["msgTitle"], "这个问题已经有人回答了")
    }))

  it.scoped("nobody in time: AskExpired, the card says so, and who comes later gets a word", () =>
    Effect.gen(function*() {
      const { card, fake, log, press } = yield* asking({ expireAfter: "1 minute" })
      yield* fake.say("deploy")
      const { outTrackId } = yield* card
      yield* Desk.after(60_000)
      yield* Desk.until(fake.awaitCard(({ text }) => text.endsWith("⌛ 已过期")))
      yield* settle
      assert.deepStrictEqual(log, ["AskExpired"])
      yield* press(outTrackId, "prod")
      const { params, text } = yield* fake.card(outTrackId, "zhangsan")
      assert.include(text, "已过期")
      assert.strictEqual(params["msgTitle"], "⌛ 已过期")
    }).pipe(quiet))

  it.scoped("a press in the moment in which the time is up: the card and who asked agree, whichever came first", () =>
    Effect.gen(function*() {
      for (const order of ["press", "clock"] as const) {
        const { card, fake, log } = yield* asking({ expireAfter: "1 minute" })
        yield* fake.say("deploy")
        const { outTrackId } = yield* card
        const press = fake.press(outTrackId, "prod")
        const clock = TestClock.adjust("1 minute")
        yield* Effect.all(order === "press" ? [press, clock] : [clock, press], { concurrency: "unbounded" })
        yield* fake.awaitAllAcked
        const { text } = yield* Desk.until(
          fake.awaitCard((it) => it.outTrackId === outTrackId && it.text !== where)
        )
        yield* settle
        assert.deepStrictEqual(log, [text.includes("✅ 生产") ? "prod by zhangsan via card" : "AskExpired"])
      }
    }).pipe(quiet))

  it.scoped("interrupted: withdrawn for everybody; so it is when the robot stops", () =>
    Effect.gen(function*() {
      for (const end of ["interrupt", "stop"] as const) {
        const { card, channel, fake, log, press } = yield* asking()
        const said = yield* fake.say("deploy")
        const { outTrackId } = yield* card
        const ending = yield* Effect.fork(
          end === "interrupt" ? channel.interrupt({ messageId: said.msgId }) : channel.stop("default")
        )
        yield* Desk.until(fake.awaitCard(({ text }) => text.endsWith("🚫 已取消")))
        yield* Desk.until(Fiber.join(ending))
        assert.deepStrictEqual(log, ["interrupted"])
        if (end === "stop") continue
        yield* press(outTrackId, "prod")
        assert.strictEqual((yield* fake.card(outTrackId, "zhangsan")).params["msgTitle"], "🚫 已取消")
      }
    }).pipe(quiet))

  it.scoped("interrupted while the card is being made, its answer on its way: withdrawn all the same", () =>
    Effect.gen(function*() {
      const { card, channel, fake, log } = yield* asking()
      yield* fake.answerNext(Desk.createPath, "handleThenHang")
      const said = yield* fake.say("deploy")
      yield* card
      const ending = yield* Effect.fork(channel.interrupt({ messageId: said.msgId }))
      yield* Desk.until(fake.awaitCard(({ text }) => text.endsWith("🚫 已取消")))
      assert.strictEqual(yield* Fiber.join(ending), 1)
      assert.deepStrictEqual(log, ["interrupted"])
    }))

  it.scoped("interrupted while its end is being shown, it is not given up", () =>
    Effect.gen(function*() {
      for (const first of ["interruption", "expiry"] as const) {
        const { card, channel, fake, log } = yield* asking({ expireAfter: "1 minute" })
        const said = yield* fake.say("deploy")
        yield* card
        yield* fake.answerEvery(Desk.cardPath, "hang")
        const interrupt = channel.interrupt({ messageId: said.msgId })
        const begins = Desk.until(fake.awaitRequests(Desk.cardPath, 1))
        if (first === "interruption") yield* Effect.fork(interrupt)
        else yield* TestClock.adjust("1 minute")
        yield* begins
        const again = yield* Effect.fork(interrupt)
        yield* settle
        assert.deepStrictEqual(log, [])
        yield* Desk.until(Fiber.join(again))
        assert.lengthOf(log, 1)
      }
    }).pipe(quiet))

  it.scoped("where it can't be interrupted it expires all the same, by a card and by messages", () =>
    Effect.gen(function*() {
      for (const fields of [[], [{ name: "why" }]]) {
        const log: Array<string> = []
        const { fake } = yield* asking({}, {}, {
          onMessage: (message) =>
            DingTalkCards.ask(message, { question: where, choices, fields, expireAfter: "1 minute" }).pipe(
              Effect.uninterruptible,
              Effect.catchTag("AskExpired", ({ _tag }) => Effect.sync(() => log.push(_tag)))
            )
        })
        yield* fake.say("deploy")
        yield* Desk.until(fake.awaitReplies(1))
        yield* Desk.after(60_000)
        yield* Desk.until(fake.until("expired", Effect.sync(() => Option.liftPredicate(log.length, (n) => n > 0))))
        assert.deepStrictEqual(log, ["AskExpired"])
      }
    }).pipe(quiet))

  it.scoped("an update that is never answered keeps nobody for more than 10 s", () =>
    Effect.gen(function*() {
      const { card, channel, fake, log } = yield* asking()
      const said = yield* fake.say("deploy")
      yield* card
      yield* fake.answerEvery(Desk.cardPath, "hang")
      const ending = yield* Effect.fork(channel.interrupt({ messageId: said.msgId }))
      yield* Desk.after(9_000)
      assert.deepStrictEqual(log, [])
      yield* Desk.until(Fiber.join(ending))
      assert.deepStrictEqual(log, ["interrupted"])
    }))

  it.scoped("a card of a process that is gone gets a word; a card of one's own goes to its handler", () =>
    Effect.gen(function*() {
      const actions: Array<string> = []
      const { fake } = yield* asking({}, {}, {
        onCardAction: ({ outTrackId }) => Effect.sync(() => void actions.push(outTrackId))
      })
      const old = yield* fake.cardAction({ outTrackId: "ask-of-yesterday", userId: "zhangsan", actionIds: ["prod"] })
      const ack = yield* fake.awaitAck(old.messageId)
      assert.strictEqual(ack.code, 200)
      assert.include(JSON.stringify(ack.data), "已经失效")
      const mine = yield* fake.cardAction({ outTrackId: "mine", userId: "zhangsan", actionIds: ["prod"] })
      yield* fake.awaitAck(mine.messageId)
      assert.deepStrictEqual(actions, ["mine"])
    }))

  it.scoped("a form: what is left out is asked for, what is put in is given", () =>
    Effect.gen(function*() {
      const template: DingTalkCards.AskTemplate = {
        templateId: "form.schema",
        params: ({ question, status }) => ({ title: question, status }),
        word: (text) => ({ hint: text })
      }
      const { answer, fake } = yield* form({
        fields: [{ name: "reason", label: "原因" }, { name: "note", optional: true }],
        template
      })
      yield* fake.say("deploy")
      const { outTrackId } = yield* Desk.until(fake.awaitCard(({ templateId }) => templateId === "form.schema"))
      const empty = yield* fake.press(outTrackId, "submit")
      yield* fake.awaitAck(empty.messageId)
      assert.strictEqual((yield* fake.card(outTrackId, "zhangsan")).params["hint"], "请填写：原因")
      yield* fake.press(outTrackId, "submit", { params: { reason: "修复", note: 3 } })
      assert.deepStrictEqual(yield* answer, {
        choice: "submit",
        values: { reason: "修复", note: "3" },
        by: "zhangsan",
        via: "card"
      })
    }))

  it.scoped("another person is asked, by a direct message to those who are not", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const said = yield* Deferred.make<boolean>()
      yield* Robot.start<Own>(Desk.settingsOf(fake), {
        asks: true,
        onMessage: () =>
          DingTalkCards.confirm({ to: `chat:${group}` }, "同意吗？", { of: ["boss"], yes: "同意", word: "message" })
            .pipe(
              Effect.flatMap((isYes) => Deferred.succeed(said, isYes))
            )
      })
      yield* fake.awaitConnection
      yield* fake.say("请假", { group, mention: true })
      const { outTrackId, params } = yield* Desk.until(fake.awaitCard(({ text }) => text === "同意吗？"))
      assert.include(params["sys_full_json_obj"], "同意")
      yield* fake.press(outTrackId, "yes", { as: "lisi" })
      yield* fake.awaitReplies(2)
      assert.deepStrictEqual(yield* Desk.shown(fake, "lisi"), ["这个问题不是问您的"])
      yield* fake.press(outTrackId, "no", { as: "boss" })
      assert.isFalse(yield* Deferred.await(said))
    }))
})

describe("by a message, where cards can't be had", () => {
  const without = (options: Parameters<typeof asking>[0] = {}, settings: object = {}, handlers: Handlers<Own> = {}) =>
    Effect.gen(function*() {
      const robot = yield* asking(options, settings, handlers)
      yield* robot.fake.answerEvery(Desk.createPath, Script.refusals.noPermission)
      return robot
    })

  it.scoped("the next message of that person in that chat is the answer, before all that waits, and nobody else's", () =>
    Effect.gen(function*() {
      const { fake, log } = yield* without({}, { ordering: "conversation", dispatchWorkers: 2 })
      yield* fake.say("deploy", { group, mention: true })
      const [question] = yield* Desk.until(fake.awaitReplies(1))
      assert.include(question?.text, "1. 测试\n2. 生产")
      assert.include(question?.text, "请 @我 并回复编号")
      yield* fake.say("1", { group, mention: true, from: "lisi" })
      yield* fake.say("1", { from: "zhangsan" })
      yield* fake.awaitAllAcked
      yield* settle
      assert.deepStrictEqual(log, ["said 1"])
      const { msgId } = yield* fake.say("２", { group, mention: true })
      yield* fake.awaitAllAcked
      yield* settle
      assert.deepStrictEqual(log, ["said 1", "prod by zhangsan via message", "said 1"])
      yield* fake.redeliver(msgId)
      yield* fake.say("3", { group, mention: true })
      yield* fake.awaitAllAcked
      yield* settle
      assert.deepStrictEqual(log.slice(3), ["said 3"])
    }))

  it.scoped("what is no choice is asked again, and two in one go are an answer and a message", () =>
    Effect.gen(function*() {
      const { fake, log } = yield* without({}, { ordering: "conversation" })
      yield* fake.say("deploy")
      yield* Desk.until(fake.awaitReplies(1))
      yield* fake.say("什么？")
      assert.include((yield* Desk.until(fake.awaitReplies(2)))[1]?.text, "1 到 2")
      yield* fake.say("测试")
      yield* fake.say("1")
      yield* fake.awaitAllAcked
      yield* settle
      assert.deepStrictEqual(log, ["test by zhangsan via message", "said 1"])
    }))

  it.scoped("one that overtakes is no answer; interrupted and expired, nothing is waited for", () =>
    Effect.gen(function*() {
      const { channel, fake, log } = yield* without({ expireAfter: "1 minute" }, { ordering: "conversation" }, {
        overtakes: ({ text }) => text === "停"
      })
      yield* fake.say("deploy")
      yield* Desk.until(fake.awaitReplies(1))
      const { conversationId } = yield* fake.say("停")
      yield* fake.awaitAllAcked
      yield* settle
      assert.deepStrictEqual(log, ["said 停"])
      assert.strictEqual(yield* channel.interrupt({ conversationId }), 1)
      yield* fake.say("1")
      yield* fake.awaitAllAcked
      yield* settle
      assert.deepStrictEqual(log, ["said 停", "interrupted", "said 1"])
      yield* fake.say("deploy")
      yield* Desk.until(fake.awaitReplies(2))
      yield* Desk.after(60_000)
      assert.strictEqual(log.at(-1), "AskExpired")
      yield* fake.say("2")
      yield* fake.awaitAllAcked
      yield* settle
      assert.strictEqual(log.at(-1), "said 2")
    }).pipe(quiet))

  it.scoped("somebody outside the organisation, whom no card reaches; a form, field by field", () =>
    Effect.gen(function*() {
      const { answer, fake } = yield* form({
        fields: [{ name: "reason", label: "原因" }, { name: "days" }, { name: "note", optional: true }]
      })
      const from = { staffId: "guest", outside: true }
      yield* fake.say("deploy", { from })
      assert.strictEqual((yield* Desk.until(fake.awaitReplies(1)))[0]?.text, `${where}\n\n请回复：原因`)
      yield* fake.say("修复", { from })
      assert.strictEqual((yield* Desk.until(fake.awaitReplies(2)))[1]?.text, "请回复：days")
      yield* fake.say("3", { from })
      assert.strictEqual((yield* Desk.until(fake.awaitReplies(3)))[2]?.text, "请回复：note（没有就回复“无”）")
      yield* fake.say("无", { from })
      // As a card gives a field that was left empty.
      const values = { reason: "修复", days: "3", note: "" }
      assert.deepInclude(yield* answer, { values, via: "message" })
      assert.lengthOf(yield* fake.cards, 0)
    }))
})

it.scoped("without `asks` among the handlers it dies, and says what to do", () =>
  Effect.gen(function*() {
    const { fake, log } = yield* asking({}, {}, { asks: false })
    yield* fake.say("deploy")
    yield* fake.awaitAllAcked
    yield* settle
    assert.deepStrictEqual(log, ["died"])
    assert.lengthOf(yield* fake.cards, 0)
  }).pipe(quiet))
