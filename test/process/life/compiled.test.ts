/** What a start has compiled, kept for the next one. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { join } from "node:path"
import { FakeDingTalk } from "../../../src/testing/index.ts"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

/** A home, and what is kept there. */
const home = Effect.map(room, (HOME) => {
  const directory = join(HOME, ".cache", "effect-dingtalk")
  const files = () => Fs.existsSync(directory) ? Fs.readdirSync(directory) : []
  return { env: { HOME, XDG_CACHE_HOME: undefined }, directory, files }
})

const version = (env: Record<string, string | undefined>) =>
  Effect.map(Program.run(["--version"], { env }), ({ code, stderr, stdout }) => ({ code, stderr, stdout }))

describe("what a start has compiled", () => {
  it.scopedLive("is kept once, and for each command", () =>
    Effect.gen(function*() {
      const { directory, env, files } = yield* home
      const first = yield* version(env)
      assert.deepInclude(first, { code: 0, stderr: "" })
      const [name = ""] = files()
      const { ino } = Fs.statSync(join(directory, name))
      assert.deepStrictEqual(yield* version(env), first)
      assert.deepStrictEqual(files(), [name])
      assert.strictEqual(Fs.statSync(join(directory, name)).ino, ino)
      const sent = ["send", "--to", "someone", "--text", "x", "--dry-run"]
      const config = yield* Program.configFile({ clientId: "dingabc", clientSecret: "s3cr3t" })
      assert.strictEqual((yield* Program.run([...sent, "--config", config], { env })).code, 0)
      assert.lengthOf(files(), 2)
      // Help has compiled less of it.
      assert.strictEqual((yield* Program.run(["send", "--help"], { env })).code, 0)
      assert.lengthOf(files(), 3)
      assert.strictEqual((yield* Program.run(["recall", "--no-such-option"], { env })).code, 2)
      assert.lengthOf(files(), 3)
    }))

  it.scopedLive("is whole when several start at once", () =>
    Effect.gen(function*() {
      const { directory, env, files } = yield* home
      const all = yield* Effect.replicateEffect(version(env), 4).pipe(Effect.withConcurrency("unbounded"))
      assert.strictEqual(new Set(all.map((each) => JSON.stringify(each))).size, 1)
      const [name = "", ...drafts] = files()
      assert.deepStrictEqual(drafts, [])
      const { ino } = Fs.statSync(join(directory, name))
      yield* version(env)
      assert.strictEqual(Fs.statSync(join(directory, name)).ino, ino)
    }), 40_000)

  it.scopedLive("is mended where it is damaged", () =>
    Effect.gen(function*() {
      const { directory, env, files } = yield* home
      const first = yield* version(env)
      const path = join(directory, files()[0] ?? "")
      const bytes = Fs.readFileSync(path)
      Fs.writeFileSync(path, Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(bytes.length - 4_096)]))
      assert.deepStrictEqual(yield* version(env), first)
      assert.notDeepEqual(Fs.readFileSync(path).subarray(4_096, 8_192), Buffer.alloc(4_096))
    }))

  it.scopedLive("is not kept where that is not wanted, or can't be", () =>
    Effect.gen(function*() {
      const { env, files } = yield* home
      const first = yield* version({ ...env, NODE_DISABLE_COMPILE_CACHE: "1" })
      assert.deepStrictEqual(files(), [])
      for (const elsewhere of ["/nonexistent", "/dev/null", "/proc"]) {
        assert.deepStrictEqual(yield* version({ ...env, HOME: elsewhere }), first)
        assert.deepStrictEqual(yield* version({ ...env, XDG_CACHE_HOME: elsewhere }), first)
      }
      assert.deepStrictEqual(files(), [])
    }), 60_000)

  it.scopedLive("is kept of a channel when its start is over", () =>
    Effect.gen(function*() {
      const { directory, env, files } = yield* home
      const fake = yield* FakeDingTalk.make()
      const config = yield* Program.configFile(fake.config)
      const connected = Program.start(["listen", "--config", config], { env, preloads: ["later"] }).pipe(
        Effect.tap(fake.awaitConnection)
      )
      const early = yield* connected
      yield* early.signal("SIGTERM")
      assert.deepInclude(yield* early.ended, { code: 0 })
      assert.deepStrictEqual(files(), [])
      const program = yield* connected
      Fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
      yield* program.signal("SIGUSR2")
      yield* Effect.async<void>((resume) => {
        const look = () => {
          if (!files().some((name) => /^[0-9a-f]{64}$/.test(name))) return
          watcher.close()
          resume(Effect.void)
        }
        const watcher = Fs.watch(directory, look)
        look()
      })
      yield* program.signal("SIGTERM")
      assert.deepInclude(yield* program.ended, { code: 0 })
      assert.lengthOf(files(), 1)
    }))
})
