import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { order } from "../../bench/harness/interleave.ts"
import { chart } from "../../bench/report/chart.ts"
import { replaceBetweenMarks } from "../../bench/report/markdown.ts"
import { selfTimes } from "../../bench/report/profile.ts"
import { type Bar, judge, samplesOf, type ScenarioResult } from "../../bench/report/result.ts"
import { median, quantile, ratios, summary } from "../../bench/report/statistics.ts"
import { align, barLine, cell, conclusion, render } from "../../bench/report/table.ts"

const bar = (samples: ReadonlyArray<number>, rest: Partial<Bar> = {}): Bar => ({
  title: "it",
  samples,
  limit: 1,
  unit: "×",
  digits: 2,
  ...rest
})

const result: ScenarioResult = {
  name: "throughput",
  title: "Throughput",
  columns: [{ title: "CPU µs/message", digits: 1 }, { title: "messages/s", digits: 0 }],
  lines: [
    { client: "official SDK", cells: [[11, 12, 13], [80_000, 80_000]] },
    { client: "effect-dingtalk", cells: [[9], []] }
  ],
  bars: [bar([0.75]), bar([1.2, 1.3])],
  notes: ["a note"]
}

const samples = FastCheck.array(FastCheck.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 })

describe("statistics", () => {
  it("the median of an even number of samples lies between the middle two", () => {
    assert.strictEqual(median([4, 1, 3, 2]), 2.5)
    assert.strictEqual(median([7]), 7)
    assert.isNaN(median([]))
  })

  it("quantiles interpolate", () => {
    assert.strictEqual(quantile([10, 20, 30, 40, 50], 0.25), 20)
    assert.strictEqual(quantile([10, 20], 0.1), 11)
  })

  it("a summary is in order and within the samples, whatever their order", () => {
    FastCheck.assert(FastCheck.property(samples, (values) => {
      const { high, low, median } = summary(values)
      assert.isAtLeast(low, Math.min(...values))
      assert.isAtMost(low, median)
      assert.isAtMost(median, high)
      assert.isAtMost(high, Math.max(...values))
      assert.deepStrictEqual(summary(values.toReversed()), { high, low, median })
    }))
  })

  it("ratios pair the samples of a round and leave out what has no partner", () => {
    assert.deepStrictEqual(ratios([2, 9, 5], [1, 3]), [2, 3])
    assert.deepStrictEqual(ratios([2], [0]), [])
  })
})

describe("interleave", () => {
  it("goes there and back again", () => {
    assert.deepStrictEqual(order(["a", "b", "c"], 3), [["a", "b", "c"], ["c", "b", "a"], ["a", "b", "c"]])
  })
})

describe("judge", () => {
  it("the bar itself is still a pass, anything above is short", () => {
    assert.strictEqual(judge(bar([1])).outcome, "pass")
    assert.strictEqual(judge(bar([1.000_1])).outcome, "short")
  })

  it("judges the median, and says when the spread leaves it open", () => {
    const verdict = judge(bar([0.5, 0.9, 1.4]))
    assert.strictEqual(verdict.outcome, "pass")
    assert.isTrue(verdict.close)
    assert.isFalse(judge(bar([0.5, 0.6, 0.7])).close)
  })

  it("nothing measured is nothing reached", () => {
    assert.strictEqual(judge(bar([])).outcome, "short")
  })

  it("a goal is apart from the bar", () => {
    assert.strictEqual(judge(bar([0.9], { goal: 0.8 })).goalMet, false)
    assert.strictEqual(judge(bar([0.8], { goal: 0.8 })).goalMet, true)
    assert.strictEqual(judge(bar([0.8])).goalMet, undefined)
  })
})

describe("table", () => {
  it("a cell has the spread only where there is one", () => {
    assert.strictEqual(cell([12_345.67], 1), "12,345.7")
    assert.strictEqual(cell([1, 1, 1], 2), "1.00")
    assert.strictEqual(cell([1, 2, 3], 1), "2.0 (1.5–2.5)")
    assert.strictEqual(cell([], 1), "–")
  })

  it("aligns names to the left and numbers to the right", () => {
    assert.deepStrictEqual(align([["", "ms"], ["client", "1"], ["me", "1,000"]]), [
      "           ms",
      "client      1",
      "me      1,000"
    ])
  })

  it("a bar says what was measured, what was asked, and the verdict", () => {
    assert.strictEqual(
      barLine(bar([0.75], { goal: 0.8 })),
      "pass   it: 0.75×, bar 1.00×, goal 0.80× met"
    )
    assert.strictEqual(barLine(bar([])), "short  it: not measured, bar 1.00×")
    assert.include(barLine(bar([0.5, 0.9, 1.4])), "(close: within the spread)")
  })

  it("renders lines, bars and notes", () => {
    assert.strictEqual(
      render(result),
      [
        "Throughput",
        "                     CPU µs/message  messages/s",
        "  official SDK     12.0 (11.5–12.5)      80,000",
        "  effect-dingtalk               9.0           –",
        "  pass   it: 0.75×, bar 1.00×",
        "  short  it: 1.25 (1.23–1.28)×, bar 1.00×",
        "  · a note"
      ].join("\n")
    )
  })

  it("concludes with the bars that were not reached", () => {
    assert.strictEqual(
      conclusion([result]),
      "1 of 2 bars passed; short:\n  short  it: 1.25 (1.23–1.28)×, bar 1.00×"
    )
    assert.strictEqual(conclusion([{ ...result, bars: [bar([1])] }]), "1 of 1 bars passed.")
  })
})

describe("samplesOf", () => {
  it("finds a cell by its client and its column", () => {
    assert.deepStrictEqual(samplesOf(result, "official SDK", "messages/s"), [80_000, 80_000])
    assert.deepStrictEqual(samplesOf(result, "nobody", "messages/s"), [])
    assert.deepStrictEqual(samplesOf(result, "official SDK", "nothing"), [])
  })
})

describe("chart", () => {
  const barsOf = (svg: string) => [...svg.matchAll(/<rect class="(\w+)".* width="([\d.]+)"/g)]

  it("draws a bar for each client that was measured, as long as its number", () => {
    const bars = barsOf(chart([result]))
    assert.deepStrictEqual(bars.map(([, kind]) => kind), ["other", "ours"])
    const [sdk, own] = bars.map(([, , width]) => Number(width))
    assert.closeTo((own ?? 0) / (sdk ?? 1), 9 / 12, 0.01)
  })

  it("leaves out what was not measured", () => {
    assert.deepStrictEqual(barsOf(chart([])), [])
  })
})

describe("markdown", () => {
  it("replaces what is between the marks, again and again, and nothing else", () => {
    const page = "before\n<!-- results -->\nold\n<!-- /results -->\nafter"
    const expected = "before\n<!-- results -->\n\n```text\nnew\n```\n\n<!-- /results -->\nafter"
    assert.strictEqual(replaceBetweenMarks(page, "new"), expected)
    assert.strictEqual(replaceBetweenMarks(expected, "new"), expected)
  })

  it("leaves a page without marks alone", () => {
    assert.strictEqual(replaceBetweenMarks("a page", "new"), "a page")
  })
})

describe("selfTimes", () => {
  const node = (id: number, functionName: string, url = "") => ({
    id,
    callFrame: { functionName, url, lineNumber: 9 }
  })

  it("shares the busy time out among functions, and leaves waiting out", () => {
    const times = selfTimes({
      nodes: [
        node(1, "(idle)"),
        node(2, "decode", "file:///home/me/node_modules/effect/dist/esm/Schema.js"),
        node(3, "offer", "file:///home/me/effect-dingtalk/dist/inbound/queue/Dispatch.js"),
        node(4, "offer", "file:///home/me/effect-dingtalk/dist/inbound/queue/Dispatch.js")
      ],
      samples: [1, 2, 3, 4],
      timeDeltas: [100, 20, 15, 15]
    })
    assert.deepStrictEqual(times, [
      { name: "offer  src/inbound/queue/Dispatch.js:10", percent: 60 },
      { name: "decode  effect/Schema.js:10", percent: 40 }
    ])
  })
})
