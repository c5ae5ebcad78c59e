/** What happens to a process in the months of its life, and what must come through it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import type * as Fake from "../../../src/testing/Options.ts"
import { isAlive, mark, room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

/** A program that answers each message by what it says, connected to a fake. */
const echoing = (options: Program.Options & { readonly fake?: Fake.Options } = {}) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000, ...options.fake })
    const config = yield* Program.configFile(fake.config)
    const program = yield* Program.start(["exec", "--config", config, "--", "cat"], options)
    yield* fake.awaitConnection
    return { config, fake, program }
  })

/** The texts that people were answered, in the order of coming. */
const answered = (fake: FakeDingTalk.Fake, count: number) =>
  Effect.map(fake.awaitReplies(count), (replies) => replies.map(({ text }) => text))

/** Waits until the fake has put a message on a connection so often. */
const attempts = (fake: FakeDingTalk.Fake, msgId: string, count: number) =>
  fake.until(
    `attempt ${count} of ${msgId}`,
    Effect.map(fake.deliveries, (all) => {
      const mine = all.filter((delivery) => delivery.msgId === msgId && delivery.connection !== undefined)
      return mine.length >= count ? Option.some(mine) : Option.none()
    })
  )

const endsWell = (program: Program.Program) =>
  Effect.gen(function*() {
    yield* program.signal("SIGTERM")
    const { code, tookMs } = yield* program.ended
    assert.strictEqual(code, 0, program.stderr())
    assert.isBelow(tookMs, 7_000)
  })

// Most of their time is waiting.
describe.concurrent("the process", () => {
  it.scopedLive("killed (SIGKILL): its socket is gone, and another one takes over what was not acknowledged", () =>
    Effect.gen(function*() {
      const { config, fake, program } = yield* echoing({
        fake: { redeliverAfterMs: 300, redeliverEventsAfterMs: 300 }
      })
      yield* fake.say("before", { msgId: "m1" })
      yield* fake.awaitReplies(1)
      // It can't acknowledge any more, and DingTalk does not know yet.
      yield* program.signal("SIGSTOP")
      yield* fake.say("in hand", { msgId: "m2" })
      yield* attempts(fake, "m2", 2)
      yield* program.signal("SIGKILL")
      assert.strictEqual((yield* program.ended).signal, "SIGKILL")
      const closed = yield* fake.awaitClosed()
      assert.strictEqual(closed.closedBy, "client")
      assert.strictEqual(closed.closeCode, 1006)

      yield* Program.start(["exec", "--config", config, "--", "cat"])
      yield* fake.awaitConnection
      yield* fake.say("after")
      assert.sameMembers(yield* answered(fake, 3), ["before", "in hand", "after"])
      yield* fake.awaitAllAcked
    }))

  it.scopedLive("told twice to end: at once, and the commands that it runs do not survive it", () =>
    Effect.gen(function*() {
      const directory = yield* room
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const config = yield* Program.configFile(fake.config)
      const stubborn = "process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); setInterval(() => {}, 1000);" +
        "require('fs').writeFileSync(process.env.ROOM + '/pid', String(process.pid))"
      const program = yield* Program.start(
        ["exec", "--config", config, "--", process.execPath, "-e", stubborn],
        { env: { ROOM: directory } }
      )
      yield* fake.awaitConnection
      yield* fake.say("x", { msgId: "m1" })
      yield* mark(directory, "pid")
      yield* program.signal("SIGINT")
      yield* program.untilStderr(/dingtalk\.cli\.stopping/)
      yield* program.signal("SIGINT")
      yield* program.untilStderr(/level=WARN message=dingtalk\.cli\.abandoned .*messageId=m1/)
      // The first one alone would have ended it with 0, and later.
      assert.strictEqual((yield* program.ended).code, 130)
      const pid = Number(readFileSync(join(directory, "pid"), "utf8"))
      yield* Effect.repeat(Effect.sleep(10), { until: () => !isAlive(pid), times: 200 })
      assert.isFalse(isAlive(pid))
    }))

  it.scopedLive.skipIf(!existsSync("/dev/full"))(
    "a disk that is full under stdout: it ends with 1 and says why",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
        const config = yield* Program.configFile(fake.config)
        const program = yield* Program.start(["listen", "--config", config], { through: "exec \"$@\" > /dev/full" })
        yield* fake.awaitConnection
        yield* fake.say("one", { msgId: "m1" })
        assert.strictEqual((yield* program.ended).code, 1)
        assert.include(program.stderr(), "stdout cannot be written to (ENOSPC)")
        // What was lost has a record of its own.
        assert.match(program.stderr(), /level=ERROR message=dingtalk\.handler\.failed .*messageId=m1/)
        yield* fake.awaitClosed()
      })
  )

  it.scopedLive(
    "no file descriptor left: it lives on, says so, and goes on when there are some again",
    () =>
      Effect.gen(function*() {
        const { fake, program } = yield* echoing({ preloads: ["hog"], through: "ulimit -n 128; exec \"$@\"" })
        yield* program.signal("SIGUSR2")
        yield* program.untilStderr(/hog: EMFILE/)
        // The connection that there is goes on, though no command can be started.
        yield* fake.say("no command", { msgId: "m1" })
        yield* program.untilStderr(/dingtalk\.handler\.failed.*could not be started \(EMFILE\)/)
        assert.strictEqual((yield* fake.awaitAck("m1")).code, 200)
        // And there is no new one.
        yield* fake.cut({ reset: true })
        yield* program.untilStderr(/dingtalk\.stream\.disconnected.*EMFILE/)
        yield* program.signal("SIGUSR2")
        yield* program.untilStderr(/hog: gave them back/)
        yield* fake.awaitConnection
        yield* fake.say("fine again")
        assert.deepStrictEqual(yield* answered(fake, 1), ["fine again"])
        yield* endsWell(program)
      }),
    40_000
  )

  for (const [direction, sign] of [["forward", 1], ["back", -1]] as const) {
    it.scopedLive(`a clock that is moved a day ${direction}: nothing ends, is forgotten or handled twice`, () =>
      Effect.gen(function*() {
        const { fake, program } = yield* echoing({
          preloads: ["clock"],
          env: { CLOCK_JUMP_MS: String(sign * 86_400_000) }
        })
        // What is answered through the API needs a token, whose time is kept as well.
        yield* fake.expireWebhooks
        yield* fake.say("before", { from: "lisi", msgId: "m1" })
        yield* answered(fake, 1)
        yield* program.signal("SIGUSR2")
        yield* program.untilStderr(/clock: it is/)
        yield* fake.redeliver("m1")
        yield* fake.say("after", { from: "lisi", msgId: "m2" })
        yield* answered(fake, 2)
        yield* fake.expireTokens
        yield* fake.say("later", { from: "lisi", msgId: "m3" })
        yield* answered(fake, 3)
        yield* endsWell(program)
        assert.deepStrictEqual(yield* answered(fake, 3), ["before", "after", "later"])
        assert.strictEqual(yield* fake.connectionsEver, 1)
        assert.strictEqual((yield* fake.stats).doubleAcked, 0)
      }))
  }

  it.scopedLive("suspended for longer than the server waits, and resumed: it notices, and takes what was kept", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* echoing({ fake: { redeliverAfterMs: 300 } })
      yield* fake.say("before")
      yield* fake.awaitReplies(1)
      yield* program.signal("SIGSTOP")
      yield* fake.say("meanwhile", { msgId: "m2" })
      yield* attempts(fake, "m2", 2)
      yield* fake.cut()
      yield* fake.awaitClosed()
      yield* program.signal("SIGCONT")
      yield* program.untilStderr(/dingtalk\.stream\.backing_off/)
      yield* fake.awaitConnection
      yield* fake.say("after")
      assert.sameMembers(yield* answered(fake, 3), ["before", "meanwhile", "after"])
      assert.strictEqual(yield* fake.connectionsEver, 2)
      yield* endsWell(program)
      // What had been read before the cut, and what was brought again, is one message.
      assert.lengthOf(yield* fake.replies, 3)
    }))

  it.scopedLive("suspended for less: the connection stays, and what waited in it is handled", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* echoing()
      yield* program.signal("SIGSTOP")
      yield* fake.say("one")
      yield* fake.ping()
      yield* program.signal("SIGCONT")
      assert.deepStrictEqual(yield* answered(fake, 1), ["one"])
      yield* fake.awaitAllAcked
      assert.strictEqual(yield* fake.connectionsEver, 1)
      yield* endsWell(program)
    }))
})
