import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Bodies from "../../../src/testing/Bodies.ts"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Options from "../../../src/testing/Options.ts"
import { isAlive, mark, room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

const executing = (
  command: ReadonlyArray<string>,
  args: ReadonlyArray<string> = [],
  env: Record<string, string> = {},
  more: object = {}
) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
    const config = yield* Program.configFile({ ...fake.config, ...more })
    const program = yield* Program.start(["exec", "--config", config, ...args, "--", ...command], { env })
    yield* fake.awaitConnection
    return { fake, program }
  })

const node = (source: string) => [process.execPath, "-e", source]

describe("exec", () => {
  it.scopedLive("the reply is what the program prints, trimmed at its end", () =>
    Effect.gen(function*() {
      const { fake } = yield* executing(["cat"])
      yield* fake.say("你好\n  世界", { from: "zhangsan" })
      const [reply] = yield* fake.awaitReplies(1)
      assert.containSubset(reply, { to: "zhangsan", text: "你好\n  世界", via: "webhook" })
    }))

  it.scopedLive("it knows who spoke, and does not know the secret", () =>
    Effect.gen(function*() {
      const names = ["ACCOUNT_ID", "MESSAGE_ID", "CHAT_ID", "CHAT_TYPE", "SENDER_ID", "SENDER_NAME", "CLIENT_SECRET"]
      const source = `const e = process.env; console.log([...${JSON.stringify(names)}.map((n) => e["DINGTALK_" + n]),` +
        " e.APP_SECRET, e.COPY, e.KEPT].join(\"|\"))"
      const { fake } = yield* executing(node(source), [], {
        DINGTALK_CLIENT_SECRET: "a",
        APP_SECRET: "b",
        COPY: Options.defaultApp.clientSecret,
        KEPT: "kept"
      })
      yield* fake.say("x", { from: { staffId: "lisi", nick: "李\0四" }, group: "cidG==", mention: true, msgId: "m1" })
      const [reply] = yield* fake.awaitReplies(1)
      assert.strictEqual(reply?.text, "default|m1|cidG==|group|lisi|李四||||kept")
    }))

  it.scopedLive("arguments behind -- are the program's, and no shell sees them", () =>
    Effect.gen(function*() {
      const { fake } = yield* executing([
        ...node("console.log(process.argv.slice(1).join('|'))"),
        "--",
        "--help",
        "$(id)"
      ])
      yield* fake.say("x")
      assert.strictEqual((yield* fake.awaitReplies(1))[0]?.text, "--help|$(id)")
    }))

  it.scopedLive("a program that fails sends nothing, and its code and last words are logged", () =>
    Effect.gen(function*() {
      const source = "let t = ''; process.stdin.on('data', (c) => t += c).on('end', () => {" +
        "if (t === 'bad') { console.log('half'); console.error('last words'); process.exitCode = 7 }" +
        "else if (t !== 'quiet') console.log('fine') })"
      const { fake, program } = yield* executing(node(source), ["--health-port", "0"])
      const [, address = ""] = yield* program.untilStderr(/dingtalk\.cli\.health address=(\S+)/)
      yield* fake.say("bad")
      yield* program.untilStderr(/dingtalk\.handler\.failed.*exited with code 7.*last words/)
      yield* fake.say("quiet")
      yield* fake.say("good")
      const replies = yield* fake.awaitReplies(1)
      assert.deepStrictEqual(replies.map(({ text }) => text), ["fine"])
      const metrics = yield* Effect.promise(async () => (await fetch(`${address}/metrics`)).text())
      assert.include(metrics, "effect_dingtalk_failed_total{account=\"default\"} 1\n")
    }))

  it.scopedLive("a program that is not there ends it before it connects: 2", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const config = yield* Program.configFile(fake.config)
      for (const command of ["no-such-program-here", "./no-such-program-here", "/"]) {
        const { code, stderr } = yield* Program.run(["exec", "--config", config, "--", command])
        assert.strictEqual(code, 2)
        assert.include(stderr, command)
        assert.include(stderr, "Try: effect-dingtalk exec --help")
      }
      assert.deepStrictEqual(yield* fake.requests(), [])
    }))

  it.scopedLive("one that goes away later is logged, and the robot lives on", () =>
    Effect.gen(function*() {
      const path = join(yield* room, "tool")
      writeFileSync(path, "#!/bin/sh\ncat\n", { mode: 0o755 })
      const { fake, program } = yield* executing([path])
      rmSync(path)
      yield* fake.say("x")
      yield* program.untilStderr(/dingtalk\.handler\.failed.*ENOENT/)
      assert.isNull(program.child.exitCode)
    }))

  it.scopedLive("what a person is told when it fails, or takes too long", () =>
    Effect.gen(function*() {
      const { fake } = yield* executing(["sh", "-c", "read -r word; [ \"$word\" = slow ] && sleep 60; exit 7"], [
        "--timeout",
        "2",
        "--on-error",
        "did not work",
        "--on-timeout",
        "too slow"
      ])
      yield* fake.say("bad\n")
      assert.strictEqual((yield* fake.awaitReplies(1))[0]?.text, "did not work")
      yield* fake.say("slow\n")
      assert.strictEqual((yield* fake.awaitReplies(2))[1]?.text, "too slow")
    }))

  it.scopedLive("the account's own time-out is one of those that a person is told of", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* executing(["sleep", "60"], ["--on-timeout", "too slow"], {}, {
        handlerTimeoutMs: 700
      })
      yield* fake.say("x")
      assert.strictEqual((yield* fake.awaitReplies(1))[0]?.text, "too slow")
      yield* program.untilStderr(/dingtalk\.handler\.failed.*took longer than 0\.7 s/)
    }))

  it.scopedLive("--on-busy: whoever finds no room is told, and the others are answered", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const waiting = "until [ -e \"$ROOM/go\" ]; do sleep 0.05; done; cat"
      const { fake } = yield* executing(["sh", "-c", waiting], ["--on-busy", "busy"], { ROOM: directory }, {
        dispatchWorkers: 1,
        dispatchQueueSize: 1
      })
      for (const text of ["first", "second", "third"]) {
        const { messageId } = yield* fake.say(text)
        yield* fake.awaitAck(messageId)
      }
      assert.deepStrictEqual((yield* fake.awaitReplies(1)).map(({ text }) => text), ["busy"])
      writeFileSync(join(directory, "go"), "")
      assert.deepStrictEqual((yield* fake.awaitReplies(3)).map(({ text }) => text), ["busy", "first", "second"])
    }))

  it.scopedLive("output that is no UTF-8 is read as GB18030, with a warning; what it says on stderr is there at DEBUG", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* executing(
        ["sh", "-c", "printf '\\304\\343\\272\\303'; echo aside >&2"],
        ["--log-level", "debug"]
      )
      yield* fake.say("x")
      assert.strictEqual((yield* fake.awaitReplies(1))[0]?.text, "你好")
      yield* program.untilStderr(/level=WARN message=dingtalk\.cli\.encoding .*encoding=gb18030/)
      yield* program.untilStderr(/level=DEBUG message=dingtalk\.cli\.stderr .*stderr=aside/)
    }))

  it.scopedLive("--download: the file is there before the program starts, which is told its name and path", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake } = yield* executing(
        ["sh", "-c", "cat; echo; echo \"$DINGTALK_KIND|$DINGTALK_MEDIA_NAMES\"; cat \"$DINGTALK_MEDIA_PATHS\""],
        ["--download", directory]
      )
      const downloadCode = yield* fake.putFile(Buffer.from("inside"), { fileName: "report.txt" })
      yield* fake.post(Bodies.file("report.txt", { downloadCode }))
      const [reply] = yield* fake.awaitReplies(1)
      for (const line of ["[File: report.txt]", "File|report.txt", "inside"]) assert.include(reply?.text, line)
    }))

  it.live("a line of shell as a command: it is said how", () =>
    Effect.gen(function*() {
      const config = { clientId: "ding1", clientSecret: "s" }
      const { code, stderr } = yield* Effect.scoped(
        Effect.flatMap(
          Program.configFile(config),
          (file) => Program.run(["exec", "--config", file, "--", "cat | tr a-z A-Z"])
        )
      )
      assert.strictEqual(code, 2)
      assert.include(stderr, "as in: -- sh -c \"cat | tr a-z A-Z\"")
    }))

  it.scopedLive("--timeout ends a program that takes too long", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* executing(["sleep", "60"], ["--timeout", "0.2"])
      yield* fake.say("x")
      yield* program.untilStderr(/took longer than 0\.2 s/)
    }))

  it.scopedLive("at a stop the programs get SIGTERM, and it ends with 0 within 7 s, whatever the server does", () =>
    Effect.gen(function*() {
      const directory = yield* room
      // One goes when it is told to; the other one does not listen.
      const source = "const fs = require('fs'); process.chdir(process.env.ROOM); setInterval(() => {}, 1000);" +
        "process.stdin.on('data', (text) => {" +
        "process.on('SIGTERM', () => { if (String(text) === 'polite') { fs.writeFileSync('gone', ''); process.exit() } });" +
        "fs.writeFileSync(String(text), String(process.pid)) })"
      const { fake, program } = yield* executing(node(source), [], { ROOM: directory })
      yield* fake.say("polite")
      yield* fake.say("stubborn")
      yield* mark(directory, "polite")
      yield* mark(directory, "stubborn")
      yield* fake.freeze()
      yield* program.signal("SIGTERM")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 7_000)
      assert.isTrue(existsSync(join(directory, "gone")))
      assert.isFalse(isAlive(Number(readFileSync(join(directory, "stubborn"), "utf8"))))
      assert.include(program.stderr(), "was ended, because this program is being stopped")
    }))

  it.scopedLive("at a second signal what was in hand, and what waited, is told by its ids", () =>
    Effect.gen(function*() {
      const more = { dispatchWorkers: 1, drainTimeoutMs: 5_000 }
      const { fake, program } = yield* executing(node("setInterval(() => {}, 1000)"), [], {}, more)
      for (const msgId of ["in-hand", "waits-1", "waits-2"]) {
        const { messageId } = yield* fake.say("x", { msgId })
        yield* fake.awaitAck(messageId)
      }
      yield* program.signal("SIGTERM")
      yield* program.untilStderr(/dingtalk\.cli\.stopping/)
      yield* program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 143)
      assert.match(program.stderr(), /dingtalk\.cli\.abandoned .*in-hand/)
      assert.match(program.stderr(), /dingtalk\.cli\.abandoned .*waits-1,waits-2/)
    }))

  it.scopedLive("not more programs at once than workers", () =>
    Effect.gen(function*() {
      // Each says how many are in the room with it.
      const source = "const fs = require('fs'); const d = process.env.ROOM; const me = d + '/' + process.pid;" +
        "fs.writeFileSync(me, ''); setTimeout(() => { console.log(fs.readdirSync(d).length); fs.rmSync(me) }, 150)"
      const { fake } = yield* executing(node(source), [], { ROOM: yield* room }, { dispatchWorkers: 2 })
      yield* Effect.forEach(["1", "2", "3", "4", "5", "6"], (text) => fake.say(text))
      const replies = yield* fake.awaitReplies(6)
      for (const { text } of replies) assert.isAtMost(Number(text), 2)
    }))
})
