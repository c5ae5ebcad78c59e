import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Http from "node:http"
import * as Net from "node:net"
import * as WsTransport from "../../src/stream/WsTransport.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import * as Robot from "../utils/robot.ts"

/** Real sockets, and a look at the one that was dialled last. */
const network = () => {
  let socket: Net.Socket | undefined
  const agent = new class extends Http.Agent {
    override createConnection(options: Net.NetConnectOpts) {
      return (socket = Net.connect(options))
    }
  }()
  return {
    /** Bytes that were sent and are not with the system yet. */
    unwritten: () => socket?.writableLength,
    layer: Layer.merge(NodeHttpClient.layerUndici, WsTransport.layer({ agent: () => agent }))
  }
}

describe("on the wire", () => {
  it.scopedLive("the acknowledgements of a read have left before the first handler of it begins", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { layer, unwritten } = network()
      const seen: Array<number | undefined> = []
      const look = Effect.sync(() => seen.push(unwritten()))
      const all = yield* Deferred.make<void>()
      yield* Robot.start(
        { ...fake.config, events: true, drainTimeoutMs: 50 },
        {
          onMessage: ({ text }) =>
            Effect.zipRight(look, text === "two" ? Deferred.succeed(all, undefined) : Effect.void),
          onEvent: () => Effect.zipRight(look, Effect.never)
        },
        layer
      )
      yield* fake.awaitConnection
      // An event in front, which has work done before there is anything to acknowledge.
      yield* fake.event("user_add_org")
      yield* fake.say("one")
      yield* fake.say("two")
      yield* Deferred.await(all)
      assert.deepStrictEqual(seen, [0, 0, 0])
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))
})
