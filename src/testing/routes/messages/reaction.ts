/** Reactions under a person's message. */
import { isRecord, isText } from "../../internal/json.ts"
import type { Reaction } from "../../people/Conversations.ts"
import { asRobot, refuse, type Route, succeed } from "../route.ts"

/** That a reaction is there once however often it is put there, and that none is missed, is ours. */
const changing = (change: (others: ReadonlyArray<Reaction>, mine: Reaction) => ReadonlyArray<Reaction>): Route =>
  asRobot(
    ["openMsgId", "openConversationId", "emotionType", "emotionName"],
    (body, { clientId }, call, world) => {
      const { emotionName, emotionType, openConversationId, openMsgId, textEmotion } = body
      const named = isRecord(textEmotion) ? textEmotion["text"] : undefined
      if (emotionType !== 2 || !isText(emotionName) || named !== emotionName) {
        return refuse(call, 400, "invalidParameter.param.invalid", "emotion")
      }
      // Which code answers a message that nobody has written is not on record.
      const said = isText(openMsgId) ? world.said(openMsgId) : undefined
      if (said === undefined || !isText(openMsgId)) {
        return refuse(call, 400, "invalidParameter.param.invalid", "openMsgId")
      }
      if (!said.conversationIds.includes(String(openConversationId))) {
        return refuse(call, 400, "invalidParameter.openConversationId.invalid", "openConversationId")
      }
      const mine = { clientId, text: emotionName }
      const others = said.reactions.filter((it) => it.clientId !== clientId || it.text !== emotionName)
      return succeed({ success: true }, { _tag: "Reacted", msgId: openMsgId, reactions: change(others, mine) })
    }
  )

export const addReaction: Route = changing((others, mine) => [...others, mine])

export const removeReaction: Route = changing((others) => others)
