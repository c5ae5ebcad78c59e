import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Fake from "../../outbound/api/utils/fakeApi.ts"
import * as FakeWire from "../../utils/FakeWire.ts"
import { settings } from "../../utils/settings.ts"
import { settle } from "../../utils/settle.ts"
import { channel } from "../../utils/world.ts"

/** The names of the spans that a handler of messages runs in. */
const spanOfHandler = Effect.gen(function*() {
  const wire = FakeWire.make()
  const found: Array<string | undefined> = []
  const handled = Effect.map(Effect.option(Effect.currentSpan), (span) => {
    found.push(Option.getOrUndefined(Option.map(span, ({ name }) => name)))
  })
  yield* channel(wire, { onMessage: () => handled }, settings({ id: "tracing", drainTimeoutMs: 0 }))
  wire.connections[0]?.deliver(FakeWire.messageFrame({ msgId: "m1", text: "hi" }))
  yield* settle
  return found
})

describe("a handler", () => {
  it.scoped("runs in no span where nobody looks at them", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* spanOfHandler, [undefined])
    }))

  it.scoped("runs in a span of somebody's tracer", () =>
    Effect.gen(function*() {
      const { tracer } = Fake.recordingTracer()
      assert.deepStrictEqual(yield* Effect.withTracer(spanOfHandler, tracer), ["dingtalk.message.handle"])
    }))
})
