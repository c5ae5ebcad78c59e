import { SqlError } from "@effect/sql/SqlError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { ofInbox } from "../../../src/metrics.ts"
import * as Health from "../../../src/sql/internal/health.ts"

const error = new SqlError({ cause: new Error("disk full"), message: "no" })

const world = Effect.gen(function*() {
  const metrics = ofInbox("health")
  const time = { now: 0 }
  const { told } = yield* Health.make(metrics, () => time.now)
  const isUp = Effect.map(Metric.value(metrics.inboxUp), ({ value }) => value === 1)
  const at = (now: number, failed: SqlError | undefined, hasArrivals: boolean) =>
    Effect.suspend(() => {
      time.now = now
      return Effect.zipRight(told(failed, hasArrivals), isUp)
    })
  return { at }
})

describe("whether an inbox can be written", () => {
  it.effect("is not told by a database that is busy for a moment", () =>
    Effect.gen(function*() {
      const { at } = yield* world
      assert.isTrue(yield* at(0, error, true))
      assert.isTrue(yield* at(400, undefined, true))
      assert.isTrue(yield* at(600, error, true))
    }))

  it.effect("is told by what arrives: the little that still fits says nothing", () =>
    Effect.gen(function*() {
      const { at } = yield* world
      yield* at(0, error, true)
      yield* at(300, undefined, false)
      assert.isFalse(yield* at(600, error, true))
      assert.isFalse(yield* at(700, undefined, false))
      assert.isTrue(yield* at(800, undefined, true))
    }))

  it.effect("is believed of other writes when nothing has arrived for a while", () =>
    Effect.gen(function*() {
      const { at } = yield* world
      yield* at(0, error, true)
      assert.isFalse(yield* at(1_000, error, true))
      assert.isFalse(yield* at(5_000, undefined, false))
      assert.isTrue(yield* at(12_000, undefined, false))
    }))

  it.effect("is told by other writes alone, too", () =>
    Effect.gen(function*() {
      const { at } = yield* world
      yield* at(0, error, false)
      assert.isFalse(yield* at(1_000, error, false))
      assert.isTrue(yield* at(1_100, undefined, false))
    }))
})
