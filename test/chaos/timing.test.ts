import { assert, describe, it } from "@effect/vitest"
import { hour, kinds } from "../../chaos/faults/script.ts"
import { scaled, waitAfter } from "../../chaos/faults/timing.ts"
import { defaults } from "../../src/stream/StreamTiming.ts"

describe("an hour in a minute", () => {
  it("the client's times are divided, down to what sockets need", () => {
    assert.deepStrictEqual(scaled(1), defaults)
    assert.deepInclude(scaled(60), { backoffMs: [34, 84, 167, 500, 1_000], healthyMs: 500, pingIntervalMs: 334 })
    assert.deepInclude(scaled(10_000), { openTimeoutMs: 400, pingIntervalMs: 100 })
  })

  it("the wait behind an outage is that of the try that its end falls into", () => {
    assert.strictEqual(waitAfter(0, defaults, false), 2_400)
    assert.strictEqual(waitAfter(3_000, defaults, false), 6_000)
    assert.strictEqual(waitAfter(10_000, defaults, false), 12_000)
    assert.strictEqual(waitAfter(3_600_000, defaults, false), 72_000)
    assert.strictEqual(waitAfter(0, defaults, true), 12_400)
  })

  it("an hour has every kind of fault, in order, the same for the same seed", () => {
    const script = hour(3)
    assert.sameMembers([...new Set(script.map(({ kind }) => kind))], [...kinds])
    const times = script.map(({ atSeconds }) => atSeconds)
    assert.deepStrictEqual(times, times.toSorted((a, b) => a - b))
    assert.isBelow(times.at(-1) ?? 0, 3_600)
    assert.deepStrictEqual(hour(3), script)
    assert.notDeepEqual(hour(4), script)
  })
})
