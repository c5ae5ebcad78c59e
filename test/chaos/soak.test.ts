import { assert, describe, it } from "@effect/vitest"
import * as Samples from "../../chaos/soak/samples.ts"
import { type Sample, verdict } from "../../chaos/soak/verdict.ts"
import { blocks, line, median, quantile } from "../../chaos/support/measures/statistics.ts"
import * as Random from "../../chaos/support/random.ts"

const samples = (of: (i: number, noise: number) => Partial<Sample>): ReadonlyArray<Sample> => {
  const random = Random.make(5)
  return Array.from({ length: 240 }, (_, i) => ({
    at: i * 5,
    heapBytes: 40e6 + 2e6 * random.next(),
    fibers: 10 + random.below(10),
    handles: new Map([["TCPSocketWrap", 3 + random.below(3)]]),
    ...of(i, random.next())
  }))
}

describe("whether something grows", () => {
  it("noise alone does not", () => {
    assert.deepStrictEqual(verdict(samples(() => ({}))).missed, [])
  })

  it("a leak of 20 KB a minute under noise of 2 MB over 20 minutes is within the margin, one of 400 KB is found", () => {
    const leaking = (perMinute: number) =>
      verdict(samples((i, noise) => ({ heapBytes: 40e6 + 2e6 * noise + (perMinute * i * 5) / 60 })))
    assert.deepStrictEqual(leaking(20_000).missed, [])
    assert.lengthOf(leaking(400_000).missed, 1)
    const { margin, slope } = leaking(400_000).heap
    assert.isBelow(Math.abs(slope - 400_000), margin * 1.5)
  })

  it("sockets, timers and fibers that pile up are found", () => {
    assert.lengthOf(verdict(samples((i) => ({ fibers: 10 + Math.floor(i / 20) }))).missed, 1)
    const piling = samples((i) => ({ handles: new Map([["TCPSocketWrap", 3 + Math.floor(i / 30)]]) }))
    assert.lengthOf(verdict(piling).missed, 1)
    assert.lengthOf(verdict(samples((i) => ({ handles: new Map(i < 200 ? [] : [["Timeout", 9]]) }))).missed, 1)
  })
})

describe("samples", () => {
  it("are read as they were written, as many as there is room for", () => {
    const written = samples((i) => ({ fibers: i, handles: new Map([["Timeout", i], ["定时器", 1]]) }))
    const room = Samples.make(100)
    for (const sample of written) room.add(sample)
    assert.strictEqual(room.count(), 100)
    assert.deepStrictEqual(room.all(), written.slice(0, 100))
  })
})

describe("statistics", () => {
  it("a line through points on a line, sure of itself", () => {
    const { margin, slope } = line([[0, 1], [1, 3], [2, 5], [3, 7]])
    assert.closeTo(slope, 2, 1e-9)
    assert.closeTo(margin, 0, 1e-9)
  })

  it("two points make no trend", () => {
    assert.strictEqual(line([[0, 0], [1, 100]]).margin, Number.POSITIVE_INFINITY)
  })

  it("blocks hold the medians of stretches; quantiles are of what is there", () => {
    assert.deepStrictEqual(blocks([[0, 5], [1, 1], [2, 3], [3, 8], [4, 8], [5, 0]], 2), [[1, 3], [4, 8]])
    assert.strictEqual(median([3, 1, 2]), 2)
    assert.strictEqual(quantile([1, 2, 3, 4], 0.99), 4)
    assert.strictEqual(quantile([], 0.5), 0)
  })
})
