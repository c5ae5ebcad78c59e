import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Http from "../../../src/internal/net/http.ts"
import { recordingTracer } from "../../outbound/api/utils/fakeApi.ts"

const request = HttpClientRequest.get("https://api.dingtalk.com/")

const answering = (body: string) =>
  HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body))))

describe("exchange", () => {
  it.effect("is bounded by the clock, whichever that is", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.flip(Http.exchange(HttpClient.make(() => Effect.never), request, 1_000)))
      yield* TestClock.adjust(999)
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust(1)
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "TimedOut", boundMs: 1_000 })
    }))

  it.effect("tells when the answer came", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust(5_000)
      const { body, receivedAt } = yield* Http.exchange(answering("hello"), request, 1_000)
      assert.deepStrictEqual([body, receivedAt], ["hello", 5_000])
    }))

  it.effect("shows a tracer nothing", () =>
    Effect.gen(function*() {
      const { spans, tracer } = recordingTracer()
      yield* Effect.withTracer(Http.exchange(answering("hello"), request, 1_000), tracer)
      assert.deepStrictEqual(spans, [])
    }))
})

describe("retryAfterMs", () => {
  const after = (headers: Record<string, string>, receivedAt?: number) =>
    Http.retryAfterMs({ status: 503, body: "", headers, receivedAt })
  const noon = "Sat, 28 Nov 2026 12:00:00 GMT"

  it("reads seconds", () => {
    assert.strictEqual(after({ "retry-after": "7" }), 7_000)
    assert.strictEqual(after({ "Retry-After": " 1.5 " }), 1_500)
    assert.strictEqual(after({ "retry-after": "0" }), 0)
  })

  it("reads a date, by the server's clock, or else by ours", () => {
    const later = { "retry-after": "Sat, 28 Nov 2026 12:02:00 GMT" }
    assert.strictEqual(after({ ...later, date: noon }, 0), 120_000)
    assert.strictEqual(after(later, Date.parse(noon)), 120_000)
    assert.strictEqual(after({ "retry-after": noon, date: "Sat, 28 Nov 2026 12:02:00 GMT" }), 0)
    assert.isUndefined(after(later))
  })

  it("anything else says nothing", () => {
    for (const odd of ["", "soon", "-1", "0x10", "1e9", "Infinity"]) {
      assert.isUndefined(after({ "retry-after": odd, date: noon }, 0), odd)
    }
    assert.isUndefined(after({}))
  })
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
