import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeDingTalk, Payloads, Script } from "../../../src/testing/index.ts"
import { call, connect, type Json, postJson } from "../bareClient.ts"

type Fake = FakeDingTalk.Fake

const directPath = "/v1.0/robot/oToMessages/batchSend"
const groupPath = "/v1.0/robot/groupMessages/send"

const tokenOf = (fake: Fake, pair = { appKey: "dingfakeappkey", appSecret: "fake-secret" }) =>
  Effect.map(
    postJson(`${fake.url}/v1.0/oauth2/accessToken`, pair),
    ({ json }) => String(json["accessToken"])
  )

const post = (fake: Fake, path: string, body: Json, token: string) =>
  postJson(`${fake.url}${path}`, body, { "x-acs-dingtalk-access-token": token })

const text = (content: string) => ({
  robotCode: "dingfakeappkey",
  msgKey: "sampleText",
  msgParam: JSON.stringify({ content })
})

const direct = (over: Json = {}) => ({ ...text("hello"), userIds: ["zhangsan"], ...over })

const group = (over: Json = {}) => ({ ...text("hello"), openConversationId: "cidGroup1", ...over })

describe("access tokens", () => {
  it.scoped("of the v1 API: a pair, or HTTP 400", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const url = `${fake.url}/v1.0/oauth2/accessToken`
      const good = yield* postJson(url, { appKey: "dingfakeappkey", appSecret: "fake-secret" })
      assert.strictEqual(good.status, 200)
      assert.strictEqual(good.json["expireIn"], 7200)
      const bad = yield* postJson(url, { appKey: "dingfakeappkey", appSecret: "x" })
      assert.deepStrictEqual([bad.status, bad.json["code"]], [400, "invalidClientIdOrSecret"])
      const missing = yield* postJson(url, { appKey: "dingfakeappkey" })
      assert.deepStrictEqual([missing.status, missing.json["code"]], [400, "MissingappSecret"])
    }))

  it.scoped("of the legacy API: HTTP 200, whatever happens; the token is good for both", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const good = yield* call(`${fake.url}/gettoken?appkey=dingfakeappkey&appsecret=fake-secret`)
      assert.include(good.json, { errcode: 0, expires_in: 7200 })
      const bad = yield* call(`${fake.url}/gettoken?appkey=dingfakeappkey&appsecret=x`)
      assert.deepStrictEqual([bad.status, bad.json["errcode"]], [200, 40096])
      assert.strictEqual((yield* post(fake, directPath, direct(), String(good.json["access_token"]))).status, 200)
    }))

  it.scoped("that are missing, made up, revoked or expired: HTTP 400 InvalidAuthentication", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const token = yield* tokenOf(fake)
      assert.strictEqual((yield* post(fake, groupPath, group(), token)).status, 200)
      yield* fake.expireTokens
      const short = yield* FakeDingTalk.make({ tokenTtlSeconds: 0 })
      const answers = [
        yield* post(fake, groupPath, group(), token),
        yield* post(fake, groupPath, group(), "made-up"),
        yield* postJson(`${fake.url}${groupPath}`, group()),
        yield* post(short, groupPath, group(), yield* tokenOf(short))
      ]
      for (const { json, status } of answers) {
        assert.deepStrictEqual([status, json["code"]], [400, "InvalidAuthentication"])
      }
      assert.strictEqual((yield* fake.replies).length, 1)
    }))
})

describe("direct and group messages", () => {
  it.scoped("reach people, and are read back as those would see them", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const token = yield* tokenOf(fake)
      const sent = yield* post(fake, directPath, direct({ userIds: ["zhangsan", "lisi"] }), token)
      assert.deepInclude(sent.json, {
        invalidStaffIdList: [],
        flowControlledStaffIdList: [],
        filteredStaffIdList: []
      })
      const markdown = { msgKey: "sampleMarkdown", msgParam: JSON.stringify({ title: "T", text: "# hi" }) }
      const inGroup = yield* post(fake, groupPath, group(markdown), token)
      assert.isString(inGroup.json["processQueryKey"])
      const replies = yield* fake.awaitReplies(3)
      assert.deepStrictEqual(replies.map(({ group, text, title, to, via }) => ({ to, group, text, title, via })), [
        { to: "zhangsan", group: false, text: "hello", title: undefined, via: "api" },
        { to: "lisi", group: false, text: "hello", title: undefined, via: "api" },
        { to: "cidGroup1", group: true, text: "# hi", title: "T", via: "api" }
      ])
      assert.strictEqual(replies[2]?.processQueryKey, inGroup.json["processQueryKey"])
      assert.deepStrictEqual(
        (yield* fake.sends).map(({ kind, userIds }) => ({ kind, userIds })),
        [{ kind: "sampleText", userIds: ["zhangsan", "lisi"] }, { kind: "sampleMarkdown", userIds: [] }]
      )
    }))

  const param = (value: unknown) => JSON.stringify(value)
  const refusals: ReadonlyArray<readonly [string, string, Json, string]> = [
    [directPath, "no robotCode", direct({ robotCode: undefined }), "MissingrobotCode"],
    [directPath, "an empty robotCode", direct({ robotCode: "" }), "invalidParameter.robotCode.empty"],
    [directPath, "nobody's robotCode", direct({ robotCode: "x" }), "invalidParameter.robotCode.notExsit"],
    [directPath, "another's robotCode", direct({ robotCode: "other" }), "invalidParameter.robotCode.auth"],
    [directPath, "no userIds", direct({ userIds: undefined }), "MissinguserIds"],
    [directPath, "empty userIds", direct({ userIds: [] }), "invalidParameter.userIds.empty"],
    [
      directPath,
      "21 users",
      direct({ userIds: Array.from({ length: 21 }, (_, i) => `u${i}`) }),
      "invalidParameter.userIds.overMax"
    ],
    [directPath, "no msgKey", direct({ msgKey: undefined }), "MissingmsgKey"],
    [directPath, "an unknown msgKey", direct({ msgKey: "file" }), "invalidParameter.msgKey.invalid"],
    [directPath, "an object as msgParam", direct({ msgParam: { content: "x" } }), "invalidParameter.msgParam.invalid"],
    [directPath, "msgParam that is no JSON", direct({ msgParam: "hello" }), "invalidParameter.msgParam.invalid"],
    [
      groupPath,
      "a markdown without title",
      group({ msgKey: "sampleMarkdown", msgParam: param({ text: "x" }) }),
      "miss.param.markdownTotitle"
    ],
    [
      groupPath,
      "a video without cover",
      group({ msgKey: "sampleVideo", msgParam: param({ duration: "1", videoMediaId: "@a", videoType: "mp4" }) }),
      "miss.param.picMediaId"
    ],
    [
      groupPath,
      "a file of another type",
      group({ msgKey: "sampleFile", msgParam: param({ mediaId: "@a", fileName: "a.html", fileType: "html" }) }),
      "invalidParameter.msgParam.invalid"
    ],
    [groupPath, "15 001 bytes", group(text("好".repeat(4_996))), "invalidParameter.msgParam.tooLong"],
    [groupPath, "a user as the group", group({ openConversationId: "zhangsan" }), "openConversationId.notExisted"],
    [
      groupPath,
      "a direct conversation",
      group({ openConversationId: Payloads.directConversationId("zhangsan", "dingfakeappkey") }),
      "invalidParameter.openConversationId.invalid"
    ],
    [groupPath, "a group in lower case", group({ openConversationId: "cidgroup1" }), "openConversationId.notExisted"]
  ]
  for (const [path, what, body, code] of refusals) {
    it.scoped(`are refused for ${what}: ${code}`, () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make({
          apps: [{ clientId: "dingfakeappkey", clientSecret: "fake-secret" }, { clientId: "other", clientSecret: "s" }]
        })
        // Both conversations are known to the fake by what was said in them.
        yield* fake.say("hi", { from: "zhangsan" })
        yield* fake.say("hi", { from: "zhangsan", group: "cidGroup1" })
        const { json, status } = yield* post(fake, path, body, yield* tokenOf(fake))
        assert.deepStrictEqual([status, json["code"]], [400, code])
        assert.deepStrictEqual(yield* fake.sends, [])
      }))
  }

  it.scoped("of exactly 15 000 bytes pass", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const body = group(text("x".repeat(15_000 - JSON.stringify({ content: "" }).length)))
      assert.strictEqual((yield* post(fake, groupPath, body, yield* tokenOf(fake))).status, 200)
    }))

  it.scoped("to refused users answer 200 and list them", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.refuseUsers({ invalid: ["a"], flowControlled: ["b"] })
      yield* fake.refuseUsers({ filtered: ["c"] })
      const userIds = ["a", "b", "c", "d", "$:LWCP_v1:$x"]
      const { json, status } = yield* post(fake, directPath, direct({ userIds }), yield* tokenOf(fake))
      assert.strictEqual(status, 200)
      assert.deepInclude(json, {
        invalidStaffIdList: ["a", "$:LWCP_v1:$x"],
        flowControlledStaffIdList: ["b"],
        filteredStaffIdList: ["c"]
      })
      assert.deepStrictEqual((yield* fake.replies).map(({ to }) => to), ["d"])
    }))

  it.scoped("whose answer is lost are out all the same", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const token = yield* tokenOf(fake)
      yield* fake.answerNext(directPath, "handleThenHangUp", "hangUp", Script.refusals.throttled)
      const answers = yield* Effect.replicateEffect(post(fake, directPath, direct(), token), 3)
      assert.deepStrictEqual(answers.map(({ status }) => status), [0, 0, 403])
      assert.strictEqual((yield* fake.replies).length, 1)
      assert.strictEqual((yield* fake.awaitRequests(directPath, 3)).length, 3)
    }))
})

describe("the session webhook", () => {
  const webhookOf = (fake: Fake, options: Parameters<Fake["say"]>[1]) =>
    Effect.gen(function*() {
      const client = yield* connect(fake)
      yield* fake.say("hi", options)
      const frame = yield* client.next
      assert.strictEqual(Number(frame.data["sessionWebhookExpiredTime"]) - Number(frame.data["createAt"]), 5_400_000)
      return String(frame.data["sessionWebhook"])
    })

  it.scoped("answers in the conversation of its message", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const url = yield* webhookOf(fake, { from: "lisi", group: "cidGroup1", mention: true })
      const sent = yield* postJson(url, {
        msgtype: "markdown",
        markdown: { title: "T", text: "@lisi done" },
        at: { atUserIds: ["lisi"], isAtAll: false }
      })
      assert.deepStrictEqual(sent.json, { errcode: 0, errmsg: "ok" })
      const [reply] = yield* fake.awaitReplies(1)
      assert.deepInclude(reply, {
        to: "cidGroup1",
        group: true,
        text: "@lisi done",
        via: "webhook",
        mentions: ["lisi"]
      })
      assert.deepStrictEqual((yield* fake.conversation("cidGroup1")).map(({ from }) => from), [
        "lisi",
        "dingfakeappkey"
      ])
    }))

  it.scoped("fails by its errcode, never by its status", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const url = yield* webhookOf(fake, { from: "zhangsan" })
      const good = { msgtype: "text", text: { content: "x" } }
      const answers = [
        yield* postJson(`${fake.url}/robot/sendBySession?session=made-up`, good),
        yield* postJson(url, ""),
        yield* postJson(url, good, { "content-type": "text/plain" }),
        yield* postJson(url, { msgtype: "file", file: { mediaId: "@a" } }),
        yield* postJson(url, { msgtype: "markdown", markdown: { text: "no title" } })
      ]
      assert.deepStrictEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200])
      assert.deepStrictEqual(answers.map(({ json }) => json["errcode"]), [300001, 40035, 40035, 400105, 300001])
      assert.strictEqual((yield* postJson(url, good)).json["errcode"], 0)
      yield* fake.expireWebhooks
      assert.strictEqual((yield* postJson(url, good)).json["errcode"], 300001)
      assert.strictEqual((yield* fake.replies).length, 1)
    }))
})
