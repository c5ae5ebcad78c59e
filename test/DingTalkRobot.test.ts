import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import * as DingTalkRobot from "../src/DingTalkRobot.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import * as ConversationApi from "../src/outbound/robot/ConversationApi.ts"
import * as Fake from "./outbound/api/utils/fakeApi.ts"

const directPath = "/v1.0/robot/otoMessages/batchRecall"
const groupPath = "/v1.0/robot/groupMessages/recall"
const readPath = "/v1.0/robot/oToMessages/readStatus"
const queryPath = "/v1.0/robot/groupMessages/query"
const groupsPath = "/v1.0/robot/installed/groups/query"

const api = (answers: Readonly<Record<string, (seen: Fake.Seen, nth: number) => object>>) =>
  Fake.dingtalk((seen, nth) => {
    const answer = answers[seen.path]
    return answer === undefined ? undefined : { status: 200, body: answer(seen, nth) }
  })

const inWorld = (fake: Fake.FakeApi) => <A, E, R>(effect: Effect.Effect<A, E, R | DingTalkSender.DingTalkSender>) =>
  effect.pipe(Effect.provide(DingTalkSender.layer), Effect.provide(Fake.world(fake, Fake.account())))

const keysOf = (seen: Fake.Seen): ReadonlyArray<string> => {
  const keys = seen.body["processQueryKeys"]
  return Array.isArray(keys) ? keys.map(String) : []
}

describe("DingTalkRobot.recall", () => {
  const keys = Array.from({ length: 45 }, (_, n) => `k${n}`)

  it.effect("twenty a call, each key with what became of it", () =>
    Effect.gen(function*() {
      const fake = api({
        [directPath]: (seen) => ({
          successResult: keysOf(seen).filter((key) => key !== "k3" && key !== "k4"),
          failedResult: { k3: "超过24小时" }
        })
      })
      const result = yield* DingTalkRobot.recall({ messageIds: [...keys, "k0"] }).pipe(inWorld(fake))
      assert.deepStrictEqual(fake.of(directPath).map((seen) => keysOf(seen).length), [20, 20, 5])
      assert.deepStrictEqual(result.failed, [
        { messageId: "k3", reason: "超过24小时" },
        { messageId: "k4", reason: "" }
      ])
      assert.deepStrictEqual(result.recalled, keys.filter((key) => key !== "k3" && key !== "k4"))
      assert.strictEqual(fake.of(directPath)[0]?.body["robotCode"], "dingrobot")
    }))

  it.effect("in a group", () =>
    Effect.gen(function*() {
      const fake = api({ [groupPath]: (seen) => ({ successResult: keysOf(seen), failedResult: {} }) })
      const result = yield* DingTalkRobot.recall({ group: "cidA", messageIds: ["k"] }).pipe(inWorld(fake))
      assert.deepStrictEqual(result, { recalled: ["k"], failed: [] })
      assert.deepStrictEqual(fake.of(groupPath)[0]?.body, {
        robotCode: "dingrobot",
        openConversationId: "cidA",
        processQueryKeys: ["k"]
      })
    }))

  it.effect("a first call that fails is a failure; a later one is said key by key", () =>
    Effect.gen(function*() {
      const failing = (from: number) =>
        Fake.dingtalk((seen, nth) =>
          seen.path !== directPath
            ? undefined
            : nth >= from
            ? { status: 403, body: { code: "Forbidden" } }
            : { status: 200, body: { successResult: keysOf(seen) } }
        )
      const first = yield* DingTalkRobot.recall({ messageIds: keys }).pipe(inWorld(failing(1)), Effect.flip)
      assert.strictEqual(first._tag, "PermissionDenied")
      const later = yield* DingTalkRobot.recall({ messageIds: keys }).pipe(inWorld(failing(2)))
      assert.strictEqual(later.recalled.length, 20)
      assert.strictEqual(later.failed.length, 25)
      assert.include(later.failed[0]?.reason, "permission denied")
    }))

  it("property: every key is either recalled or not", () => {
    const key = FastCheck.constantFrom("a", "b", "c", "d", "e")
    FastCheck.assert(
      FastCheck.property(
        FastCheck.uniqueArray(key),
        FastCheck.array(key),
        FastCheck.array(key),
        (asked, done, failed) => {
          const result = ConversationApi.recalledOf(asked, {
            successResult: done,
            failedResult: Object.fromEntries(failed.map((one) => [one, "x"]))
          })
          assert.sameMembers([...result.recalled, ...result.failed.map(({ messageId }) => messageId)], asked)
          for (const one of result.recalled) assert.include(done, one)
        }
      )
    )
  })
})

describe("DingTalkRobot", () => {
  it.effect("who has read a message", () =>
    Effect.gen(function*() {
      const fake = api({
        [readPath]: () => ({
          sendStatus: "SUCCESS",
          messageReadInfoList: [
            { name: "张三", userId: "zhangsan", readStatus: "READ", readTimestamp: 1_700_000_000_000 },
            { name: "李四", userId: "lisi", readStatus: "UNREAD", readTimestamp: 0 }
          ]
        })
      })
      assert.deepStrictEqual(yield* DingTalkRobot.readStatus({ messageId: "k+/=" }).pipe(inWorld(fake)), {
        status: "SUCCESS",
        readers: [
          { userId: "zhangsan", name: "张三", read: true, readAt: 1_700_000_000_000 },
          { userId: "lisi", name: "李四", read: false, readAt: undefined }
        ]
      })
      const { searchParams } = new URL(fake.of(readPath)[0]?.url ?? "")
      assert.deepStrictEqual([...searchParams], [["robotCode", "dingrobot"], ["processQueryKey", "k+/="]])
    }))

  it.effect("who of a group has, page by page", () =>
    Effect.gen(function*() {
      const fake = api({
        [queryPath]: (_seen, nth) => ({
          sendStatus: nth === 3 ? "RECALLED" : "SUCCESS",
          readUserIds: [`u${nth}`],
          hasMore: nth < 3,
          nextToken: `t${nth}`
        })
      })
      const status = DingTalkRobot.groupMessageStatus({ group: "cidA", messageId: "k" })
      assert.deepStrictEqual(yield* status.pipe(inWorld(fake)), {
        status: "RECALLED",
        readUserIds: ["u1", "u2", "u3"]
      })
      assert.deepStrictEqual(fake.of(queryPath).map(({ body }) => body["nextToken"]), [undefined, "t1", "t2"])
      const early = Fake.dingtalk((seen) =>
        seen.path === queryPath ? { status: 400, body: { code: "processQueryKey.expireTime" } } : undefined
      )
      const error = yield* status.pipe(inWorld(early), Effect.flip)
      assert.strictEqual(error._tag === "BadRequest" && error.field, "processQueryKey")
    }))

  it.effect("the groups it is in, no page more than are pulled, and no page twice", () =>
    Effect.gen(function*() {
      const fake = api({
        [groupsPath]: (_seen, nth) => ({
          openConversationIds: [`cid${nth}a`, `cid${nth}b`],
          hasMore: true,
          nextToken: nth < 3 ? `t${nth}` : "t2"
        })
      })
      const few = yield* Stream.runCollect(Stream.take(DingTalkRobot.groups(), 3)).pipe(inWorld(fake))
      assert.deepStrictEqual([...few], ["cid1a", "cid1b", "cid2a"])
      assert.strictEqual(fake.of(groupsPath).length, 2)
      const all = api({
        [groupsPath]: (_seen, nth) => ({ openConversationIds: [`cid${nth}`], hasMore: true, nextToken: "same" })
      })
      assert.deepStrictEqual([...(yield* Stream.runCollect(DingTalkRobot.groups()).pipe(inWorld(all)))], [
        "cid1",
        "cid2"
      ])
      assert.deepStrictEqual(all.of(groupsPath).map(({ body }) => body), [
        { robotCode: "dingrobot", maxResult: 10 },
        { robotCode: "dingrobot", maxResult: 10, nextToken: "same" }
      ])
    }))

  it.effect("a DING: once, with those whom it does not reach", () =>
    Effect.gen(function*() {
      const fake = api({
        "/v1.0/robot/ding/send": () => ({ openDingId: "d1", failedList: { lisi: "no quota" } }),
        "/v1.0/robot/ding/recall": () => ({})
      })
      const dinged = yield* Effect.zipLeft(
        DingTalkRobot.ding({ userIds: ["zhangsan", "lisi"], content: "now", by: "sms" }),
        DingTalkRobot.recallDing({ dingId: "d1" })
      ).pipe(inWorld(fake))
      assert.deepStrictEqual(dinged, { dingId: "d1", failed: [{ userId: "lisi", reason: "no quota" }] })
      assert.deepStrictEqual(fake.seen.slice(1).map(({ body }) => body), [
        { robotCode: "dingrobot", remindType: 2, receiverUserIdList: ["zhangsan", "lisi"], content: "now" },
        { robotCode: "dingrobot", openDingId: "d1" }
      ])
      const lost = Fake.dingtalk((seen) => seen.path.endsWith("/ding/send") ? { status: 500, body: "" } : undefined)
      const error = yield* DingTalkRobot.ding({ userIds: ["a"], content: "now" }).pipe(inWorld(lost), Effect.flip)
      assert.strictEqual(error._tag, "Ambiguous")
      assert.strictEqual(lost.of("/ding/send").length, 1)
    }))

  it("reads failedList however it is built", () => {
    const cases = [
      [undefined, []],
      [["a"], [{ userId: "a", reason: "" }]],
      [{ a: "x" }, [{ userId: "a", reason: "x" }]],
      [{ x: ["a", "b"] }, [{ userId: "a", reason: "x" }, { userId: "b", reason: "x" }]]
    ] as const
    for (const [failedList, failed] of cases) {
      assert.deepStrictEqual(ConversationApi.failedOf({ failedList }), [...failed])
    }
  })
})
