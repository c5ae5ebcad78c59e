import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import { subscriptions } from "../../src/inbound/subscriptions.ts"

describe("subscriptions", () => {
  it("subscribes what has a handler, and EVENT only when the settings ask for it", () => {
    const all: Handlers = {
      onMessage: () => Effect.void,
      onEvent: () => Effect.void,
      onCardAction: () => Effect.void,
      onGraphCall: () => Effect.succeed({ body: "" })
    }
    const topics = (handlers: Handlers, events: boolean) =>
      subscriptions({ events }, handlers).map(({ topic, type }) => `${type} ${topic}`)
    assert.deepStrictEqual(topics({ onMessage: () => Effect.void }, true), ["CALLBACK /v1.0/im/bot/messages/get"])
    assert.deepStrictEqual(topics(all, false), [
      "CALLBACK /v1.0/im/bot/messages/get",
      "CALLBACK /v1.0/card/instances/callback",
      "CALLBACK /v1.0/graph/api/invoke"
    ])
    assert.include(topics(all, true), "EVENT *")
  })
})
