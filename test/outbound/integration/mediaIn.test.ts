import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as DingTalkMedia from "../../../src/DingTalkMedia.ts"
import { Bodies, type FakeDingTalk, Script } from "../../../src/testing/index.ts"
import * as Desk from "./utils/desk.ts"
import { bytesOf, inDirectory, namesIn } from "./utils/files.ts"

describe("media in", () => {
  const received = (fake: FakeDingTalk.Fake, ...file: Parameters<FakeDingTalk.Fake["putFile"]>) =>
    Effect.gen(function*() {
      const downloadCode = yield* fake.putFile(...file)
      const media = {
        kind: "file" as const,
        downloadCode,
        url: undefined,
        fileName: undefined,
        videoType: undefined
      }
      return { from: { accountId: "default" }, media }
    })

  it.scoped("of a message that was heard: code, link, bytes", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const hear = yield* Desk.listen(fake)
      const picture = bytesOf(70_000, 9)
      const code = yield* fake.putFile(picture, { contentType: "image/png" })
      const message = yield* hear(fake.post(Bodies.picture(code)))
      const [media] = message.media
      if (media === undefined) return assert.fail("the message has no picture")
      const file = yield* run(DingTalkMedia.download(message, media))
      assert.deepStrictEqual(file.bytes, picture)
      assert.strictEqual(file.contentType, "image/png")
      const streamed = yield* run(Stream.runCollect(DingTalkMedia.downloadStream(message, media)))
      assert.deepStrictEqual(Buffer.concat([...streamed]), Buffer.from(picture))
      // A link wants no token, nor does it get one.
      for (const { headers } of yield* fake.requests(`/download/${code}`)) {
        assert.isUndefined(headers["x-acs-dingtalk-access-token"])
        assert.isUndefined(headers["content-type"])
      }
    }))

  const names: ReadonlyArray<readonly [given: string, written: string]> = [
    ["../../etc/passwd", "passwd"],
    ["..\\..\\windows\\system32\\evil.exe", "evil.exe"],
    ["/etc/cron.d/job", "job"],
    ["CON.txt", "_CON.txt"],
    ["..", "file"],
    ["报告 1.pdf", "报告 1.pdf"]
  ]
  it.scoped("lands in the directory under a name that is safe, whatever the server calls it, and over no other file", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* run(inDirectory((directory) =>
        Effect.gen(function*() {
          const inside = `${directory}/a/b`
          for (const [given, written] of names) {
            const disposition = `attachment; filename="${encodeURIComponent(given)}"`
            const { from, media } = yield* received(fake, given, { disposition })
            const saved = yield* DingTalkMedia.downloadTo(inside, from, media)
            assert.strictEqual(saved.path, `${inside}/${written}`)
            // A message names it, too.
            const again = yield* DingTalkMedia.downloadTo(inside, from, { ...media, fileName: given })
            assert.notStrictEqual(again.path, saved.path)
            assert.isTrue(again.path.startsWith(`${inside}/`))
          }
          assert.strictEqual((yield* namesIn(inside)).length, 2 * names.length)
          assert.strictEqual((yield* namesIn(directory)).length, 2 * names.length + 2)
        })
      ))
    }))

  for (const announced of [true, false]) {
    it.scoped(`of 1 GiB, ${announced ? "announced" : "unannounced"}: ends at the limit, and little of it is read`, () =>
      Effect.gen(function*() {
        const { fake, run } = yield* Desk.open()
        const { from, media } = yield* received(fake, { zeros: 2 ** 30 }, { announced })
        const maxBytes = 4 * 1024 * 1024
        yield* run(inDirectory((directory) =>
          Effect.gen(function*() {
            const error = yield* Effect.flip(DingTalkMedia.downloadTo(directory, from, media, { maxBytes }))
            assert.deepInclude({ ...error }, { _tag: "TooLarge", limitBytes: maxBytes })
            assert.deepStrictEqual(yield* namesIn(directory), [])
          })
        ))
        const [download] = yield* fake.awaitDownloads(1)
        assert.isFalse(download?.whole)
        // What is beyond the limit lies in the buffers of two sockets.
        assert.isBelow(download?.bytes ?? Infinity, maxBytes + 16 * 1024 * 1024)
      }))
  }

  it.scoped("comes as fast as it is read: of 1 GiB that nobody reads on, next to nothing is sent", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const { from, media } = yield* received(fake, { zeros: 2 ** 30 })
      const slow = DingTalkMedia.downloadStream(from, media, { maxBytes: 2 ** 31 }).pipe(
        Stream.tap(() => Effect.repeatN(Desk.after(0), 20)),
        Stream.take(1)
      )
      yield* run(Stream.runDrain(slow))
      const [download] = yield* fake.awaitDownloads(1)
      assert.isBelow(download?.bytes ?? Infinity, 16 * 1024 * 1024)
    }))

  it.scoped("that redirects to where only this machine gets is not followed", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      for (
        const redirect of [
          "http://169.254.169.254/latest/meta-data",
          "http://[::ffff:169.254.169.254]/",
          "https://10.0.0.1/"
        ]
      ) {
        const { from, media } = yield* received(fake, "x", { redirect })
        const error = yield* Effect.flip(run(DingTalkMedia.download(from, media)))
        assert.deepInclude({ ...error }, { _tag: "UrlRefused", reason: "address" })
      }
    }))

  it.scoped("that breaks off, or is expired, or is interrupted, leaves nothing behind", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      yield* run(inDirectory((directory) =>
        Effect.gen(function*() {
          const cut = yield* received(fake, "hello", { downloadCode: "cut" })
          yield* fake.answerNext("/download/cut", { status: 200, body: "hello", cutAfterBytes: 3 })
          const broken = yield* Effect.flip(DingTalkMedia.downloadTo(directory, cut.from, cut.media))
          assert.strictEqual(broken._tag, "Unavailable")

          yield* fake.answerNext("/download/cut", Script.refusal(403, "AccessDenied"))
          const expired = yield* Effect.flip(DingTalkMedia.downloadTo(directory, cut.from, cut.media))
          assert.strictEqual(expired._tag, "BadRequest")

          const large = yield* received(fake, { zeros: 2 ** 30 }, { announced: false })
          const download = yield* Effect.forkScoped(
            DingTalkMedia.downloadTo(directory, large.from, large.media, { maxBytes: 2 ** 31 })
          )
          yield* Effect.repeat(Effect.zipRight(Desk.after(0), namesIn(directory)), {
            until: (names) => names.length > 0
          })
          yield* Fiber.interrupt(download)
          assert.deepStrictEqual(yield* namesIn(directory), [])
        })
      ))
      assert.isFalse((yield* fake.awaitDownloads(1)).at(-1)?.whole)
    }))
})
