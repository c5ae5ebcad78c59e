import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Http from "../../src/internal/http.ts"

const request = HttpClientRequest.get("https://api.dingtalk.com/")

const answering = (body: string) =>
  HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body))))

const telling = (body: string): Http.DirectExchange => () => Effect.succeed({ status: 200, headers: {}, body })

const directly: Http.Direct = { often: telling("directly"), seldom: telling("by a connection of its own") }

const bodyBy = (client: HttpClient.HttpClient, frequency: Http.Frequency = "often") =>
  Effect.map(Http.exchangeOf(client, frequency)(request, 1_000), ({ body }) => body)

describe("exchangeOf", () => {
  it.live("goes the direct way where one is known", () =>
    Effect.gen(function*() {
      const client = answering("by the client")
      assert.strictEqual(yield* bodyBy(client), "by the client")
      Http.unsafeSetDirect(client, directly)
      assert.strictEqual(yield* bodyBy(client), "directly")
      assert.strictEqual(yield* bodyBy(client, "seldom"), "by a connection of its own")
    }))

  it.live("goes by the client where it was changed, and for what the direct way leaves to it", () =>
    Effect.gen(function*() {
      const client = answering("by the client")
      Http.unsafeSetDirect(client, directly)
      assert.strictEqual(yield* bodyBy(HttpClient.mapRequest(client, HttpClientRequest.acceptJson)), "by the client")
      Http.unsafeSetDirect(client, { ...directly, often: () => undefined })
      assert.strictEqual(yield* bodyBy(client), "by the client")
    }))

  it.effect("goes by the client under a clock of another kind, which the bound follows", () =>
    Effect.gen(function*() {
      const client = HttpClient.make(() => Effect.never)
      Http.unsafeSetDirect(client, directly)
      const fiber = yield* Effect.fork(Effect.flip(bodyBy(client)))
      yield* TestClock.adjust(999)
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(fiber), Http.timedOut)
    }))
})

describe("decode", () => {
  const bytes = (text: string) => new TextEncoder().encode(text)

  it("puts characters together that were cut, and leaves out the mark at the start", () => {
    const all = bytes("\uFEFF钉钉")
    assert.strictEqual(Http.decode([all.subarray(0, 4), all.subarray(4, 7), all.subarray(7)]), "钉钉")
    assert.strictEqual(Http.decode([]), "")
  })

  it("cuts what is too long", () => {
    const half = bytes("x".repeat(Http.maxAnswerBytes / 2 + 1))
    assert.strictEqual(Http.decode([half, half]).length, Http.maxAnswerBytes)
  })
})
