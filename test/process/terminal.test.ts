/** The program on a terminal. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import * as Program from "./utils/Program.ts"
import * as Python from "./utils/python.ts"

const onTerminal = (columns: number) => ({ through: `exec python3 ${Python.terminal} ${columns} "$@"` })

const plain = (text: string) => text.replace(/\u001b\[[0-9;]*[mK]/g, "").replaceAll("\r", "")

describe.skipIf(!Python.isThere)(`terminal${Python.note}`, () => {
  it.scopedLive("one that is paused stops neither acknowledgements nor /healthz, and has all of it in the end", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const config = yield* Program.configFile(fake.config)
      const program = yield* Program.start(
        ["listen", "--config", config, "--health-port", "0", "--log-level", "debug"],
        onTerminal(80)
      )
      const [, address = ""] = yield* program.untilStdout(/(127\.0\.0\.1:\d+)/)
      yield* fake.awaitConnection
      yield* fake.say("before")
      yield* program.untilStdout(/"text":"before"/)
      program.child.stdin.write("pause\n")
      // Long lines, so that what waits is more than a terminal holds by itself.
      const said = yield* Effect.forEach(
        Array.from({ length: 40 }, (_, n) => `during-${n}`),
        (text) => fake.say(`${text} ${"x".repeat(4_000)}`, { msgId: text })
      )
      yield* Effect.forEach(
        said,
        ({ deliveries }) => Effect.forEach(deliveries, ({ messageId }) => fake.awaitAck(messageId))
      )
      const health = yield* Effect.promise(() => fetch(`http://${address}/healthz`))
      assert.strictEqual(health.status, 200)
      assert.notInclude(program.stdout(), "during-39")
      program.child.stdin.write("resume\n")
      yield* program.untilStdout(/"text":"during-39 x+"[^\n]*\n/)
      const lines = plain(program.stdout()).split("\n").filter((line) => line.startsWith("{"))
      assert.deepStrictEqual(
        lines.slice(1, 41).map((line) => JSON.parse(line).messageId),
        said.map((_, n) => `during-${n}`)
      )
    }))

  it.scopedLive("one that is paused holds up no stop", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const config = yield* Program.configFile(fake.config)
      const program = yield* Program.start(["listen", "--config", config], onTerminal(80))
      yield* fake.awaitConnection
      program.child.stdin.write("pause\n")
      for (let n = 0; n < 20; n += 1) yield* fake.say("x".repeat(4_000))
      program.child.stdin.write("interrupt\n")
      assert.strictEqual((yield* program.ended).code, 0)
    }))

  for (const columns of [60, 120]) {
    it.scopedLive(`help fits ${columns} columns`, () =>
      Effect.gen(function*() {
        const program = yield* Program.start(["send", "--help"], onTerminal(columns))
        yield* program.ended
        const lines = plain(program.stdout()).split("\n")
        assert.isAtMost(Math.max(...lines.map((line) => line.length)), columns)
        assert.isAbove(Math.max(...lines.map((line) => line.length)), columns - 15)
        assert.include(program.stdout(), "\u001b[1mExamples:\u001b[0m")
      }))
  }
})
