import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as AiBot from "../../examples/ai-bot.ts"
import * as Report from "../../examples/bulk/report.ts"
import * as Approval from "../../examples/cards/approval.ts"
import * as Sources from "../../examples/media/sources.ts"
import * as Send from "../../examples/messages/send.ts"
import * as Recall from "../../examples/reactions/recall.ts"
import * as Priority from "../../examples/sending/priority.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkMedia from "../../src/DingTalkMedia.ts"
import { thinking } from "../../src/DingTalkReactions.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { FakeDingTalk, Script } from "../../src/testing/index.ts"
import * as Desk from "../outbound/integration/utils/desk.ts"
import { start } from "./utils/bots.ts"
import { folder } from "./utils/programs.ts"

const me = "zhangsan"
const silent = Effect.provide(Logger.remove(Logger.defaultLogger))

describe("README: the robot with a model", () => {
  /** A robot whose model says what the test says. */
  const talking = Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const words = yield* Mailbox.make<string, Error>()
    const model = Layer.succeed(AiBot.Model, AiBot.Model.of({ answer: () => Mailbox.toStream(words) }))
    yield* start(fake, AiBot.Bot, model)
    return { fake, words }
  })
  const shown = (fake: FakeDingTalk.Fake, text: string, status: string) =>
    Desk.until(fake.awaitCard((card) => card.text === text && card.status === status))

  it.scoped("types into a card, and finishes it", () =>
    Effect.gen(function*() {
      const { fake, words } = yield* talking
      yield* fake.say("你好", { from: me })
      yield* words.offer("```js\nlet a")
      yield* shown(fake, "```js\nlet a\n```", "inputting")
      assert.deepStrictEqual((yield* fake.conversation(me))[0]?.reactions, [thinking])
      yield* words.offer(" = 1\n```")
      yield* words.end
      yield* shown(fake, "```js\nlet a = 1\n```", "finished")
    }))

  it.scoped("marks the card failed when the model fails", () =>
    Effect.gen(function*() {
      const { fake, words } = yield* talking
      yield* fake.say("你好", { from: me })
      yield* words.offer("一半")
      yield* shown(fake, "一半", "inputting")
      yield* words.fail(new Error("the model is gone"))
      yield* shown(fake, "一半", "failed")
    }).pipe(silent))

  it.scoped("says all of it in messages where cards are not permitted", () =>
    Effect.gen(function*() {
      const { fake, words } = yield* talking
      yield* fake.answerEvery(Desk.createPath, Script.refusals.noPermission)
      yield* fake.say("你好", { from: me })
      yield* words.offerAll(["没有", "卡片"])
      yield* words.end
      yield* Desk.until(fake.awaitReplies(1))
      assert.deepStrictEqual(yield* Desk.shown(fake, me), ["你好", "没有卡片"])
    }))
})

describe("docs/messages.md", () => {
  it.scoped("a text, a link to people and a group, a mention, a list of links", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.refuseUsers({ invalid: ["lisi"] })
      const { chunks } = yield* run(Send.text)
      assert.lengthOf(chunks, 1)
      const { batches, refused } = yield* run(Send.link)
      assert.lengthOf(batches, 2)
      assert.deepStrictEqual(refused, [{ userId: "lisi", reason: "invalid" }])
      assert.deepStrictEqual((yield* fake.conversation(me)).map(({ kind, title }) => [kind, title]), [
        ["sampleMarkdown", "周报"],
        ["sampleLink", "1.2 版发布了"]
      ])
      assert.lengthOf(yield* fake.conversation("cidOps"), 1)

      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("@机器人 谁值班", { from: me, group: Desk.group, mention: true }))
      yield* run(Send.handOver(message))
      yield* run(Send.news(message))
      const [mention, feed] = (yield* fake.conversation(Desk.group)).slice(1)
      assert.deepInclude(mention, { kind: "markdown", mentions: ["lisi"] })
      assert.include(mention?.text, "@lisi")
      assert.strictEqual(feed?.kind, "feedCard")
    }).pipe(silent))
})

describe("docs/media.md", () => {
  /** The web and the disk, as far as the examples know them. */
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47])
  const desk = Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const directory = yield* folder
    for (const name of ["report.pdf", "hello.mp3", "demo.mp4", "cover.png"]) writeFileSync(join(directory, name), name)
    const web = Layer.effect(
      HttpClient.HttpClient,
      Effect.map(
        HttpClient.HttpClient,
        (real) =>
          HttpClient.make((request) =>
            request.url.startsWith("https://example.com/")
              ? Effect.succeed(
                HttpClientResponse.fromWeb(request, new Response(png, { headers: { "content-type": "image/png" } }))
              )
              : real.execute(request)
          )
      )
    ).pipe(Layer.provide(NodeDingTalk.layer()))
    const disk = Layer.effect(
      FileSystem.FileSystem,
      Effect.map(FileSystem.FileSystem, (real): FileSystem.FileSystem => ({
        ...real,
        stat: (path) => real.stat(join(directory, path)),
        stream: (path, options) => real.stream(join(directory, path), options)
      }))
    ).pipe(Layer.provide(NodeFileSystem.layer))
    const resolver = Layer.succeed(DingTalkMedia.HostResolver, { resolve: () => Effect.succeed(["93.184.216.34"]) })
    const sender = DingTalkSender.layer.pipe(
      Layer.provide(DingTalkConfig.layerUnknown(Desk.settingsOf(fake))),
      Layer.provide(web)
    )
    const context = yield* Layer.build(Layer.mergeAll(sender, disk, resolver))
    return { fake, run: Effect.provide(context) }
  })

  it.scoped("from the disk, from memory, from a stream, from the web; sounds, films, the same file twice", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* desk
      yield* run(Sources.ofPath)
      yield* run(Sources.ofBytes(png))
      yield* run(Sources.ofStream(Stream.make("id,price\n", "42,3\n")))
      yield* run(Sources.ofUrl("https://example.com/logo"))
      yield* run(Sources.voice)
      yield* run(Sources.film)
      yield* run(Sources.twice)
      assert.deepStrictEqual((yield* fake.conversation(me)).map(({ kind }) => kind), [
        "sampleFile",
        "sampleImageMsg",
        "sampleFile",
        "sampleImageMsg",
        "sampleAudio",
        "sampleVideo",
        "sampleFile"
      ])
      assert.lengthOf(yield* fake.conversation("cidOps"), 1)
      assert.deepStrictEqual((yield* fake.uploads).map(({ fileName, kind }) => `${kind} ${fileName}`), [
        "file report.pdf",
        "image chart.png",
        "file orders.csv.zip",
        // the picture of the web has the same bytes as the chart
        "voice hello.mp3",
        "image cover.png",
        "video demo.mp4"
      ])
    }))

  it.scoped("a URL that leads inside is refused", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* desk
      const refused = yield* Effect.flip(run(Sources.ofUrl("https://169.254.169.254/latest/meta-data")))
      assert.deepInclude({ ...refused }, { _tag: "UrlRefused", reason: "address" })
      assert.isEmpty(yield* fake.conversation(me))
    }))
})

describe("docs/cards.md", () => {
  it.scoped("a press changes what everybody sees, what one sees, and nothing else", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* start(fake, Approval.Approvals, Layer.empty)
      const { outTrackId } = yield* run(Approval.askFor("三天假", "boss"))
      assert.deepStrictEqual((yield* fake.card(outTrackId)).params, { title: "三天假", status: "待审批" })
      yield* fake.press(outTrackId, "agree", { as: "boss" })
      yield* fake.awaitCard(({ params }) => params["status"] === "已同意")
      assert.deepStrictEqual((yield* fake.card(outTrackId)).params, { title: "三天假", status: "已同意" })
      assert.strictEqual((yield* fake.card(outTrackId, "boss")).params["hint"], "谢谢")
      yield* run(Approval.expire(outTrackId))
      assert.deepStrictEqual((yield* fake.card(outTrackId)).params, { title: "三天假", status: "已过期" })
    }))
})

describe("docs/reactions-and-recall.md", () => {
  it.scoped("takes messages back, knows who has read them, tells every group, sends a DING", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* run(Recall.oops)
      assert.isEmpty(yield* fake.conversation(me))
      assert.lengthOf(yield* fake.replies, 2)

      const { messageId = "" } = yield* run(DingTalkSender.send({ to: me, text: "读我" }))
      assert.isEmpty(yield* run(Recall.readers(messageId)))
      yield* fake.read(me)
      assert.deepStrictEqual((yield* run(Recall.readers(messageId))).map(({ userId }) => userId), [me])

      const groups = Array.from({ length: 12 }, (_, index) => `cidGroup${index}`)
      for (const group of groups) yield* run(DingTalkSender.send({ to: group, text: "大家好" }))
      yield* run(Recall.everywhere("通知"))
      for (const group of groups) assert.deepStrictEqual(yield* Desk.shown(fake, group), ["大家好", "通知"])

      const [, notice] = yield* fake.conversation("cidGroup0")
      yield* fake.read("lisi", "cidGroup0")
      assert.deepStrictEqual(yield* run(Recall.readersInGroup("cidGroup0", notice?.id ?? "")), ["lisi"])

      const { dingId } = yield* run(Recall.wakeUp)
      assert.deepStrictEqual((yield* fake.dings).map(({ by, id, userIds }) => [id, by, userIds]), [
        [dingId, "app", [me]]
      ])
    }).pipe(silent))
})

describe("docs/sending.md", () => {
  it.scoped("a digest waits for a reply that comes later", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open({}, { rateLimit: 1, rateBurst: 1 })
      const digest = yield* Effect.fork(run(Priority.digest(["a", "b"], "日报")))
      yield* Desk.until(fake.awaitReplies(1))
      yield* Desk.until(run(DingTalkSender.send({ to: me, text: "急" })))
      yield* Desk.until(Fiber.join(digest))
      assert.deepStrictEqual((yield* fake.replies).map(({ to }) => to), ["a", me, "b"])
    }))
})

describe("docs/bulk.md", () => {
  it.scoped("a report of what became of it", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* fake.refuseUsers({ filtered: ["u1"] })
      const { counts, stopped } = yield* run(Report.remind(["u0", "u1", "u2"]))
      assert.isUndefined(stopped)
      assert.deepStrictEqual(counts, { total: 3, sent: 2, refused: 1, unknown: 0, failed: 0 })
      yield* fake.answerEvery(Desk.userPath, Script.refusals.noPermission)
      const refused = yield* run(Report.remind(["u0"]))
      assert.strictEqual(refused.stopped?._tag, "PermissionDenied")
    }).pipe(silent))
})
