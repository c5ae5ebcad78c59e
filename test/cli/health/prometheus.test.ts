import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as Prometheus from "../../../src/cli/health/prometheus.ts"

const text = (prefix: string) => Effect.map(Metric.snapshot, (snapshot) => Prometheus.render(snapshot, prefix))

describe("prometheus", () => {
  it.effect("counters and gauges, by family, with sorted series", () =>
    Effect.gen(function*() {
      const counter = Metric.counter("prom_a_things_total", { description: "Things\nwith a \\", incremental: true })
      yield* Metric.increment(Metric.tagged(counter, "account", "b"))
      yield* Metric.incrementBy(Metric.tagged(counter, "account", "a"), 41)
      yield* Metric.set(Metric.gauge("prom_a_level"), -1.5)
      yield* Metric.increment(Metric.counter("other_total"))
      assert.strictEqual(
        yield* text("prom_a_"),
        `# TYPE prom_a_level gauge
prom_a_level -1.5
# HELP prom_a_things_total Things\\nwith a \\\\
# TYPE prom_a_things_total counter
prom_a_things_total{account="a"} 41
prom_a_things_total{account="b"} 1
`
      )
    }))

  it.effect("histograms are cumulative and end at +Inf", () =>
    Effect.gen(function*() {
      const seconds = Metric.histogram("prom_b_seconds", MetricBoundaries.fromIterable([0.5, 1, 10]))
      const tagged = Metric.tagged(seconds, "account", "x")
      for (const value of [0.5, 0.75, 7, 99]) yield* Metric.update(tagged, value)
      assert.strictEqual(
        yield* text("prom_b_"),
        `# TYPE prom_b_seconds histogram
prom_b_seconds_bucket{account="x",le="0.5"} 1
prom_b_seconds_bucket{account="x",le="1"} 2
prom_b_seconds_bucket{account="x",le="10"} 3
prom_b_seconds_bucket{account="x",le="+Inf"} 4
prom_b_seconds_sum{account="x"} 107.25
prom_b_seconds_count{account="x"} 4
`
      )
    }))

  it.effect("a label can be read back, whatever is in it", () =>
    Effect.gen(function*() {
      const counter = Metric.counter("prom_c_total")
      const values = FastCheck.sample(
        FastCheck.string({ unit: FastCheck.constantFrom("\\", "\"", "\n", "a", "n") }),
        40
      )
      for (const value of values) yield* Metric.increment(Metric.tagged(counter, "label", value))
      const rendered = yield* text("prom_c_")
      const series = rendered.split("\n").filter((line) => line.startsWith("prom_c_total"))
      const read = series.map((line) => /^prom_c_total\{label="((?:[^"\\\n]|\\["\\n])*)"\} \d+$/.exec(line)?.[1])
      const unescaped = read.map((label) => label?.replace(/\\(.)/g, (_, c: string) => c === "n" ? "\n" : c))
      assert.sameMembers(unescaped, [...new Set(values)])
    }))

  it("nothing renders as nothing", () => {
    assert.strictEqual(Prometheus.render([], ""), "")
  })
})
