/** `DingTalkSender.send`, with the rate limit out of the way. The token is fetched once, by the first call. */
import { DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { account, recipient, run } from "./caller.ts"

const noLimit = 1_000_000

run(({ apiUrl, text }) => {
  const runtime = ManagedRuntime.make(
    DingTalkSender.layer.pipe(
      Layer.provide(
        DingTalkConfig.layerUnknown({ ...account, apiBaseUrl: apiUrl, rateLimit: noLimit, rateBurst: noLimit })
      ),
      Layer.provide(NodeDingTalk.layer())
    )
  )
  const send = DingTalkSender.send({ to: `user:${recipient}`, text })
  return (count, concurrency) =>
    runtime.runPromise(
      Effect.forEach(
        Array.from({ length: concurrency }),
        () => Effect.repeatN(send, Math.ceil(count / concurrency) - 1),
        { concurrency: "unbounded", discard: true }
      )
    )
})
