// Run beside an installed package: every public entry is there, and the program answers a person's message.
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { DingTalkCluster } from "effect-dingtalk/cluster"
import { DingTalkConsole } from "effect-dingtalk/console"
import { NodeDingTalk } from "effect-dingtalk/node"
import { DingTalkInbox } from "effect-dingtalk/sql"
import { FakeDingTalk } from "effect-dingtalk/testing"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const assert = (fact, what) => {
  if (!fact) throw new Error(`${process.version}: ${what}`)
}

assert(typeof DingTalkChannel.layer === "function", "DingTalkChannel.layer is missing")
assert(typeof DingTalkConfig.layer === "function", "DingTalkConfig.layer is missing")
assert(typeof DingTalkSender.reply === "function", "DingTalkSender.reply is missing")
assert(typeof NodeDingTalk.layer === "function", "NodeDingTalk.layer is missing")
assert(typeof DingTalkInbox.layer === "function", "DingTalkInbox.layer is missing")
assert(typeof DingTalkCluster.layer === "function", "DingTalkCluster.layer is missing")
assert(typeof DingTalkConsole.layer === "function", "DingTalkConsole.layer is missing")

const bin = fileURLToPath(new URL("../node_modules/effect-dingtalk/dist/bin.js", import.meta.url))

const ended = (child) => new Promise((resolve) => child.once("close", (code) => resolve(code)))

const roundTrip = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 20_000 })
  const config = fileURLToPath(new URL("robot.json", import.meta.url))
  writeFileSync(config, JSON.stringify(fake.config), { mode: 0o600 })
  const child = spawn(process.execPath, [bin, "exec", "--config", config, "--", "cat"], { stdio: "inherit" })
  const end = ended(child)
  yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
  yield* fake.awaitConnection
  yield* fake.say("你好")
  const [reply] = yield* fake.awaitReplies(1)
  assert(reply.text === "你好", "the program did not answer")
  child.kill("SIGTERM")
  assert((yield* Effect.promise(() => end)) === 0, "the program did not end with 0")
})

await Effect.runPromise(Effect.scoped(roundTrip))
process.stdout.write(`${process.version}: the public entries are there, and a message was answered\n`)
