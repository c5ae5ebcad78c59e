import { Effect } from "effect"
import { DingTalkBulk, RobotMessage } from "effect-dingtalk"

// Without progress and without a file: just what became of it.
export const remind = (userIds: ReadonlyArray<string>) =>
  DingTalkBulk.report(DingTalkBulk.sendToMany({
    userIds,
    message: RobotMessage.Text({ content: "请填写周报" })
  })).pipe(
    Effect.tap(({ counts, stopped }) =>
      stopped === undefined
        ? Effect.log(`${counts.sent} sent, ${counts.refused} refused`)
        : Effect.logError(`stopped after ${counts.sent}: ${stopped.message}`)
    )
  )
