import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "../../../src/index.ts"
import { NodeDingTalk } from "../../../src/node/index.ts"
import { FakeDingTalk } from "../../../src/testing/index.ts"

const start = <R>(fake: FakeDingTalk.Fake, onMessage: Parameters<typeof DingTalkChannel.make<R>>[0]["onMessage"]) =>
  Layer.build(
    DingTalkChannel.layer({ onMessage }).pipe(
      Layer.provideMerge(DingTalkSender.layer),
      Layer.provide(DingTalkConfig.layerUnknown(fake.config)),
      Layer.provide(NodeDingTalk.layer())
    )
  )

describe("under a TestClock that nobody moves", () => {
  it.scoped("a robot with the fake's config runs into no limit of its own", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* start(fake, (message) => DingTalkSender.reply(message, message.text))
      yield* fake.awaitConnection
      for (let n = 0; n < 100; n++) yield* fake.say(`${n}`)
      assert.strictEqual((yield* fake.awaitReplies(100)).length, 100)
    }))
  it.scoped("and what still waits for the clock does not hold up the end", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* start(fake, () => Effect.sleep("1 hour"))
      yield* fake.awaitConnection
      yield* fake.say("hi")
      yield* fake.awaitAllAcked
    }))
})
