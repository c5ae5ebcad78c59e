import { Chat, Tool, Toolkit } from "@effect/ai"
import { Context, Effect, Ref, Schema, Stream } from "effect"
import { DingTalkCards, DingTalkChannel, DingTalkMemory, DingTalkSender, type Message } from "effect-dingtalk"

// What your company knows.
export class Handbook extends Context.Tag("Handbook")<Handbook, {
  readonly search: (words: string) => Effect.Effect<string>
}>() {}

const Search = Tool.make("search", {
  description: "Searches the company's handbook",
  parameters: { words: Schema.String },
  success: Schema.String,
  dependencies: [Handbook]
})

const Restart = Tool.make("restart", {
  description: "Restarts a service. People are asked first.",
  parameters: { service: Schema.String },
  success: Schema.String,
  dependencies: [DingTalkSender.DingTalkSender, DingTalkChannel.DingTalkChannel]
})

const Tools = Toolkit.make(Search, Restart)

const toolsFor = (message: Message.Message) =>
  Effect.provide(
    Tools,
    Tools.toLayer({
      search: ({ words }) => Effect.flatMap(Handbook, (handbook) => handbook.search(words)),
      // Whoever wrote the message has to agree.
      restart: ({ service }) =>
        DingTalkCards.confirm(message, `重启 ${service}？`).pipe(
          Effect.map((agreed) => agreed ? `${service} restarted` : "the person said no"),
          Effect.catchAll(({ message }) => Effect.succeed(`not done: ${message}`))
        )
    })
  )

// The model's answer; while it ends with tools that were called, the model goes on with their results.
const answer = (message: Message.Message, turns: ReadonlyArray<DingTalkMemory.Turn>) =>
  Stream.unwrap(Effect.map(
    Chat.fromPrompt([
      { role: "system", content: "你是公司的助手，回答要简短。" },
      ...turns.map(({ role, text }) => ({ role, content: text }))
    ]),
    (chat) => {
      const round = (prompt: string | Iterable<never>, left: number): ReturnType<typeof say> =>
        Stream.concat(
          say(prompt),
          Stream.unwrap(Effect.map(
            Ref.get(chat.history),
            ({ content }) => content.at(-1)?.role === "tool" && left > 0 ? round([], left - 1) : Stream.empty
          ))
        )
      const say = (prompt: string | Iterable<never>) => chat.streamText({ prompt, toolkit: toolsFor(message) })
      return round(message.text, 5)
    }
  ))

const reply = DingTalkMemory.remembering((message: Message.Message, turns) =>
  DingTalkCards.streamReply(message, answer(message, turns), {
    toolCall: ({ name }) => name === "search" ? "正在查员工手册 …" : `正在使用 ${name} …`,
    apology: "抱歉，回答中断了，请再问一次"
  }).pipe(Effect.map(({ text }) => text))
)

const stop = (message: Message.Message) =>
  Effect.gen(function*() {
    const stopped = yield* DingTalkChannel.interrupt(message)
    if (stopped === 0) yield* DingTalkSender.reply(message, "没有正在进行的回答")
  })

export const Bot = DingTalkChannel.layer({
  asks: true,
  overtakes: ({ text }) => text === "停",
  onMessage: (message) =>
    Effect.if(message.text === "停", { onTrue: () => stop(message), onFalse: () => reply(message) })
})
