import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeDingTalk, Payloads } from "../../../src/testing/index.ts"
import { connect, type Json } from "../bareClient.ts"
import * as Api from "./bareApi.ts"

const started = (options?: Parameters<typeof FakeDingTalk.make>[0]) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make(options)
    return { fake, api: yield* Api.make(fake) }
  })

const record = (u: unknown): Json => typeof u === "object" && u !== null ? Object.fromEntries(Object.entries(u)) : {}

const deliveries = (json: Json): ReadonlyArray<Json> => {
  const list = record(json["result"])["deliverResults"]
  return Array.isArray(list) ? list.map(record) : []
}

describe("making a card", () => {
  it.scoped("shows it to a person and in a group, each with a carrier id, as one card", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* fake.say("hi", { from: "lisi", group: "cidGroup1" })
      const made = yield* api.post(
        Api.createPath,
        Api.groupCardBody({ openSpaceId: "dtv1.card//im_group.cidGroup1;im_robot.zhangsan" })
      )
      assert.deepInclude(made.json, { success: true })
      const [inGroup, direct] = deliveries(made.json)
      assert.deepInclude(inGroup, { spaceType: "IM_GROUP", spaceId: "cidGroup1", success: true })
      assert.deepInclude(direct, { spaceType: "IM_ROBOT", spaceId: "zhangsan", success: true })
      const replies = yield* fake.replies
      assert.deepStrictEqual(
        replies.map(({ card, kind, processQueryKey, text, to }) => ({ card, kind, processQueryKey, text, to })),
        [
          {
            card: "card-1",
            kind: "card",
            processQueryKey: String(inGroup?.["carrierId"]),
            text: "hello",
            to: "cidGroup1"
          },
          {
            card: "card-1",
            kind: "card",
            processQueryKey: String(direct?.["carrierId"]),
            text: "hello",
            to: "zhangsan"
          }
        ]
      )
      assert.deepInclude(yield* fake.card("card-1"), { text: "hello", status: "inputting", updates: 0, writes: 0 })
      assert.strictEqual((yield* fake.sends).length, 1)
    }))

  it.scoped("succeeds as a whole when it is shown nowhere: only the delivery says so", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* fake.refuseUsers({ invalid: ["zhangsan"] })
      const { json, status } = yield* api.post(Api.createPath, Api.cardBody())
      assert.deepStrictEqual([status, json["success"]], [200, true])
      assert.deepStrictEqual(deliveries(json), [
        { spaceId: "zhangsan", spaceType: "IM_ROBOT", success: false, errorMsg: "param.userIdNotExist" }
      ])
      yield* fake.refuseGroup("cidGroup1")
      const group = yield* api.post(Api.createPath, Api.groupCardBody({ outTrackId: "card-2" }))
      assert.deepInclude(deliveries(group.json)[0], { success: false, errorMsg: "group.disbanded" })
      assert.deepStrictEqual(yield* fake.replies, [])
    }))

  const refusals: ReadonlyArray<readonly [string, Json, number, string]> = [
    ["no template", { cardTemplateId: undefined }, 400, "MissingcardTemplateId"],
    ["an empty template", { cardTemplateId: "" }, 400, "param.cardTemplateIdEmpty"],
    ["an unknown template", { cardTemplateId: "other" }, 400, "param.templateNotExist"],
    ["an empty id", { outTrackId: "" }, 400, "param.outTrackIdEmpty"],
    ["an id that is taken", { outTrackId: "taken" }, 400, "param.cardAlreadyExist"],
    ["an empty space", { openSpaceId: "" }, 400, "param.openSpaceIdEmpty"],
    ["a space without the prefix", { openSpaceId: "IM_ROBOT.zhangsan" }, 400, "param.openSpaceIdInvalid"],
    [
      "the prefix twice",
      { openSpaceId: "dtv1.card//IM_ROBOT.zhangsan;dtv1.card//IM_ROBOT.lisi" },
      400,
      "param.openSpaceIdInvalid"
    ],
    ["no model of delivery", { imRobotOpenDeliverModel: undefined }, 400, "param.openDeliverModelEmpty"],
    ["an empty model of delivery", { imRobotOpenDeliverModel: {} }, 400, "param.openDeliverModelError"],
    [
      "another's robot",
      { imRobotOpenDeliverModel: { spaceType: "IM_ROBOT", robotCode: "other" } },
      400,
      "chatbotNotInstall"
    ],
    ["no type of callback", { callbackType: undefined }, 500, "unknownError"],
    ["a number as variable", { cardData: { cardParamMap: { count: 1 } } }, 400, "InvalidcardData"],
    ["a private number", { privateData: { a: { cardParamMap: { count: 1 } } } }, 400, "InvalidcardData"]
  ]
  it.scoped("is refused for what is wrong", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started({ cardTemplates: ["template"] })
      yield* api.post(Api.createPath, Api.cardBody({ outTrackId: "taken" }))
      for (const [what, over, status, code] of refusals) {
        const answer = yield* api.post(Api.createPath, Api.cardBody(over))
        assert.deepStrictEqual([answer.status, answer.json["code"]], [status, code], what)
      }
      assert.deepStrictEqual((yield* fake.cards).map(({ outTrackId }) => outTrackId), ["taken"])
    }))
})

describe("changing a card", () => {
  it.scoped("replaces its variables, or only those that are named", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* api.post(
        Api.createPath,
        Api.cardBody({ privateData: { zhangsan: { cardParamMap: { own: "1", mine: "2" } } } })
      )
      yield* api.put(Api.updatePath, {
        outTrackId: "card-1",
        cardData: { cardParamMap: { msgContent: "kept" } },
        privateData: { zhangsan: { cardParamMap: { own: "3" } }, lisi: { cardParamMap: { own: "4" } } },
        cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true }
      })
      assert.deepInclude(yield* fake.card("card-1"), {
        params: { msgContent: "kept", flowStatus: "2" },
        privateParams: { zhangsan: { own: "3", mine: "2" }, lisi: { own: "4" } },
        updates: 1
      })
      yield* api.put(Api.updatePath, { outTrackId: "card-1", cardData: { cardParamMap: { content: "new" } } })
      assert.deepInclude(yield* fake.card("card-1"), { params: { content: "new" }, status: "plain", text: "new" })
      assert.deepInclude((yield* fake.card("card-1", "lisi")).params, { content: "new", own: "4" })
      // What stands in the conversation is what the card shows now.
      assert.deepStrictEqual((yield* fake.conversation("zhangsan")).map(({ kind, text }) => [kind, text]), [
        ["card", "new"]
      ])
    }))

  it.scoped("writes it until the last frame, each call once", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* api.post(Api.createPath, Api.cardBody())
      yield* api.put(Api.writePath, Api.writeBody({ guid: "1", content: "你好" }))
      yield* api.put(Api.writePath, Api.writeBody({ guid: "1", content: "twice" }))
      assert.deepInclude(yield* fake.card("card-1"), { text: "你好", writes: 1, status: "inputting" })
      yield* api.put(Api.writePath, Api.writeBody({ content: ", 世界", isFull: false }))
      yield* api.put(Api.writePath, Api.writeBody({ content: "你好, 世界!", isFinalize: true }))
      const late = yield* api.put(Api.writePath, Api.writeBody({ content: "late" }))
      assert.deepStrictEqual(late.json, { success: true, result: true })
      assert.deepInclude(yield* fake.card("card-1"), {
        text: "你好, 世界!",
        writes: 3,
        status: "finished",
        finalized: true
      })
    }))

  it.scoped("an error ends it as failed", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* api.post(Api.createPath, Api.cardBody())
      yield* api.put(Api.writePath, Api.writeBody({ isError: true }))
      assert.deepInclude(yield* fake.card("card-1"), { status: "failed", finalized: true })
    }))

  const unknown = { outTrackId: "nobody's" }
  const update = { outTrackId: "card-1", cardData: { cardParamMap: { a: "1" } } }
  const refusals: ReadonlyArray<readonly [string, string, Json, number, string]> = [
    ["no id", Api.updatePath, { ...update, outTrackId: undefined }, 400, "MissingoutTrackId"],
    ["an empty id", Api.updatePath, { ...update, outTrackId: "" }, 400, "param.outTrackIdEmpty"],
    ["an unknown card", Api.updatePath, { ...update, ...unknown }, 400, "param.cardNotExist"],
    ["nothing new", Api.updatePath, { outTrackId: "card-1" }, 400, "param.cardDataAndPrivateDataBothEmpty"],
    ["a number", Api.updatePath, { ...update, cardData: { cardParamMap: { a: 1 } } }, 400, "InvalidcardData"],
    ["an unknown card", Api.writePath, Api.writeBody(unknown), 400, "param.stream.outTrackId"],
    ["no text", Api.writePath, Api.writeBody({ content: "" }), 400, "param.stream.contentEmpty"],
    ["no variable", Api.writePath, Api.writeBody({ key: "" }), 400, "param.stream.keyEmpty"],
    ["no id of the call", Api.writePath, Api.writeBody({ guid: "" }), 400, "param.stream.guidEmpty"],
    ["a wrong variable", Api.writePath, Api.writeBody({ key: "content" }), 500, "unknownError"]
  ]
  it.scoped("is refused for what is wrong", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started({
        apps: [{ clientId: Api.robotCode, clientSecret: "fake-secret" }, { clientId: "other", clientSecret: "s" }]
      })
      const cardTemplateId = "382e4302-551d-4880-bf29-a30acfab2e71.schema"
      yield* api.post(Api.createPath, Api.cardBody({ cardTemplateId }))
      const before = yield* fake.card("card-1")
      for (const [what, path, body, status, code] of refusals) {
        const answer = yield* api.put(path, body)
        assert.deepStrictEqual([answer.status, answer.json["code"]], [status, code], what)
      }
      const other = yield* Api.make(fake, { appKey: "other", appSecret: "s" })
      assert.strictEqual((yield* other.put(Api.updatePath, update)).json["code"], "param.cardNotExist")
      assert.deepStrictEqual(yield* fake.card("card-1"), before)
    }))
})

describe("pressing a button", () => {
  const subscribed = {
    clientId: Api.robotCode,
    clientSecret: "fake-secret",
    subscriptions: [{ type: "CALLBACK", topic: Payloads.topics.cardAction }]
  }

  it.scoped("reaches the robot, whose answer changes the card once", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      const client = yield* connect(fake, subscribed)
      yield* api.post(Api.createPath, Api.groupCardBody({ cardData: { cardParamMap: { title: "Vote", votes: "0" } } }))
      const { messageId } = yield* fake.press("card-1", "agree", { as: "lisi", params: { reason: "yes" } })
      const frame = yield* client.next
      assert.deepInclude(frame.data, { outTrackId: "card-1", userId: "lisi", spaceId: "cidGroup1" })
      assert.deepStrictEqual(JSON.parse(String(frame.data["content"])), {
        cardPrivateData: { actionIds: ["agree"], params: { reason: "yes" } }
      })
      const response = {
        cardUpdateOptions: { updateCardDataByKey: true },
        cardData: { cardParamMap: { votes: "1" } },
        userPrivateData: { cardParamMap: { voted: "true" } }
      }
      yield* client.answer(frame, { response })
      yield* client.answer(frame, { response: { cardData: { cardParamMap: { votes: "2" } } } })
      yield* fake.awaitAck(messageId)
      assert.deepStrictEqual((yield* fake.card("card-1")).params, { title: "Vote", votes: "1" })
      assert.deepStrictEqual((yield* fake.card("card-1", "lisi")).params, { title: "Vote", votes: "1", voted: "true" })
    }))

  it.scoped("an answer that says nothing, or that failed, leaves the card as it is", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      const client = yield* connect(fake, subscribed)
      yield* api.post(Api.createPath, Api.cardBody())
      const before = yield* fake.card("card-1")
      const change = { cardData: { cardParamMap: { msgContent: "no" } } }
      for (const [answer, code] of [[{}, 200], [{ response: {} }, 200], [{ response: change }, 500]] as const) {
        const { messageId } = yield* fake.press("card-1", "ok")
        yield* client.answer(yield* client.next, answer, code)
        yield* fake.awaitAck(messageId)
      }
      assert.deepStrictEqual(yield* fake.card("card-1"), before)
    }))

  it.scoped("fails where there is nothing to press", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* started()
      yield* api.post(Api.createPath, Api.cardBody())
      yield* api.post(Api.createPath, Api.cardBody({ outTrackId: "plain", callbackType: "HTTP" }))
      for (const [card, as] of [["nobody's", "zhangsan"], ["card-1", "lisi"], ["plain", "zhangsan"]] as const) {
        assert.strictEqual((yield* Effect.flip(fake.press(card, "ok", { as })))._tag, "NoSuchElementException")
      }
      assert.deepStrictEqual(yield* fake.deliveries, [])
    }))
})

describe("cards as the official Python SDK makes them", () => {
  it.scoped("in two steps: made, then shown; what can't be shown is told of", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const api = yield* Api.make(fake)
      const { imRobotOpenDeliverModel, openSpaceId, ...card } = Api.cardBody({
        imRobotOpenSpaceModel: { supportForward: true, lastMessageI18n: { ZH_CN: "周报" } }
      })
      const deliver = (outTrackId: string) =>
        api.post("/v1.0/card/instances/deliver", { outTrackId, userIdType: 1, openSpaceId, imRobotOpenDeliverModel })
      assert.strictEqual((yield* deliver("card-1")).json["code"], "param.cardNotExist")
      assert.deepInclude((yield* api.post("/v1.0/card/instances", card)).json, { success: true, result: "card-1" })
      assert.strictEqual((yield* api.post("/v1.0/card/instances", card)).json["code"], "param.cardAlreadyExist")
      assert.deepStrictEqual(yield* fake.replies, [])
      const { json } = yield* deliver("card-1")
      assert.strictEqual(json["success"], true)
      assert.deepStrictEqual((yield* fake.replies).map(({ preview, shown, to }) => [to, preview, shown]), [
        ["zhangsan", "周报", "hello"]
      ])
      yield* api.put(Api.writePath, Api.writeBody({ isFinalize: true }))
      assert.deepInclude(yield* fake.card("card-1"), { text: "more", status: "finished" })
      yield* fake.refuseUsers({ invalid: ["zhangsan"] })
      const refused = (yield* deliver("card-1")).json["result"]
      assert.deepInclude(Array.isArray(refused) ? refused[0] : undefined, {
        success: false,
        errorMsg: "param.userIdNotExist"
      })
    }))

  it.scoped("interactive ones: sent to a person or a group, updated in place", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const api = yield* Api.make(fake)
      const data = (text: string) =>
        JSON.stringify({
          config: { autoLayout: true },
          header: { title: { type: "text", text: "部署" } },
          contents: [{ type: "markdown", id: "1", text }]
        })
      const send = (cardBizId: string, target: object, cardData: unknown = data("进行中")) =>
        api.post("/v1.0/im/v1.0/robot/interactiveCards/send", {
          cardTemplateId: "StandardCard",
          robotCode: Api.robotCode,
          cardBizId,
          cardData,
          ...target
        })
      const { json } = yield* send("a", { singleChatReceiver: JSON.stringify({ userId: "zhangsan" }) })
      assert.isString(json["processQueryKey"])
      assert.strictEqual((yield* send("b", { openConversationId: "cidGroup1" })).status, 200)
      yield* api.put("/v1.0/im/robots/interactiveCards", { cardBizId: "a", cardData: data("**完成**") })
      assert.deepStrictEqual((yield* fake.conversation("zhangsan")).map(({ shown, title }) => [title, shown]), [
        ["部署", "完成"]
      ])
      assert.deepStrictEqual((yield* fake.conversation("cidGroup1")).map(({ shown }) => shown), ["进行中"])
      const refused = [
        yield* send("a", { openConversationId: "cidGroup1" }),
        yield* send("c", {}),
        yield* send("d", {}, {})
      ]
      assert.deepStrictEqual(refused.map(({ status }) => status), [400, 400, 400])
    }))
})
