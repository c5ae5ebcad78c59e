import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import { PassThrough, Writable } from "node:stream"
import * as Stdout from "../../../src/cli/process/Stdout.ts"

const failing = (code: string) =>
  new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code }))
  })

describe("stdout", () => {
  it.live("lines come out whole and in order, however they are written", () =>
    Effect.gen(function*() {
      const stream = new PassThrough()
      const { writeLine } = yield* Stdout.make(stream)
      const lines = Array.from({ length: 200 }, (_, index) => `${index} ${"x".repeat(index * 7)}`)
      const writer = yield* Effect.fork(Effect.forEach(lines, writeLine, { concurrency: 8 }))
      const read: Array<Buffer> = []
      stream.on("data", (chunk: Buffer) => read.push(chunk))
      yield* Fiber.join(writer)
      assert.deepStrictEqual(Buffer.concat(read).toString().split("\n").slice(0, -1), lines)
    }))

  it.live("who writes waits for the reader", () =>
    Effect.gen(function*() {
      let release = () => {}
      const stream = new Writable({
        write: (_chunk, _encoding, done) => {
          release = done
        }
      })
      const { writeLine } = yield* Stdout.make(stream)
      const written = yield* Ref.make(0)
      const writer = yield* Effect.fork(
        Effect.forEach(["a", "b"], (line) => Effect.zipRight(writeLine(line), Ref.update(written, (n) => n + 1)))
      )
      yield* Effect.yieldNow()
      assert.strictEqual(yield* Ref.get(written), 0)
      release()
      yield* Effect.repeat(Effect.zipRight(Effect.yieldNow(), Ref.get(written)), { until: (n) => n === 1 })
      release()
      yield* Fiber.join(writer)
      assert.strictEqual(yield* Ref.get(written), 2)
    }))

  for (const code of ["EPIPE", "ECONNRESET"]) {
    it.live(`a reader that has gone (${code}) fails who writes, now and later, and holds nobody up`, () =>
      Effect.gen(function*() {
        const { check, ended, print, writeLine } = yield* Stdout.make(failing(code))
        yield* check
        for (const error of [writeLine("a"), ended, writeLine("b"), check]) {
          assert.instanceOf(yield* Effect.flip(error), Stdout.StdoutClosed)
        }
        yield* print("c")
      }))
  }

  it.live("another failure is one", () =>
    Effect.gen(function*() {
      const { ended, writeLine } = yield* Stdout.make(failing("ENOSPC"))
      assert.strictEqual((yield* Effect.flip(writeLine("a")))._tag, "StdoutFailed")
      const error = yield* Effect.flip(ended)
      assert.strictEqual(error.message, "stdout cannot be written to (ENOSPC)")
    }))
})
