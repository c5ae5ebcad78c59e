import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Child from "../../../src/cli/exec/Child.ts"
import * as Children from "../../../src/cli/exec/Children.ts"
import { isAlive, mark, room } from "../../process/utils/marks.ts"

const script = (source: string, rest: Partial<Child.Options> = {}): Child.Options => ({
  command: process.execPath,
  args: ["-e", source],
  env: { PATH: process.env["PATH"] },
  stdin: "",
  ...rest
})

const echo = "process.stdin.pipe(process.stdout)"

/** With children that end with the test. */
const test = <A, E>(name: string, body: () => Effect.Effect<A, E, Children.Children | Scope.Scope>) =>
  it.scopedLive(name, () => Effect.provide(body(), Children.layer))

describe("Child", () => {
  test("text in, text out", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Child.run(script(echo, { stdin: "你好\n🙂" })), "你好\n🙂")
    }))

  test("arguments are passed on as they are, never to a shell", () =>
    Effect.gen(function*() {
      const options = script("process.stdout.write(process.argv.slice(1).join('|'))")
      const args = ["$(id)", "; rm -rf x", "a b", "*"]
      assert.strictEqual(yield* Child.run({ ...options, args: [...options.args, ...args] }), args.join("|"))
    }))

  test("a program that does not read its stdin is none the worse for it", () =>
    Effect.gen(function*() {
      const options = script("process.stdin.destroy(); process.stdout.write('ok')", { stdin: "x".repeat(4_000_000) })
      assert.strictEqual(yield* Child.run(options), "ok")
    }))

  test("a failure has its code and the end of stderr", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        Child.run(script("console.error('a'.repeat(5000) + ' last words'); process.exit(7)"))
      )
      assert.strictEqual(error.exitCode, 7)
      assert.include(error.message, "exited with code 7")
      assert.match(error.stderr, /a last words$/)
      assert.isAtMost(error.stderr.length, 2_048)
    }))

  test("a program that does not exist", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Child.run({ ...script(""), command: "no-such-program-here" }))
      assert.include(error.message, "could not be started (ENOENT: there is no such command)")
      assert.strictEqual(error.exitCode, undefined)
    }))

  test("an argument that no program can be given", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Child.run({ ...script(""), args: ["a\0b"] }))
      assert.include(error.message, "could not be started")
    }))

  test("a program that prints for ever is ended", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        Child.run(script("const f = () => process.stdout.write('x'.repeat(65536), f); f()"))
      )
      assert.include(error.message, `printed more than ${Child.maxOutputBytes} bytes`)
    }))

  test("as much as is allowed is allowed", () =>
    Effect.gen(function*() {
      const output = yield* Child.run(script(`process.stdout.write('x'.repeat(${Child.maxOutputBytes}))`))
      assert.strictEqual(output.length, Child.maxOutputBytes)
    }))

  test("a program that takes too long is ended", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Child.run(script("setInterval(() => {}, 1000)", { timeoutMs: 300 })))
      assert.include(error.message, "took longer than 0.3 s")
    }))

  test(
    "and so is one that does not listen to SIGTERM, even if an interruption comes in between",
    () =>
      Effect.gen(function*() {
        const directory = yield* room
        const stubborn = "const fs = require('fs'); process.chdir(process.env.ROOM); setInterval(() => {}, 1000);" +
          "process.on('SIGTERM', () => fs.writeFileSync('told', '')); fs.writeFileSync('up.tmp', String(process.pid)); fs.renameSync('up.tmp', 'up')"
        const stop = yield* Deferred.make<never, string>()
        const fiber = yield* Effect.fork(
          Child.run(script(stubborn, { env: { ROOM: directory }, stop: Deferred.await(stop) }))
        )
        yield* mark(directory, "up")
        yield* Deferred.fail(stop, "was stopped")
        yield* mark(directory, "told")
        yield* Fiber.interrupt(fiber)
        assert.isFalse(isAlive(Number(readFileSync(join(directory, "up"), "utf8"))))
      })
  )

  test("what it leaves running in the background does not hold up its answer", () =>
    Effect.gen(function*() {
      const options = { ...script(""), command: "sh", args: ["-c", "sleep 30 & echo done"] }
      assert.strictEqual(yield* Child.run(options), "done\n")
    }))

  test("what it prints is there while it runs", () =>
    Effect.gen(function*() {
      const directory = yield* room
      // It goes on when it is told to.
      const source = "require('fs').watch(process.env.ROOM, () => { process.stdout.write('two'); process.exit() });" +
        " process.stdout.write('one')"
      const pieces = yield* Child.stream(script(source, { env: { ROOM: directory } })).pipe(
        Stream.map((bytes) => Buffer.from(bytes).toString()),
        Stream.tap((piece) =>
          piece === "one" ? Effect.sync(() => writeFileSync(join(directory, "go"), "")) : Effect.void
        ),
        Stream.runCollect
      )
      assert.deepStrictEqual([...pieces], ["one", "two"])
    }))

  test("a stream fails behind what was printed, with the reason", () =>
    Effect.gen(function*() {
      const pieces: Array<string> = []
      const error = yield* Child.stream(script("process.stdout.write('half'); process.exitCode = 7")).pipe(
        Stream.runForEach((bytes) => Effect.sync(() => pieces.push(Buffer.from(bytes).toString()))),
        Effect.flip
      )
      assert.deepStrictEqual(pieces, ["half"])
      assert.strictEqual(error.exitCode, 7)
    }))

  test("a stream has the bounds of everything else: output, time, start", () =>
    Effect.gen(function*() {
      const drained = (options: Child.Options) =>
        Effect.map(Effect.flip(Stream.runDrain(Child.stream(options))), ({ message }) => message)
      const forEver = script("const f = () => process.stdout.write('x'.repeat(65536), f); f()")
      assert.include(yield* drained(forEver), `printed more than ${Child.maxOutputBytes} bytes`)
      assert.include(
        yield* drained(script("setInterval(() => {}, 1000)", { timeoutMs: 300 })),
        "took longer than 0.3 s"
      )
      assert.include(yield* drained({ ...script(""), command: "no-such-program-here" }), "ENOENT")
    }))

  test("a stream that is not read to its end ends the program", () =>
    Effect.gen(function*() {
      const first = yield* Child.stream(
        script("process.stdout.write(String(process.pid)); setInterval(() => {}, 1000)")
      ).pipe(Stream.take(1), Stream.runHead)
      assert.isFalse(isAlive(Number(Buffer.from(Option.getOrThrow(first)).toString())))
    }))

  test("interrupted, it ends the program and what that started", () =>
    Effect.gen(function*() {
      const directory = yield* room
      // A grandchild that says when it is up, and when it is told to go.
      const grandchild = `process.on('SIGTERM', () => { require('fs').writeFileSync('gone', ''); process.exit() });` +
        `setInterval(() => {}, 1000); require('fs').writeFileSync('up', '')`
      const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}],` +
        ` { stdio: 'inherit', cwd: ${JSON.stringify(directory)} }); setInterval(() => {}, 1000)`
      const fiber = yield* Effect.fork(Child.run(script(parent)))
      yield* mark(directory, "up")
      yield* Fiber.interrupt(fiber)
      yield* mark(directory, "gone")
    }))

  /** A shell that leaves something running which ignores SIGTERM, and then ends so. */
  const leaving = (directory: string, end: string, rest: Partial<Child.Options> = {}): Child.Options => ({
    ...script("", rest),
    command: "sh",
    args: [
      "-c",
      `(trap '' TERM; echo $$ >/dev/null; exec sleep 60 >/dev/null 2>&1) & echo $! > ${directory}/left; ${end}`
    ]
  })

  const left = (directory: string) => Number(readFileSync(join(directory, "left"), "utf8"))

  test(
    "what a program leaves behind is gone when it has ended: well, badly, by a signal, by itself or too late",
    () =>
      Effect.gen(function*() {
        for (const end of ["echo fine", "exit 7", "kill -9 $$", "kill $$", "exec sleep 60"]) {
          const directory = yield* room
          yield* Effect.exit(Child.run(leaving(directory, end, { timeoutMs: 1_000 })))
          // A killed orphan takes a moment to go.
          yield* Effect.repeat(Effect.sleep(10), { until: () => !isAlive(left(directory)), times: 100 })
          assert.isFalse(isAlive(left(directory)), end)
        }
      })
  )
})
