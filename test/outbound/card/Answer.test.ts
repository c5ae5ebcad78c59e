import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Answer from "../../../src/outbound/card/Answer.ts"

const answerOf = (
  tokens: ReadonlyArray<Answer.Token>,
  progress: Answer.Progress = {},
  maxCharacters = 10_000
): Answer.Answer =>
  tokens.reduce<Answer.Answer>((answer, token) => Answer.step(answer, token, progress, maxCharacters), Answer.empty)

const say = (delta: string): Answer.Part => ({ type: "text-delta", delta })
const think = (delta: string): Answer.Part => ({ type: "reasoning-delta", delta })
const call = (id: string, name: string): Answer.Part => ({ type: "tool-call", id, name, params: { q: 1 } })
const result = (id: string): Answer.Part => ({ type: "tool-result", id })

const words = FastCheck.string({ maxLength: 20 })
const ids = FastCheck.constantFrom("a", "b", "c")
const parts: FastCheck.Arbitrary<Answer.Part> = FastCheck.oneof(
  words.map(say),
  words.map(think),
  FastCheck.tuple(ids, words).map(([id, name]) => call(id, name)),
  ids.map(result),
  FastCheck.constantFrom<Answer.Part>(
    { type: "text-start" },
    { type: "text-end" },
    { type: "reasoning-start" },
    { type: "reasoning-end" },
    { type: "tool-params-delta" },
    { type: "response-metadata" },
    { type: "source" },
    { type: "file" },
    { type: "finish", reason: "stop" }
  )
)

describe("an answer", () => {
  it("of strings is those strings, as far as there is room", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(words), FastCheck.nat({ max: 60 }), (tokens, room) => {
      const { note, text, truncated } = answerOf(tokens, {}, room)
      const whole = tokens.join("")
      assert.isTrue(whole.startsWith(text) && text.length <= room)
      assert.strictEqual(truncated, whole.length > room)
      if (!truncated) assert.strictEqual(text, whole)
      assert.strictEqual(note, "")
    }))
  })

  it("of parts holds all that was said, only that, and in order; what is no answer never stays in it", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(parts), FastCheck.boolean(), (tokens, reasoning) => {
      const { text } = answerOf(tokens, { reasoning })
      const said = tokens.flatMap((part) => part.type === "text-delta" ? [part.delta] : []).join("")
      assert.strictEqual(text.replace(/\s/g, ""), said.replace(/\s/g, ""))
    }))
  })

  it("has a note only while something is at work", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(parts), (tokens) => {
      const closing = ["a", "b", "c"].map(result)
      assert.strictEqual(answerOf([...tokens, ...closing]).note, "")
      assert.strictEqual(answerOf([...tokens, say("!")], { reasoning: true }).note, "")
    }))
  })

  it("names the tools at work, each in a paragraph, until their results are there", () => {
    const two = [say("Hm."), call("1", "search"), call("2", "weather")]
    assert.strictEqual(answerOf(two).note, "正在使用 search …\n\n正在使用 weather …")
    assert.strictEqual(answerOf([...two, result("1")]).note, "正在使用 weather …")
    const toolCall = ({ name, params }: Answer.ToolCall) => `using ${name} ${JSON.stringify(params)}`
    assert.strictEqual(answerOf([call("1", "search")], { toolCall }).note, "using search {\"q\":1}")
    assert.strictEqual(answerOf(two, { toolCall: () => "" }).note, "")
    assert.isAtMost(answerOf([call("1", "x".repeat(5_000))]).note.length, 500)
  })

  it("shows no reasoning unless asked to, and then its end, as a quote", () => {
    assert.strictEqual(answerOf([think("secret thoughts")]).note, "")
    const reasoning = true
    assert.strictEqual(answerOf([think("one\n\ntwo"), think(" three")], { reasoning }).note, "> one\n> two three")
    const long = answerOf([think("啊😀".repeat(300))], { reasoning }).note
    assert.strictEqual(Array.from(long).length, "> ".length + Answer.reasoningCharacters)
    assert.isTrue(long.endsWith("啊😀"))
    assert.strictEqual(answerOf([think("old"), { type: "reasoning-start" }, think("new")], { reasoning }).note, "> new")
  })

  it("begins a paragraph where the model begins a text", () => {
    const start: Answer.Part = { type: "text-start" }
    assert.strictEqual(answerOf([start, say("a"), start, say("b")]).text, "a\n\nb")
    assert.strictEqual(answerOf([start, say("a\n"), start, say(""), say("b")]).text, "a\n\nb")
  })

  it("fails by an error, and where its provider says that it is none", () => {
    const failure = Answer.failureOf({ type: "error", error: new Error("quota used up\nfor today") })
    assert.include(failure?.message ?? "", "quota used up for today")
    assert.strictEqual(Answer.failureOf({ type: "finish", reason: "content-filter" })?.reason, "content-filter")
    assert.strictEqual(Answer.failureOf({ type: "finish", reason: "error" })?.reason, "error")
    for (const reason of ["stop", "length", "tool-calls", "pause", "other", "unknown"]) {
      assert.isUndefined(Answer.failureOf({ type: "finish", reason }))
    }
    assert.isUndefined(Answer.failureOf("error"))
  })
})
