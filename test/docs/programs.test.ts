// The tests of this room do not share their modules.
// oxlint-disable-next-line no-restricted-imports
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as Http from "node:http"
import { join } from "node:path"
import { thinking } from "../../src/DingTalkReactions.ts"
import { Bodies, FakeDingTalk, Script, type Seen } from "../../src/testing/index.ts"
import { userPath, webhookPath } from "../outbound/integration/utils/desk.ts"
import * as Programs from "./utils/programs.ts"

const me = "zhangsan"

const open = FakeDingTalk.make({ awaitTimeoutMs: Programs.patienceMs })

/** Starts a robot and waits until it is there. */
const robot = (name: string, options?: Parameters<typeof Programs.start>[2]) =>
  Effect.gen(function*() {
    const fake = yield* open
    const child = yield* Programs.start(name, fake, options)
    yield* fake.awaitConnection
    return { fake, child }
  })

/** Waits until the person's conversation is like this. */
const untilSeen = (fake: FakeDingTalk.Fake, what: string, is: (lines: ReadonlyArray<Seen.Line>) => boolean) =>
  fake.until(what, Effect.map(fake.conversation(me), (lines) => is(lines) ? Option.some(lines) : Option.none()))

const reactionsOf = (lines: ReadonlyArray<Seen.Line>) => lines.flatMap(({ reactions }) => reactions)

/** A model with an OpenAI-compatible API: says one piece, and the rest when it is told to go on. */
const model = (...[first, rest]: readonly [string, string]) =>
  Effect.gen(function*() {
    const asked: Array<{ readonly authorization: string | undefined; readonly body: unknown }> = []
    const waiting: Array<Http.ServerResponse> = []
    const piece = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
    const server = Http.createServer((request, response) => {
      const body: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => body.push(chunk))
      request.on("end", () => {
        asked.push({ authorization: request.headers.authorization, body: JSON.parse(Buffer.concat(body).toString()) })
        response.writeHead(200, { "content-type": "text/event-stream" })
        response.write(`data: {"choices":[{"delta":{"role":"assistant","content":null}}]}\n\n${piece(first)}`)
        waiting.push(response)
      })
    })
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    )
    const address = server.address()
    const port = typeof address === "object" ? address?.port : undefined
    return {
      asked,
      url: `http://127.0.0.1:${port}/chat/completions`,
      goOn: Effect.sync(() => {
        for (const response of waiting.splice(0)) response.end(`${piece(rest)}data: [DONE]\n\n`)
      })
    }
  })

layer(
  Programs.layer(
    "echo-bot",
    "connections/supervised-bot",
    "messages/menu-bot",
    "media/file-bot",
    "cards/model-bot",
    "reactions/thinking-bot",
    "sending/careful-bot",
    "bulk/announce",
    "durability/durable-bot",
    "telemetry/traced-bot"
  ),
  { timeout: 60_000 }
)("the programs of the pages run as they stand", (it) => {
  it.scoped("messages: the menu is an action card, through the session webhook", () =>
    Effect.gen(function*() {
      const { fake } = yield* robot("messages/menu-bot")
      yield* fake.say("饿了", { from: me })
      const [reply] = yield* fake.awaitReplies(1)
      assert.deepInclude(reply, { to: me, via: "webhook", kind: "actionCard", title: "午饭" })
      assert.include(reply?.text, "今天吃什么")
      assert.deepNestedInclude((yield* fake.sends)[0]?.content, {
        "actionCard.btnOrientation": "0",
        "actionCard.btns": [
          { title: "面", actionURL: "https://example.com/noodles" },
          { title: "饭", actionURL: "https://example.com/rice" }
        ]
      })
    }), 30_000)

  it.scoped(
    "media: files are kept under safe names, voices are read, the list is a zipped file",
    () =>
      Effect.gen(function*() {
        const cwd = yield* Programs.folder
        const { fake } = yield* robot("media/file-bot", { cwd })
        const downloadCode = yield* fake.putFile("root:x:0:0")
        yield* fake.post(Bodies.file("../../etc/passwd", { downloadCode }), { from: me })
        yield* fake.awaitReplies(1)
        assert.deepStrictEqual(readdirSync(join(cwd, "received")), ["passwd"])
        assert.strictEqual(readFileSync(join(cwd, "received", "passwd"), "utf8"), "root:x:0:0")
        yield* fake.post(Bodies.audio("明天开会"), { from: me })
        yield* fake.awaitReplies(2)
        yield* fake.say("在吗", { from: me })
        const [list, ...others] = yield* fake.awaitReplies(3)
        assert.deepInclude(list, { kind: "sampleFile", via: "api", to: me })
        assert.deepStrictEqual(others.map(({ text }) => text), ["听到了：明天开会", "发个文件给我吧"])
        assert.deepStrictEqual((yield* fake.uploads).map(({ fileName, kind }) => [kind, fileName]), [
          ["file", "received.txt.zip"]
        ])
      }),
    30_000
  )

  it.scoped(
    "cards: what the model says is typed into a card, under a reaction, and finished",
    () =>
      Effect.gen(function*() {
        const { asked, goOn, url } = yield* model("你好", "，世界")
        const env = { MODEL_URL: url, MODEL_KEY: "sk-test", MODEL_NAME: "small" }
        const { fake } = yield* robot("cards/model-bot", { env })
        yield* fake.say("说点什么", { from: me })
        const typing = yield* fake.awaitCard(({ text }) => text === "你好")
        assert.strictEqual(typing.status, "inputting")
        assert.deepStrictEqual(reactionsOf(yield* fake.conversation(me)), [thinking])
        yield* goOn
        const { outTrackId, text } = yield* fake.awaitCard(({ status }) => status === "finished")
        assert.strictEqual(text, "你好，世界")
        const lines = yield* untilSeen(fake, "no reaction", (lines) => reactionsOf(lines).length === 0)
        assert.deepStrictEqual(lines.map(({ card, text }) => [text, card?.outTrackId]), [
          ["说点什么", undefined],
          ["你好，世界", outTrackId]
        ])
        assert.deepStrictEqual(asked, [{
          authorization: "Bearer sk-test",
          body: { model: "small", stream: true, messages: [{ role: "user", content: "说点什么" }] }
        }])
      }),
    30_000
  )

  it.scoped("reactions: one stands under the message while the robot thinks", () =>
    Effect.gen(function*() {
      const { fake } = yield* robot("reactions/thinking-bot")
      yield* fake.say("一加一", { from: me })
      const meanwhile = yield* untilSeen(fake, "a reaction", (lines) => reactionsOf(lines).length > 0)
      assert.deepStrictEqual(meanwhile.map(({ reactions, text }) => [text, reactions]), [["一加一", [thinking]]])
      const lines = yield* untilSeen(
        fake,
        "the answer without a reaction",
        (lines) => lines.length === 2 && reactionsOf(lines).length === 0
      )
      assert.strictEqual(lines[1]?.text, "想好了：一加一")
    }), 30_000)

  it.scoped("sending: what may have arrived is not sent again", () =>
    Effect.gen(function*() {
      const { child, fake } = yield* robot("sending/careful-bot")
      yield* fake.answerNext(webhookPath, "handleThenHangUp")
      yield* fake.say("一", { from: me })
      yield* child.untilPrinted("perhaps it went out")
      yield* fake.answerNext(webhookPath, Script.legacyRefusal(300001, "session 不存在"))
      yield* fake.answerNext(userPath, Script.refusals.noPermission)
      yield* fake.say("二", { from: me })
      yield* child.untilPrinted("permission denied")
      yield* fake.say("三", { from: me })
      yield* child.untilPrinted("1 message(s) went out")
      const answers = (yield* fake.conversation(me)).filter(({ from }) => from !== me)
      assert.deepStrictEqual(answers.map(({ text }) => text), ["你说：一", "你说：三"])
      assert.lengthOf(yield* fake.requests(webhookPath), 3)
      assert.lengthOf(yield* fake.requests(userPath), 1)
    }), 30_000)

  for (const name of ["echo-bot", "connections/supervised-bot"]) {
    it.scoped(
      `${name}: an account that is refused for good is a failure that a person can read`,
      () =>
        Effect.gen(function*() {
          const fake = yield* open
          const child = yield* Programs.start(name, fake, { env: { DINGTALK_CLIENT_SECRET: "wrong" } })
          const printed = yield* child.untilPrinted("PermanentAuth: account")
          assert.include(printed, "Compare Client ID and Client Secret")
          assert.strictEqual(yield* child.exitCode, 1)
          if (name === "echo-bot") return
          assert.include(printed, "default stopped: PermanentAuth")
          assert.include(printed, "please: Compare")
        }),
      30_000
    )
  }

  it.scoped("durability: what fails is tried again, and says so", () =>
    Effect.gen(function*() {
      const { fake } = yield* robot("durability/durable-bot", { cwd: yield* Programs.folder })
      yield* fake.answerNext(webhookPath, Script.refusals.noSession)
      yield* fake.answerNext(userPath, Script.refusals.noPermission)
      yield* fake.say("一", { from: me })
      assert.deepStrictEqual((yield* fake.awaitReplies(1)).map(({ text }) => text), ["（重试）你说：一"])
    }), 30_000)

  it.scoped("telemetry: a collector that is not there keeps nobody from an answer", () =>
    Effect.gen(function*() {
      const { fake } = yield* robot("telemetry/traced-bot")
      yield* fake.say("一", { from: me })
      assert.deepStrictEqual((yield* fake.awaitReplies(1)).map(({ text }) => text), ["你说：一"])
    }), 30_000)

  it.scoped("bulk: goes on where it was stopped, and nobody gets it twice", () =>
    Effect.gen(function*() {
      const fake = yield* open
      const cwd = yield* Programs.folder
      const people = Array.from({ length: 45 }, (_, index) => `u${index}`)
      writeFileSync(join(cwd, "people.txt"), people.join("\n"))
      yield* fake.refuseUsers({ invalid: ["u3"] })
      yield* fake.answerNext(userPath, "handle", Script.refusals.quotaUsedUp)
      const first = yield* Programs.start("bulk/announce", fake, { cwd })
      assert.include(yield* first.untilPrinted("quota exhausted"), "19 of 45 sent")
      assert.strictEqual(yield* first.exitCode, 1)
      const second = yield* Programs.start("bulk/announce", fake, { cwd })
      yield* second.untilPrinted("44 of 45 sent")
      assert.strictEqual(yield* second.exitCode, 0)
      const got = (yield* fake.replies).map(({ to }) => to)
      assert.sameMembers(got, people.filter((userId) => userId !== "u3"))
    }), 30_000)
})
