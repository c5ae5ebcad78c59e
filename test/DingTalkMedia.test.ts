import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { createHash } from "node:crypto"
import * as DingTalkMedia from "../src/DingTalkMedia.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import * as RobotMessage from "../src/outbound/message/RobotMessage.ts"
import * as Fake from "./outbound/api/utils/fakeApi.ts"
import { settle } from "./utils/settle.ts"

const uploadPath = "/media/upload"
const linkPath = "/v1.0/robot/messageFiles/download"
const mebibyte = 1024 * 1024

/** Uploads are `@media-1`, `@media-2`, …; links lead to the good host, unless `script` has an answer. */
const dingtalk = (script: (seen: Fake.Seen, nth: number) => Fake.Answer | undefined = () => undefined) =>
  Fake.dingtalk((seen, nth) =>
    script(seen, nth) ?? (seen.path === uploadPath
      ? { status: 200, body: { errcode: 0, errmsg: "ok", media_id: `@media-${nth}`, type: "file" } }
      : seen.path === linkPath
      ? { status: 200, body: { downloadUrl: "https://files.example/from-link.bin?sig=hidden" } }
      : undefined)
  )

const resolver = {
  resolve: (host: string) => host.endsWith(".inside") ? Effect.succeed(["10.0.0.1"]) : Effect.succeed(["93.184.216.34"])
}

const inWorld =
  (api: Fake.FakeApi) =>
  <A, E, R>(effect: Effect.Effect<A, E, R | DingTalkSender.DingTalkSender | FileSystem.FileSystem>) =>
    effect.pipe(
      Effect.provide(DingTalkSender.layer),
      Effect.provide(Fake.world(api, Fake.account())),
      Effect.provide(NodeFileSystem.layer),
      Effect.provideService(DingTalkMedia.HostResolver, resolver)
    )

const pdf = Buffer.from("%PDF-1.7 \r\n--not-a-boundary\r\n")
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47])
const inMemory = DingTalkMedia.fromBytes(pdf, "report.pdf")

/** The parts of an upload: its query, its name, its bytes. */
const uploaded = (seen: Fake.Seen | undefined) => {
  const [, fileName = "", , content = ""] =
    /filename="([^"]*)"\r\nContent-Type: ([^\r]*)\r\n\r\n([^]*)\r\n--[\w-]+--\r\n$/.exec(seen?.streamed ?? "") ?? []
  const { searchParams } = new URL(seen?.url ?? "https://x")
  return {
    type: searchParams.get("type"),
    token: searchParams.get("access_token"),
    fileName: Buffer.from(fileName, "latin1").toString(),
    bytes: Buffer.from(content, "latin1")
  }
}

const paramOf = (seen: Fake.Seen | undefined): unknown => JSON.parse(String(seen?.body["msgParam"]))

describe("DingTalkMedia.upload", () => {
  it.scoped("takes bytes, a path, a stream and a URL, and sends the same", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const directory = yield* fileSystem.makeTempDirectoryScoped()
      yield* fileSystem.writeFile(`${directory}/report.pdf`, pdf)
      const chunks = Stream.make(pdf.subarray(0, 5), pdf.subarray(5))
      const sources = [
        inMemory,
        DingTalkMedia.fromPath(`${directory}/report.pdf`),
        DingTalkMedia.fromStream(chunks, "report.pdf"),
        DingTalkMedia.fromUrl("https://files.example/a/report.pdf?x=1")
      ]
      for (const source of sources) {
        const api = dingtalk((seen) => seen.path === "/a/report.pdf" ? { status: 200, body: pdf } : undefined)
        const result = yield* DingTalkMedia.upload({ source }).pipe(inWorld(api))
        assert.deepStrictEqual(result, {
          mediaId: "@media-1",
          kind: "file",
          fileName: "report.pdf",
          size: pdf.length,
          reused: false
        })
        assert.deepStrictEqual(uploaded(api.of(uploadPath)[0]), {
          type: "file",
          token: "token-1",
          fileName: "report.pdf",
          bytes: pdf
        })
        assert.strictEqual(new URL(api.of(uploadPath)[0]?.url ?? "").host, "oapi.dingtalk.com")
        assert.isUndefined(api.of(uploadPath)[0]?.token)
      }
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("the same bytes are uploaded once, as the same kind", () =>
    Effect.gen(function*() {
      const api = dingtalk()
      const results = yield* Effect.all([
        DingTalkMedia.upload({ source: DingTalkMedia.fromBytes(png, "a.png") }),
        DingTalkMedia.upload({ source: DingTalkMedia.fromBytes(png, "b.png") }),
        DingTalkMedia.upload({ source: DingTalkMedia.fromBytes(png, "b.png"), kind: "file" }),
        DingTalkMedia.upload({ source: DingTalkMedia.fromBytes(pdf, "c.png") })
      ]).pipe(inWorld(api))
      assert.deepStrictEqual(results.map(({ kind, mediaId, reused }) => [kind, mediaId, reused]), [
        ["image", "@media-1", false],
        ["image", "@media-1", true],
        ["file", "@media-2", false],
        ["image", "@media-3", false]
      ])
      assert.strictEqual(api.of(uploadPath).length, 3)
    }))

  it.effect("a token that expired, a server that is busy: tried again, whole", () =>
    Effect.gen(function*() {
      const api = dingtalk((seen, nth) =>
        seen.path !== uploadPath
          ? undefined
          : nth === 1
          ? { status: 200, body: { errcode: 40014, errmsg: "invalid access_token token-1" } }
          : nth === 2
          ? { status: 200, body: { errcode: -1, errmsg: "busy" } }
          : undefined
      )
      const fiber = yield* Effect.fork(DingTalkMedia.upload({ source: inMemory }).pipe(inWorld(api)))
      yield* settle
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber)).mediaId, "@media-3")
      assert.deepStrictEqual(api.of(uploadPath).map((seen) => uploaded(seen).token), ["token-1", "token-2", "token-2"])
      for (const seen of api.of(uploadPath)) assert.deepStrictEqual(uploaded(seen).bytes, pdf)
    }))

  it.effect("a 200 with an error is one, and shows no token", () =>
    Effect.gen(function*() {
      const api = dingtalk((seen) =>
        seen.path === uploadPath
          ? { status: 200, body: { errcode: 40035, errmsg: `bad request ${seen.url}` } }
          : undefined
      )
      const error = yield* DingTalkMedia.upload({ source: inMemory }).pipe(inWorld(api), Effect.flip)
      assert.strictEqual(error._tag, "BadRequest")
      assert.notInclude(`${error.message}${JSON.stringify(error)}`, "token-1")
    }))

  it.scoped("what is too large is not read further than that, and not sent", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const directory = yield* fileSystem.makeTempDirectoryScoped()
      const path = `${directory}/large.pdf`
      yield* fileSystem.writeFile(path, new Uint8Array())
      yield* fileSystem.truncate(path, 20 * mebibyte + 1)
      const pulled = yield* Ref.make(0)
      const chunk = new Uint8Array(mebibyte)
      const endless = Stream.repeatEffect(Effect.as(Ref.update(pulled, (n) => n + 1), chunk))
      const announced = { status: 200, body: "", headers: { "content-length": String(2 ** 30) } }
      const api = dingtalk((seen) =>
        seen.path === "/announced.pdf"
          ? announced
          : seen.path === "/endless.pdf"
          ? { status: 200, body: Stream.forever(Stream.make(chunk)) }
          : undefined
      )
      const cases = [
        [DingTalkMedia.fromPath(path), "file", 20 * mebibyte + 1, 20 * mebibyte],
        [DingTalkMedia.fromBytes(new Uint8Array(2 * mebibyte + 1), "a.mp3"), "voice", 2 * mebibyte + 1, 2 * mebibyte],
        [DingTalkMedia.fromStream(endless, "a.pdf"), "file", 21 * mebibyte, 20 * mebibyte],
        [DingTalkMedia.fromUrl("https://files.example/announced.pdf"), "file", 2 ** 30, 20 * mebibyte],
        [DingTalkMedia.fromUrl("https://files.example/endless.pdf"), "file", 21 * mebibyte, 20 * mebibyte]
      ] as const
      for (const [source, kind, bytes, limitBytes] of cases) {
        const error = yield* DingTalkMedia.upload({ source, kind }).pipe(inWorld(api), Effect.flip)
        assert.deepInclude({ ...error }, { _tag: "TooLarge", bytes, limitBytes })
        assert.include(error.message, source.fileName ?? ".pdf")
      }
      assert.isAtMost(yield* Ref.get(pulled), 22)
      assert.strictEqual(api.of(uploadPath).length, 0)
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.scoped("an empty file is refused before anything is called, whatever it comes from and goes as", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const directory = yield* fileSystem.makeTempDirectoryScoped()
      yield* fileSystem.writeFile(`${directory}/page.html`, new Uint8Array())
      const api = dingtalk((seen) => seen.path === "/empty.png" ? { status: 200, body: new Uint8Array() } : undefined)
      const sources = [
        DingTalkMedia.fromBytes(new Uint8Array(), "a.pdf"),
        DingTalkMedia.fromPath(`${directory}/page.html`),
        DingTalkMedia.fromStream(Stream.empty, "a.png"),
        DingTalkMedia.fromUrl("https://files.example/empty.png")
      ]
      for (const source of sources) {
        const errors = yield* Effect.all([
          Effect.flip(DingTalkMedia.upload({ source })),
          Effect.flip(DingTalkMedia.toMessage({ source })),
          Effect.flip(
            DingTalkMedia.toMessage({ source: inMemory, as: { kind: "video", durationMs: 1, cover: source } })
          )
        ]).pipe(inWorld(api))
        for (const error of errors) assert.deepInclude({ ...error }, { _tag: "BadRequest", field: "media" })
        assert.include(errors[0].message, "is empty")
      }
      assert.deepStrictEqual(api.of(uploadPath), [])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("equal uploads at one time are one", () =>
    Effect.gen(function*() {
      const api = dingtalk((seen) =>
        seen.path === uploadPath
          ? { status: 200, body: { errcode: 0, errmsg: "ok", media_id: "@once", type: "file" }, delayMs: 1_000 }
          : undefined
      )
      const both = yield* Effect.fork(
        Effect.replicateEffect(DingTalkMedia.upload({ source: inMemory }), 3, { concurrency: 3 }).pipe(inWorld(api))
      )
      yield* settle
      yield* TestClock.adjust("1 second")
      const all = yield* Fiber.join(both)
      assert.deepStrictEqual(all.map(({ mediaId }) => mediaId), ["@once", "@once", "@once"])
      assert.strictEqual(api.of(uploadPath).length, 1)
    }))

  it.scoped("a path that is none, a stream that fails, a URL to the inside", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const directory = yield* fileSystem.makeTempDirectoryScoped()
      const api = dingtalk((seen) =>
        seen.path === "/go" ? { status: 302, body: "", headers: { location: "http://169.254.169.254/" } } : undefined
      )
      const upload = <E, R>(source: DingTalkMedia.Source<E, R>) =>
        DingTalkMedia.upload({ source }).pipe(inWorld(api), Effect.flip)
      const missing = yield* upload(DingTalkMedia.fromPath(`${directory}/no.pdf`))
      assert.deepInclude({ ...missing }, { _tag: "FileUnavailable", detail: "there is no such file" })
      assert.strictEqual((yield* upload(DingTalkMedia.fromPath(directory)))._tag, "FileUnavailable")
      const broken = yield* upload(
        DingTalkMedia.fromStream(Stream.concat(Stream.make(pdf), Stream.fail("boom")), "a.pdf")
      )
      assert.strictEqual(broken, "boom")
      const refusals = ["https://db.inside/a.pdf", "http://files.example/a.pdf", "https://files.example/go"]
      for (const url of refusals) {
        assert.strictEqual((yield* upload(DingTalkMedia.fromUrl(url)))._tag, "UrlRefused")
      }
      assert.deepStrictEqual(api.seen.map(({ path }) => path), ["/go"])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("a URL that does not answer is given up", () =>
    Effect.gen(function*() {
      const api = dingtalk((seen) => seen.path === "/slow.pdf" ? "silence" : undefined)
      const source = DingTalkMedia.fromUrl("https://files.example/slow.pdf", { timeoutMs: 5_000 })
      const fiber = yield* Effect.fork(DingTalkMedia.upload({ source }).pipe(inWorld(api), Effect.either))
      yield* TestClock.adjust(5_000)
      const result = yield* Fiber.join(fiber)
      assert.strictEqual(Either.isLeft(result) && result.left._tag, "Unavailable")
    }))

  it.effect("the name of what a URL gives: by the server, by the link, by the type", () =>
    Effect.gen(function*() {
      const api = dingtalk((seen) =>
        seen.path === "/disposition"
          ? { status: 200, body: pdf, headers: { "content-disposition": "attachment; filename=\"../../x.pdf\"" } }
          : seen.path === "/typed"
          ? { status: 200, body: png, headers: { "content-type": "image/png; q=1" } }
          : undefined
      )
      const name = (path: string, fileName?: string) =>
        Effect.map(
          DingTalkMedia.upload({ source: DingTalkMedia.fromUrl(`https://files.example${path}`, { fileName }) }),
          ({ fileName, kind }) => `${kind} ${fileName}`
        ).pipe(inWorld(api))
      assert.strictEqual(yield* name("/disposition"), "file x.pdf")
      assert.strictEqual(yield* name("/disposition", "mine.pdf"), "file mine.pdf")
      assert.strictEqual(yield* name("/typed"), "image typed.png")
    }))
})

describe("DingTalkMedia.toMessage", () => {
  const page = Buffer.from("<html></html>")

  it.effect("the right kind of message for each kind of file", () =>
    Effect.gen(function*() {
      const api = dingtalk()
      const of = (bytes: Uint8Array, fileName: string, as?: DingTalkMedia.As) =>
        DingTalkMedia.toMessage({ source: DingTalkMedia.fromBytes(bytes, fileName), as }).pipe(inWorld(api))
      assert.deepStrictEqual(yield* of(png, "a.png"), RobotMessage.Image({ photo: "@media-1" }))
      assert.deepStrictEqual(
        yield* of(pdf, "a.PDF"),
        RobotMessage.File({ mediaId: "@media-2", fileName: "a.PDF", fileType: "pdf" })
      )
      assert.deepStrictEqual(
        yield* of(pdf, "a.mp3", { kind: "audio", durationMs: 1_500 }),
        RobotMessage.Audio({ mediaId: "@media-3", durationMs: 1_500 })
      )
      assert.deepStrictEqual(uploaded(api.of(uploadPath)[2]).type, "voice")
      assert.deepStrictEqual(
        yield* of(page, "页.html"),
        RobotMessage.File({ mediaId: "@media-4", fileName: "页.html.zip", fileType: "zip" })
      )
      const zip = uploaded(api.of(uploadPath)[3])
      assert.strictEqual(zip.fileName, "页.html.zip")
      assert.strictEqual(zip.bytes.subarray(0, 4).toString("latin1"), "PK\u0003\u0004")
      assert.deepStrictEqual(
        yield* of(page, "notes.txt", { kind: "file", zip: true }),
        RobotMessage.File({ mediaId: "@media-5", fileName: "notes.txt.zip", fileType: "zip" })
      )
    }))

  it.effect("a video gets a cover: its own, or one that is uploaded once", () =>
    Effect.gen(function*() {
      const api = dingtalk()
      const video = DingTalkMedia.fromBytes(pdf, "a.mp4")
      const other = DingTalkMedia.fromBytes(page, "b.mp4")
      const cover = DingTalkMedia.fromBytes(png, "cover.png")
      const messages = yield* Effect.all([
        DingTalkMedia.toMessage({ source: video, as: { kind: "video", durationMs: 5_000 } }),
        DingTalkMedia.toMessage({ source: other, as: { kind: "video", durationMs: 5_000 } }),
        DingTalkMedia.toMessage({ source: video, as: { kind: "video", durationMs: 5_000, cover } })
      ]).pipe(inWorld(api))
      const of = (mediaId: string, coverMediaId: string) =>
        RobotMessage.Video({ mediaId, coverMediaId, durationMs: 5_000, videoType: "mp4" })
      assert.deepStrictEqual(messages, [
        of("@media-2", "@media-1"),
        of("@media-3", "@media-1"),
        of("@media-2", "@media-4")
      ])
      // A picture that programs can read.
      const bytes = uploaded(api.of(uploadPath)[0]).bytes
      assert.strictEqual(bytes.subarray(1, 4).toString(), "PNG")
      assert.strictEqual(bytes.subarray(-8, -4).toString(), "IEND")
    }))

  it.effect("a type that DingTalk does not take: says so, and what it takes", () =>
    Effect.gen(function*() {
      const api = dingtalk()
      const failing = <A extends DingTalkMedia.As>(fileName: string, as?: A) =>
        DingTalkMedia.toMessage({ source: DingTalkMedia.fromBytes(pdf, fileName), as }).pipe(inWorld(api), Effect.flip)
      const cases = [
        [yield* failing("a.txt"), "file"],
        [yield* failing("a.mp4", { kind: "file" }), "file"],
        [yield* failing("a.svg", { kind: "image" }), "image"],
        [yield* failing("a.flac", { kind: "audio", durationMs: 1 }), "voice"],
        [yield* failing("a.avi", { kind: "video", durationMs: 1 }), "video"]
      ] as const
      for (const [error, kind] of cases) {
        assert.strictEqual(error._tag === "UnsupportedType" && error.kind, kind)
        assert.include(error.message, kind === "file" ? "xlsx, pdf" : kind)
      }
      // The cover of the film is a picture, and DingTalk takes that.
      assert.isAtMost(api.of(uploadPath).length, 1)
    }))

  it.effect("send and reply upload, and send what came of it", () =>
    Effect.gen(function*() {
      const api = dingtalk()
      const route = {
        accountId: "default",
        chatType: "group",
        chatId: "cidA",
        conversationId: "cidA",
        sessionWebhook: undefined,
        sessionWebhookExpiresAt: undefined
      } as const
      const [sent, replied] = yield* Effect.all([
        DingTalkMedia.send({ to: ["user:a", "user:b"], source: inMemory }),
        DingTalkMedia.reply(route, inMemory)
      ]).pipe(inWorld(api))
      assert.deepStrictEqual([sent.messageId, replied.messageId, replied.via], ["key-1", "key-1", "api"])
      const param = { mediaId: "@media-1", fileName: "report.pdf", fileType: "pdf" }
      assert.deepStrictEqual(paramOf(api.of(Fake.userPath)[0]), param)
      assert.deepStrictEqual(paramOf(api.of(Fake.groupPath)[0]), param)
      assert.strictEqual(api.of(uploadPath).length, 1)
    }))
})

describe("DingTalkMedia.download", () => {
  const from = { accountId: "default" }
  const media = (overrides: Partial<Parameters<typeof DingTalkMedia.download>[1]> = {}) => ({
    kind: "file" as const,
    downloadCode: "code" as string | undefined,
    url: undefined,
    fileName: undefined,
    videoType: undefined,
    ...overrides
  })
  const files = (answer: Fake.Answer) => dingtalk((seen) => seen.url.startsWith("https://files.") ? answer : undefined)

  it.effect("code, link, bytes: without the token, without a content type", () =>
    Effect.gen(function*() {
      const api = files({ status: 200, body: pdf, headers: { "content-type": "application/pdf" } })
      const file = yield* DingTalkMedia.download(from, media({ fileName: "报告.pdf" })).pipe(inWorld(api))
      assert.deepStrictEqual({ ...file, bytes: Buffer.from(file.bytes) }, {
        fileName: "报告.pdf",
        contentType: "application/pdf",
        bytes: pdf
      })
      assert.deepStrictEqual(api.of(linkPath)[0]?.body, { downloadCode: "code", robotCode: "dingrobot" })
      const get = api.seen.at(-1)
      assert.isUndefined(get?.token)
      assert.notProperty(get?.headers, "content-type")
    }))

  it.effect("asks for it as the robot that was sent it", () =>
    Effect.gen(function*() {
      const api = files({ status: 200, body: pdf })
      yield* DingTalkMedia.download({ ...from, robotCode: "another" }, media()).pipe(inWorld(api))
      yield* Stream.runDrain(DingTalkMedia.downloadStream({ ...from, robotCode: "third" }, media())).pipe(inWorld(api))
      assert.deepStrictEqual(api.of(linkPath).map(({ body }) => body["robotCode"]), ["another", "third"])
    }))

  it.effect("the name is safe, whoever gave it", () =>
    Effect.gen(function*() {
      const name = (headers: Record<string, string>, overrides: Parameters<typeof media>[0] = {}) =>
        Effect.map(
          DingTalkMedia.download(from, media(overrides)).pipe(inWorld(files({ status: 200, body: "x", headers }))),
          ({ fileName }) => fileName
        )
      const disposition = { "content-disposition": "attachment; filename=\"../../etc/passwd.txt\"" }
      assert.strictEqual(yield* name({}, { fileName: "../../etc/passwd" }), "passwd")
      assert.strictEqual(yield* name({}, { fileName: "CON.txt" }), "_CON.txt")
      assert.strictEqual(yield* name(disposition), "passwd.txt")
      assert.strictEqual(yield* name({}), "from-link.bin")
      assert.strictEqual(yield* name({ "content-type": "image/png" }, { fileName: "picture" }), "picture.png")
      assert.strictEqual(yield* name({}, { kind: "video", fileName: "film", videoType: "mp4" }), "film.mp4")
    }))

  it.effect("a gigabyte is not taken in: announced or not, it ends at the limit", () =>
    Effect.gen(function*() {
      const pulled = yield* Ref.make(0)
      const chunk = new Uint8Array(mebibyte)
      const gigabyte = Stream.repeatEffect(Effect.as(Ref.update(pulled, (n) => n + 1), chunk)).pipe(Stream.take(1_024))
      const limited = (answer: Fake.Answer, maxBytes: number) =>
        DingTalkMedia.download(from, media(), { maxBytes }).pipe(inWorld(files(answer)), Effect.flip)
      const announced = yield* limited(
        { status: 200, body: gigabyte, headers: { "content-length": String(2 ** 30) } },
        5 * mebibyte
      )
      assert.deepInclude({ ...announced }, { _tag: "TooLarge", bytes: 2 ** 30, limitBytes: 5 * mebibyte })
      assert.strictEqual(yield* Ref.get(pulled), 0)
      const silent = yield* limited({ status: 200, body: gigabyte }, 5 * mebibyte)
      assert.deepInclude({ ...silent }, { _tag: "TooLarge", bytes: 6 * mebibyte })
      assert.isAtMost(yield* Ref.get(pulled), 7)
    }))

  it.effect("what takes too long is given up", () =>
    Effect.gen(function*() {
      const api = files({ status: 200, body: Stream.concat(Stream.make(pdf), Stream.never) })
      const fiber = yield* Effect.fork(
        DingTalkMedia.download(from, media(), { timeoutMs: 3_000 }).pipe(inWorld(api), Effect.flip)
      )
      yield* TestClock.adjust(3_000)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Unavailable")
    }))

  it.effect("a link of DingTalk's may be http, one of a message may not; neither may lead inside", () =>
    Effect.gen(function*() {
      const end = (api: Fake.FakeApi, overrides: Parameters<typeof media>[0] = {}) =>
        DingTalkMedia.download(from, media(overrides)).pipe(
          inWorld(api),
          Effect.match({
            onFailure: (error) => error._tag === "UrlRefused" ? error.reason : error._tag,
            onSuccess: () => "ok"
          })
        )
      const scripted = (downloadUrl: string) =>
        Fake.dingtalk((seen) =>
          seen.path === linkPath
            ? { status: 200, body: { downloadUrl } }
            : seen.path === "/go"
            ? { status: 302, body: "", headers: { location: "http://169.254.169.254/latest" } }
            : seen.path === "/x"
            ? { status: 200, body: "x" }
            : undefined
        )
      assert.strictEqual(yield* end(scripted("http://files.example/x")), "ok")
      assert.strictEqual(yield* end(scripted("http://files.example/go")), "address")
      assert.strictEqual(yield* end(scripted("http://db.inside/x")), "address")
      const given = { downloadCode: undefined }
      assert.strictEqual(yield* end(scripted(""), { ...given, url: "https://files.example/x" }), "ok")
      assert.strictEqual(yield* end(scripted(""), { ...given, url: "http://files.example/x" }), "scheme")
      assert.strictEqual(yield* end(scripted(""), given), "BadRequest")
    }))

  it.effect("a code that is expired, a file that is gone", () =>
    Effect.gen(function*() {
      const expired = dingtalk((seen) =>
        seen.path === linkPath ? { status: 400, body: { code: "invalidParameter.downloadCode.invalid" } } : undefined
      )
      const code = yield* DingTalkMedia.download(from, media()).pipe(inWorld(expired), Effect.flip)
      assert.strictEqual(code._tag === "BadRequest" && code.field, "downloadCode")
      const gone = yield* DingTalkMedia.download(from, media()).pipe(
        inWorld(files({ status: 403, body: "" })),
        Effect.flip
      )
      assert.strictEqual(gone._tag === "BadRequest" && gone.field, "url")
      assert.notInclude(gone.message, "hidden")
    }))

  it.scoped("into a directory: whole, under its name, and a second one beside it", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const directory = `${yield* fileSystem.makeTempDirectoryScoped()}/new/`
      const api = files({ status: 200, body: Stream.make(pdf, pdf) })
      const save = DingTalkMedia.downloadTo(directory, from, media({ fileName: "../../a.pdf" })).pipe(inWorld(api))
      assert.deepStrictEqual(yield* save, {
        path: `${directory}a.pdf`,
        fileName: "a.pdf",
        contentType: undefined,
        size: 2 * pdf.length
      })
      assert.strictEqual((yield* save).path, `${directory}a (2).pdf`)
      assert.deepStrictEqual(Buffer.from(yield* fileSystem.readFile(`${directory}a.pdf`)), Buffer.concat([pdf, pdf]))
      assert.deepStrictEqual([...yield* fileSystem.readDirectory(directory)].toSorted(), ["a (2).pdf", "a.pdf"])
      assert.strictEqual((yield* fileSystem.stat(`${directory}a.pdf`)).mode & 0o777, 0o600)
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.scoped("of a failure, too much, or an interruption nothing is left", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const directory = yield* fileSystem.makeTempDirectoryScoped()
      const cut: Stream.Stream<Uint8Array, string> = Stream.concat(Stream.make(pdf), Stream.fail("cut"))
      const save = (body: unknown, maxBytes = 1_000) =>
        DingTalkMedia.downloadTo(directory, from, media(), { maxBytes }).pipe(inWorld(files({ status: 200, body })))
      assert.strictEqual((yield* Effect.flip(save(Stream.make(pdf, pdf), pdf.length)))._tag, "TooLarge")
      assert.isTrue((yield* Effect.exit(save(cut)))._tag === "Failure")
      const fiber = yield* Effect.fork(save(Stream.concat(Stream.make(pdf), Stream.never)))
      yield* Effect.repeat(settle, {
        until: () =>
          Effect.map(Effect.orDie(fileSystem.readDirectory(directory)), (names) =>
            names.some((name) => name.endsWith(".part")))
      })
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* fileSystem.readDirectory(directory), [])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.scoped("a directory that can't be written to", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const file = `${yield* fileSystem.makeTempDirectoryScoped()}/file`
      yield* fileSystem.writeFileString(file, "")
      const error = yield* DingTalkMedia.downloadTo(`${file}/below`, from, media()).pipe(
        inWorld(files({ status: 200, body: pdf })),
        Effect.flip
      )
      assert.strictEqual(error._tag, "FileUnavailable")
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("as a stream, bounded", () =>
    Effect.gen(function*() {
      const api = files({ status: 200, body: Stream.make(pdf, pdf, pdf) })
      const hash = createHash("sha256")
      const read = (maxBytes: number) =>
        Stream.runForEach(
          DingTalkMedia.downloadStream(from, media(), { maxBytes }),
          (chunk) => Effect.sync(() => hash.update(chunk))
        ).pipe(inWorld(api))
      yield* read(1_000)
      assert.strictEqual(
        hash.copy().digest("hex"),
        createHash("sha256").update(Buffer.concat([pdf, pdf, pdf])).digest("hex")
      )
      assert.strictEqual((yield* Effect.flip(read(pdf.length)))._tag, "TooLarge")
    }))
})
