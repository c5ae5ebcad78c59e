import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import * as RobotMessage from "../../../src/outbound/message/RobotMessage.ts"
import * as WebhookMessage from "../../../src/outbound/message/WebhookMessage.ts"
import * as Desk from "./utils/desk.ts"

const button = (title: string) => ({ title, url: "https://example.com/" })

const card = { title: "Release", text: "### Release" }

/** Each of the 13 kinds of the robot API, and what a person reads. */
const kinds: ReadonlyArray<readonly [msgKey: string, message: RobotMessage.RobotMessage, seen: string]> = [
  ["sampleText", RobotMessage.Text({ content: "hello 你好 😀" }), "hello 你好 😀"],
  ["sampleMarkdown", RobotMessage.Markdown({ text: "# title\nbody" }), "# title\nbody"],
  ["sampleImageMsg", RobotMessage.Image({ photo: "https://example.com/a.png" }), "[sampleImageMsg]"],
  [
    "sampleLink",
    RobotMessage.Link({ ...card, picUrl: "https://example.com/a.png", messageUrl: "https://example.com" }),
    "### Release"
  ],
  ["sampleAudio", RobotMessage.Audio({ mediaId: "@voice", durationMs: 1_500 }), "[sampleAudio]"],
  ["sampleFile", RobotMessage.File({ mediaId: "@file", fileName: "报告.pdf", fileType: "pdf" }), "报告.pdf"],
  [
    "sampleVideo",
    RobotMessage.Video({ mediaId: "@video", coverMediaId: "@cover", durationMs: 3_000, videoType: "mp4" }),
    "[sampleVideo]"
  ],
  ["sampleActionCard", RobotMessage.ActionCard({ ...card, button: button("Open") }), "### Release"],
  [
    "sampleActionCard2",
    RobotMessage.ActionCardVertical({ ...card, buttons: [button("1"), button("2")] }),
    "### Release"
  ],
  [
    "sampleActionCard3",
    RobotMessage.ActionCardVertical({ ...card, buttons: [button("1"), button("2"), button("3")] }),
    "### Release"
  ],
  [
    "sampleActionCard4",
    RobotMessage.ActionCardVertical({ ...card, buttons: [button("1"), button("2"), button("3"), button("4")] }),
    "### Release"
  ],
  [
    "sampleActionCard5",
    RobotMessage.ActionCardVertical({
      ...card,
      buttons: [button("1"), button("2"), button("3"), button("4"), button("5")]
    }),
    "### Release"
  ],
  [
    "sampleActionCard6",
    RobotMessage.ActionCardHorizontal({ ...card, buttons: [button("y"), button("n")] }),
    "### Release"
  ]
]

describe("messages of every kind", () => {
  it.scoped("to people and to groups: DingTalk takes them, and people see them", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      for (const [, message] of kinds) {
        const sent = yield* run(DingTalkSender.sendMessage({ to: ["user:zhangsan", `chat:${Desk.group}`], message }))
        assert.strictEqual(sent.batches.length, 2)
        for (const { messageId } of sent.batches) assert.isString(messageId)
      }
      const lines = kinds.map(([msgKey, , seen]) => [msgKey, seen])
      for (const id of ["zhangsan", Desk.group]) {
        assert.deepStrictEqual((yield* fake.conversation(id)).map(({ kind, text }) => [kind, text]), lines)
      }
      assert.strictEqual((yield* fake.requests(Desk.tokenPath)).length, 1)
    }))

  it.scoped("to 45 people take three calls, and say whom they do not reach", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.refuseUsers({ invalid: ["u3"], flowControlled: ["u20"], filtered: ["u44"] })
      const [first = "u0", ...rest] = Array.from({ length: 45 }, (_, i) => `user:u${i}`)
      const message = RobotMessage.Text({ content: "all hands" })
      const { batches, refused } = yield* run(DingTalkSender.sendMessage({ to: [first, ...rest], message }))
      assert.deepStrictEqual((yield* fake.sends).map(({ userIds }) => userIds.length), [20, 20, 5])
      assert.deepStrictEqual(refused, [
        { userId: "u3", reason: "invalid" },
        { userId: "u20", reason: "flowControlled" },
        { userId: "u44", reason: "filtered" }
      ])
      const replies = yield* fake.replies
      assert.strictEqual(replies.length, 42)
      assert.deepStrictEqual(
        [...new Set(replies.map(({ processQueryKey }) => processQueryKey))],
        batches.map(({ messageId }) => messageId)
      )
    }))
})

describe("answers of every kind", () => {
  it.scoped("by the session webhook what it carries, by the API the rest", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("hi", { from: "lisi", group: Desk.group }))
      const link = { title: "One", messageUrl: "https://example.com/1", picUrl: "https://example.com/1.png" }
      for (const [, each] of kinds) yield* run(DingTalkSender.replyMessage(message, each))
      yield* run(DingTalkSender.replyMessage(message, WebhookMessage.FeedCard({ links: [link] })))
      const lines = yield* fake.replies
      assert.deepStrictEqual(lines.map(({ kind, via }) => `${via} ${kind}`), [
        "webhook text",
        "webhook markdown",
        "api sampleImageMsg",
        "webhook link",
        "api sampleAudio",
        "api sampleFile",
        "api sampleVideo",
        ...Array.from({ length: 6 }, () => "webhook actionCard"),
        "webhook feedCard"
      ])
      for (const { to } of lines) assert.strictEqual(to, Desk.group)
    }))

  it.scoped("mention people so that they notice", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("hi", { from: "lisi", group: Desk.group }))
      const at = { userIds: ["lisi", "wangwu"] }
      yield* run(DingTalkSender.reply(message, "@lisi done", { at }))
      yield* run(DingTalkSender.reply(message, "done", { at, renderMode: "plain" }))
      yield* run(DingTalkSender.reply(message, "all", { at: { all: true } }))
      assert.deepStrictEqual((yield* fake.replies).map(({ mentions }) => mentions), [at.userIds, at.userIds, ["*"]])
    }))

  it.scoped("in a direct chat reach the one who spoke, whatever way they go", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("hi", { from: "lisi" }))
      yield* run(DingTalkSender.reply(message, "by webhook"))
      yield* fake.expireWebhooks
      const late = yield* run(DingTalkSender.reply(message, "by API"))
      assert.deepStrictEqual(late.chunks.map(({ via }) => via), ["api"])
      assert.deepStrictEqual(yield* Desk.shown(fake, "lisi"), ["hi", "by webhook", "by API"])
      // One who is not of the organisation has no id that the API knows.
      const stranger = yield* hear(fake.say("hi", { from: { staffId: "guest", outside: true } }))
      yield* run(DingTalkSender.reply(stranger, "welcome"))
      yield* fake.expireWebhooks
      const error = yield* Effect.flip(run(DingTalkSender.reply(stranger, "lost")))
      assert.strictEqual(error._tag, "BadRequest")
      assert.deepStrictEqual(yield* Desk.shown(fake, "guest"), ["hi", "welcome"])
    }))
})

describe("the size of messages", () => {
  /** A text of CJK and emoji whose `msgParam` has exactly so many bytes. */
  const textOf = (bytes: number): string => {
    const overhead = Buffer.byteLength(JSON.stringify({ content: "" }))
    const unit = "好😀"
    const count = Math.floor((bytes - overhead) / Buffer.byteLength(unit))
    const rest = bytes - overhead - count * Buffer.byteLength(unit)
    return unit.repeat(count) + "x".repeat(rest)
  }

  it.scoped("14 999 and 15 000 bytes go to a group as they are; 15 001 go nowhere, or in pieces", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({}, { textChunkLimit: 20_000 })
      for (const bytes of [14_999, 15_000]) {
        const message = RobotMessage.Text({ content: textOf(bytes) })
        yield* run(DingTalkSender.sendMessage({ to: Desk.group, message }))
      }
      const [first] = yield* fake.requests(Desk.groupPath)
      assert.include(first?.text, "好😀")
      const tooLong = textOf(15_001)
      const message = RobotMessage.Text({ content: tooLong })
      const error = yield* Effect.flip(run(DingTalkSender.sendMessage({ to: Desk.group, message })))
      assert.deepInclude({ ...error }, { _tag: "TooLarge", bytes: 15_001, limitBytes: 15_000 })
      assert.strictEqual((yield* fake.requests(Desk.groupPath)).length, 2)

      const { chunks } = yield* run(DingTalkSender.send({ to: Desk.group, text: tooLong, renderMode: "plain" }))
      assert.strictEqual(chunks.length, 2)
      const pieces = (yield* Desk.shown(fake, Desk.group)).slice(2)
      assert.strictEqual(pieces.join(""), tooLong)
      // No half of a character is in any of them.
      for (const piece of pieces) assert.strictEqual(Buffer.from(piece).toString(), piece)
    }))
})
