/** However the program ends, nothing of its commands is left. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { isAlive, mark, room } from "./utils/marks.ts"
import * as Program from "./utils/Program.ts"

/** The leader goes when it is told to; what it has started does not listen. */
const command =
  "trap 'exit 0' TERM; (trap '' TERM INT HUP QUIT; exec sleep 60 >/dev/null 2>&1) & echo $! > left.tmp; " +
  "mv left.tmp left; wait"

const ends: ReadonlyArray<readonly [signal: NodeJS.Signals, code: number]> = [
  ["SIGTERM", 0],
  ["SIGINT", 0],
  ["SIGQUIT", 131],
  // Throws where nobody catches it.
  ["SIGUSR2", 1]
]

describe.concurrent("at the end of the program", () => {
  for (const [signal, expected] of ends) {
    it.scopedLive(`by ${signal} nothing of a command is left`, () =>
      Effect.gen(function*() {
        const directory = yield* room
        const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
        const config = yield* Program.configFile(fake.config)
        const program = yield* Program.start([
          "exec",
          "--config",
          config,
          "--",
          "sh",
          "-c",
          `cd ${directory}; ${command}`
        ], {
          preloads: ["crash"]
        })
        yield* fake.awaitConnection
        yield* fake.say("x")
        yield* mark(directory, "left")
        yield* program.signal(signal)
        assert.strictEqual((yield* program.ended).code, expected, program.stderr())
        const left = Number(readFileSync(join(directory, "left"), "utf8"))
        yield* Effect.repeat(Effect.sleep(10), { until: () => !isAlive(left), times: 100 })
        assert.isFalse(isAlive(left))
      }))
  }
})
