/** A disk that is full under a download. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Sink from "effect/Sink"
import { existsSync } from "node:fs"
import * as DingTalkMedia from "../../../src/DingTalkMedia.ts"
import { DingTalkSender } from "../../../src/DingTalkSender.ts"
import { FakeDingTalk } from "../../../src/testing/index.ts"
import * as Robot from "../../utils/robot.ts"

const linkPath = "/v1.0/robot/messageFiles/download"
const characters = 300_000

/** A file system like this machine's, whose files are written by `sink`. */
const writingBy = (sink: (real: FileSystem.FileSystem) => FileSystem.FileSystem["sink"]) =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (real): FileSystem.FileSystem => ({ ...real, sink: sink(real) }))
  ).pipe(Layer.provide(NodeFileSystem.layer))

const noSpace = (path: string) =>
  new SystemError({
    reason: "Unknown",
    module: "FileSystem",
    method: "write",
    pathOrDescriptor: path,
    cause: Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" })
  })

/** Room for so many bytes, and then none. */
const withRoomFor = (bytes: number) =>
  writingBy((real) => (path, options) => {
    let room = bytes
    return Sink.mapInputEffect(real.sink(path, options), (chunk: Uint8Array) => {
      room -= chunk.length
      return room >= 0 ? Effect.succeed(chunk) : Effect.fail(noSpace(path))
    })
  })

/** What the system itself says: its device that is always full takes what is meant for the file. */
const reallyFull = writingBy((real) => (path) =>
  Sink.unwrap(Effect.as(real.writeFileString(path, "its beginning"), real.sink("/dev/full", { flag: "w" })))
)

const saving = (disk: Layer.Layer<FileSystem.FileSystem>) =>
  Effect.gen(function*() {
    const real = yield* FileSystem.FileSystem
    const directory = yield* real.makeTempDirectoryScoped()
    const fake = yield* FakeDingTalk.make()
    const { sender } = yield* Robot.start(fake.config, {})
    yield* fake.answerEvery(linkPath, { status: 200, body: { downloadUrl: `${fake.url}/report.bin?signature=hidden` } })
    yield* fake.answerEvery("/report.bin", { status: 200, body: "x".repeat(characters) })
    const media = {
      kind: "file",
      downloadCode: "code",
      fileName: "report.bin",
      url: undefined,
      videoType: undefined
    } as const
    const save = DingTalkMedia.downloadTo(directory, { accountId: "default" }, media).pipe(
      Effect.provideService(DingTalkSender, sender)
    )
    const error = yield* Effect.flip(Effect.provide(save, disk))
    assert.strictEqual(error._tag, "FileUnavailable")
    assert.include(error.message, "no space is left on its disk")
    assert.notInclude(error.message, "hidden")
    assert.deepStrictEqual(yield* real.readDirectory(directory), [])
    // And as soon as there is room again:
    const saved = yield* save
    assert.strictEqual(saved.size, characters)
    assert.deepStrictEqual(yield* real.readDirectory(directory), ["report.bin"])
  }).pipe(Effect.provide(NodeFileSystem.layer), Effect.provide(Logger.remove(Logger.defaultLogger)))

describe("a disk that is full under a download: a typed error, and no part of a file stays behind", () => {
  it.scopedLive("at once", () => saving(withRoomFor(0)))

  it.scopedLive("in the middle", () => saving(withRoomFor(characters / 2)))

  it.scopedLive.skipIf(!existsSync("/dev/full"))("as the system tells it", () => saving(reallyFull))
})
