import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"
import * as Ahead from "../../../src/sql/internal/Ahead.ts"

/** An inbox's writer, told by the test when it has written. */
const world = () => {
  const rows = new Map<number, number>()
  let clock = 0
  let unwritten: Array<() => void> = []
  const add = (number: number, by: number) => rows.set(number, (rows.get(number) ?? 0) + by)
  const ahead = Ahead.make({
    now: () => clock,
    write: (number, tell) =>
      unwritten.push(() => {
        add(number, 1)
        tell(true)
      }),
    takeBack: (number) => add(number, -1)
  })
  const write = () => {
    const batch = unwritten
    unwritten = []
    for (const one of batch) one()
    return batch.length
  }
  const begin = (number: number) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(ahead.begin(number, constVoid))
      yield* Effect.yieldNow()
      write()
      assert.isTrue(yield* Fiber.join(fiber))
    })
  const pass = (ms: number) => {
    clock += ms
  }
  return { ahead, begin, pass, rows, write }
}

const upTo = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)

describe("what is written down as begun before a worker comes to it", () => {
  it.effect("is as much as has lately begun, each of it once, and what nobody comes to is taken back", () =>
    Effect.gen(function*() {
      const { ahead, begin, pass, rows, write } = world()
      const handed: Array<number> = []
      for (const number of upTo(0, 20)) ahead.hand(number, constVoid)
      assert.strictEqual(write(), 0, "nothing has begun yet")
      for (const number of upTo(0, 5)) yield* begin(number)
      pass(20)
      ahead.hand(20, () => handed.push(20))
      assert.strictEqual(write(), 10)
      assert.deepStrictEqual(upTo(0, 21).filter(ahead.has), upTo(5, 10))
      // They are written down already.
      assert.isTrue(yield* ahead.begin(5, constVoid))
      ahead.clear()
      write()
      assert.deepStrictEqual(
        [...rows].filter(([, attempts]) => attempts !== 0),
        upTo(0, 6).map((number) => [number, 1])
      )
    }))

  it.effect("is nothing where little begins", () =>
    Effect.gen(function*() {
      const { ahead, begin, pass, write } = world()
      const handed: Array<number> = []
      for (const number of upTo(0, 20)) ahead.hand(number, constVoid)
      yield* begin(0)
      pass(1_000)
      ahead.hand(20, () => handed.push(20))
      assert.strictEqual(write(), 0)
      assert.deepStrictEqual(handed, [20], "it is handed out at once")
    }))

  it.effect("is handed out when it is written down", () =>
    Effect.gen(function*() {
      const { ahead, begin, pass, rows, write } = world()
      const handed: Array<number> = []
      for (const number of upTo(0, 5)) yield* begin(number)
      pass(20)
      for (const number of upTo(5, 2)) ahead.hand(number, () => handed.push(number))
      assert.deepStrictEqual(handed, [])
      assert.strictEqual(write(), 2)
      assert.deepStrictEqual(handed, [5, 6])
      ahead.hand(7, () => handed.push(7))
      ahead.clear()
      write()
      assert.deepStrictEqual(handed, [5, 6], "it was taken back before that")
      assert.deepStrictEqual(upTo(5, 3).map((number) => rows.get(number)), [0, 0, 0])
    }))

  it.effect("needs no more to be written when it was stored as such, and is taken back when nobody comes to it", () =>
    Effect.gen(function*() {
      const { ahead, rows, write } = world()
      const handed: Array<number> = []
      for (const number of upTo(1, 2)) {
        rows.set(number, 1)
        ahead.stored(number)
        ahead.hand(number, () => handed.push(number))
      }
      assert.deepStrictEqual(handed, [1, 2])
      assert.isTrue(yield* ahead.begin(1, constVoid))
      assert.strictEqual(write(), 0)
      ahead.clear()
      assert.deepStrictEqual([...rows], [[1, 1], [2, 0]])
    }))
})
