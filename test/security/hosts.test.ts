/** Where a robot may be led: by an opening answer, and by a message. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Http from "node:http"
import { listen } from "../../chaos/support/listen.ts"
import * as SessionWebhook from "../../src/outbound/robot/SessionWebhook.ts"
import * as Gateway from "../../src/stream/Gateway.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Robot from "../utils/robot.ts"
import { settings } from "../utils/settings.ts"

const answering = (endpoint: string) =>
  HttpClient.make((request) =>
    Effect.succeed(
      HttpClientResponse.fromWeb(request, new Response(JSON.stringify({ endpoint, ticket: "tick3t" })))
    )
  )

/** What a forged answer might name. */
const strangers = [
  "ws://wss-open-connection.dingtalk.com:443/connect",
  "http://wss-open-connection.dingtalk.com/connect",
  "wss://example.org/connect",
  "wss://dingtalk.com.example.org/connect",
  "wss://notdingtalk.com/connect",
  "wss://example.org#.dingtalk.com",
  "wss://example.org/.dingtalk.com",
  "wss://wss-open-connection.dingtalk.com@example.org/",
  "wss://example.org\\@wss.dingtalk.com/",
  "wss://127.0.0.1/connect",
  "wss://[::1]/connect",
  "wss://ｅxample.org/",
  "file:///etc/passwd",
  "nonsense"
]

describe("a ticket's endpoint", () => {
  it.effect("that is not wss: on a DingTalk host is refused, and the ticket goes nowhere", () =>
    Effect.gen(function*() {
      for (const endpoint of strangers) {
        const error = yield* Effect.flip(Gateway.open(answering(endpoint), settings(), [], 1_000))
        assert.deepInclude({ ...error }, { _tag: "Transient", reason: "badAnswer" }, endpoint)
        assert.notInclude(error.message, "tick3t")
      }
      yield* Gateway.open(answering("wss://wss-open-connection-union.dingtalk.com:443/connect"), settings(), [], 1_000)
      yield* Gateway.open(
        answering("wss://x.dingtalk.io/connect"),
        settings({ apiBaseUrl: "https://api.dingtalk.io" }),
        [],
        1_000
      )
    }))

  it.effect("may be anything on the network where the API itself was overridden, but nothing else", () =>
    Effect.gen(function*() {
      const own = settings({ apiBaseUrl: "https://gateway.example.org" })
      yield* Gateway.open(answering("ws://10.0.0.1:8080/connect"), own, [], 1_000)
      for (const endpoint of ["http://10.0.0.1/", "file:///etc/passwd", "nonsense"]) {
        yield* Effect.flip(Gateway.open(answering(endpoint), own, [], 1_000))
      }
    }))
})

describe("a message's session webhook", () => {
  const hosts = { apiBaseUrl: "https://api.dingtalk.com", oapiBaseUrl: "https://oapi.dingtalk.com" }

  it("is posted to on DingTalk's API hosts alone, over TLS, on the usual port", () => {
    assert.isTrue(SessionWebhook.isTrusted("https://oapi.dingtalk.com/robot/sendBySession?session=x", hosts))
    const refused = [
      "http://oapi.dingtalk.com/robot/sendBySession?session=x",
      "https://oapi.dingtalk.com:8443/robot/sendBySession",
      "https://user@oapi.dingtalk.com/robot/sendBySession",
      "https://oapi.dingtalk.com.example.org/robot/sendBySession",
      "https://example.org/?https://oapi.dingtalk.com/",
      "https://oapi.dingtalk.com@example.org/",
      "https://attacker.dingtalk.com/robot/sendBySession",
      "http://169.254.169.254/latest/meta-data/",
      "//oapi.dingtalk.com/robot/sendBySession",
      "javascript:alert(1)",
      ""
    ]
    for (const url of refused) assert.isFalse(SessionWebhook.isTrusted(url, hosts), url)
  })

  it.scopedLive("of a stranger is left alone: the answer goes through the API", () =>
    Effect.gen(function*() {
      const visits: Array<string> = []
      const { port } = yield* listen(Http.createServer((request, response) => {
        visits.push(request.url ?? "")
        response.end("{\"errcode\":0}")
      }))
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      yield* fake.awaitConnection
      // Another host than the fake's, which is the account's own.
      yield* fake.say("hello", { from: "lisi", fields: { sessionWebhook: `http://localhost:${port}/steal?session=x` } })
      const [reply] = yield* fake.awaitReplies(1)
      assert.deepInclude({ ...reply }, { text: "echo hello", to: "lisi", via: "api" })
      assert.deepStrictEqual(visits, [])
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))
})
