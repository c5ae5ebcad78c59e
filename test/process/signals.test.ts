import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { room } from "./utils/marks.ts"
import * as Program from "./utils/Program.ts"

/** Runs a command that gets the signal as soon as it listens to it. */
const signalled = (signal: "SIGTERM" | "SIGINT", args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const preload = join(yield* room, "preload.cjs")
    writeFileSync(
      preload,
      `process.on("newListener", (name) => { if (name === "${signal}") process.kill(process.pid, name) })`
    )
    const program = yield* Program.start(args, { stdin: "", env: { NODE_OPTIONS: `--require ${preload}` } })
    const { code, signal: by } = yield* program.ended
    return { code, by, stderr: program.stderr() }
  })

describe("signals", () => {
  // Without a configuration these would end with 2, if they got as far as to look for one.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it.scopedLive(`${signal} stops in good order while the program is being loaded`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* signalled(signal, ["listen"]), { code: 0, by: null, stderr: "" })
        const send = yield* signalled(signal, ["send", "--to", "a", "--text", "x"])
        assert.deepStrictEqual(send, { code: 1, by: null, stderr: "" })
      }))
  }
})
