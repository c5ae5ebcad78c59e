import { Config, Effect } from "effect"
import { DingTalkWebhook, RobotMessage } from "effect-dingtalk"

// The webhook of a custom robot: no application, no token. Needs an HttpClient, and a Scope as long as it is used.
export const alarm = (text: string) =>
  Effect.gen(function*() {
    const alerts = yield* DingTalkWebhook.make({
      name: "alerts",
      url: yield* Config.redacted("ALERTS_URL"),
      secret: yield* Config.redacted("ALERTS_SECRET") // undefined where its settings ask for no signature
    })
    yield* alerts.send(RobotMessage.Text({ content: text }), { at: { mobiles: ["13800138000"], all: false } })
  })
