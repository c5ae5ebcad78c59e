import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { annotateSpan, withSpan } from "../../src/internal/tracing.ts"
import { recordingTracer } from "../outbound/api/utils/fakeApi.ts"

const nameOfSpan = Effect.map(Effect.option(Effect.currentSpan), Option.map(({ name }) => name))

const program = Effect.succeed("done").pipe(
  Effect.zipRight(nameOfSpan),
  annotateSpan(() => ({ account: "a" })),
  withSpan("Module.operation")
)

describe("tracing", () => {
  it.effect("with a tracer there are a span and its attributes", () =>
    Effect.gen(function*() {
      const { spans, tracer } = recordingTracer()
      assert.deepStrictEqual(yield* Effect.withTracer(program, tracer), Option.some("Module.operation"))
      assert.deepStrictEqual(spans.map(({ attributes, name }) => [name, [...attributes]]), [
        ["Module.operation", [["account", "a"]]]
      ])
    }))

  it.effect("without one there are none, and a span of somebody else's gets no attribute", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* program, Option.none())
      const outer = yield* Effect.withSpan(Effect.zipRight(program, Effect.currentSpan), "outer")
      assert.strictEqual(outer.name, "outer")
      assert.isFalse(outer.attributes.has("account"))
    }))
})
