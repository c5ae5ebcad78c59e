import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { parse } from "../../../src/testing/internal/json.ts"
import { resolve } from "../../../src/testing/internal/settings.ts"
import * as Card from "../../../src/testing/people/card.ts"
import { routeOf, routes } from "../../../src/testing/routes/routes.ts"
import type { World } from "../../../src/testing/routes/World.ts"
import type { Call } from "../../../src/testing/server/exchange.ts"
import { decoded } from "../bareClient.ts"

const clientId = "dingfakeappkey"

const card: Card.Card = {
  ...Card.blank("card", "template", clientId, 0),
  places: [{ to: "a", group: false, conversationId: "cidD", carrierId: "carrier" }],
  callsBack: true
}

const world: World = {
  settings: resolve({ people: [{ staffId: "a", name: "A", mobile: "13800138000" }] }),
  baseUrl: () => "http://127.0.0.1:1",
  token: (token) => token === "good" ? { clientId, expiresAt: 2 } : undefined,
  session: (id) => id === "good" ? { clientId, conversationId: "cidA", userId: "zhangsan", expiresAt: 2 } : undefined,
  nonce: (nonce) => nonce === "good" ? 2 : undefined,
  registration: (code) =>
    code === "good" ? { page: "https://example.com", status: "WAITING", expiresAt: 2 } : undefined,
  conversation: () => undefined,
  refused: () => ({ invalid: [], flowControlled: [], filtered: [] }),
  refusedGroup: () => undefined,
  groups: () => ["cidA", "cidB"],
  message: (key) =>
    key === "key"
      ? { key, clientId, at: 0, group: "cidA", userIds: [], recalled: false, readAt: new Map([["a", 1]]) }
      : undefined,
  said: (id) => id === "msg" ? { msgId: id, conversationIds: ["cidA"], reactions: [] } : undefined,
  card: (id) => id === "card" ? card : undefined,
  ding: (id) =>
    id === "ding" ? { id, at: 0, clientId, by: "app", userIds: ["a"], content: "x", recalled: false } : undefined,
  file: (code) =>
    code === "code"
      ? { downloadCode: code, content: "x", headers: {}, announced: true, redirect: undefined }
      : undefined,
  link: (id) => id === "good" ? { downloadCode: "code", expiresAt: 2 } : undefined
}

const paths: ReadonlyArray<readonly [string, string]> = [
  ...[...routes.keys()].map((key) => {
    const [method = "", path = ""] = key.split(" ")
    return [method, path] as const
  }),
  ["GET", "/download/code"],
  ["POST", "/nowhere"]
]

// Mostly right bodies with anything in their fields: pure noise would be refused at the door.
const field = (...usual: ReadonlyArray<unknown>) =>
  FastCheck.oneof({ weight: 6, arbitrary: FastCheck.constantFrom(...usual) }, {
    weight: 1,
    arbitrary: FastCheck.jsonValue()
  })

const body = FastCheck.record({
  clientId: field(clientId),
  clientSecret: field("fake-secret"),
  subscriptions: field([], [{ type: "EVENT", topic: "*" }]),
  appKey: field(clientId),
  appSecret: field("fake-secret"),
  robotCode: field(clientId),
  userIds: field(["a"], ["a", "b"]),
  openConversationId: field("cidA"),
  msgKey: field("sampleText"),
  msgParam: field("{\"content\":\"x\"}"),
  msgtype: field("text", "markdown"),
  text: field({ content: "x" }),
  markdown: field({ title: "t", text: "x" }),
  cardTemplateId: field("template"),
  outTrackId: field("card", "new"),
  cardData: field({ cardParamMap: { content: "x" } }, "{\"contents\":[]}"),
  privateData: field({ a: { cardParamMap: { content: "y" } } }),
  callbackType: field("STREAM"),
  openSpaceId: field("dtv1.card//IM_GROUP.cidA;im_robot.a", "dtv1.card//IM_ROBOT.a"),
  imGroupOpenDeliverModel: field({ robotCode: clientId }),
  imRobotOpenDeliverModel: field({ spaceType: "IM_ROBOT" }),
  cardBizId: field("card", "new"),
  singleChatReceiver: field("{\"userId\":\"a\"}"),
  guid: field("guid"),
  key: field("content"),
  content: field("x"),
  isFull: field(true, false),
  isFinalize: field(true, false),
  isError: field(true, false),
  downloadCode: field("code"),
  processQueryKeys: field(["key"], ["key", "other"]),
  processQueryKey: field("key"),
  maxResult: field(10),
  openMsgId: field("msg"),
  emotionType: field(2),
  emotionName: field("ok"),
  textEmotion: field({ text: "ok" }),
  remindType: field(1, 2, 3),
  receiverUserIdList: field(["a"]),
  openDingId: field("ding"),
  userid: field("a"),
  mobile: field("13800138000"),
  dept_id: field(1),
  source: field("test"),
  nonce: field("good"),
  device_code: field("good")
}, { noNullPrototype: true }).chain((full) =>
  // Most bodies lack nothing or one field.
  FastCheck.subarray(Object.keys(full), { maxLength: 2 }).map((missing) =>
    Object.fromEntries(Object.entries(full).filter(([key]) => !missing.includes(key)))
  )
)

const files = { media: { fileName: "a.png", contentType: "image/png", bytes: Uint8Array.of(7) } }

const calls = FastCheck.tuple(
  FastCheck.constantFrom(...paths),
  body,
  FastCheck.constantFrom("good", "good", "bad"),
  FastCheck.constantFrom("application/json", "application/json", "text/plain")
).map(([[method, path], json, token, type]): Call => ({
  id: "id",
  at: 1,
  method,
  path,
  query: {
    session: token,
    signature: token,
    access_token: token,
    type: "image",
    processQueryKey: token === "good" ? "key" : "x",
    appkey: clientId,
    appsecret: token === "good" ? "fake-secret" : "x"
  },
  headers: {
    "content-type": method === "GET" ? undefined : type,
    accept: "application/json",
    "x-acs-dingtalk-access-token": path.startsWith("/download/") ? undefined : token
  },
  text: JSON.stringify(json),
  files: path === "/media/upload" ? files : {},
  json
}))

describe("routes", () => {
  it("are total, and nothing changes unless the answer says so", () => {
    const seen = new Set<string>()
    FastCheck.assert(
      FastCheck.property(calls, (call) => {
        const { answer, changes } = routeOf(call.method, call.path)(call, world)
        const text = typeof answer.body === "string" ? answer.body : ""
        const said = decoded(parse(text))
        const succeeded = answer.status === 200 && (said["errcode"] ?? 0) === 0
        if (!succeeded) assert.strictEqual(changes.length, 0, text)
        assert.include([200, 400, 401, 403, 404, 500], answer.status)
        if (answer.status !== 200 && !call.path.startsWith("/download/")) assert.isString(said["code"])
        seen.add(`${call.method} ${call.path} ${succeeded}`)
      }),
      { numRuns: 2_500, seed: 1 }
    )
    // Both outcomes of every route were met; nowhere knows but one.
    const missed = paths.slice(0, -1).flatMap(([method, path]) =>
      [true, false].map((outcome) => `${method} ${path} ${outcome}`).filter((each) => !seen.has(each))
    )
    assert.deepStrictEqual(missed, [])
    assert.isFalse(seen.has("POST /nowhere true"))
  })
})
