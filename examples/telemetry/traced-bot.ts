import { Otlp } from "@effect/opentelemetry"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

// Spans, metrics and logs to a collector; with an HTTP client of its own, which is none of the robot's business.
const Telemetry = Otlp.layerJson({
  baseUrl: "http://localhost:4318",
  resource: { serviceName: "my-robot" }
}).pipe(Layer.provide(NodeHttpClient.layerUndici))

const Main = DingTalkChannel.layer({
  onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
}).pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer()),
  Layer.provide(Telemetry) // under the robot: whoever is built before it is not traced
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
