import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import { database } from "../../utils/database.ts"
import { postgresMissing, query } from "../../utils/postgres.ts"
import * as Program from "../utils/Program.ts"

const prepared = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make()
  const config = yield* Program.configFile(fake.config)
  const file = join(dirname(config), "inbox.db")
  const inbox = (...words: ReadonlyArray<string>) => Program.run(["inbox", ...words])
  return { fake, config, file, inbox }
})

const group = { group: "cidTeam", mention: true }

describe("--inbox", () => {
  it.scopedLive("what was acknowledged is handled after a kill -9, and what was given up can be looked at and retried", () =>
    Effect.gen(function*() {
      const { config, fake, file, inbox } = yield* prepared
      const exec = (script: string) =>
        Program.start(["exec", "--config", config, "--inbox", file, "--", "sh", "-c", script])
      const first = yield* exec("sleep 60")
      yield* fake.awaitConnection
      for (const text of ["one", "two"]) yield* fake.say(text, group)
      yield* fake.awaitAllAcked
      // What people said is in them.
      for (const name of readdirSync(dirname(file)).filter((name) => name.startsWith("inbox.db"))) {
        assert.strictEqual(statSync(join(dirname(file), name)).mode & 0o777, 0o600, name)
      }
      yield* first.signal("SIGKILL")
      yield* first.ended

      const listed = yield* inbox("list", "--inbox", file)
      assert.strictEqual(listed.code, 0, listed.stderr)
      assert.deepStrictEqual(listed.objects().map(({ line, number, state }) => ({ line, number, state })), [
        { line: "cidTeam", number: 1, state: "waiting" },
        { line: "cidTeam", number: 2, state: "waiting" }
      ])
      const shown = yield* inbox("show", "2", "--inbox", file)
      assert.include(String(shown.objects()[0]?.["payload"]), "\"two\"")
      assert.strictEqual((yield* inbox("drop", "2", "--inbox", file)).code, 0)

      const second = yield* exec("cat")
      const [reply] = yield* fake.awaitReplies(1)
      assert.strictEqual(reply?.text, "one")
      const retried = yield* inbox("retry", "2", "9", "--inbox", file)
      assert.strictEqual(retried.code, 1)
      assert.include(retried.stderr, "has no entry 9")
      const replies = yield* fake.awaitReplies(2)
      assert.strictEqual(replies[1]?.text, "two")
      yield* second.signal("SIGTERM")
      assert.strictEqual((yield* second.ended).code, 0)
    }))

  it.scopedLive("where the driver is not installed, it says what to install: 2", () =>
    Effect.gen(function*() {
      const { config, file } = yield* prepared
      // The program alone, with no modules around it.
      const apart = join(dirname(config), "apart")
      mkdirSync(apart)
      for (const name of readdirSync(dirname(Program.bin)).filter((name) => name.startsWith("bin."))) {
        copyFileSync(join(dirname(Program.bin), name), join(apart, name))
      }
      const { status, stderr } = spawnSync(
        process.execPath,
        [join(apart, "bin.js"), "listen", "--config", config, "--inbox", file],
        { encoding: "utf8", env: { PATH: process.env["PATH"] } }
      )
      assert.strictEqual(status, 2, stderr)
      assert.include(stderr, "npm install better-sqlite3")
    }))

  it.scopedLive("a database that can't be used is said to be so before anything is connected: 2", () =>
    Effect.gen(function*() {
      const { config, fake, file } = yield* prepared
      const problemOf = (inbox: string, ...more: ReadonlyArray<string>) =>
        Effect.map(Program.run(["listen", "--config", config, "--inbox", inbox, ...more]), ({ code, stderr }) => {
          assert.strictEqual(code, 2, stderr)
          return stderr
        })
      const directory = dirname(file)
      writeFileSync(join(directory, "text"), "no database\n".repeat(200))
      mkdirSync(join(directory, "directory"))
      assert.include(yield* problemOf(join(directory, "none", "inbox.db")), "make it first")
      assert.include(yield* problemOf(join(directory, "directory")), "it is a directory")
      assert.include(yield* problemOf(join(directory, "text")), "it is no database of SQLite")
      assert.include(yield* problemOf("mysql://localhost/inbox"), "not of mysql://")
      assert.include(yield* problemOf(file, "--inbox", file), "--inbox is given twice")
      const refused = yield* problemOf("postgresql://robot:hunter2@127.0.0.1:1/robots")
      assert.include(refused, "--inbox postgresql://127.0.0.1:1/robots: ")
      assert.notInclude(refused, "hunter2")
      assert.strictEqual(yield* fake.connectionsEver, 0)
    }))

  it.scopedLive("inbox names what it lacks: 2", () =>
    Effect.gen(function*() {
      const { file, inbox } = yield* prepared
      const problemOf = (...words: ReadonlyArray<string>) =>
        Effect.map(inbox(...words), ({ code, stderr }) => {
          assert.strictEqual(code, 2, stderr)
          return stderr
        })
      assert.include(yield* problemOf("list"), "which inbox?")
      assert.include(yield* problemOf("list", "--inbox", file), "there is no such file")
      assert.include(yield* problemOf("show", "--inbox", file), "show what?")
      assert.include(yield* problemOf("prune", "--inbox", file), "list, show, retry or drop, not prune")
    }))
})

describe.skipIf(postgresMissing !== undefined)(`--inbox postgresql://…${postgresMissing ?? ""}`, () => {
  it.scopedLive(
    "is a database of PostgreSQL, also one that a newer version has made",
    () =>
      Effect.gen(function*() {
        const { config, fake, inbox } = yield* prepared
        const url = yield* database
        const withPassword = url.replace("postgres@", "postgres:hunter2@")
        const listen = yield* Program.start(["listen", "--config", config, "--inbox", withPassword])
        yield* fake.awaitConnection
        yield* fake.say("one", group)
        yield* listen.untilLines(1)
        yield* listen.signal("SIGTERM")
        yield* listen.ended
        assert.notInclude(listen.stderr(), "hunter2")
        const listed = yield* inbox("list", "--inbox", url, "--state", "done")
        assert.deepStrictEqual(listed.objects().map(({ number, state }) => ({ number, state })), [
          { number: 1, state: "done" }
        ])
        yield* query(url, "INSERT INTO effect_dingtalk_inbox_migrations (migration_id, name) VALUES (99, 'later')")
        const newer = yield* inbox("list", "--inbox", url, "--state", "done")
        assert.deepStrictEqual(newer.objects().map(({ number }) => number), [1])
      })
  )
})
