import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeDingTalk } from "../../src/testing/index.ts"
import type { Json } from "./bareClient.ts"
import * as Api from "./routes/bareApi.ts"

const { robotCode } = Api

const text = (content: string): Json => ({ robotCode, msgKey: "sampleText", msgParam: JSON.stringify({ content }) })

const toUsers = (api: Api.Api, content: string, ...userIds: ReadonlyArray<string>) =>
  Effect.map(
    api.post("/v1.0/robot/oToMessages/batchSend", { ...text(content), userIds }),
    ({ json }) => String(json["processQueryKey"])
  )

const toGroup = (api: Api.Api, content: string, openConversationId = "cidGroup1") =>
  Effect.map(
    api.post("/v1.0/robot/groupMessages/send", { ...text(content), openConversationId }),
    ({ json }) => String(json["processQueryKey"])
  )

const recallFrom = (api: Api.Api, keys: ReadonlyArray<string>, group?: string) =>
  api.post(group === undefined ? "/v1.0/robot/otoMessages/batchRecall" : "/v1.0/robot/groupMessages/recall", {
    robotCode,
    processQueryKeys: keys,
    ...group === undefined ? {} : { openConversationId: group }
  })

const started = (options?: Parameters<typeof FakeDingTalk.make>[0]) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make(options)
    return { fake, api: yield* Api.make(fake) }
  })

const shown = (fake: FakeDingTalk.Fake, id: string) =>
  Effect.map(fake.conversation(id), (lines) => lines.map(({ text }) => text))

describe("recall", () => {
  it.scoped("takes messages and cards away, for everybody who got them", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      const both = yield* toUsers(api, "both", "zhangsan", "lisi")
      yield* toUsers(api, "stays", "zhangsan")
      const inGroup = yield* toGroup(api, "in the group")
      yield* api.post(Api.createPath, Api.cardBody())
      const [place] = (yield* fake.card("card-1")).places
      const direct = yield* recallFrom(api, [both, place?.carrierId ?? ""])
      assert.deepStrictEqual(direct.json, { successResult: [both, place?.carrierId], failedResult: {} })
      assert.deepStrictEqual((yield* recallFrom(api, [inGroup], "cidGroup1")).json, {
        successResult: [inGroup],
        failedResult: {}
      })
      assert.deepStrictEqual(yield* shown(fake, "zhangsan"), ["stays"])
      assert.deepStrictEqual([yield* shown(fake, "lisi"), yield* shown(fake, "cidGroup1")], [[], []])
    }))

  it.scoped("fails key by key: unknown, recalled before, of another place, of another robot", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started({
        apps: [{ clientId: robotCode, clientSecret: "fake-secret" }, { clientId: "other", clientSecret: "s" }]
      })
      const mine = yield* toUsers(api, "mine", "zhangsan")
      const before = yield* toUsers(api, "before", "zhangsan")
      yield* recallFrom(api, [before])
      const inGroup = yield* toGroup(api, "in the group")
      assert.deepStrictEqual((yield* recallFrom(api, [mine, "made-up", before, inGroup])).json, {
        successResult: [mine],
        failedResult: {
          "made-up": "processQueryKey.notExist",
          [before]: "message.recalled",
          [inGroup]: "processQueryKey.notExist"
        }
      })
      assert.deepStrictEqual((yield* recallFrom(api, [inGroup], "cidGroup2")).json["successResult"], [])
      const other = yield* Api.make(fake, { appKey: "other", appSecret: "s" })
      const stolen = yield* other.post("/v1.0/robot/groupMessages/recall", {
        robotCode: "other",
        processQueryKeys: [inGroup],
        openConversationId: "cidGroup1"
      })
      assert.deepStrictEqual(stolen.json["successResult"], [])
      assert.deepStrictEqual(yield* shown(fake, "cidGroup1"), ["in the group"])
    }))

  it.scoped("knows its limits: 20 keys, 24 hours", () =>
    Effect.gen(function*() {
      const { api } = yield* started()
      const codes = yield* Effect.forEach([0, 21], (count) =>
        Effect.map(
          recallFrom(
            api,
            Array.from({ length: count }, (_, i) => `${i}`)
          ),
          ({ json }) => json["code"]
        ))
      assert.deepStrictEqual(codes, [
        "invalidParameter.processQueryKeys.empty",
        "invalidParameter.processQueryKeys.overMax"
      ])
      const late = yield* started({ recallTtlMs: -1 })
      const key = yield* toUsers(late.api, "old", "zhangsan")
      assert.deepStrictEqual((yield* recallFrom(late.api, [key])).json["failedResult"], {
        [key]: "processQueryKey.expireTime"
      })
      assert.deepStrictEqual(yield* shown(late.fake, "zhangsan"), ["old"])
    }))
})

describe("reading", () => {
  const statusOf = (api: Api.Api, key: string) =>
    api.get(`/v1.0/robot/oToMessages/readStatus?robotCode=${robotCode}&processQueryKey=${key}`)

  it.scoped("is told of direct messages, by person", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* fake.refuseUsers({ invalid: ["nobody"] })
      const key = yield* toUsers(api, "news", "zhangsan", "lisi", "nobody")
      yield* fake.read("lisi")
      const { json } = yield* statusOf(api, key)
      const list = json["messageReadInfoList"]
      assert.strictEqual(json["sendStatus"], "SUCCESS")
      assert.deepStrictEqual(
        Array.isArray(list) && list.map(({ readStatus, userId }) => [userId, readStatus]),
        [["zhangsan", "UNREAD"], ["lisi", "READ"]]
      )
      assert.deepStrictEqual((yield* fake.conversation("lisi")).map(({ readBy }) => readBy), [["lisi"]])
      assert.deepStrictEqual((yield* fake.conversation("zhangsan")).map(({ readBy }) => readBy), [[]])
      yield* recallFrom(api, [key])
      assert.strictEqual((yield* statusOf(api, key)).json["sendStatus"], "RECALLED")
      assert.strictEqual((yield* statusOf(api, "made-up")).json["code"], "processQueryKey.expireTime")
    }))

  it.scoped("is told of a group's messages, by pages", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      const key = yield* toGroup(api, "news")
      for (const user of ["a", "b", "c"]) yield* fake.read(user, "cidGroup1")
      yield* fake.read("d", "cidGroup2")
      yield* fake.read("e")
      const query = (more: Json) =>
        Effect.map(
          api.post("/v1.0/robot/groupMessages/query", {
            robotCode,
            openConversationId: "cidGroup1",
            processQueryKey: key,
            maxResults: 2,
            ...more
          }),
          ({ json }) => json
        )
      const first = yield* query({})
      assert.deepInclude(first, { sendStatus: "SUCCESS", readUserIds: ["a", "b"], hasMore: true })
      assert.deepInclude(yield* query({ nextToken: first["nextToken"] }), { readUserIds: ["c"], hasMore: false })
      assert.strictEqual((yield* query({ maxResults: 201 }))["code"], "invalidParameter.param.invalid")
      assert.strictEqual((yield* query({ openConversationId: "cidGroup2" }))["code"], "processQueryKey.expireTime")
    }))
})

describe("groups", () => {
  it.scoped("that a robot was spoken to in are listed by pages, until it is out", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      for (let i = 0; i < 12; i++) yield* fake.say("hi", { group: `cidGroup${i}` })
      yield* fake.say("hi")
      yield* fake.refuseGroup("cidGroup3")
      const query = (more: Json) =>
        Effect.map(
          api.post("/v1.0/robot/installed/groups/query", { robotCode, maxResult: 10, ...more }),
          ({ json }) => json
        )
      const first = yield* query({})
      const second = yield* query({ nextToken: first["nextToken"] })
      assert.deepStrictEqual(second, { openConversationIds: ["cidGroup11"], hasMore: false })
      assert.notInclude(JSON.stringify(first), "cidGroup3")
      const send = (content: string) =>
        Effect.map(
          api.post("/v1.0/robot/groupMessages/send", { ...text(content), openConversationId: "cidGroup3" }),
          ({ json }) => json["code"]
        )
      assert.strictEqual(yield* send("lost"), "group.disbanded")
      yield* fake.refuseGroup("cidGroup3", "bot.stopped")
      assert.strictEqual(yield* send("lost"), "bot.stopped")
      yield* fake.restoreGroup("cidGroup3")
      assert.isUndefined(yield* send("back"))
    }))
})

describe("reactions", () => {
  const body = (openMsgId: string, openConversationId: string, over: Json = {}): Json => ({
    robotCode,
    openMsgId,
    openConversationId,
    emotionType: 2,
    emotionName: "thinking",
    textEmotion: { emotionId: "2659900", emotionName: "thinking", text: "thinking", backgroundId: "im_bg_1" },
    ...over
  })
  const addPath = "/v1.0/robot/emotion/reply"
  const removePath = "/v1.0/robot/emotion/recall"

  it.scoped("stand under the message, once, until they are taken away", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      const { conversationId, msgId } = yield* fake.say("hi")
      yield* fake.say("another")
      const reactions = Effect.map(fake.conversation("zhangsan"), (lines) => lines.map(({ reactions }) => reactions))
      assert.deepStrictEqual((yield* api.post(addPath, body(msgId, conversationId))).json, { success: true })
      yield* api.post(addPath, body(msgId, conversationId))
      assert.deepStrictEqual(yield* reactions, [["thinking"], []])
      const done = { emotionName: "done", textEmotion: { text: "done" } }
      yield* api.post(addPath, body(msgId, conversationId, done))
      yield* api.post(removePath, body(msgId, conversationId))
      yield* api.post(removePath, body(msgId, conversationId))
      assert.deepStrictEqual(yield* reactions, [["done"], []])
    }))

  it.scoped("are refused under what is not there", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      const { conversationId, msgId } = yield* fake.say("hi")
      const answers = yield* Effect.forEach([
        body("made-up", conversationId),
        body(msgId, "cidElse"),
        body(msgId, conversationId, { emotionType: 1 }),
        body(msgId, conversationId, { textEmotion: undefined })
      ], (each) => Effect.map(api.post(addPath, each), ({ json, status }) => [status, json["code"]]))
      assert.deepStrictEqual(answers, [
        [400, "invalidParameter.param.invalid"],
        [400, "invalidParameter.openConversationId.invalid"],
        [400, "invalidParameter.param.invalid"],
        [400, "invalidParameter.param.invalid"]
      ])
    }))
})

describe("DING", () => {
  it.scoped("reaches those it can, and is recalled once", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* fake.refuseUsers({ invalid: ["nobody"] })
      const send = (remindType: number, receiverUserIdList: ReadonlyArray<string>) =>
        Effect.map(
          api.post("/v1.0/robot/ding/send", { robotCode, remindType, receiverUserIdList, content: "wake up" }),
          ({ json }) => json
        )
      const sent = yield* send(2, ["zhangsan", "nobody"])
      assert.deepInclude(sent, { failedList: { "miss.staffId": ["nobody"] } })
      const many = Array.from({ length: 21 }, (_, i) => `u${i}`)
      assert.isString((yield* send(1, many))["openDingId"])
      assert.strictEqual((yield* send(3, many))["code"], "ding.receivercount.limit")
      assert.strictEqual((yield* send(4, ["zhangsan"]))["code"], "invalidParameter.param.invalid")
      const recall = Effect.map(
        api.post("/v1.0/robot/ding/recall", { robotCode, openDingId: sent["openDingId"] }),
        ({ json }) => json
      )
      assert.deepStrictEqual(yield* recall, { openDingId: sent["openDingId"] })
      assert.strictEqual((yield* recall)["code"], "recall.ding.exception")
      const [ding] = yield* fake.dings
      assert.deepInclude(ding, { by: "sms", userIds: ["zhangsan"], content: "wake up", recalled: true })
    }))
})
