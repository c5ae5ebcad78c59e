import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Bodies from "../../../src/testing/Bodies.ts"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Script from "../../../src/testing/Script.ts"
import { isAlive, mark, room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"
import * as Python from "../utils/python.ts"

const me = "zhangsan"

const running = (
  command: ReadonlyArray<string>,
  { args = [], env = {}, more = {} }: {
    readonly args?: ReadonlyArray<string>
    readonly env?: Record<string, string>
    readonly more?: object
  } = {}
) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
    const config = yield* Program.configFile({ ...fake.config, ...more })
    const program = yield* Program.start(["exec", "--persistent", "--config", config, ...args, "--", ...command], {
      env
    })
    yield* fake.awaitConnection
    return { fake, program }
  })

/** A program in JavaScript: `say` writes a command, `on(got)` is called with each line that was read. */
const script = (on: string): ReadonlyArray<string> => [
  process.execPath,
  "-e",
  `const fs = require("fs"); const say = (c) => process.stdout.write(JSON.stringify(c) + "\\n");
  const note = (name, text) => { fs.writeFileSync(process.env.ROOM + "/.tmp", text); fs.renameSync(process.env.ROOM + "/.tmp", process.env.ROOM + "/" + name) };
  const on = (got) => { ${on} };
  require("readline").createInterface({ input: process.stdin }).on("line", (line) => on(JSON.parse(line)))`
]

const texts = (replies: ReadonlyArray<{ readonly text: string }>) => replies.map(({ text }) => text)

describe("exec --persistent", () => {
  it.scopedLive("greets, gives what listen prints with an id, and tells what became of each command, by its id", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake } = yield* running(
        script(`fs.appendFileSync(process.env.ROOM + "/read", JSON.stringify(got) + "\\n");
          if (got.type === "message") { say({ id: "one", type: "reply", for: got.id, text: "first", more: true });
            say({ id: 2, type: "reply", for: got.id, markdown: "# second", title: "T" });
            say({ id: 3, type: "send", to: "lisi", text: "aside" }) }
          // Those of two chats may come in any order.
          if (got.type === "result" && (global.results = (global.results ?? 0) + 1) === 3) note("done", "")`),
        { env: { ROOM: directory } }
      )
      yield* fake.say("你好", { from: me, msgId: "msg-1" })
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(3)).toSorted(), ["# second", "aside", "first"])
      yield* mark(directory, "done")
      const lines = readFileSync(join(directory, "read"), "utf8").trim().split("\n").map((line) => JSON.parse(line))
      assert.containSubset(lines[0], { type: "hello", protocol: 1, accounts: ["default"], downloads: false })
      assert.includeMembers(lines[0].commands, ["reply", "send", "card.create", "recall"])
      assert.containSubset(lines[1], { type: "message", id: "m1", kind: "Text", messageId: "msg-1", text: "你好" })
      assert.notInclude(JSON.stringify(lines), "sendBySession")
      const result = (id: unknown) => lines.find((line) => line.type === "result" && line.id === id)
      assert.containSubset(result("one"), { via: "webhook", messages: 1 })
      assert.containSubset(result(2), { via: "webhook" })
      assert.isString(result(3).messageId)
    }))

  it.scopedLive("what is wrong is told: by id and line to the program, in the log to the operator; none of it is fatal", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake, program } = yield* running(
        script(`if (got.type === "message") {
            console.log("just words"); say({ id: "a", type: "replay" }); say({ id: "b", type: "reply", for: got.id, txt: "x" });
            say({ id: "c", type: "reply", for: "m99", text: "x" }); say({ id: "d", type: "send", to: "lisi", text: "x" });
            console.log("x".repeat(1100000)); say({ id: "e", type: "done", for: got.id }) }
          if (got.type === "error" || got.type === "result") fs.appendFileSync(process.env.ROOM + "/read", JSON.stringify(got) + "\\n");
          if (got.id === "e") setTimeout(() => note("done", ""), 300)`),
        { env: { ROOM: directory } }
      )
      yield* fake.answerEvery("/v1.0/robot/oToMessages/batchSend", Script.refusals.noPermission)
      yield* fake.say("x", { from: me })
      yield* mark(directory, "done")
      const lines = readFileSync(join(directory, "read"), "utf8").trim().split("\n").map((line) => JSON.parse(line))
      const find = (id: unknown) => lines.filter((line) => line.id === id)
      assert.containSubset(find(null), [{ code: "NotJson", line: 1 }, { code: "TooLong", line: 6 }])
      assert.containSubset(find("a"), [{ code: "NotACommand", hint: "did you mean reply?", line: 2, retryable: false }])
      assert.containSubset(find("b"), [{
        code: "BadCommand",
        message: "reply has no field txt",
        hint: "did you mean text?"
      }])
      assert.containSubset(find("c"), [{ code: "UnknownDelivery" }])
      assert.containSubset(find("d"), [{ code: "PermissionDenied", retryable: false }])
      assert.containSubset(find("e"), [{ type: "result" }])
      yield* program.untilStderr(/level=WARN message=dingtalk\.cli\.odd_line .*line=1 .*not a JSON object/)
      assert.isNull(program.child.exitCode)
    }))

  it.scopedLive("files in and out, a reaction, and taking back what was said", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const downloads = join(directory, "in")
      writeFileSync(join(directory, "report.pdf"), "%PDF")
      const { fake } = yield* running(
        script(`if (got.type === "message") { note("got", fs.readFileSync(got.paths[0], "utf8"));
            say({ type: "reaction.add", for: got.id, text: "👀" });
            say({ id: "f", type: "reply", for: got.id, file: process.env.ROOM + "/report.pdf" }) }
          if (got.id === "f") say({ id: "r", type: "recall", messageIds: got.messageIds });
          if (got.id === "r") note("recalled", JSON.stringify(got))`),
        { args: ["--download", downloads], env: { ROOM: directory } }
      )
      const downloadCode = yield* fake.putFile(Buffer.from("inside"), { fileName: "a.txt" })
      yield* fake.post(Bodies.file("a.txt", { downloadCode }), { from: me })
      yield* mark(directory, "recalled")
      assert.strictEqual(readFileSync(join(directory, "got"), "utf8"), "inside")
      const recalled = JSON.parse(readFileSync(join(directory, "recalled"), "utf8"))
      assert.containSubset(recalled, { type: "result", failed: [] })
      assert.lengthOf(recalled.recalled, 1)
      const [said] = yield* fake.conversation(me)
      assert.deepStrictEqual(said?.reactions, ["👀"])
    }))

  it.scopedLive(
    "a program that ends is started anew; what it had in hand is lost, counted, told, and said to the person",
    () =>
      Effect.gen(function*() {
        const { fake, program } = yield* running(
          script(
            `if (got.type === "message") { if (got.text === "crash") { console.error("last words"); process.exit(7) }
          say({ type: "reply", for: got.id, text: process.pid + "" }) }`
          ),
          { args: ["--on-error", "sorry", "--health-port", "0"] }
        )
        const [, address = ""] = yield* program.untilStderr(/dingtalk\.cli\.health address=(\S+)/)
        yield* fake.say("one", { from: me })
        yield* fake.awaitReplies(1)
        yield* fake.say("crash", { from: me, msgId: "crashing" })
        yield* program.untilStderr(
          /dingtalk\.cli\.program_ended .*how="exited with code 7".*ids=m2.*lost=1.*last words/
        )
        yield* program.untilStderr(/dingtalk\.handler\.failed.*messageId=crashing.*exited with code 7/)
        // While there is none, what comes waits for the next.
        yield* fake.say("two", { from: "lisi" })
        const [first, sorry, second] = texts(yield* fake.awaitReplies(3))
        assert.strictEqual(sorry, "sorry")
        assert.match(`${second}`, /^\d+$/)
        assert.notStrictEqual(second, first)
        const metrics = yield* Effect.promise(async () => (await fetch(`${address}/metrics`)).text())
        assert.include(metrics, "effect_dingtalk_failed_total{account=\"default\"} 1\n")
        assert.match(metrics, /effect_dingtalk_program_ends_total\S* 1\n/)
      }),
    30_000
  )

  it.scopedLive("what is not answered in time is counted, told by its ids, and said to the person", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* running(script(""), {
        args: ["--on-timeout", "too slow"],
        more: { handlerTimeoutMs: 700 }
      })
      yield* fake.say("x", { from: me, msgId: "slow-1" })
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["too slow"])
      yield* program.untilStderr(/dingtalk\.handler\.failed.*messageId=slow-1.*longer than 0\.7 s/)
    }))

  it.scopedLive("a program that does not read: its queue fills and gives way, and people are told", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* running(["sleep", "60"], {
        args: ["--on-busy", "busy"],
        more: { dispatchWorkers: 2, dispatchQueueSize: 4 }
      })
      yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => `${index}`),
        (text) => fake.say(text, { from: me })
      )
      yield* fake.awaitAllAcked
      yield* program.untilStderr(/dingtalk\.dispatch\.dropped/)
      assert.include(texts(yield* fake.awaitReplies(1)), "busy")
    }))

  it.scopedLive("a program that floods is read no faster than its commands are carried out", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const flood =
        `let n = 0; const more = () => { while (n < 200000) { n += 1; if (!process.stdout.write("nonsense " + n + "\\n"))
        { fs.writeFileSync(process.env.ROOM + "/count", String(n)); process.stdout.once("drain", more); return } } };
        if (got.type === "message") { if (got.text === "go") { process.stdin.pause(); more() } else say({ type: "reply", for: got.id, text: "alive" }) }`
      const { fake, program } = yield* running(script(flood), { env: { ROOM: directory } })
      yield* fake.say("go", { from: me })
      yield* program.untilStderr(/odd_line/)
      yield* mark(directory, "count")
      const count = Effect.sync(() => Number(readFileSync(join(directory, "count"), "utf8")))
      const stands = Effect.gen(function*() {
        const before = yield* count
        yield* Effect.sleep("500 millis")
        return (yield* count) === before
      })
      assert.isTrue(yield* Effect.repeat(stands, { until: (it) => it, times: 20 }))
      assert.isBelow(yield* count, 200_000)
    }))

  it.scopedLive("a program that prints what it reads does not talk with itself through us", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* running(["cat"], { args: ["--timeout", "1", "--on-timeout", "nobody there"] })
      yield* fake.say("x", { from: me })
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["nobody there"])
      assert.lengthOf(program.stderr().match(/dingtalk\.cli\.odd_line/g) ?? [], 2)
    }))

  it.scopedLive("a program that tells of all it reads on stdout is not answered for ever", () =>
    Effect.gen(function*() {
      const { fake } = yield* running(script(`on.errors ??= 0; if (got.type === "error") on.errors += 1;
        console.log("got " + JSON.stringify(got));
        if (got.type === "message") say({ type: "reply", for: got.id, text: String(on.errors) })`))
      yield* fake.say("how many?", { from: me })
      const [told = ""] = texts(yield* fake.awaitReplies(1))
      assert.isAtMost(Number(told), 3)
    }))

  it.scopedLive("a stop: what is in hand is finished, stdin ends, then it is ended with all that it started", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const { fake, program } = yield* running(
        script(`process.on("SIGTERM", () => note("term", "")); setInterval(() => {}, 1000);
          process.stdin.on("end", () => note("eof", String(process.pid)));
          if (got.type === "message") { note("has", ""); globalThis.has = got.id }
          if (got.type === "stopping") say({ type: "reply", for: globalThis.has, text: "just in time" })`),
        { env: { ROOM: directory } }
      )
      yield* fake.say("x", { from: me })
      yield* mark(directory, "has")
      yield* program.signal("SIGTERM")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 7_000)
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["just in time"])
      yield* mark(directory, "eof")
      yield* mark(directory, "term")
      assert.isFalse(isAlive(Number(readFileSync(join(directory, "eof"), "utf8"))))
      assert.notInclude(program.stderr(), "program_ended")
    }))

  it.scopedLive("within a conversation the order is kept, whatever the others do", () =>
    Effect.gen(function*() {
      const { fake } = yield* running(
        script(
          `if (got.type === "message") setTimeout(() => say({ type: "reply", for: got.id, text: got.text }), Math.random() * 10)`
        )
      )
      const said = Array.from({ length: 60 }, (_, index) => [`u${index % 3}`, String(index)] as const)
      yield* Effect.forEach(said, ([from, text]) => fake.say(text, { from }))
      const replies = yield* fake.awaitReplies(60)
      for (const user of ["u0", "u1", "u2"]) {
        assert.deepStrictEqual(
          texts(replies.filter(({ to }) => to === user)),
          said.flatMap(([from, text]) => from === user ? [text] : [])
        )
      }
    }), 30_000)

  it.live("a program that can't be started, and options that do not go together, end it before it connects: 2", () =>
    Effect.scoped(Effect.gen(function*() {
      const directory = yield* room
      const file = yield* Program.configFile({ clientId: "ding1", clientSecret: "s" })
      const broken = join(directory, "broken")
      writeFileSync(broken, "#!/no/such/interpreter\n", { mode: 0o755 })
      for (
        const [words, expected] of [
          [["--persistent", "--", broken], "could not be started (ENOENT"],
          [["--persistent", "--", "no-such-program-here"], "there is no command \"no-such-program-here\""],
          [["--persistent", "--stream", "--", "cat"], "--stream is not for --persistent"]
        ] as const
      ) {
        const { code, stderr } = yield* Program.run(["exec", "--config", file, ...words])
        assert.strictEqual(code, 2, stderr)
        assert.include(stderr, expected)
      }
    })))
})

describe.skipIf(!Python.isThere)(`the examples in Python${Python.note}`, () => {
  it.scopedLive("the shortest one of the page", () =>
    Effect.gen(function*() {
      const page = readFileSync("docs/exec.md", "utf8")
      const [, code = ""] = /This is a whole robot:\n\n```python\n([^]*?)```/.exec(page) ?? []
      const { fake } = yield* running(["python3", "-c", code])
      yield* fake.say("你好", { from: me })
      assert.deepStrictEqual(texts(yield* fake.awaitReplies(1)), ["you said: 你好"])
    }))

  it.scopedLive(
    "memory: each conversation has its own, for as long as the program lives",
    () =>
      Effect.gen(function*() {
        const { fake, program } = yield* running(["python3", "examples/exec/memory.py"])
        const ask = (text: string, from: string, count: number) =>
          Effect.zipRight(fake.say(text, { from }), Effect.map(fake.awaitReplies(count), (all) => texts(all).at(-1)))
        assert.strictEqual(yield* ask("a", me, 1), "1: a")
        assert.strictEqual(yield* ask("一", "lisi", 2), "1: 一")
        assert.strictEqual(yield* ask("b", me, 3), "2: a, b")
        assert.strictEqual(yield* ask("/forget", me, 4), "forgotten")
        assert.strictEqual(yield* ask("c", me, 5), "1: c")
        yield* fake.say("/crash", { from: me })
        yield* program.untilStderr(/program_ended .*somebody wanted it/)
        assert.strictEqual(yield* ask("d", "lisi", 6), "1: d")
      }),
    30_000
  )

  it.scopedLive("model: the answer is typed into a card under a reaction, and finished", () =>
    Effect.gen(function*() {
      const directory = yield* room
      // Its model goes on behind the first word when that was seen, however long the card took.
      const paced = `import os, runpy, time
real, pauses = time.sleep, 0
def pause(_):
    global pauses
    pauses += 1
    while pauses > 1 and not os.path.exists(os.environ["ROOM"] + "/seen"): real(0.02)
time.sleep = pause
runpy.run_path("examples/exec/model.py", run_name="__main__")`
      const { fake } = yield* running(["python3", "-c", paced], { env: { ROOM: directory } })
      yield* fake.say("why", { from: me })
      const typing = yield* fake.awaitCard(({ status, text }) => status === "inputting" && text !== "")
      assert.include("You asked: why. The answer is **42**.", typing.text)
      writeFileSync(join(directory, "seen"), "")
      const { text } = yield* fake.awaitCard(({ status }) => status === "finished")
      assert.strictEqual(text, "You asked: why. The answer is **42**.")
      yield* fake.until(
        "no reaction",
        Effect.map(fake.conversation(me), ([said]) => said?.reactions.length === 0 ? Option.some(said) : Option.none())
      )
    }), 30_000)

  it.scopedLive(
    "approvals: a card with a button, whose answer updates it; events are taken or put off",
    () =>
      Effect.gen(function*() {
        const { fake, program } = yield* running(["python3", "examples/exec/approvals.py"], {
          more: { events: true },
          args: ["--log-level", "debug"]
        })
        yield* fake.say("/ask lunch?", { from: me })
        const card = yield* fake.awaitCard(({ params }) => params["title"] === "lunch?")
        const { outTrackId } = card
        const action = yield* fake.cardAction({ outTrackId, userId: "lisi", actionIds: ["agree"], params: {} })
        const { data } = yield* fake.awaitAck(action.messageId)
        assert.deepNestedInclude(data, { "response.cardData.cardParamMap": { status: "lisi: agree" } })
        const noted = yield* fake.awaitReplies(2)
        assert.include(texts(noted), `noted: ${outTrackId}`)
        const event = yield* fake.event("user_add_org", { userId: ["u1"] })
        assert.deepStrictEqual((yield* fake.awaitAck(event.messageId)).data, { status: "SUCCESS" })
        const later = yield* fake.event("chat_disband", { openConversationId: "cid1" })
        assert.containSubset((yield* fake.awaitAck(later.messageId)).data, { status: "LATER" })
        yield* program.untilStderr(/dingtalk\.cli\.stderr .*outTrackId/)
      }),
    30_000
  )
})

describe.skipIf(!Python.hasJq)(`the example in shell${Python.jqNote}`, () => {
  it.scopedLive("answers commands", () =>
    Effect.gen(function*() {
      const { fake } = yield* running(["sh", "examples/exec/shell.sh"])
      yield* fake.say("/date", { from: me })
      assert.match(texts(yield* fake.awaitReplies(1))[0] ?? "", /^\d{4}-\d\d-\d\d$/)
      yield* fake.say("what", { from: me })
      assert.strictEqual(texts(yield* fake.awaitReplies(2))[1], "I know /date and /load")
    }), 30_000)
})
