import { DingTalkChannel, DingTalkSender, type Message } from "effect-dingtalk"

const answer = (message: Message.Message) => DingTalkSender.reply(message, `你说：${message.text}`)

/** What the robot does. Other things can happen than messages: see `onEvent`, `onCardAction`, `onDropped`. */
export const Bot = DingTalkChannel.layer({ onMessage: answer })
