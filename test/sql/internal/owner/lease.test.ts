import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Attempts from "../../../../src/sql/internal/attempts.ts"
import { type Holder, isFree, type Lease } from "../../../../src/sql/internal/owner/lease.ts"

const self: Holder = { owner: "me", place: "here", pid: 1, origin: 10 }
const other: Holder = { owner: "you", place: "there", pid: 2, origin: 20 }
const ttlMs = 9_000

const lease = (holder: Holder | undefined, untilIn: number): Lease => ({
  holder,
  beat: 1,
  until: 1_000 + untilIn,
  now: 1_000
})
const free = (holder: Holder | undefined, untilIn: number, unchangedMs: number, isAlive = true) =>
  isFree(lease(holder, untilIn), self, () => isAlive, unchangedMs, { ttlMs })

describe("a lease", () => {
  it("is free when it was given back, or is one's own", () => {
    assert.isTrue(free(undefined, 1_000, 0))
    assert.isTrue(free(self, 1_000, 0))
  })

  it("of another machine is free when it is over, and its holder was seen to be silent", () => {
    assert.isFalse(free(other, 1_000, 0, false))
    assert.isFalse(free(other, -1, 0))
    assert.isTrue(free(other, -1, 3_000))
  })

  it("is free by silence alone, should a clock have been set back", () => {
    assert.isFalse(free(other, 3_600_000, ttlMs - 1))
    assert.isTrue(free(other, 3_600_000, ttlMs))
  })

  it("of this machine is free as soon as its process is gone", () => {
    const neighbour = { ...other, place: "here" }
    assert.isTrue(free(neighbour, 1_000, 0, false))
    assert.isFalse(free(neighbour, 1_000, 0, true))
    // The same process id of an earlier process: in a container it is always 1.
    assert.isTrue(free({ ...neighbour, pid: 1 }, 1_000, 0))
    assert.isFalse(free({ ...neighbour, pid: 1, origin: 10 }, 1_000, 0))
  })

  it("is never taken from who renews it, whatever the clocks say", () =>
    FastCheck.assert(
      FastCheck.property(FastCheck.integer(), FastCheck.nat(ttlMs / 3 - 1), (untilIn, unchangedMs) => {
        assert.isFalse(free(other, untilIn, unchangedMs))
      })
    ))
})

describe("attempts", () => {
  const policy = { maxAttempts: 5, firstMs: 2_000, longestMs: 60_000 }

  it("are made again after growing waits, and then no more", () =>
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5, 6].map((attempts) => Attempts.delayAfter(attempts, policy)),
      [2_000, 8_000, 32_000, 60_000, undefined, undefined]
    ))

  it("waits never shrink, and there are as many as may be", () =>
    FastCheck.assert(
      FastCheck.property(FastCheck.integer({ min: 1, max: 50 }), FastCheck.nat(10_000), (maxAttempts, firstMs) => {
        const delays = Array.from(
          { length: maxAttempts },
          (_, index) => Attempts.delayAfter(index + 1, { maxAttempts, firstMs, longestMs: 300_000 })
        )
        assert.strictEqual(delays.filter((delay) => delay !== undefined).length, maxAttempts - 1)
        const known = delays.flatMap((delay) => delay ?? [])
        assert.deepStrictEqual(known, known.toSorted((a, b) => a - b))
      })
    ))
})
