/** A robot on real sockets, talking to a fake DingTalk: tests of tier 2. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import type { Transport } from "../../src/stream/Transport.ts"

/** Starts a robot in the test's scope and gives its channel; jitter is fixed. */
export const start = <R = never>(
  config: unknown,
  handlers: Handlers<R | DingTalkSender.DingTalkSender>,
  network: Layer.Layer<HttpClient.HttpClient | Transport> = NodeDingTalk.layer()
) =>
  Effect.gen(function*() {
    const context = yield* Layer.build(
      DingTalkChannel.layer(handlers).pipe(
        Layer.provideMerge(DingTalkSender.layer),
        Layer.provide(DingTalkConfig.layerUnknown(config)),
        Layer.provide(network)
      )
    ).pipe(Effect.withRandom(Random.fixed([0.5])))
    return {
      channel: Context.get(context, DingTalkChannel.DingTalkChannel),
      sender: Context.get(context, DingTalkSender.DingTalkSender)
    }
  })

export const echo: Handlers<DingTalkSender.DingTalkSender> = {
  onMessage: (message) => DingTalkSender.reply(message, `echo ${message.text}`)
}
