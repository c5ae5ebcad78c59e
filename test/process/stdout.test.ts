/** What is printed, and a stdout that does not take it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { room } from "./utils/marks.ts"
import * as Program from "./utils/Program.ts"

const prepared = Effect.gen(function*() {
  const directory = yield* room
  const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
  return { config: yield* Program.configFile({ ...fake.config, events: true }), fake, out: join(directory, "out") }
})

const linesOf = (file: string) => readFileSync(file, "utf8").split("\n")

describe("stdout", () => {
  it.scopedLive("a file that may not grow: whole lines only, LATER for the event that did not fit, and 1", () =>
    Effect.gen(function*() {
      const { config, fake, out } = yield* prepared
      // In blocks of 512 bytes, or of 1024.
      const program = yield* Program.start(["listen", "--config", config], {
        through: `ulimit -f 4; exec "$@" >> ${out}`
      })
      yield* fake.awaitConnection
      for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const { messageId } = yield* fake.event("user_add_org", { pad: "x".repeat(700) }, { eventId: `e${n}` })
        const { data } = yield* fake.awaitAck(messageId)
        const lines = linesOf(out)
        assert.strictEqual(lines.at(-1), "")
        const printed = lines.some((line) => line.includes(`"e${n}"`))
        assert.deepStrictEqual(data, { status: printed ? "SUCCESS" : "LATER" })
        if (!printed) break
      }
      assert.strictEqual((yield* program.ended).code, 1)
      assert.include(program.stderr(), "stdout cannot be written to (EFBIG)")
    }))

  it.scopedLive("a file whose last line is torn: the next one begins a line", () =>
    Effect.gen(function*() {
      const { config, fake, out } = yield* prepared
      writeFileSync(out, "{\"type\":\"message\",\"te")
      const program = yield* Program.start(["listen", "--config", config], { through: `exec "$@" >> ${out}` })
      yield* fake.awaitConnection
      for (const msgId of ["m1", "m2"]) yield* fake.say("x", { msgId })
      yield* Effect.repeat(Effect.sleep(20), { until: () => linesOf(out).length === 4 })
      const [torn, first = "", second = "", end] = linesOf(out)
      assert.deepStrictEqual([torn, end], ["{\"type\":\"message\",\"te", ""])
      assert.deepStrictEqual([first, second].map((line) => JSON.parse(line).messageId), ["m1", "m2"])
      yield* program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
    }))

  it.scopedLive("what comes in a burst is printed in the order of its coming", () =>
    Effect.gen(function*() {
      const { config, fake } = yield* prepared
      const program = yield* Program.start(["listen", "--config", config])
      yield* fake.awaitConnection
      const ids = Array.from({ length: 200 }, (_, n) => `m${n}`)
      yield* Effect.forEach(ids, (msgId, n) => fake.say("x".repeat(1 + n % 7), { msgId, from: `user${n % 5}` }))
      yield* program.untilLines(200)
      assert.deepStrictEqual(program.objects().map(({ messageId }) => messageId), ids)
    }))

  const full = describe.skipIf(!existsSync("/dev/full"))
  full("that is full", () => {
    const onFull = (args: (config: string) => ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const { config } = yield* prepared
        return yield* Program.run(args(config), { through: "exec \"$@\" > /dev/full" })
      })

    const commands: Readonly<Record<string, ReadonlyArray<string>>> = {
      "send": ["send", "--to", "user:a", "--text", "x"],
      "send to many": ["send", "--to", "user:a", "--to", "user:b", "--text", "x"],
      "send --dry-run": ["send", "--to", "user:a", "--text", "x", "--dry-run"],
      "doctor": ["doctor"],
      "recall": ["recall", "key"]
    }
    for (const [name, [command = "", ...rest]] of Object.entries(commands)) {
      it.scopedLive(`${name} says so, and ends with 1`, () =>
        Effect.gen(function*() {
          const { code, stderr } = yield* onFull((config) => [command, "--config", config, ...rest])
          assert.strictEqual(code, 1, stderr)
          assert.include(stderr, "stdout cannot be written to (ENOSPC)")
          if (name === "send to many") assert.include(stderr, "what became of 2 of them could not be printed")
        }))
    }
  })

  for (const words of [["doctor"], ["recall", "k1"], ["send", "--to", "a", "--text", "x"]]) {
    it.scopedLive(`${words[0]} whose reader has gone: 1, and why`, () =>
      Effect.gen(function*() {
        const { config } = yield* prepared
        const program = yield* Program.start([...words, "--config", config], {
          through: `("$@"; echo "ended with $?" >&2) | true`
        })
        yield* program.ended
        assert.include(program.stderr(), "stdout cannot be written to (EPIPE: nobody reads it any more)")
        assert.include(program.stderr(), "ended with 1")
      }))
  }
})
