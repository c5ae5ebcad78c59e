import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Program from "../utils/Program.ts"

describe("demo", () => {
  it.scopedLive("plays every act and ends by itself", () =>
    Effect.gen(function*() {
      const program = yield* Program.start(["demo"], { stdin: "" })
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0, program.stderr())
      assert.isBelow(tookMs, 30_000)
      const said = program.stdout()
      assert.match(said, /1\. A conversation[^]*张三 +你好[^]*小丁 +你好，张三/)
      assert.match(said, /2\. A flood[^]*acknowledged 3,000[^]*together 3,000/)
      assert.match(said, /3\. A disconnect notice[^]*nothing lost/)
      assert.match(said, /4\. A wrong secret[^]*PermanentAuth: account "second"/)
      assert.match(said, /5\. A silent gateway[^]*StreamStall: account "third"[^]*shortened/)
      assert.match(
        said,
        /6\. Asking and stopping[^]*部署到哪里？ \[测试\] \[生产\][^]*alone sees: [^]*✅ 生产（张三）[^]*部署到 prod/
      )
      assert.match(said, /从前有座山，[^]*▌[^]*停[^]*（已停止）[^]*不说了/)
      assert.notInclude(said, "\u001b")
      assert.strictEqual(program.stderr(), "")
    }), 40_000)
})

describe("simulate", () => {
  it.scopedLive("says to a robot what is typed, and prints what the robot says", () =>
    Effect.gen(function*() {
      const dingTalk = yield* Program.start(["simulate"])
      const [line] = yield* dingTalk.untilStdout(/^\{.*\}$/m)
      const config = yield* Program.configFile(line)
      const type = (text: string) => Effect.sync(() => dingTalk.child.stdin.write(`${text}\n`))
      yield* type("anybody?")
      yield* dingTalk.untilStdout(/no robot is connected/)

      const robot = yield* Program.start(["exec", "--config", config, "--", "cat"])
      yield* dingTalk.untilStdout(/\(a robot is connected\)/)
      yield* type("你好")
      yield* dingTalk.untilStdout(/robot → zhangsan \(webhook\): 你好/)
      yield* type("@在吗")
      yield* dingTalk.untilStdout(/robot → 测试群 \(webhook\): 在吗/)
      yield* type("/notice")
      yield* dingTalk.untilStdout(/a robot is connected\)[^]*a robot is connected\)/)
      yield* type("/quit")
      assert.strictEqual((yield* dingTalk.ended).code, 0)
      yield* robot.signal("SIGTERM")
      assert.strictEqual((yield* robot.ended).code, 0)
    }))

  it.scopedLive("a port that is taken is a mistake on the command line", () =>
    Effect.gen(function*() {
      const first = yield* Program.start(["simulate"])
      const [, port = ""] = yield* first.untilStdout(/127\.0\.0\.1:(\d+)/)
      const { code, stderr } = yield* Program.run(["simulate", "--port", port])
      assert.strictEqual(code, 2)
      assert.include(stderr, "EADDRINUSE")
    }))
})
