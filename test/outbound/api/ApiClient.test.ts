import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import * as ApiClient from "../../../src/outbound/api/ApiClient.ts"
import { noErrorProves, type Operation } from "../../../src/outbound/api/classifyAnswer.ts"
import * as Scheduler from "../../../src/outbound/api/Scheduler.ts"
import { failureOf } from "../../utils/exits.ts"
import * as Fake from "./utils/fakeApi.ts"

const read: Operation = { name: "read", kind: "idempotent", proves: noErrorProves }
const write: Operation = { name: "write", kind: "send", proves: (json) => json["processQueryKey"] !== undefined }

const path = "/v1.0/thing"
const request = ApiClient.post(`https://api.dingtalk.com${path}`, { a: 1 })
const call = (operation: Operation): ApiClient.Call => ({ operation, request, limit: undefined })

const clientOf = (api: Fake.FakeApi, id = "default") =>
  Effect.flatMap(Scheduler.makeEgress(), (egress) =>
    ApiClient.make(api.client, {
      id,
      appKey: "dingkey",
      appSecret: Redacted.make("very-secret-secret"),
      apiBaseUrl: "https://api.dingtalk.com"
    }, egress))

/** Runs to the end, however much virtual time that takes. */
const finish = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.await(fiber)
  })

/** Answers `path` by the list, then with 200; tokens as usual. */
const answers = (...list: ReadonlyArray<Fake.Answer>) =>
  Fake.dingtalk((seen, nth) => seen.path === path ? list[nth - 1] : undefined)

describe("ApiClient", () => {
  it.scoped("fetches a token with the credentials, and calls with it", () =>
    Effect.gen(function*() {
      const api = answers()
      const client = yield* clientOf(api)
      const exit = yield* finish(client.call(call(write)))
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(api.seen.map(({ body, path, token }) => ({ body, path, token })), [
        { path: Fake.tokenPath, token: undefined, body: { appKey: "dingkey", appSecret: "very-secret-secret" } },
        { path, token: "token-1", body: { a: 1 } }
      ])
      for (const { headers } of api.seen) {
        assert.strictEqual(headers["accept"], "application/json")
        assert.strictEqual(headers["content-type"], "application/json")
      }
      yield* client.call(call(write))
      assert.strictEqual(api.of(Fake.tokenPath).length, 1)
    }))

  it.scoped("tries an idempotent call three times, 1 s and 2 s apart", () =>
    Effect.gen(function*() {
      for (const status of [408, 429, 500, 502, 503, 504]) {
        const api = answers({ status, body: "" }, { status, body: "" }, { status, body: "" }, { status, body: "" })
        const error = failureOf(yield* finish((yield* clientOf(api)).call(call(read))))
        assert.strictEqual(error._tag, status === 429 ? "Throttled" : "Unavailable")
        assert.deepStrictEqual(api.of(path).map(({ at }) => at - (api.of(path)[0]?.at ?? 0)), [0, 1_000, 3_000])
      }
    }))

  it.scoped("C04 a throttled send is tried again, after as long as DingTalk asks for", () =>
    Effect.gen(function*() {
      const api = answers(
        { status: 429, body: { code: "Throttling.Api" } },
        { status: 403, body: { code: "Forbidden.AccessDenied.QpsLimitForApi" }, headers: { "retry-after": "7" } }
      )
      assert.isTrue(Exit.isSuccess(yield* finish((yield* clientOf(api)).call(call(write)))))
      assert.deepStrictEqual(api.of(path).map(({ at }) => at), [0, 1_000, 8_000])
    }))

  it.scoped("does not sit out a lock-out: it says how long that is", () =>
    Effect.gen(function*() {
      const api = answers({ status: 200, body: { status: 1111, wait: 5, punish: "deny" } })
      const error = failureOf(yield* finish((yield* clientOf(api)).call(call(write))))
      assert.strictEqual(error._tag === "Throttled" && error.retryAfterMs, 300_000)
      assert.strictEqual(api.of(path).length, 1)
    }))

  it.scoped("a send that certainly was not processed is tried again", () =>
    Effect.gen(function*() {
      const api = answers(
        { broken: Fake.systemError("ECONNREFUSED") },
        { status: 400, body: { code: "ServiceUnavailable" } }
      )
      assert.isTrue(Exit.isSuccess(yield* finish((yield* clientOf(api)).call(call(write)))))
      assert.deepStrictEqual(api.of(path).map(({ at }) => at), [0, 1_000, 3_000])
    }))

  it.scoped("a send of unknown outcome is never sent again", () =>
    Effect.gen(function*() {
      const unclear: ReadonlyArray<Fake.Answer> = [
        "silence",
        { broken: Fake.systemError("ECONNRESET") },
        { status: 500, body: {} },
        { status: 502, body: "<html></html>" },
        { status: 503, body: "" },
        { status: 400, body: { code: "unknown.send.result" } },
        { status: 200, body: {} },
        { status: 200, body: "" }
      ]
      for (const answer of unclear) {
        const api = answers(answer)
        const error = failureOf(yield* finish((yield* clientOf(api)).call(call(write))))
        assert.strictEqual(error._tag, "Ambiguous", JSON.stringify(answer))
        assert.strictEqual(api.of(path).length, 1)
      }
    }))

  it.scoped("waits 30 s for an answer, and not longer", () =>
    Effect.gen(function*() {
      const api = answers({ status: 200, body: { processQueryKey: "k" }, delayMs: 29_999 }, "silence")
      const client = yield* clientOf(api)
      assert.isTrue(Exit.isSuccess(yield* finish(client.call(call(write)))))
      const fiber = yield* Effect.fork(client.call(call(write)))
      yield* TestClock.adjust(29_999)
      assert.strictEqual((yield* Fiber.poll(fiber))._tag, "None")
      yield* TestClock.adjust(1)
      assert.strictEqual(failureOf(yield* Fiber.await(fiber))._tag, "Ambiguous")
    }))

  const deadToken: ReadonlyArray<object> = [
    { code: "InvalidAuthentication", message: "不合法的access_token" },
    { code: "token.notExisted" },
    { code: "invalidParameter.token.invalid" },
    { errcode: 40014 },
    { errcode: 42001 }
  ]

  it.scoped("a dead token is renewed once, and the call made again at once", () =>
    Effect.gen(function*() {
      for (const body of deadToken) {
        const api = answers({ status: 400, body })
        assert.isTrue(Exit.isSuccess(yield* finish((yield* clientOf(api)).call(call(write)))))
        assert.deepStrictEqual(api.of(path).map(({ token }) => token), ["token-1", "token-2"])
        assert.strictEqual(api.of(path)[0]?.at, api.of(path)[1]?.at)
      }
    }))

  it.scoped("a token that stays dead is a matter of the credentials", () =>
    Effect.gen(function*() {
      const dead = { status: 400, body: { code: "InvalidAuthentication" } }
      const api = answers(dead, dead, dead, dead)
      const error = failureOf(yield* finish((yield* clientOf(api)).call(call(write))))
      assert.strictEqual(error._tag, "CredentialsRejected")
      assert.strictEqual(error.code, "InvalidAuthentication")
      assert.strictEqual(api.of(path).length, 2)
      assert.strictEqual(api.of(Fake.tokenPath).length, 2)
    }))

  it.scoped("fifty calls with a token that died: one renewal", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen, nth) =>
        seen.path === Fake.tokenPath
          ? { status: 200, body: { accessToken: `token-${nth}`, expireIn: 7_200 }, delayMs: 50 }
          // Each is answered at another time, some after the renewal has begun, some after it has ended.
          : seen.token === "token-1"
          ? { status: 400, body: { code: "InvalidAuthentication" }, delayMs: nth * 3 }
          : undefined
      )
      const client = yield* clientOf(api)
      const exit = yield* finish(
        Effect.all(Array.from({ length: 50 }, () => client.call(call(write))), { concurrency: "unbounded" })
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(api.of(Fake.tokenPath).length, 2)
      assert.strictEqual(api.of(path).filter(({ token }) => token === "token-1").length, 50)
      assert.strictEqual(api.of(path).filter(({ token }) => token === "token-2").length, 50)
    }))

  it.scoped("a wrong pair of credentials is said once, without a call", () =>
    Effect.gen(function*() {
      const api = Fake.make(() => ({
        status: 400,
        body: { code: "invalidClientIdOrSecret", message: "无效的clientId或者clientSecret", requestid: "R" }
      }))
      const error = failureOf(yield* finish((yield* clientOf(api)).call(call(write))))
      assert.strictEqual(error._tag, "CredentialsRejected")
      assert.deepInclude({ ...error }, { account: "default", operation: "getToken", status: 400, requestId: "R" })
      assert.deepStrictEqual(api.seen.map(({ path }) => path), [Fake.tokenPath])
    }))

  it.scoped("a 200 without a token is an error, after three tries that are not multiplied by the call's own", () =>
    Effect.gen(function*() {
      const api = Fake.make(() => ({ status: 200, body: { expireIn: 7_200 } }))
      const error = failureOf(yield* finish((yield* clientOf(api)).call(call(read))))
      assert.strictEqual(error._tag, "Unavailable")
      assert.strictEqual(error.operation, "getToken")
      assert.deepStrictEqual(api.seen.map(({ at, path }) => [path, at]), [
        [Fake.tokenPath, 0],
        [Fake.tokenPath, 1_000],
        [Fake.tokenPath, 3_000]
      ])
    }))

  it.scoped("every try waits for a permit", () =>
    Effect.gen(function*() {
      const api = answers()
      const client = yield* clientOf(api)
      const limited = { ...call(write), limit: { rate: 20, burst: 5 } }
      yield* finish(Effect.all(Array.from({ length: 8 }, () => client.call(limited)), { concurrency: "unbounded" }))
      assert.deepStrictEqual(api.of(path).map(({ at }) => at), [0, 0, 0, 0, 0, 50, 100, 150])
    }))

  it.scoped("callOnce: no token, no second try", () =>
    Effect.gen(function*() {
      const api = answers({ status: 400, body: { code: "ServiceUnavailable" } })
      const client = yield* clientOf(api)
      const error = failureOf(yield* finish(client.callOnce({ ...call(read), secrets: [] })))
      assert.strictEqual(error._tag, "Unavailable")
      assert.deepStrictEqual(api.seen.map(({ path, token }) => [path, token]), [[path, undefined]])
    }))

  it.scoped("no error shows a token or a secret, even if the server repeats them", () =>
    Effect.gen(function*() {
      const leak = "token-1 very-secret-secret sess-hidden"
      const leaks: ReadonlyArray<Fake.Answer> = [
        { status: 400, body: { code: "x", message: leak } },
        { status: 500, body: leak },
        { status: 403, body: `<html>${leak}</html>` },
        { status: 200, body: { errcode: 1, errmsg: leak } },
        { broken: new Error(leak, { cause: { code: leak } }) }
      ]
      const errors = yield* Effect.forEach(leaks, (answer) =>
        Effect.gen(function*() {
          const always = Fake.dingtalk((seen) => seen.path === path ? answer : undefined)
          const client = yield* clientOf(always)
          return [
            failureOf(yield* finish(client.call(call(write)))),
            failureOf(
              yield* finish(client.callOnce({
                ...call(write),
                secrets: ["sess-hidden", "token-1"]
              }))
            )
          ]
        }))
      const wrong = yield* clientOf(
        Fake.make(() => ({ status: 401, body: { code: "authFailed", message: "very-secret-secret" } }))
      )
      for (const error of [...errors.flat(), failureOf(yield* finish(wrong.call(call(write))))]) {
        for (
          const shown of [
            JSON.stringify(error),
            inspect(error),
            error.message,
            String(error),
            Cause.pretty(Cause.fail(error))
          ]
        ) {
          assert.notInclude(shown, "very-secret-secret")
          assert.notInclude(shown, "token-1")
        }
      }
      for (const [, once] of errors) assert.notInclude(JSON.stringify(once), "sess-hidden")
    }))

  it.scoped("has a span per call, without the URL and without headers, and propagates nothing", () =>
    Effect.gen(function*() {
      const { spans, tracer } = Fake.recordingTracer()
      const api = answers()
      yield* Effect.gen(function*() {
        const client = yield* clientOf(api)
        yield* finish(Effect.withSpan(client.call(call(write)), "caller"))
      }).pipe(Effect.withTracer(tracer), Effect.withTracerEnabled(true))
      assert.deepStrictEqual(spans.map(({ hasParent, name }) => [name, hasParent]), [
        ["caller", false],
        ["dingtalk.api.write", true],
        ["dingtalk.api.getToken", false]
      ])
      for (const span of spans) {
        const shown = JSON.stringify([...span.attributes])
        for (const hidden of ["https:", "token-1", "very-secret-secret"]) assert.notInclude(shown, hidden)
      }
      for (const { headers } of api.seen) {
        for (const header of ["b3", "traceparent"]) assert.notProperty(headers, header)
      }
    }))

  it.scoped("counts calls by operation and outcome, and tokens", () =>
    Effect.gen(function*() {
      const id = "metrics-of-the-client"
      const client = yield* clientOf(answers({ status: 403, body: { code: "QpsLimitForApi" } }), id)
      yield* finish(client.call(call(write)))
      const count = (operation: string, outcome: string) =>
        client.metrics.apiCalls.pipe(
          Metric.tagged("operation", operation),
          Metric.tagged("outcome", outcome),
          Metric.value,
          Effect.map((state) => state.count)
        )
      assert.strictEqual(yield* count("getToken", "ok"), 1)
      assert.strictEqual(yield* count("write", "Throttled"), 1)
      assert.strictEqual(yield* count("write", "ok"), 1)
      assert.strictEqual((yield* Metric.value(client.metrics.tokenRefreshes)).count, 1)
    }))

  it.scoped("counts with the tags of the caller, too", () =>
    Effect.gen(function*() {
      const client = yield* clientOf(answers(), "tags-of-the-caller")
      const tagged = Effect.tagMetrics("tenant", "north")
      yield* finish(tagged(Effect.zipRight(client.call(call(write)), client.countSend("sent"))))
      const countOf = <Type, In>(metric: Metric.Metric<Type, In, { readonly count: number }>, tags: object) =>
        Object.entries(tags)
          .reduce((metric, [key, value]) => Metric.tagged(metric, key, value), metric)
          .pipe(Metric.value, Effect.map(({ count }) => count))
      const counts = Effect.all([
        countOf(client.metrics.apiCalls, { operation: "write", outcome: "ok" }),
        countOf(client.metrics.apiTries, { operation: "write", outcome: "ok" }),
        countOf(client.metrics.sends, { outcome: "sent" })
      ])
      assert.deepStrictEqual(yield* tagged(counts), [1, 1, 1])
      assert.deepStrictEqual(yield* counts, [0, 0, 0])
    }))

  it.scoped("a throttled call slows the others down: they wait for the end of its window", () =>
    Effect.gen(function*() {
      const api = answers({ status: 403, body: { code: "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi" } })
      const client = yield* clientOf(api)
      const limited = { ...call(write), limit: { rate: 20, burst: 5 } }
      const first = yield* Effect.fork(client.call(limited))
      yield* TestClock.adjust(100)
      const others = yield* Effect.fork(
        Effect.all(Array.from({ length: 3 }, () => client.call(limited)), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("1 minute")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(first)))
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(others)))
      assert.deepStrictEqual(api.of(path).map(({ at }) => at), [0, 1_000, 1_050, 1_100, 1_150])
    }))

  it.scoped("during a lock-out nobody calls, for a token neither", () =>
    Effect.gen(function*() {
      const banned = Fake.make(() => ({ status: 200, body: { status: 1111, wait: 5, source: "x5", punish: "deny" } }))
      const client = yield* clientOf(banned)
      const limited = { ...call(write), limit: { rate: 20, burst: 5 } }
      for (const left of [300_000, 240_000]) {
        const error = failureOf(yield* Effect.exit(client.call(limited)))
        assert.strictEqual(error._tag === "Throttled" && error.retryAfterMs, left)
        yield* TestClock.adjust("1 minute")
      }
      assert.strictEqual(banned.seen.length, 1)
      yield* TestClock.adjust("3 minutes")
      yield* Effect.exit(client.call(limited))
      assert.strictEqual(banned.seen.length, 2)
    }))

  it.scoped("with the quota used up, optional calls are not made; the others are still tried", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk((seen) =>
        seen.path === path
          ? { status: 403, body: { code: "Forbidden.AccessDenied.ApiCountLimitForOrg" } }
          : undefined
      )
      const client = yield* clientOf(api, "quota-of-the-client")
      const limited = { ...call(write), limit: { rate: 20, burst: 5 } }
      const optional = Effect.provideService(client.call(limited), Scheduler.CallPriority, "optional")
      assert.strictEqual(failureOf(yield* Effect.exit(client.call(limited)))._tag, "QuotaExhausted")
      assert.strictEqual(failureOf(yield* Effect.exit(optional))._tag, "QuotaExhausted")
      assert.strictEqual(api.of(path).length, 1)
      assert.strictEqual(failureOf(yield* Effect.exit(client.call(limited)))._tag, "QuotaExhausted")
      assert.strictEqual(api.of(path).length, 2)
      yield* TestClock.adjust("1 hour")
      yield* Effect.exit(optional)
      assert.strictEqual(api.of(path).length, 3)
      const count = Metric.value(Metric.tagged(client.metrics.skippedCalls, "operation", "write"))
      assert.strictEqual((yield* count).count, 1)
      assert.strictEqual((yield* Metric.value(Metric.tagged(client.metrics.holds, "reason", "quota"))).count, 3)
    }))

  it.scoped("a call may be tried less often, wait longer, and take its token in the URL", () =>
    Effect.gen(function*() {
      const api = answers({ status: 400, body: { code: "ServiceUnavailable" } })
      const client = yield* clientOf(api)
      assert.strictEqual(failureOf(yield* finish(client.call({ ...call(read), tries: 1 })))._tag, "Unavailable")
      assert.strictEqual(api.of(path).length, 1)
      const slow = answers({ status: 200, body: {}, delayMs: 100_000 })
      const patient = yield* clientOf(slow)
      const long = { ...call(read), timeoutMs: 120_000, tokenIn: "query" } as const
      assert.isTrue(Exit.isSuccess(yield* finish(patient.call(long))))
      assert.deepStrictEqual(slow.of(path).map(({ token, url }) => [token, new URL(url).search]), [
        [undefined, "?access_token=token-1"]
      ])
    }))

  it.scoped("counts how often calls were tried", () =>
    Effect.gen(function*() {
      const client = yield* clientOf(
        answers({ status: 400, body: { code: "ServiceUnavailable" } }),
        "tries-of-the-client"
      )
      yield* finish(client.call(call(write)))
      const tries = yield* client.metrics.apiTries.pipe(
        Metric.tagged("operation", "write"),
        Metric.tagged("outcome", "ok"),
        Metric.value
      )
      assert.deepStrictEqual([tries.count, tries.sum], [1, 2])
    }))
})
