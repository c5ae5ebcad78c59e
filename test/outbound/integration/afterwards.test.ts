import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as DingTalkCards from "../../../src/DingTalkCards.ts"
import * as DingTalkReactions from "../../../src/DingTalkReactions.ts"
import * as DingTalkRobot from "../../../src/DingTalkRobot.ts"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import * as RobotMessage from "../../../src/outbound/message/RobotMessage.ts"
import { type FakeDingTalk, Script } from "../../../src/testing/index.ts"
import * as Robot from "../../utils/robot.ts"
import { settle } from "../../utils/settle.ts"
import * as Desk from "./utils/desk.ts"

const text = (content: string) => RobotMessage.Text({ content })

const sentTo = (to: DingTalkSender.SendMessageOptions["to"], content: string) =>
  Effect.map(DingTalkSender.sendMessage({ to, message: text(content) }), ({ messageId }) => messageId ?? "")

describe("recall", () => {
  it.scoped("of messages and cards: gone for everybody, and what can't be is named", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const both = yield* run(sentTo(["user:zhangsan", "user:lisi"], "both"))
      const { deliveries } = yield* run(
        DingTalkCards.create({ to: "user:zhangsan", templateId: "t", params: { content: "card" } })
      )
      const card = deliveries[0]?.messageId ?? ""
      yield* run(sentTo("user:zhangsan", "stays"))
      const result = yield* run(DingTalkRobot.recall({ messageIds: [both, card, both, "made-up"] }))
      assert.deepStrictEqual(result, {
        recalled: [both, card],
        failed: [{ messageId: "made-up", reason: "processQueryKey.notExist" }]
      })
      assert.deepStrictEqual(yield* Desk.shown(fake, "zhangsan"), ["stays"])
      assert.deepStrictEqual(yield* Desk.shown(fake, "lisi"), [])
    }))

  it.scoped("of 45 messages of a group takes three calls, and a call that fails does not hide the others", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const messageIds = yield* run(
        Effect.forEach(Array.from({ length: 45 }, (_, i) => `${i}`), (each) => sentTo(Desk.group, each))
      )
      const path = "/v1.0/robot/groupMessages/recall"
      yield* fake.answerNext(path, "handle", Script.refusal(400, "bot.stopped"))
      const { failed, recalled } = yield* run(DingTalkRobot.recall({ messageIds, group: Desk.group }))
      assert.strictEqual((yield* fake.requests(path)).length, 3)
      assert.deepStrictEqual(recalled, [...messageIds.slice(0, 20), ...messageIds.slice(40)])
      assert.deepStrictEqual(failed.map(({ messageId }) => messageId), messageIds.slice(20, 40))
      assert.deepStrictEqual(yield* Desk.shown(fake, Desk.group), Array.from({ length: 20 }, (_, i) => `${i + 20}`))
    }))

  it.scoped("after 24 hours fails, and says why", () =>
    Effect.gen(function*() {
      const { run } = yield* Desk.open({ recallTtlMs: -1 })
      const messageId = yield* run(sentTo("user:zhangsan", "old"))
      const { failed } = yield* run(DingTalkRobot.recall({ messageIds: [messageId] }))
      assert.deepStrictEqual(failed, [{ messageId, reason: "processQueryKey.expireTime" }])
    }))
})

describe("who has read it", () => {
  it.scoped("of people: by person, until it is recalled", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const messageId = yield* run(sentTo(["user:zhangsan", "user:lisi"], "news"))
      yield* fake.read("lisi")
      const { readers, status } = yield* run(DingTalkRobot.readStatus({ messageId }))
      assert.deepStrictEqual([status, readers.map(({ read, userId }) => [userId, read])], [
        "SUCCESS",
        [["zhangsan", false], ["lisi", true]]
      ])
      const [line] = yield* fake.conversation("lisi")
      assert.isAtLeast(readers[1]?.readAt ?? 0, line?.at ?? Infinity)
      yield* run(DingTalkRobot.recall({ messageIds: [messageId] }))
      assert.strictEqual((yield* run(DingTalkRobot.readStatus({ messageId }))).status, "RECALLED")
      const unknown = yield* Effect.flip(run(DingTalkRobot.readStatus({ messageId: "made-up" })))
      assert.deepInclude({ ...unknown }, { _tag: "BadRequest", code: "processQueryKey.expireTime" })
    }))

  it.scoped("of a group: everybody, page by page", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const messageId = yield* run(sentTo(Desk.group, "news"))
      const readers = Array.from({ length: 401 }, (_, i) => `u${i}`)
      for (const user of readers) yield* fake.read(user, Desk.group)
      const status = yield* run(DingTalkRobot.groupMessageStatus({ group: Desk.group, messageId }))
      assert.deepStrictEqual(status, { status: "SUCCESS", readUserIds: readers })
      assert.strictEqual((yield* fake.requests("/v1.0/robot/groupMessages/query")).length, 3)
    }))
})

describe("groups", () => {
  it.scoped("are listed as far as they are pulled", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const ids = Array.from({ length: 23 }, (_, i) => `cid${i}`)
      for (const group of ids) yield* fake.say("hi", { group })
      assert.deepStrictEqual([...yield* run(Stream.runCollect(DingTalkRobot.groups()))], ids)
      const pages = fake.requests("/v1.0/robot/installed/groups/query")
      assert.strictEqual((yield* pages).length, 3)
      yield* run(Stream.runCollect(Stream.take(DingTalkRobot.groups(), 10)))
      assert.strictEqual((yield* pages).length, 4)
    }))
})

describe("DING", () => {
  it.scoped("says whom it did not reach, and is taken back", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.refuseUsers({ invalid: ["nobody"] })
      const { dingId, failed } = yield* run(
        DingTalkRobot.ding({ userIds: ["zhangsan", "nobody"], content: "wake up", by: "call" })
      )
      assert.deepStrictEqual(failed, [{ userId: "nobody", reason: "miss.staffId" }])
      yield* run(DingTalkRobot.recallDing({ dingId }))
      assert.deepInclude((yield* fake.dings)[0], { by: "call", userIds: ["zhangsan"], recalled: true })
      const again = yield* Effect.flip(run(DingTalkRobot.recallDing({ dingId })))
      assert.strictEqual(again._tag, "BadRequest")
      yield* fake.answerNext("/v1.0/robot/ding/send", Script.refusal(400, "toomuch.msg", "send too fast"))
      const busy = yield* Effect.forkScoped(run(DingTalkRobot.ding({ userIds: ["lisi"], content: "again" })))
      yield* Desk.until(fake.awaitRequests("/v1.0/robot/ding/send", 3))
      assert.isString((yield* Fiber.join(busy)).dingId)
    }))
})

describe("withThinking", () => {
  const reactions = (fake: FakeDingTalk.Fake) =>
    Effect.map(fake.conversation("zhangsan"), (lines) => lines.flatMap(({ reactions }) => reactions))
  const addPath = "/v1.0/robot/emotion/reply"
  const removePath = "/v1.0/robot/emotion/recall"

  const started = Effect.gen(function*() {
    const { fake } = yield* Desk.open()
    const goOn = yield* Deferred.make<void>()
    yield* Robot.start(Desk.settingsOf(fake), {
      onMessage: DingTalkReactions.withThinking((message) =>
        Effect.zipRight(Deferred.await(goOn), DingTalkSender.reply(message, "done"))
      )
    })
    yield* fake.awaitConnection
    return { fake, goOn }
  })

  it.scoped("shows a reaction while the handler runs, and none after", () =>
    Effect.gen(function*() {
      const { fake, goOn } = yield* started
      yield* fake.say("hi")
      yield* fake.awaitRequests(addPath, 1)
      assert.deepStrictEqual(yield* reactions(fake), [DingTalkReactions.thinking])
      yield* Deferred.succeed(goOn, undefined)
      yield* fake.awaitRequests(removePath, 1)
      assert.deepStrictEqual(yield* reactions(fake), [])
      assert.deepStrictEqual(yield* Desk.shown(fake, "zhangsan"), ["hi", "done"])
    }))

  it.scoped("does not matter to the answer when it is refused, or never answered", () =>
    Effect.gen(function*() {
      const { fake, goOn } = yield* started
      yield* fake.answerNext(addPath, Script.refusals.noPermission, "hang", Script.refusals.quotaUsedUp)
      yield* Deferred.succeed(goOn, undefined)
      yield* fake.say("1")
      yield* fake.awaitReplies(1)
      yield* fake.awaitRequests(addPath, 1)
      yield* fake.say("2")
      yield* fake.awaitReplies(2)
      yield* fake.awaitRequests(addPath, 2)
      yield* Desk.after(DingTalkReactions.removeBoundMs)
      yield* fake.say("3")
      yield* fake.awaitRequests(addPath, 3)
      yield* fake.awaitReplies(3)
      yield* settle
      yield* fake.say("4")
      yield* fake.awaitReplies(4)
      // Out of quota, it is not even tried.
      yield* settle
      assert.strictEqual((yield* fake.requests(addPath)).length, 3)
      assert.strictEqual((yield* fake.requests(removePath)).length, 0)
      assert.deepStrictEqual(yield* reactions(fake), [])
    }))
})
