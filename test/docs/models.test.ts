import { LanguageModel, type Prompt, type Response } from "@effect/ai"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as ToolBot from "../../examples/models/tool-bot.ts"
import * as DingTalkMemory from "../../src/DingTalkMemory.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Desk from "../outbound/integration/utils/desk.ts"
import { start } from "./utils/bots.ts"

const me = "zhangsan"

const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 }
const delta = (text: string): Response.StreamPartEncoded => ({ type: "text-delta", id: "0", delta: text })
const finish = (reason: "stop" | "tool-calls"): Response.StreamPartEncoded => ({ type: "finish", reason, usage })

/** What is said in a prompt, in a line each. */
const linesOf = (prompt: Prompt.Prompt): ReadonlyArray<string> =>
  prompt.content.map((message) => {
    const content: ReadonlyArray<Prompt.Part> = typeof message.content === "string" ? [] : message.content
    const said = typeof message.content === "string" ?
      [message.content] :
      content.map((part) =>
        part.type === "text" ? part.text : part.type === "tool-result" ? `${part.name}: ${part.result}` : part.type
      )
    return `${message.role} ${said.join("|")}`
  })

/** A robot whose model says what the test says: each time it is asked, the test gets the prompt, and an answer to write. */
const talking = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make()
  const asked = yield* Queue.unbounded<
    { readonly prompt: ReadonlyArray<string>; readonly answer: Mailbox.Mailbox<Response.StreamPartEncoded> }
  >()
  const model = Layer.effect(
    LanguageModel.LanguageModel,
    LanguageModel.make({
      generateText: () => Effect.die("not asked for"),
      streamText: ({ prompt }) =>
        Stream.unwrap(Effect.gen(function*() {
          const answer = yield* Mailbox.make<Response.StreamPartEncoded>()
          yield* Queue.offer(asked, { prompt: linesOf(prompt), answer })
          return Stream.rechunk(Mailbox.toStream(answer), 1)
        }))
    })
  )
  const searching = yield* Queue.unbounded<string>()
  const found = yield* Queue.unbounded<string>()
  const handbook = Layer.succeed(ToolBot.Handbook, {
    search: (words) => Effect.zipRight(Queue.offer(searching, words), Queue.take(found))
  })
  const memory = DingTalkMemory.layer().pipe(Layer.provide(KeyValueStore.layerMemory))
  yield* start(fake, ToolBot.Bot, Layer.mergeAll(model, handbook, memory), { ordering: "conversation" })
  return { asked: Queue.take(asked), fake, found, searching }
})

const shown = (fake: FakeDingTalk.Fake, text: string, status: string) =>
  Desk.until(fake.awaitCard((card) => card.text === text && card.status === status))

describe("docs/models.md", () => {
  it.scoped("a tool is seen at work, and the model goes on with what it found; the next question knows of it", () =>
    Effect.gen(function*() {
      const { asked, fake, found, searching } = yield* talking
      yield* fake.say("年假几天", { from: me })
      const first = yield* asked
      assert.deepStrictEqual(first.prompt, ["system 你是公司的助手，回答要简短。", "user 年假几天"])
      yield* first.answer.offerAll([
        { type: "reasoning-start", id: "r" },
        { type: "reasoning-delta", id: "r", delta: "not for everybody's eyes" },
        { type: "reasoning-end", id: "r" },
        { type: "text-start", id: "0" },
        delta("我查一下。"),
        { type: "text-end", id: "0" },
        { type: "tool-call", id: "c1", name: "search", params: { words: "年假" } },
        finish("tool-calls")
      ])
      yield* first.answer.end
      assert.strictEqual(yield* Queue.take(searching), "年假")
      yield* shown(fake, "我查一下。\n\n正在查员工手册 …", "inputting")
      yield* Queue.offer(found, "十天")
      const second = yield* asked
      assert.deepStrictEqual(second.prompt.slice(2), ["assistant reasoning|我查一下。|tool-call", "tool search: 十天"])
      yield* second.answer.offerAll([{ type: "text-start", id: "0" }, delta("每年"), delta("十天。"), {
        type: "text-end",
        id: "0"
      }, finish("stop")])
      yield* second.answer.end
      yield* shown(fake, "我查一下。\n\n每年十天。", "finished")
      yield* fake.say("谢谢", { from: me })
      const third = yield* asked
      assert.deepStrictEqual(third.prompt.slice(1), [
        "user 年假几天",
        "assistant 我查一下。\n\n每年十天。",
        "user 谢谢"
      ])
    }))

  it.scoped("stops at a word, and does not remember what was not said to its end", () =>
    Effect.gen(function*() {
      const { asked, fake } = yield* talking
      yield* fake.say("讲个故事", { from: me })
      const { answer } = yield* asked
      yield* answer.offer(delta("从前"))
      yield* shown(fake, "从前", "inputting")
      yield* fake.say("停", { from: me })
      yield* shown(fake, "从前\n\n（已停止）", "finished")
      yield* fake.say("你好", { from: me })
      assert.deepStrictEqual((yield* asked).prompt.slice(1), ["user 你好"])
      yield* Desk.until(fake.awaitAllAcked)
    }))

  it.scoped("a tool asks the person before it acts, and the model is told what they said", () =>
    Effect.gen(function*() {
      const { asked, fake } = yield* talking
      yield* fake.say("重启 web", { from: me })
      const first = yield* asked
      yield* first.answer.offerAll([
        { type: "tool-call", id: "c1", name: "restart", params: { service: "web" } },
        finish("tool-calls")
      ])
      yield* first.answer.end
      const question = yield* Desk.until(
        fake.awaitCard(({ params }) => Object.values(params).some((text) => text.includes("重启 web？")))
      )
      yield* fake.press(question.outTrackId, "yes", { as: me })
      const second = yield* asked
      assert.strictEqual(second.prompt.at(-1), "tool restart: web restarted")
      yield* second.answer.offerAll([{ type: "text-start", id: "0" }, delta("好了"), finish("stop")])
      yield* second.answer.end
      yield* Desk.until(fake.awaitCard(({ text }) => text === "好了"))
    }))
})
