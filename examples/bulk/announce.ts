import { FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Schema, Stream } from "effect"
import { DingTalkBulk, DingTalkConfig, DingTalkSender, RobotMessage } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const readOutcome = Schema.decode(Schema.parseJson(DingTalkBulk.UserOutcome))

// Sends to everybody in people.txt. Started again, it goes on with those who have not got it.
const announce = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const linesOf = (path: string) =>
    Effect.map(files.readFileString(path), (text) => text.split(/\r?\n/).filter((line) => line !== ""))
  const earlier = (yield* files.exists("outcomes.jsonl")) ? yield* linesOf("outcomes.jsonl") : []

  yield* DingTalkBulk.sendToMany({
    userIds: yield* linesOf("people.txt"),
    message: RobotMessage.Markdown({ text: "### 全员大会\n下午三点，一号会议室" }),
    resume: yield* Effect.forEach(earlier, (line) => readOutcome(line))
  }).pipe(
    Stream.tap(({ outcomes }) => {
      const lines = outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`)
      return files.writeFileString("outcomes.jsonl", lines.join(""), { flag: "a" })
    }),
    Stream.runForEach(({ counts }) => Effect.log(`${counts.sent} of ${counts.total} sent`))
  )
})

const Main = DingTalkSender.layer.pipe(
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer()),
  Layer.merge(NodeContext.layer)
)

announce.pipe(Effect.provide(Main), NodeRuntime.runMain)
