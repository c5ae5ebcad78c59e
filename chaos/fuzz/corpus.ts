/** What DingTalk sends when all is well: every payload of the protocol's document. Mutations begin here. */
import { Bodies, Payloads, Script } from "../../src/testing/index.ts"
import type { Json } from "./mutate.ts"

type Payload = { readonly [key: string]: unknown }

/** As it comes out of a parser: what is `undefined` is gone. */
const parsed = (value: unknown): Json => JSON.parse(JSON.stringify(value))

const circumstances = (n: number, group: boolean): Payloads.Circumstances => ({
  msgId: `msg${n}==`,
  at: 1_790_000_000_000,
  from: { staffId: "zhangsan", nick: "张三", admin: true },
  group: group ? { conversationId: "cidGroup==", title: "the group" } : undefined,
  mention: group,
  clientId: "dingkey",
  robotCode: "dingkey",
  sessionWebhook: "https://oapi.dingtalk.com/robot/sendBySession?session=0123456789abcdef",
  sessionWebhookExpiredTime: 1_790_005_400_000,
  fields: {}
})

const quoted = [
  { msgType: "text", msgId: "msgQ==", content: { text: "before" } },
  { msgType: "picture", msgId: "msgQ==", content: { downloadCode: "code" } },
  { msgType: "file", msgId: "msgQ==", content: { fileName: "a.pdf" } },
  {
    msgType: "richText",
    msgId: "msgQ==",
    content: { richText: [{ msgType: "text", content: "a" }, { type: "picture", downloadCode: "code" }] }
  },
  { msgType: "chatRecord", msgId: "msgQ==", content: { title: "t", summary: "[]" } },
  {
    msgType: "interactiveCard",
    msgId: "msgQ==",
    content: { biz_custom_action_url: "dingtalk://x?route=previewDentry" }
  },
  {
    msgType: "interactiveCard",
    msgId: "msgQ==",
    content: {
      cardContent: JSON.stringify({ elementType: "VIEW", children: [{ elementType: "TEXT", value: "shown" }] })
    }
  },
  {
    msgType: "interactiveCard",
    msgId: "msgQ==",
    content: { cardData: { cardParamMap: { content: "shown", buttons: "[{\"text\":\"ok\"}]", flowStatus: "3" } } }
  },
  { msgType: "interactiveCard", msgId: "msgQ==", content: { title: "t", markdown: "- a" } },
  { msgType: "unknownMsgType", msgId: "msgQ==", content: { unknownMsgType: "not supported" } }
]

const entries = [
  { msgType: "picture", downloadCode: "code", senderId: "$:x" },
  { msgType: "file", content: { fileName: "a.pdf", downloadCode: "code" } },
  { msgType: "unknownMsgType" },
  { msgType: "text", content: "hello", createAt: 1_790_000_000_000 }
]

const bodies: ReadonlyArray<Payloads.Body> = [
  Bodies.text(" hello"),
  Bodies.picture(),
  Bodies.audio("你好"),
  Bodies.video(),
  Bodies.file("report.pdf"),
  Bodies.richText(
    Bodies.rich.text("look:"),
    Bodies.rich.picture(),
    Bodies.rich.at("lisi"),
    Bodies.rich.skill("1", "weather")
  ),
  { msgtype: "richText", richText: { richTextList: [{ text: "old" }] } },
  Bodies.interactiveCard("plan"),
  Bodies.card("doc", "https://alidocs.dingtalk.com/i/1"),
  Bodies.actionCard("title", "text"),
  Bodies.markdown("title", "# text"),
  Bodies.chatRecord("talk", { senderName: "a", content: "x" }, { senderName: "b", content: "y" }),
  { msgtype: "chatRecord", content: { summary: "a:[图片]\nb:hello", chatRecord: JSON.stringify(entries) } },
  { msgtype: "chat_record", content: { summary: "[{\"senderName\":\"a\",\"content\":\"x\"}]", records: entries } },
  { msgtype: "voice", content: { downloadCode: "code", recognition: "hello", duration: 4_000 } },
  Bodies.richText(
    { type: "at", text: "@name " },
    { text: "words", downloadCode: "code", file_name: "a.xlsx" },
    { type: "link", text: "there", url: "https://example.com" },
    { type: "voice", downloadCode: "code", recognition: "heard" }
  ),
  {
    msgtype: "interactiveCard",
    content: { cardContent: { elementType: "IMAGE", value: "https://example.com/a.png" } }
  },
  Bodies.quotingNothing({ msgtype: "reply" }),
  Bodies.unknown(),
  Bodies.contentAsString(Bodies.file("a.txt")),
  ...quoted.map((quote) => Bodies.quoting(Bodies.text("answer"), quote)),
  ...quoted.map((quote) => Bodies.quoting(Bodies.richText(Bodies.rich.text("answer")), quote)),
  Bodies.quotingById(Bodies.text("to a card"), "msgCard", "key=="),
  Bodies.quotingNothing(Bodies.text("to nothing")),
  {
    msgtype: "text",
    text: { content: "legacy" },
    quoteMessage: { msgId: "q", msgtype: "text", text: { content: "old" }, senderNick: "n", senderId: "s" }
  }
]

export const messages: ReadonlyArray<Json> = bodies.flatMap((body, n) =>
  [false, true].map((group) =>
    parsed({
      ...Payloads.message(body, circumstances(n, group)),
      ...(n % 5 === 0 ? Payloads.delegation({ staffId: "host" }, 1_790_000_000_000) : {})
    })
  )
)

export const cardActions: ReadonlyArray<Json> = [
  Payloads.cardAction({ outTrackId: "card-1", userId: "zhangsan", actionIds: ["ok"], params: { a: "1" } }),
  { ...Payloads.cardAction({ outTrackId: "card-2", userId: "lisi", actionIds: [] }), content: { cardPrivateData: {} } },
  { userId: "lisi", content: "{}", value: { content: "{\"outTrackId\":\"card-3\",\"actionValue\":\"ok\"}" } }
].map(parsed)

export const graphCalls: ReadonlyArray<Json> = [
  Payloads.graphCall({ uri: "/weather?city=hz", body: { city: "hz" } }),
  { requestLine: { uri: "/x" }, headers: { "X-Plugin-Id": ["a", "b"], n: 1 }, body: { inner: [1, 2] } }
].map(parsed)

const eventHeaders: Payload = {
  eventType: "user_add_org",
  eventId: "event-1",
  eventCorpId: "dingcorp",
  eventBornTime: "1790000000000",
  eventUnifiedAppId: "app"
}

export const events: ReadonlyArray<Json> = [
  { timeStamp: "1790000000000", eventId: "event-1", userId: ["a", "b"], optStaffId: "x" },
  {}
].map(parsed)

const frame = (type: string, topic: string, data: unknown, headers: Payload = {}): Json =>
  parsed({
    specVersion: "1.0",
    type,
    headers: { topic, messageId: "frame-1", contentType: "application/json", time: "1790000000000", ...headers },
    data
  })

/** Frames of the connection itself. */
const system: ReadonlyArray<Json> = [
  frame("SYSTEM", "ping", { opaque: "abc" }),
  frame("SYSTEM", "disconnect", { reason: "persistent connection is timeout" }),
  frame("SYSTEM", "CONNECTED", {}),
  frame("SYSTEM", "KEEPALIVE", {}),
  parsed({ type: "SYSTEM", header: { topic: "ping" }, data: "{}" })
]

/**
 * Frames with their payloads as values: they become strings of JSON when the frame is written. The few kinds that are
 * not messages stand in it more than once.
 */
export const frames: ReadonlyArray<Json> = [
  ...messages.map((data, n) =>
    frame("CALLBACK", n % 7 === 0 ? Payloads.topics.delegatedMessage : Payloads.topics.message, data)
  ),
  ...Array.from({ length: 4 }, () => [
    ...cardActions.map((data) => frame("CALLBACK", Payloads.topics.cardAction, data)),
    ...graphCalls.map((data) => frame("CALLBACK", Payloads.topics.graphCall, data)),
    ...events.map((data) => frame("EVENT", "*", data, eventHeaders)),
    ...system
  ]).flat(),
  frame("CALLBACK", "/v1.0/card/dynamicData/get", {})
]

/** Answers of the HTTP APIs: a status, headers and a body, which becomes JSON unless it is a string. */
export const answers: ReadonlyArray<Json> = [
  ...Object.values(Script.refusals).map(({ body, status }) => ({ status, headers: {}, body })),
  { status: 200, headers: {}, body: { endpoint: "wss://wss-open-connection.dingtalk.com:443/connect", ticket: "t" } },
  { status: 200, headers: {}, body: { accessToken: "token", expireIn: 7200 } },
  {
    status: 200,
    headers: {},
    body: { processQueryKey: "key==", invalidStaffIdList: ["a"], flowControlledStaffIdList: [] }
  },
  { status: 200, headers: {}, body: { errcode: 88, sub_code: "90002", errmsg: "ding talk error[subcode=90002]" } },
  { status: 200, headers: {}, body: { errcode: 300001, errmsg: "session 不存在" } },
  { status: 400, headers: {}, body: { code: "InvalidAuthentication", message: "不合法的access_token" } },
  {
    status: 403,
    headers: { "retry-after": "3" },
    body: {
      code: "Forbidden.AccessDenied.AccessTokenPermissionDenied",
      message: "应用尚未开通所需的权限：[qyapi_robot_sendmsg, Card.Instance.Write]",
      accessdenieddetail: { requiredScopes: ["qyapi_robot_sendmsg"] }
    }
  },
  {
    status: 403,
    headers: {},
    body: { code: "Forbidden.AccessDenied.IpNotInWhiteList", message: "ip 2001:db8::1 10.0.0.1" }
  },
  { status: 502, headers: { "content-type": "text/html" }, body: "<html>\"status\":1111,\"punish\"</html>" },
  { status: 200, headers: {}, body: "" }
].map(parsed)

/** What the APIs of cards, media, reactions, recalls, sends to many and DING answer when all is well, by path. */
export const apiAnswers: ReadonlyArray<{ readonly path: string; readonly body: Json }> = [
  {
    path: "/v1.0/oauth2/accessToken",
    body: { accessToken: "token-of-the-account-0123456789", expireIn: 7_200 }
  },
  {
    path: "/v1.0/robot/oToMessages/batchSend",
    body: {
      processQueryKey: "key==",
      invalidStaffIdList: ["lisi"],
      flowControlledStaffIdList: [],
      filteredStaffIdList: ["wangwu"]
    }
  },
  { path: "/v1.0/robot/groupMessages/send", body: { processQueryKey: "key==" } },
  {
    path: "/v1.0/card/instances/createAndDeliver",
    body: {
      success: true,
      result: {
        outTrackId: "card",
        deliverResults: [
          { spaceId: "cidG==", spaceType: "IM_GROUP", success: true, carrierId: "carrier==", errorMsg: "" },
          { spaceId: "lisi", spaceType: "IM_ROBOT", success: false, errorMsg: "no such person" }
        ]
      }
    }
  },
  { path: "/v1.0/card/instances", body: { success: true, result: true } },
  { path: "/v1.0/card/streaming", body: { success: true, result: true } },
  { path: "/media/upload", body: { errcode: 0, errmsg: "ok", media_id: "@media", created_at: 1_790_000_000_000 } },
  { path: "/v1.0/robot/messageFiles/download", body: { downloadUrl: "https://files.dingtalk.com/a.pdf?s=1" } },
  { path: "/v1.0/robot/emotion/reply", body: { success: true } },
  { path: "/v1.0/robot/emotion/recall", body: { success: true } },
  {
    path: "/v1.0/robot/otoMessages/batchRecall",
    body: { successResult: ["k1=="], failedResult: { "k2==": "too late" } }
  },
  {
    path: "/v1.0/robot/groupMessages/recall",
    body: { successResult: ["k1=="], failedResult: { "k2==": "too late" } }
  },
  {
    path: "/v1.0/robot/oToMessages/readStatus",
    body: {
      sendStatus: "SUCCESS",
      messageReadInfoList: [{ userId: "lisi", name: "李四", readStatus: "READ", readTimestamp: 1_790_000_000_000 }]
    }
  },
  {
    path: "/v1.0/robot/groupMessages/query",
    body: { sendStatus: "SUCCESS", readUserIds: ["lisi"], hasMore: false, nextToken: "next" }
  },
  {
    path: "/v1.0/robot/installed/groups/query",
    body: { openConversationIds: ["cidG=="], hasMore: true, nextToken: "next" }
  },
  { path: "/v1.0/robot/ding/send", body: { openDingId: "ding==", failedList: { lisi: "refused" } } },
  { path: "/v1.0/robot/ding/recall", body: { success: true } },
  { path: "/robot/sendBySession", body: { errcode: 0, errmsg: "ok" } }
]

export const configs: ReadonlyArray<Json> = [
  { appKey: "dingkey", appSecret: "secret" },
  {
    client_id: "dingkey",
    client_secret: "secret",
    mention_patterns: ["^小马", "bot"],
    allowedUsers: "a, b",
    dispatchWorkers: "4",
    dispatchQueueSize: 10,
    apiBaseUrl: "https://api.dingtalk.io/",
    ordering: "conversation",
    events: "yes"
  },
  { appKey: "k", appSecret: "s", accounts: { ops: { clientId: "o", clientSecret: "p", enabled: false }, hr: null } },
  { accounts: { a: { appKey: "k1", appSecret: "s1" }, b: { appKey: "k2", appSecret: "s2", renderMode: "plain" } } }
].map(parsed)

/** What robots say. */
export const texts: ReadonlyArray<string> = [
  "# Title\n\nsome *text* with `code`\n\n```ts\nconst a = 1\n```\n\n| a | b |\n|---|---|\n",
  "一二三四五六七八九十\n".repeat(40),
  "👨‍👩‍👧‍👦 👍🏽 é e\u0301 \ud800",
  "~~~\n```\n~~~\n",
  " \r\n\t\u0000\u001b[31m"
]

/** File names, the headers that they come in, and addresses. */
export const fileNames: ReadonlyArray<string> = [
  "report 2026.pdf",
  "../../etc/passwd",
  "C:\\Windows\\con.txt",
  "attachment; filename=\"a \\\"b\\\".pdf\"; filename*=UTF-8''%E6%8A%A5.pdf",
  "inline; filename=a.pdf",
  "文件\u202etxt.exe",
  "2001:db8::1",
  "10.0.0.1",
  "::ffff:127.0.0.1"
]

export const urls: ReadonlyArray<string> = [
  "wss://wss-open-connection.dingtalk.com:443/connect",
  "https://oapi.dingtalk.com/robot/sendBySession?session=abc",
  "ws://127.0.0.1:8080/connect",
  "https://user:password@api.dingtalk.com/",
  "wss://dingtalk.com.example.org/",
  "https://api.dingtalk.com.example.org/x"
]
