import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { publicTemplateId } from "../../../src/DingTalkCards.ts"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Script from "../../../src/testing/Script.ts"
import { isAlive, mark, room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

const createPath = "/v1.0/card/instances/createAndDeliver"

const executing = (source: string, args: ReadonlyArray<string> = [], env: Record<string, string> = {}) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
    const config = yield* Program.configFile(fake.config)
    const command = [process.execPath, "-e", source]
    const program = yield* Program.start(["exec", "--config", config, "--stream", ...args, "--", ...command], { env })
    yield* fake.awaitConnection
    return { fake, program }
  })

/** Prints the message, and the rest when the file `go` is there; its own id is in the file `up`. */
const inTwoParts = (rest: string) =>
  "const fs = require('fs'); process.chdir(process.env.ROOM); process.stdin.on('data', (text) => {" +
  `fs.watch('.', () => { if (fs.existsSync('go')) { ${rest} } });` +
  "process.stdout.write(text, () => { fs.writeFileSync('up.tmp', String(process.pid)); fs.renameSync('up.tmp', 'up') }) })"

describe("exec --stream", () => {
  it.scopedLive("the card shows what the program prints while it prints it, and its end", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake } = yield* executing(
        inTwoParts("process.stdout.write(Buffer.from('，世界 \\n')); process.exitCode = 0; process.exit()"),
        [],
        { ROOM: directory }
      )
      yield* fake.say("你好", { from: "zhangsan" })
      const typing = yield* fake.awaitCard(({ text }) => text === "你好")
      assert.strictEqual(typing.status, "inputting")
      assert.strictEqual(typing.templateId, publicTemplateId)
      writeFileSync(join(directory, "go"), "")
      const done = yield* fake.awaitCard(({ status }) => status === "finished")
      assert.strictEqual(done.text, "你好，世界")
      assert.deepStrictEqual(done.places.map(({ to }) => to), ["zhangsan"])
    }))

  it.scopedLive("a template and a variable of one's own; an answer that is there at once takes one call", () =>
    Effect.gen(function*() {
      const { fake } = yield* executing("process.stdin.pipe(process.stdout)", [
        "--card-template=mine.schema",
        "--card-key=body"
      ])
      yield* fake.say("hello", { from: "zhangsan" })
      const card = yield* fake.awaitCard(({ status }) => status === "finished")
      assert.strictEqual(card.templateId, "mine.schema")
      assert.strictEqual(card.params["body"], "hello")
      assert.strictEqual(card.updates, 0)
    }))

  it.scopedLive("a program that fails half-way leaves a card that says so; one that prints nothing leaves none", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake, program } = yield* executing(
        "process.stdin.once('data', (text) => { if (String(text) === 'quiet') process.exit(); })\n" +
          inTwoParts("console.error('last words'); process.exit(7)"),
        [],
        { ROOM: directory }
      )
      yield* fake.say("quiet", { from: "zhangsan" })
      yield* fake.say("half", { from: "zhangsan" })
      yield* fake.awaitCard(({ text }) => text === "half")
      writeFileSync(join(directory, "go"), "")
      const card = yield* fake.awaitCard(({ status }) => status === "failed")
      assert.strictEqual(card.text, "half")
      yield* program.untilStderr(/dingtalk\.handler\.failed.*exited with code 7.*last words/)
      assert.strictEqual((yield* fake.cards).length, 1)
      assert.deepStrictEqual((yield* fake.replies).filter(({ kind }) => kind !== "card"), [])
    }))

  it.scopedLive("where cards are not permitted the whole text is an ordinary message, and it says so", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* executing("process.stdin.pipe(process.stdout)")
      yield* fake.answerEvery(createPath, Script.refusals.noPermission)
      yield* fake.say("# 你好", { from: "zhangsan" })
      const [reply] = yield* fake.awaitReplies(1)
      assert.containSubset(reply, { to: "zhangsan", text: "# 你好", kind: "markdown" })
      yield* program.untilStderr(/dingtalk\.cli\.degraded.*permission denied/)
    }))

  it.scopedLive("time and output are bounded as ever, and the card is marked failed", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake, program } = yield* executing(inTwoParts(""), ["--timeout", "3"], { ROOM: directory })
      yield* fake.say("slow", { from: "zhangsan" })
      yield* program.untilStderr(/dingtalk\.handler\.failed.*took longer than 3 s/)
      const card = yield* fake.awaitCard(({ status }) => status === "failed")
      assert.strictEqual(card.text, "slow")
    }))

  it.scopedLive("at a stop the card is marked failed and the program ended, within 7 s, and the exit code is 0", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake, program } = yield* executing(inTwoParts(""), [], { ROOM: directory })
      yield* fake.say("typing", { from: "zhangsan" })
      yield* fake.awaitCard(({ text }) => text === "typing")
      yield* mark(directory, "up")
      yield* program.signal("SIGTERM")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 7_000)
      const [card] = yield* fake.cards
      assert.strictEqual(card?.status, "failed")
      assert.isFalse(isAlive(Number(readFileSync(join(directory, "up"), "utf8"))))
    }))
})
