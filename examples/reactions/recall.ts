import { Effect, Stream } from "effect"
import { DingTalkRobot, DingTalkSender, RobotMessage } from "effect-dingtalk"

const to = ["user:zhangsan", "user:lisi"] as const
const message = RobotMessage.Text({ content: "明天放假" })

// Sends, and thinks better of it.
export const oops = Effect.gen(function*() {
  const { batches } = yield* DingTalkSender.sendMessage({ to, message })
  const messageIds = batches.flatMap(({ messageId }) => messageId ?? [])
  const { failed, recalled } = yield* DingTalkRobot.recall({ messageIds })
  yield* Effect.log(`${recalled.length} taken back`, failed)
})

// Who has read it?
export const readers = (messageId: string) =>
  Effect.map(DingTalkRobot.readStatus({ messageId }), ({ readers }) => readers.filter(({ read }) => read))

export const readersInGroup = (group: string, messageId: string) =>
  Effect.map(DingTalkRobot.groupMessageStatus({ group, messageId }), ({ readUserIds }) => readUserIds)

// Tells every group that the robot is in.
export const everywhere = (text: string) =>
  DingTalkRobot.groups().pipe(
    Stream.mapEffect((group) => DingTalkSender.send({ to: `chat:${group}`, text })),
    Stream.runDrain
  )

// Reaches people outside the chat, too.
export const wakeUp = DingTalkRobot.ding({ userIds: ["zhangsan"], content: "生产环境告警", by: "app" })
