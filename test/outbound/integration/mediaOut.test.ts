import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as DingTalkMedia from "../../../src/DingTalkMedia.ts"
import { Script } from "../../../src/testing/index.ts"
import * as Desk from "./utils/desk.ts"
import { bytesOf, inDirectory } from "./utils/files.ts"

describe("media out", () => {
  it.scoped("from bytes, a file, a stream and a URL: uploaded once each, in the kind of message that carries it", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const picture = bytesOf(50_000, 1)
      const report = bytesOf(1_000_000, 2)
      const hear = yield* Desk.listen(fake)
      const message = yield* hear(fake.say("hi", { from: "zhangsan" }))
      const published = { status: 200, body: "a table", headers: { "content-type": "application/octet-stream" } }
      yield* fake.answerNext("/public/table.xlsx", published)
      yield* run(inDirectory((directory) =>
        Effect.gen(function*() {
          const path = `${directory}/报告.pdf`
          yield* Effect.flatMap(FileSystem.FileSystem, (files) => files.writeFile(path, report))
          const sources = [
            DingTalkMedia.fromBytes(picture, "photo.PNG"),
            DingTalkMedia.fromPath(path),
            DingTalkMedia.fromStream(Stream.make(report.subarray(0, 10), report.subarray(10, 20)), "page.html"),
            DingTalkMedia.fromUrl(`${fake.url}/public/table.xlsx`, { allowedHosts: ["127.0.0.1"] })
          ]
          for (const source of sources) yield* DingTalkMedia.send({ to: "user:zhangsan", source })
          // The same bytes again, under the same kind of name, in a reply.
          yield* DingTalkMedia.reply(message, DingTalkMedia.fromBytes(report, "again.pdf"))
        })
      ))
      const uploads = yield* fake.uploads
      assert.deepStrictEqual(
        uploads.map(({ contentType, fileName, kind }) => [kind, fileName, contentType]),
        [
          ["image", "photo.PNG", "image/png"],
          ["file", "报告.pdf", "application/pdf"],
          ["file", "page.html.zip", "application/zip"],
          ["file", "table.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
        ]
      )
      assert.deepStrictEqual(uploads[0]?.bytes, picture)
      assert.deepStrictEqual(uploads[1]?.bytes, report)
      assert.strictEqual(Buffer.from(uploads[2]?.bytes?.subarray(0, 2) ?? []).toString(), "PK")
      const sent = (yield* fake.sends).map(({ content, kind }) => [kind, content["photoURL"] ?? content["mediaId"]])
      assert.deepStrictEqual(sent, [
        ["sampleImageMsg", uploads[0]?.id],
        ["sampleFile", uploads[1]?.id],
        ["sampleFile", uploads[2]?.id],
        ["sampleFile", uploads[3]?.id],
        ["sampleFile", uploads[1]?.id]
      ])
      assert.deepStrictEqual((yield* Desk.shown(fake, "zhangsan")).slice(1), [
        "[sampleImageMsg]",
        "报告.pdf",
        "page.html.zip",
        "table.xlsx",
        "again.pdf"
      ])
    }))

  it.scoped("a URL to the inside is not fetched: not at once, and not after redirects", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const upload = (url: string, allowedHosts: ReadonlyArray<string>) =>
        Effect.flip(run(DingTalkMedia.upload({ source: DingTalkMedia.fromUrl(url, { allowedHosts }) })))
      const direct = yield* upload(`${fake.url.replace("http:", "https:")}/secret.png`, [])
      assert.deepInclude({ ...direct }, { _tag: "UrlRefused", reason: "address", detail: "loopback" })
      const to = (location: string) => ({ status: 302, headers: { location } })
      yield* fake.answerNext("/b", to("http://169.254.169.254/latest/meta-data"), to("https://169.254.169.254/"))
      for (const reason of ["scheme", "address"] as const) {
        yield* fake.answerNext("/a", to("/b"))
        assert.deepInclude({ ...yield* upload(`${fake.url}/a`, ["127.0.0.1"]) }, { _tag: "UrlRefused", reason })
      }
      yield* fake.answerEvery("/a", to("/a"))
      const circle = yield* upload(`${fake.url}/a`, ["127.0.0.1"])
      assert.deepInclude({ ...circle }, { _tag: "UrlRefused", reason: "redirects" })
      assert.deepStrictEqual(yield* fake.uploads, [])
    }))

  it.scoped("a video gets a cover; a voice message its length", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const to = "user:zhangsan"
      const video = DingTalkMedia.fromBytes(bytesOf(100, 1), "film.mp4")
      yield* run(DingTalkMedia.send({ to, source: video, as: { kind: "video", durationMs: 2_000 } }))
      const voice = DingTalkMedia.fromBytes(bytesOf(100, 2), "voice.amr")
      yield* run(DingTalkMedia.send({ to, source: voice, as: { kind: "audio", durationMs: 1_500 } }))
      const [cover, film, sound] = yield* fake.uploads
      assert.deepStrictEqual([cover?.kind, film?.kind, sound?.kind], ["image", "video", "voice"])
      assert.deepStrictEqual((yield* fake.sends).map(({ content }) => content), [
        { duration: "2", videoMediaId: film?.id, videoType: "mp4", picMediaId: cover?.id },
        { mediaId: sound?.id, duration: "1500" }
      ])
    }))

  it.scoped("the legacy API's own ways to say no: a throttle is waited for, a dead token renewed, a refusal told", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* Desk.open()
      const upload = (seed: number) =>
        run(DingTalkMedia.upload({ source: DingTalkMedia.fromBytes(bytesOf(10, seed), "a.png") }))
      yield* upload(1)
      yield* fake.expireTokens
      yield* upload(2)
      assert.strictEqual((yield* fake.requests(Desk.tokenPath)).length, 2)

      yield* fake.answerNext(Desk.uploadPath, Script.refusals.legacyThrottled)
      const waiting = yield* Effect.forkScoped(upload(3))
      yield* fake.awaitRequests(Desk.uploadPath, 4)
      yield* Desk.after(1_000)
      yield* Fiber.join(waiting)
      assert.strictEqual((yield* fake.uploads).length, 3)
      // After a throttle the account begins anew, slowly.
      yield* Desk.after(1_000)

      yield* fake.answerNext(Desk.uploadPath, Script.legacyRefusal(88, "denied", { sub_code: "60011" }))
      assert.strictEqual((yield* Effect.flip(upload(4)))._tag, "PermissionDenied")
      yield* fake.answerNext(Desk.uploadPath, Script.legacyRefusal(90020, "quota"))
      assert.strictEqual((yield* Effect.flip(upload(5)))._tag, "QuotaExhausted")
    }))
})
