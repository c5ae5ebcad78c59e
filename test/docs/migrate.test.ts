/** The programs of the page about migrating do the same before and after. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { resolve } from "node:path"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Python from "../process/utils/python.ts"
import * as Programs from "./utils/programs.ts"

/** Says hello to the robot that a command starts, and gives what it answers. */
const answerOf = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: Programs.patienceMs })
    yield* Programs.command(process.execPath, args, fake)
    yield* fake.awaitConnection
    yield* fake.say("你好", { from: "zhangsan" })
    return (yield* fake.awaitReplies(1)).map(({ text }) => text)
  })

describe(`docs/migrate.md${Python.note}`, () => {
  it.scoped("the robot of the official Node SDK, which is to be replaced, answers", () =>
    Effect.gen(function*() {
      const preload = resolve("test/docs/utils/sdkToFake.mjs")
      assert.deepStrictEqual(yield* answerOf("--import", preload, "examples/migrate/node-sdk.mjs"), ["你说：你好"])
    }), 30_000)

  it.scoped.skipIf(!Python.isThere)(
    "the robot in Python that replaces one of the Python SDK answers the same",
    () =>
      Effect.gen(function*() {
        const command = ["exec", "--persistent", "--", "python3", "examples/migrate/echo.py"]
        assert.deepStrictEqual(yield* answerOf("dist/bin.js", ...command), ["你说：你好"])
      }),
    30_000
  )

  it.skipIf(!Python.isThere)("the robot of the Python SDK is Python", () => {
    const parse = "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf8').read())"
    assert.strictEqual(spawnSync("python3", ["-c", parse, "examples/migrate/python_sdk.py"]).status, 0)
  })
})
