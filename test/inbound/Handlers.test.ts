import type * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { DingTalkConfig } from "../../src/config/Settings.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkEvent from "../../src/inbound/call/DingTalkEvent.ts"
import type { Transport } from "../../src/stream/Transport.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { channel } from "../utils/world.ts"

class A extends Context.Tag("test/A")<A, "a">() {}
class B extends Context.Tag("test/B")<B, "b">() {}

type Own = DingTalkConfig | Transport | HttpClient.HttpClient

describe("the types of handlers", () => {
  it("what all handlers need is asked for, and each one's scope is not", () => {
    const bot = DingTalkChannel.layer({
      onMessage: (message) => Effect.as(Effect.zipRight(A, Effect.addFinalizer(() => Effect.void)), message.text),
      onEvent: (event) => Effect.as(B, event.eventId),
      onCardAction: () => Effect.void
    })
    expectTypeOf(bot).toEqualTypeOf<Layer.Layer<DingTalkChannel.DingTalkChannel, never, A | B | Own>>()
    const made = DingTalkChannel.make({ onMessage: () => A, onEvent: () => B })
    expectTypeOf<Effect.Effect.Context<typeof made>>().toEqualTypeOf<A | B | Own | Scope.Scope>()
    const streamed = DingTalkChannel.layerStream({ onEvent: () => A, onDropped: () => B })
    expectTypeOf<Layer.Layer.Context<typeof streamed>>().toEqualTypeOf<A | B | Own>()
    const plain = DingTalkChannel.layer({ onMessage: () => Effect.void })
    expectTypeOf<Layer.Layer.Context<typeof plain>>().toEqualTypeOf<Own>()
    const around = DingTalkChannel.layer({ onMessages: () => A, onStale: () => B, onGated: () => Effect.void })
    expectTypeOf<Layer.Layer.Context<typeof around>>().toEqualTypeOf<A | B | Own>()
    const both = DingTalkChannel.layer({ onMessage: () => A, onMessages: () => B })
    expectTypeOf<Layer.Layer.Context<typeof both>>().toEqualTypeOf<A | B | Own>()
    const matching = DingTalkChannel.layer({
      onEvent: (event) =>
        DingTalkEvent.match(event, {
          user_add_org: () => Effect.as(A, 1),
          chat_disband: () => Effect.as(B, "b"),
          orElse: () => Effect.void
        })
    })
    expectTypeOf<Layer.Layer.Context<typeof matching>>().toEqualTypeOf<A | B | Own>()
    const ofItself = DingTalkChannel.layer({ onMessage: DingTalkChannel.interrupt })
    expectTypeOf<Layer.Layer.Context<typeof ofItself>>().toEqualTypeOf<Own>()
    // @ts-expect-error nothing is meant
    const none = DingTalkChannel.interrupt({ accountId: "default" })
    expectTypeOf(none).toEqualTypeOf<Effect.Effect<number, never, DingTalkChannel.DingTalkChannel>>()
    // @ts-expect-error a handler that is none
    DingTalkChannel.layer({ onMesage: () => Effect.void })
    // @ts-expect-error an answer that no card understands
    DingTalkChannel.layer({ onCardAction: () => Effect.succeed({ cardData: 1 }) })
  })
})

describe("the scope of a delivery", () => {
  it.scoped("is closed when the handler ends, however it ends, and not before", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const wire = FakeWire.make()
      yield* channel(wire, {
        onMessage: ({ text }) =>
          Effect.gen(function*() {
            yield* Effect.acquireRelease(
              Effect.sync(() => log.push(`${text} acquires`)),
              () => Effect.sync(() => log.push(`${text} releases`))
            )
            yield* Effect.forkScoped(Effect.onInterrupt(Effect.never, () => Effect.sync(() => log.push("interrupted"))))
            yield* Effect.yieldNow()
            log.push(`${text} ends`)
            if (text === "bad") yield* Effect.fail("no")
          })
      }, settings({ id: "scopes", drainTimeoutMs: 0, dispatchWorkers: 1 }))
      wire.connections[0]?.deliver(FakeWire.messageFrame({ msgId: "1", text: "good" }))
      wire.connections[0]?.deliver(FakeWire.messageFrame({ msgId: "2", text: "bad" }))
      yield* settle
      assert.deepStrictEqual(log, [
        "good acquires",
        "good ends",
        "interrupted",
        "good releases",
        "bad acquires",
        "bad ends",
        "interrupted",
        "bad releases"
      ])
    }))
})
