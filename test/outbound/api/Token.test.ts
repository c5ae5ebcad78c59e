import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { Unavailable } from "../../../src/outbound/api/ApiError.ts"
import * as Token from "../../../src/outbound/api/Token.ts"

const failure = new Unavailable({
  account: "a",
  operation: "getToken",
  status: undefined,
  code: undefined,
  requestId: undefined,
  detail: "",
  hint: ""
})

/** A cache whose fetches take 100 ms and bring `token-1`, `token-2`, …; `fails` says which of them fail. */
const cache = (fails: (nth: number) => boolean = () => false, lifetimeMs = 7_200_000) =>
  Effect.gen(function*() {
    const fetched: Array<number> = []
    const tokens = yield* Token.make(Effect.gen(function*() {
      const nth = fetched.push(yield* Clock.currentTimeMillis)
      yield* Effect.sleep(100)
      return fails(nth)
        ? yield* failure
        : { token: Redacted.make(`token-${nth}`), lifetimeMs }
    }))
    return { ...tokens, fetched, get: Effect.map(tokens.get, Redacted.value) }
  })

describe("Token", () => {
  it.scoped("fifty callers, one fetch", () =>
    Effect.gen(function*() {
      const tokens = yield* cache()
      const fiber = yield* Effect.fork(Effect.all(Array.from({ length: 50 }, () => tokens.get), {
        concurrency: "unbounded"
      }))
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(new Set(yield* Fiber.join(fiber)), new Set(["token-1"]))
      assert.strictEqual(yield* tokens.get, "token-1")
      assert.deepStrictEqual(tokens.fetched, [0])
    }))

  it.scoped("an interrupted first caller does not hurt the second", () =>
    Effect.gen(function*() {
      const tokens = yield* cache()
      const first = yield* Effect.fork(tokens.get)
      yield* TestClock.adjust(10)
      const second = yield* Effect.fork(tokens.get)
      yield* TestClock.adjust(10)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(first)))
      yield* TestClock.adjust(80)
      assert.strictEqual(yield* Fiber.join(second), "token-1")
      assert.deepStrictEqual(tokens.fetched, [0])
    }))

  it.scoped("a failed fetch is told to all who waited, and not kept", () =>
    Effect.gen(function*() {
      const tokens = yield* cache((nth) => nth === 1)
      const waiting = yield* Effect.fork(
        Effect.all([tokens.get, tokens.get].map(Effect.flip), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust(100)
      assert.deepStrictEqual((yield* Fiber.join(waiting)).map(({ _tag }) => _tag), ["Unavailable", "Unavailable"])
      const again = yield* Effect.fork(tokens.get)
      yield* TestClock.adjust(100)
      assert.strictEqual(yield* Fiber.join(again), "token-2")
      assert.deepStrictEqual(tokens.fetched, [0, 100])
    }))

  it.scoped("is replaced 60 s before its end, counted from when it was asked for", () =>
    Effect.gen(function*() {
      const tokens = yield* cache()
      const first = yield* Effect.fork(tokens.get)
      yield* TestClock.adjust(100)
      yield* Fiber.join(first)
      yield* TestClock.setTime(7_139_999)
      assert.strictEqual(yield* tokens.get, "token-1")
      yield* TestClock.setTime(7_140_000)
      const second = yield* Effect.fork(tokens.get)
      yield* TestClock.adjust(100)
      assert.strictEqual(yield* Fiber.join(second), "token-2")
      assert.deepStrictEqual(tokens.fetched, [0, 7_140_000])
    }))

  it.scoped("invalidate drops that very token and no newer one", () =>
    Effect.gen(function*() {
      const tokens = yield* cache()
      const get = Effect.gen(function*() {
        const fiber = yield* Effect.fork(tokens.get)
        yield* TestClock.adjust(100)
        return yield* Fiber.join(fiber)
      })
      assert.strictEqual(yield* get, "token-1")
      yield* tokens.invalidate(Redacted.make("another"))
      assert.strictEqual(yield* get, "token-1")
      yield* tokens.invalidate(Redacted.make("token-1"))
      assert.strictEqual(yield* get, "token-2")
      yield* tokens.invalidate(Redacted.make("token-1"))
      assert.strictEqual(yield* get, "token-2")
      assert.strictEqual(tokens.fetched.length, 2)
    }))

  it("reads the answer: seconds, 7 200 of them if it does not say, and no token is none", () => {
    const lifetime = (expireIn: unknown) => Token.fromAnswer({ accessToken: "t", expireIn })?.lifetimeMs
    assert.strictEqual(lifetime(600), 600_000)
    assert.strictEqual(lifetime("600"), 600_000)
    for (const odd of [undefined, null, 0, -1, "soon"]) assert.strictEqual(lifetime(odd), 7_200_000)
    for (const accessToken of [undefined, null, "", {}]) assert.isUndefined(Token.fromAnswer({ accessToken }))
  })
})
