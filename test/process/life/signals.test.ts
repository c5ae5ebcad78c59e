import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { copyFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

/** The command line with a program that never gets to listen to signals itself. */
const loading = Effect.map(room, (directory) => {
  const bin = join(directory, "bin.js")
  copyFileSync(Program.bin, bin)
  writeFileSync(join(directory, "package.json"), "{\"type\":\"module\"}")
  writeFileSync(
    join(directory, "bin.program.cjs"),
    "setInterval(() => {}, 1000); process.stderr.write('loading\\n'); exports.start = () => {}"
  )
  return bin
})

const signalled = (signal: NodeJS.Signals, args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const program = yield* Program.start(args, { bin: yield* loading })
    yield* program.untilStderr(/loading/)
    yield* program.signal(signal)
    const { code, signal: by } = yield* program.ended
    return { code, by, stderr: program.stderr() }
  })

describe("signals while the program is being loaded", () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    it.scopedLive(`${signal} stops in good order`, () =>
      Effect.gen(function*() {
        if (signal !== "SIGHUP") {
          assert.deepStrictEqual(yield* signalled(signal, ["listen"]), { code: 0, by: null, stderr: "loading\n" })
        }
        const send = yield* signalled(signal, ["send", "--to", "a", "--text", "x"])
        assert.deepStrictEqual(send, { code: 1, by: null, stderr: "loading\n" })
      }))
  }

  it.scopedLive("SIGQUIT ends it at once", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* signalled("SIGQUIT", ["listen"]), { code: 131, by: null, stderr: "loading\n" })
    }))

  it.scopedLive("SIGHUP ends none that has its configuration still to read", () =>
    Effect.gen(function*() {
      for (const command of ["listen", "exec"]) {
        const program = yield* Program.start([command], { bin: yield* loading })
        yield* program.untilStderr(/loading/)
        yield* program.signal("SIGHUP")
        yield* program.signal("SIGTERM")
        assert.deepInclude(yield* program.ended, { code: 0, signal: null })
      }
    }))

  it.scopedLive("SIGUSR1 opens no inspector and ends nothing", () =>
    Effect.gen(function*() {
      const program = yield* Program.start(["listen"], { bin: yield* loading })
      yield* program.untilStderr(/loading/)
      yield* program.signal("SIGUSR1")
      yield* program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
      assert.strictEqual(program.stderr(), "loading\n")
    }))
})
