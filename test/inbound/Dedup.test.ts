import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Dedup from "../../src/inbound/Dedup.ts"

type Operation =
  | { readonly _tag: "begin"; readonly key: string }
  | { readonly _tag: "succeed"; readonly key: string }
  | { readonly _tag: "fail"; readonly key: string }
  | { readonly _tag: "wait"; readonly ms: number }

/** The contract again, as plainly as possible: what must be known, and what must not. */
const contract = ({ capacity, ttlMs }: { readonly capacity: number; readonly ttlMs: number }) => {
  const inFlight = new Set<string>()
  let done: ReadonlyArray<{ readonly key: string; readonly atMs: number }> = []
  return {
    inFlight,
    expects: (key: string, nowMs: number): ReadonlyArray<Dedup.Knowledge> => {
      if (inFlight.has(key)) return ["inFlight"]
      const index = done.findLastIndex((entry) => entry.key === key)
      const entry = done[index]
      if (entry === undefined) return ["fresh"]
      const later = done.length - 1 - index
      if (later < Math.floor(capacity / 2) && nowMs - entry.atMs < ttlMs) return ["done"]
      return later >= capacity || nowMs - entry.atMs >= 2 * ttlMs ? ["fresh"] : ["fresh", "done"]
    },
    succeed: (key: string, nowMs: number) => {
      if (inFlight.delete(key)) done = [...done, { key, atMs: nowMs }]
    }
  }
}

const key = FastCheck.integer({ min: 0, max: 12 }).map((n) => `msg${n}`)

const operation: FastCheck.Arbitrary<Operation> = FastCheck.oneof(
  { weight: 4, arbitrary: key.map((key): Operation => ({ _tag: "begin", key })) },
  { weight: 4, arbitrary: key.map((key): Operation => ({ _tag: "succeed", key })) },
  { weight: 1, arbitrary: key.map((key): Operation => ({ _tag: "fail", key })) },
  { weight: 1, arbitrary: FastCheck.integer({ min: 0, max: 60 }).map((ms): Operation => ({ _tag: "wait", ms })) }
)

const perform = (dedup: Dedup.Dedup, operation: Operation, nowMs: number): Dedup.Knowledge | undefined => {
  switch (operation._tag) {
    case "begin":
      return dedup.begin(operation.key, nowMs)
    case "succeed":
      dedup.succeed(operation.key, nowMs)
      return undefined
    case "fail":
      dedup.fail(operation.key)
      return undefined
    case "wait":
      return undefined
  }
}

describe("Dedup", () => {
  it("a key is fresh, then in flight, then done", () => {
    const dedup = Dedup.make()
    assert.strictEqual(dedup.begin("a", 0), "fresh")
    assert.strictEqual(dedup.begin("a", 1), "inFlight")
    dedup.succeed("a", 2)
    assert.strictEqual(dedup.begin("a", 3), "done")
    assert.strictEqual(dedup.begin("b", 3), "fresh")
    assert.strictEqual(dedup.size, 2)
  })

  it("a key that failed is handled again", () => {
    const dedup = Dedup.make()
    dedup.begin("a", 0)
    dedup.fail("a")
    assert.strictEqual(dedup.size, 0)
    assert.strictEqual(dedup.begin("a", 1), "fresh")
  })

  it("a done key is known for its time, by default 600 000 ms, and for at most twice as long", () => {
    const dedup = Dedup.make()
    dedup.begin("a", 0)
    dedup.succeed("a", 500_000)
    assert.strictEqual(dedup.begin("a", 1_099_999), "done")
    assert.strictEqual(dedup.begin("a", 1_700_000), "fresh")
  })

  it("being asked about again does not lengthen that time", () => {
    const dedup = Dedup.make({ ttlMs: 10 })
    dedup.begin("a", 0)
    dedup.succeed("a", 0)
    for (let nowMs = 1; nowMs < 10; nowMs++) assert.strictEqual(dedup.begin("a", nowMs), "done")
    assert.strictEqual(dedup.begin("a", 20), "fresh")
  })

  it("the oldest done keys give way: by default no more than 10 000 are known, and the last 5 000 for certain", () => {
    const dedup = Dedup.make()
    let most = 0
    for (let n = 0; n < 100_001; n++) {
      dedup.begin(`msg${n}`, 0)
      dedup.succeed(`msg${n}`, 0)
      most = Math.max(most, dedup.size)
    }
    assert.strictEqual(most, 10_000)
    assert.strictEqual(dedup.begin("msg95001", 0), "done")
    assert.strictEqual(dedup.begin("msg90000", 0), "fresh")
  })

  it("what is in flight neither gives way nor expires", () => {
    const dedup = Dedup.make({ capacity: 2, ttlMs: 10 })
    for (const key of ["a", "b", "c"]) assert.strictEqual(dedup.begin(key, 0), "fresh")
    assert.strictEqual(dedup.size, 3)
    for (const key of ["a", "b", "c"]) assert.strictEqual(dedup.begin(key, 1_000), "inFlight")
    dedup.succeed("a", 1_000)
    assert.strictEqual(dedup.begin("b", 1_000), "inFlight")
  })

  it("a clock that runs backwards stands still", () => {
    const dedup = Dedup.make({ ttlMs: 10 })
    dedup.begin("a", 1_000)
    dedup.succeed("a", 1_000)
    dedup.begin("b", 0)
    dedup.succeed("b", 0)
    assert.strictEqual(dedup.begin("b", 1_009), "done")
    assert.strictEqual(dedup.begin("b", 1_020), "fresh")
  })

  it("only what is in flight can succeed or fail", () => {
    const dedup = Dedup.make()
    dedup.succeed("a", 0)
    assert.strictEqual(dedup.begin("a", 1), "fresh")
    dedup.succeed("a", 2)
    dedup.fail("a")
    assert.strictEqual(dedup.begin("a", 3), "done")
  })

  it.prop(
    "does what its contract says, in every order of operations",
    [
      FastCheck.array(operation, { maxLength: 600, size: "max" }),
      FastCheck.integer({ min: 2, max: 9 }),
      FastCheck.integer({ min: 1, max: 100 })
    ],
    ([operations, capacity, ttlMs]) => {
      const dedup = Dedup.make({ capacity, ttlMs })
      const model = contract({ capacity, ttlMs })
      let nowMs = 0
      for (const operation of operations) {
        if (operation._tag === "wait") nowMs += operation.ms
        const expected = operation._tag === "begin" ? model.expects(operation.key, nowMs) : [undefined]
        const knowledge = perform(dedup, operation, nowMs)
        assert.include(expected, knowledge)
        if (knowledge === "fresh" && operation._tag === "begin") model.inFlight.add(operation.key)
        if (operation._tag === "succeed") model.succeed(operation.key, nowMs)
        if (operation._tag === "fail") model.inFlight.delete(operation.key)
        assert.isAtMost(dedup.size, capacity + model.inFlight.size)
      }
    },
    { fastCheck: { numRuns: 200 } }
  )

  it.prop(
    "stays within its bound, and takes nothing for fresh that is in flight, even if the clock runs wild",
    [FastCheck.array(FastCheck.tuple(operation, FastCheck.integer({ min: -1_000, max: 1_000 })), {
      maxLength: 300,
      size: "max"
    })],
    ([steps]) => {
      const dedup = Dedup.make({ capacity: 5, ttlMs: 50 })
      const inFlight = new Set<string>()
      for (const [operation, nowMs] of steps) {
        const knowledge = perform(dedup, operation, nowMs)
        if (operation._tag === "begin") {
          assert.strictEqual(knowledge === "inFlight", inFlight.has(operation.key))
          if (knowledge === "fresh") inFlight.add(operation.key)
        } else if (operation._tag !== "wait") inFlight.delete(operation.key)
        assert.isAtMost(dedup.size, 5 + inFlight.size)
      }
    }
  )
})
