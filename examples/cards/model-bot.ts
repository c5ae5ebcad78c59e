import { HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer, Schema, Stream } from "effect"
import { DingTalkCards, DingTalkChannel, DingTalkConfig, DingTalkReactions, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

// A line of the answer: {"choices":[{"delta":{"content":"你"}}]}
const Delta = Schema.Struct({ content: Schema.optional(Schema.NullOr(Schema.String)) })
const Line = Schema.parseJson(Schema.Struct({ choices: Schema.Array(Schema.Struct({ delta: Delta })) }))

// Any model with an OpenAI-compatible API. MODEL_URL is, for example, https://api.deepseek.com/chat/completions
const answer = (question: string) =>
  Stream.unwrap(Effect.gen(function*() {
    const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
    const request = HttpClientRequest.post(yield* Config.string("MODEL_URL")).pipe(
      HttpClientRequest.bearerToken(yield* Config.redacted("MODEL_KEY")),
      HttpClientRequest.bodyUnsafeJson({
        model: yield* Config.string("MODEL_NAME"),
        stream: true,
        messages: [{ role: "user", content: question }]
      })
    )
    return HttpClientResponse.stream(client.execute(request)).pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter((line) => line.startsWith("data: {")),
      Stream.mapEffect((line) => Schema.decode(Line)(line.slice("data: ".length))),
      Stream.map(({ choices }) => choices[0]?.delta.content ?? "")
    )
  }))

const Bot = DingTalkChannel.layer({
  onMessage: DingTalkReactions.withThinking((message) => DingTalkCards.streamReply(message, answer(message.text)))
})

const Main = Bot.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer())
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
