import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Burst from "../../../src/inbound/internal/burst.ts"

const bounds: Burst.Bounds = { quietMs: 100, most: 3, longestMs: 250 }

interface Item {
  readonly speaker: string
  readonly number: number
}

const said = FastCheck.array(
  FastCheck.record({
    speaker: FastCheck.constantFrom("a", "b", "c"),
    afterMs: FastCheck.integer({ min: 0, max: 120 })
  }),
  { maxLength: 40 }
)

/** Plays what is said; gives the bursts with the time at which each of them was over. */
const play = (story: ReadonlyArray<{ readonly speaker: string; readonly afterMs: number }>) => {
  const over: Array<{ readonly items: ReadonlyArray<Item & { readonly at: number }>; readonly at: number }> = []
  let bursts: Burst.Bursts<Item & { readonly at: number }> = new Map()
  let now = 0
  const goOn = (until: number) => {
    for (let due = Burst.nextDue(bursts); due !== undefined && due <= until; due = Burst.nextDue(bursts)) {
      const [items, rest] = Burst.takeDue(bursts, due)
      bursts = rest
      for (const burst of items) over.push({ items: burst, at: due })
    }
  }
  for (const [number, { afterMs, speaker }] of story.entries()) {
    goOn(now + afterMs)
    now += afterMs
    const [full, rest] = Burst.add(bursts, speaker, { speaker, number, at: now }, now, bounds)
    bursts = rest
    for (const items of full) over.push({ items, at: now })
  }
  goOn(Number.POSITIVE_INFINITY)
  return over
}

describe("bursts", () => {
  it("lose nothing, mix nobody, keep the order, and are bounded in number and in time", () => {
    FastCheck.assert(FastCheck.property(said, (story) => {
      const over = play(story)
      const numbers = over.flatMap(({ items }) => items.map(({ number }) => number))
      assert.deepStrictEqual(numbers.toSorted((a, b) => a - b), story.map((_, index) => index))
      for (const { at, items } of over) {
        assert.strictEqual(new Set(items.map(({ speaker }) => speaker)).size, 1)
        assert.deepStrictEqual(items, items.toSorted((a, b) => a.number - b.number))
        assert.isAtMost(items.length, bounds.most)
        assert.isAtMost(at - (items[0]?.at ?? 0), bounds.longestMs)
      }
    }))
  })

  it("go on for as long as somebody goes on", () => {
    const items = (story: Parameters<typeof play>[0]) => play(story).map(({ items }) => items.length)
    assert.deepStrictEqual(items([{ speaker: "a", afterMs: 0 }, { speaker: "a", afterMs: 99 }]), [2])
    assert.deepStrictEqual(items([{ speaker: "a", afterMs: 0 }, { speaker: "a", afterMs: 101 }]), [1, 1])
    assert.deepStrictEqual(items([{ speaker: "a", afterMs: 0 }, { speaker: "b", afterMs: 10 }]), [1, 1])
  })
})
