import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import net from "node:net"
import { vi } from "vitest"
import { defaults } from "../../src/stream/StreamTiming.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Robot from "../utils/robot.ts"

/** The options of every socket that is connected in the scope. */
const connects = Effect.acquireRelease(
  Effect.sync(() => vi.spyOn(net, "connect")),
  (spy) => Effect.sync(() => spy.mockRestore())
)

describe("a host that is far away", () => {
  it.scopedLive("has longer than Node's 250 ms for each of its addresses, for WebSocket and HTTP", () =>
    Effect.gen(function*() {
      const spy = yield* connects
      const fake = yield* FakeDingTalk.make()
      yield* Robot.start(fake.config, Robot.echo)
      yield* fake.awaitConnection
      yield* fake.say("hello")
      yield* fake.awaitReplies(1)
      // An upgrade, and at least the reply.
      assert.isAtLeast(spy.mock.calls.length, 2)
      for (const [options] of spy.mock.calls) {
        assert.deepInclude({ ...Object(options) }, { autoSelectFamilyAttemptTimeout: defaults.connectAttemptMs })
      }
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))
})
