import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import * as Compiled from "../../../src/cli/process/compiled.ts"

const scratch = Fs.mkdtempSync(join(tmpdir(), "compiled-"))

afterAll(() => Fs.rmSync(scratch, { recursive: true, force: true }))

/** Folders of their own, and a program that nobody has compiled yet. */
const fresh = () => {
  const room = Fs.mkdtempSync(join(scratch, "room-"))
  const program = join(room, "program.cjs")
  Fs.writeFileSync(
    program,
    `"use strict"; exports.here = [${JSON.stringify(room)}, __filename]; exports.load = () => require("./later.cjs")`
  )
  Fs.writeFileSync(join(room, "later.cjs"), "exports.same = require(\"./program.cjs\")")
  const directory = join(room, "caches", "kept")
  const load = (purpose = "test") => Compiled.load(program, purpose, directory)
  return { room, program, directory, load, files: () => Fs.readdirSync(directory).map((name) => join(directory, name)) }
}

/** With one file kept. */
const keeping = () => {
  const it = fresh()
  it.load().keep?.()
  const [file = ""] = it.files()
  return { ...it, file }
}

const mode = (path: string): number => Fs.statSync(path).mode & 0o777

describe("compiled", () => {
  it("keeps what it has compiled, once, for this user alone", () => {
    const { directory, files, load, program, room } = fresh()
    const first = load()
    assert.deepStrictEqual(first.exports.here, [room, program])
    assert.isFalse(Fs.existsSync(directory))
    first.keep?.()
    assert.strictEqual(files().length, 1)
    assert.deepStrictEqual(files().map(mode), [0o600])
    assert.deepStrictEqual([mode(directory), mode(join(directory, ".."))], [0o700, 0o700])
    const second = load()
    assert.isUndefined(second.keep)
    assert.deepStrictEqual(second.exports.here, first.exports.here)
  })

  it("is what later files find the program as", () => {
    const { exports } = fresh().load()
    assert.strictEqual(exports.load().same, exports)
  })

  it("tells purposes and programs apart, and has the newest eight", () => {
    const { directory, files, load, program } = keeping()
    assert.isDefined(load("other").keep)
    Fs.writeFileSync(program, Fs.readFileSync(program, "utf8").replace("here", "gone"))
    const changed = load()
    assert.isDefined(changed.keep)
    assert.property(changed.exports, "gone")
    const oldest = join(directory, `${"0".repeat(64)}.left`)
    Fs.writeFileSync(oldest, "")
    Fs.utimesSync(oldest, 0, 0)
    for (let count = 0; count < 8; count++) load(`purpose ${count}`).keep?.()
    assert.strictEqual(files().length, 8)
    assert.isFalse(Fs.existsSync(oldest))
    assert.isUndefined(load("purpose 7").keep)
    // What is not its own stays.
    Fs.writeFileSync(join(directory, "else"), "")
    Fs.utimesSync(join(directory, "else"), 0, 0)
    load("other").keep?.()
    assert.isTrue(Fs.existsSync(join(directory, "else")))
  })

  it("compiles anew what is damaged, and mends it", () => {
    const damages: ReadonlyArray<(bytes: Buffer) => Buffer> = [
      (bytes) => Buffer.alloc(bytes.length),
      (bytes) => bytes.subarray(0, -1),
      () => Buffer.alloc(0),
      ...[0, 40, 200].map((at) => (bytes: Buffer) => bytes.fill(255 - (bytes[at] ?? 0), at, at + 1))
    ]
    for (const damage of damages) {
      const { file, load, program, room } = keeping()
      Fs.writeFileSync(file, damage(Fs.readFileSync(file)))
      const again = load()
      assert.deepStrictEqual(again.exports.here, [room, program])
      again.keep?.()
      assert.isUndefined(load().keep)
    }
  })

  it("does not take one file for another", () => {
    const { file, load } = keeping()
    const other = keeping()
    Fs.copyFileSync(other.file, file)
    assert.isDefined(load().keep)
  })

  it("believes nothing that others can write, or that is no file", () => {
    for (const open of [0o620, 0o602]) {
      const { file, load } = keeping()
      Fs.chmodSync(file, open)
      assert.isDefined(load().keep)
    }
    const { file, load } = keeping()
    Fs.rmSync(file)
    // Whoever opens it waits for a writer.
    execFileSync("mkfifo", ["-m", "600", file])
    assert.isDefined(load().keep)
    Fs.rmSync(file)
    Fs.mkdirSync(file)
    const again = load()
    again.keep?.()
    assert.isTrue(Fs.statSync(file).isDirectory())
  })

  it.skipIf(process.geteuid?.() !== 0)("believes nothing of another user, and writes into no folder of theirs", () => {
    const { directory, file, files, load } = keeping()
    Fs.chownSync(file, 12_345, 12_345)
    const again = load()
    assert.isDefined(again.keep)
    again.keep?.()
    assert.isUndefined(load().keep)
    Fs.chownSync(directory, 12_345, 12_345)
    load("other").keep?.()
    assert.deepStrictEqual(files(), [file])
  })

  it("writes nothing where others can, or where it can't", () => {
    const { directory, file, files, load } = keeping()
    Fs.chmodSync(directory, 0o777)
    load("other").keep?.()
    assert.deepStrictEqual(files(), [file])
    const { program, room } = fresh()
    Fs.writeFileSync(join(room, "file"), "")
    for (const directory of [join(room, "file"), join(room, "file", "below"), "/proc/nowhere"]) {
      Compiled.load(program, "test", directory).keep?.()
    }
    assert.strictEqual(Fs.readFileSync(join(room, "file"), "utf8"), "")
  })

  it("has its folder among the user's caches, unless it is to have none", () => {
    const home = join(homedir(), ".cache", "effect-dingtalk")
    assert.strictEqual(Compiled.folder({}), home)
    assert.strictEqual(Compiled.folder({ XDG_CACHE_HOME: "relative" }), home)
    assert.strictEqual(Compiled.folder({ XDG_CACHE_HOME: "/caches" }), "/caches/effect-dingtalk")
    assert.isUndefined(Compiled.folder({ XDG_CACHE_HOME: "/caches", NODE_DISABLE_COMPILE_CACHE: "1" }))
    const { keep } = Compiled.load(fresh().program, "test", undefined)
    assert.isUndefined(keep)
  })
})
