import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"
import * as Python from "../utils/python.ts"

const app = (name: string) => ({ clientId: `ding${name}`, clientSecret: `secret-${name}` })

/** A `listen` of some accounts, whose configuration can be written anew. */
const listening = (...names: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({
      apps: [app("a"), app("b"), app("c"), app("d")],
      awaitTimeoutMs: 15_000
    })
    const { apiBaseUrl, oapiBaseUrl } = fake.config
    const settingsOf = (accounts: Record<string, object>) => JSON.stringify({ apiBaseUrl, oapiBaseUrl, accounts })
    const config = yield* Program.configFile(settingsOf(Object.fromEntries(names.map((name) => [name, app(name)]))))
    const program = yield* Program.start(["listen", "--config", config])
    for (const name of names) yield* program.untilStderr(new RegExp(`stream\\.connected account=${name}`))
    const write = (accounts: Record<string, object> | string) =>
      Effect.sync(() => writeFileSync(config, typeof accounts === "string" ? accounts : settingsOf(accounts)))
    return { fake, program, write, config }
  })

describe("SIGHUP", () => {
  it.scopedLive("puts the new configuration in force, touches the accounts that changed alone, and says which", () =>
    Effect.gen(function*() {
      const { fake, program, write } = yield* listening("a", "b", "c")
      yield* write({ a: app("a"), b: { ...app("b"), requireMention: true }, d: app("d") })
      yield* program.signal("SIGHUP")
      yield* program.untilStderr(/dingtalk\.config\.reloaded module=config added=d kept=a removed=c restarted=b/)
      yield* program.untilStderr(/stream\.connected account=d/)
      assert.lengthOf(program.stderr().match(/stream\.connected account=a/g) ?? [], 1)
      yield* program.untilStderr(/stream\.connected account=b[^]*stream\.connected account=b/)
      yield* fake.say("unheard", { group: "cidG==", robots: ["dingb"] })
      yield* fake.say("heard", { robots: ["dinga"] })
      const [line = ""] = yield* program.untilLines(1)
      assert.containSubset(JSON.parse(line), { accountId: "a", text: "heard" })
      // Each account still prints in order: the settings that listen makes its own are kept, too.
      yield* program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
    }))

  it.scopedLive("one that can't be used changes nothing, and is told with its mistakes, each time", () =>
    Effect.gen(function*() {
      const { fake, program, write, config } = yield* listening("a")
      yield* write("{ \"accounts\": ")
      yield* program.signal("SIGHUP")
      yield* program.untilStderr(/level=ERROR message=dingtalk\.cli\.not_reloaded .*line 1/)
      yield* write({ a: { clientId: "dinga" } })
      yield* program.signal("SIGHUP")
      yield* program.untilStderr(/level=ERROR message=dingtalk\.cli\.not_reloaded .*accounts\.a\.appSecret is missing/)
      yield* Effect.sync(() => rmSync(config))
      yield* program.signal("SIGHUP")
      yield* program.untilStderr(/level=ERROR message=dingtalk\.cli\.not_reloaded .*there is no such file/)
      yield* fake.say("still here", { robots: ["dinga"] })
      const [line = ""] = yield* program.untilLines(1)
      assert.containSubset(JSON.parse(line), { text: "still here" })
      yield* write({ a: app("a") })
      yield* program.signal("SIGHUP")
      yield* program.untilStderr(/dingtalk\.config\.reloaded module=config added="" kept=a removed="" restarted=""/)
    }))

  it.scopedLive("exec goes on by the new settings: its command does not get to know a new secret either", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ apps: [app("a"), app("b")], awaitTimeoutMs: 15_000 })
      const { apiBaseUrl, oapiBaseUrl } = fake.config
      const write = (name: string) => JSON.stringify({ apiBaseUrl, oapiBaseUrl, ...app(name) })
      const config = yield* Program.configFile(write("a"))
      const program = yield* Program.start(
        ["exec", "--config", config, "--", "sh", "-c", "echo \"$ONE|$TWO\""],
        { env: { ONE: app("a").clientSecret, TWO: app("b").clientSecret } }
      )
      yield* fake.awaitConnection
      yield* fake.say("x", { robots: ["dinga"] })
      assert.strictEqual((yield* fake.awaitReplies(1))[0]?.text, `|${app("b").clientSecret}`)
      writeFileSync(config, write("b"))
      yield* program.signal("SIGHUP")
      yield* program.untilStderr(/dingtalk\.config\.reloaded .*restarted=default/)
      yield* program.untilStderr(/stream\.connected[^]*stream\.connected/)
      yield* fake.say("x", { robots: ["dingb"] })
      assert.strictEqual((yield* fake.awaitReplies(2))[1]?.text, `${app("a").clientSecret}|`)
    }))

  it.scopedLive("settings of the environment stay: that is said, with the way out", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const program = yield* Program.start(["listen"], {
        env: {
          DINGTALK_CLIENT_ID: fake.config.appKey,
          DINGTALK_CLIENT_SECRET: fake.config.appSecret,
          DINGTALK_API_BASE_URL: fake.config.apiBaseUrl
        }
      })
      yield* fake.awaitConnection
      yield* program.signal("SIGHUP")
      yield* program.untilStderr(/dingtalk\.cli\.not_reloaded .*environment.*--config FILE/)
      yield* fake.say("still here")
      yield* program.untilLines(1)
    }))

  it.scopedLive("during a stop it does nothing: the stop takes its course", () =>
    Effect.gen(function*() {
      const { fake, program } = yield* listening("a")
      yield* fake.freeze()
      yield* program.signal("SIGTERM")
      yield* program.untilStderr(/dingtalk\.cli\.stopping/)
      yield* program.signal("SIGHUP")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.isBelow(tookMs, 7_000)
    }))
})

/** Runs a command on a terminal of its own, which goes away when the file `go` is there; prints how it ended. */
const onTerminal = `
import os, pty, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
os.set_blocking(master, False)
while not os.path.exists(sys.argv[1]):
    try:
        sys.stderr.buffer.write(os.read(master, 65536))
        sys.stderr.flush()
    except BlockingIOError:
        time.sleep(0.02)
os.close(master)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

describe.skipIf(!Python.isThere)(`a terminal that goes away${Python.note}`, () => {
  for (const command of [["listen"], ["exec", "--", "cat"]]) {
    it.scopedLive(`stops ${command[0]} in good order`, () =>
      Effect.gen(function*() {
        const directory = yield* room
        const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
        const config = yield* Program.configFile(fake.config)
        const [name = "", ...rest] = command
        const words = [process.execPath, Program.bin, name, "--config", config, ...rest]
        const child = spawn("python3", ["-c", onTerminal, join(directory, "go"), ...words])
        const printed = yield* Effect.map(
          Effect.zipRight(
            Effect.zipRight(fake.awaitConnection, Effect.sync(() => writeFileSync(join(directory, "go"), ""))),
            Effect.promise(() => text(child.stdout))
          ),
          (printed) => printed.trim()
        )
        assert.strictEqual(printed, "0")
      }))
  }
})

describe("process 1", () => {
  it.scopedLive("says that it reaps no orphans, and what to do; any other process does not", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const config = yield* Program.configFile(fake.config)
      const first = yield* Program.start(["exec", "--config", config, "--", "cat"], { preloads: ["first"] })
      yield* fake.awaitConnection
      assert.lengthOf(first.stderr().match(/level=WARN message=dingtalk\.cli\.first_process .*--init/g) ?? [], 1)
      const other = yield* Program.start(["exec", "--config", config, "--", "cat"])
      yield* other.untilStderr(/stream\.connected/)
      assert.notInclude(other.stderr(), "first_process")
    }))
})
