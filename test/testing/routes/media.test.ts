import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { Bodies, FakeDingTalk } from "../../../src/testing/index.ts"
import { filesOf } from "../../../src/testing/server/exchange.ts"
import { call } from "../bareClient.ts"
import * as Api from "./bareApi.ts"

const upload = (fake: FakeDingTalk.Fake, token: string, type: string, file: File | undefined) => {
  const form = new FormData()
  if (file !== undefined) form.set("media", file)
  return call(`${fake.url}/media/upload?access_token=${token}&type=${type}`, { method: "POST", body: form })
}

const png = (name = "a.png", size = 3) => new File([new Uint8Array(size).fill(7)], name, { type: "image/png" })

describe("uploads", () => {
  it.scoped("are kept as they came, and known by their id", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { token } = yield* Api.make(fake)
      const { json } = yield* upload(fake, token, "image", png("图片 1.png"))
      assert.deepInclude(json, { errcode: 0, type: "image" })
      assert.match(String(json["media_id"]), /^@/)
      const [media] = yield* fake.uploads
      assert.deepInclude(media, {
        id: String(json["media_id"]),
        clientId: Api.robotCode,
        kind: "image",
        fileName: "图片 1.png",
        contentType: "image/png",
        size: 3
      })
      assert.deepStrictEqual([...media?.bytes ?? []], [7, 7, 7])
    }))

  it.scoped("are refused by an errcode in a 200", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { token } = yield* Api.make(fake)
      const answers = [
        yield* upload(fake, "made-up", "image", png()),
        yield* upload(fake, token, "sticker", png()),
        yield* upload(fake, token, "image", undefined),
        yield* upload(fake, token, "image", png("a.webp")),
        yield* upload(fake, token, "voice", png("a.mp3", 2 * 1024 * 1024 + 1))
      ]
      assert.deepStrictEqual(answers.map(({ json, status }) => [status, json["errcode"]]), [
        [200, 40014],
        [200, 40004],
        [200, 41005],
        [200, 40005],
        [200, 40006]
      ])
      assert.deepStrictEqual(yield* fake.uploads, [])
      // A file of megabytes does not stay in the record of its call.
      for (const { text } of yield* fake.requests("/media/upload")) assert.isAtMost(text.length, 1_000)
    }))

  it("a form is read whatever its bytes are", async () => {
    const files = FastCheck.tuple(
      FastCheck.uint8Array({ maxLength: 300 }),
      FastCheck.stringMatching(/^[\w 图.%]{1,20}$/)
    )
    await FastCheck.assert(FastCheck.asyncProperty(files, async ([bytes, name]) => {
      const head = (field: string, fileName: string) =>
        `Content-Disposition: form-data; name="${field}"; filename="${fileName}"\r\nContent-Type: image/png\r\n\r\n`
      const body = Buffer.concat([
        Buffer.from(`--B-1\r\n${head("other", "x")}other\r\n--B-1\r\n${head("media", name.replaceAll("%", "-"))}`),
        bytes,
        Buffer.from("\r\n--B-1--\r\n")
      ])
      const { media } = await filesOf("multipart/form-data; boundary=B-1", body)
      assert.deepStrictEqual(
        [media?.fileName, media?.contentType, [...media?.bytes ?? []]],
        [name.replaceAll("%", "-"), "image/png", [...bytes]]
      )
    }))
    await FastCheck.assert(
      FastCheck.asyncProperty(FastCheck.uint8Array(), async (noise) => {
        const bytes = Buffer.from(noise)
        assert.deepStrictEqual(await filesOf("multipart/form-data; boundary=b", bytes), {})
        assert.deepStrictEqual(await filesOf("multipart/form-data", bytes), {})
      })
    )
  })
})

describe("downloads", () => {
  const linkOf = (api: Api.Api, downloadCode: string) =>
    api.post("/v1.0/robot/messageFiles/download", { robotCode: Api.robotCode, downloadCode })

  it.scoped("go from the code to a link to the bytes", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const api = yield* Api.make(fake)
      const code = yield* fake.putFile("hello", { fileName: "a b.txt", contentType: "text/plain" })
      yield* fake.post(Bodies.file("a b.txt", { downloadCode: code }))
      const { json } = yield* linkOf(api, code)
      const response = yield* Effect.promise(() => fetch(String(json["downloadUrl"])))
      assert.strictEqual(yield* Effect.promise(() => response.text()), "hello")
      assert.strictEqual(response.headers.get("content-disposition"), "attachment; filename=\"a b.txt\"")
      assert.strictEqual(response.headers.get("content-length"), "5")
      assert.deepStrictEqual(yield* fake.awaitDownloads(1), [{ downloadCode: code, bytes: 5, whole: true }])
      assert.strictEqual((yield* linkOf(api, "made-up")).status, 400)
    }))

  it.scoped("want neither token nor content type, and only for a while", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const api = yield* Api.make(fake)
      const { json } = yield* linkOf(api, yield* fake.putFile("hello"))
      const url = String(json["downloadUrl"])
      const statuses = yield* Effect.forEach(
        [{}, { "x-acs-dingtalk-access-token": api.token }, { "content-type": "application/json" }],
        (headers) => Effect.map(call(url, { headers }), ({ status }) => status)
      )
      assert.deepStrictEqual(statuses, [200, 403, 403])
      yield* fake.expireDownloads
      assert.strictEqual((yield* call(url)).status, 403)
      const short = yield* FakeDingTalk.make({ downloadTtlMs: 0 })
      const expired = yield* linkOf(yield* Api.make(short), yield* short.putFile("hello"))
      assert.strictEqual((yield* call(String(expired.json["downloadUrl"]))).status, 403)
    }))

  it.scoped("of a size that nobody has room for end where the reader does; others are announced, cut, redirected", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const api = yield* Api.make(fake)
      const open = (code: string) =>
        Effect.flatMap(
          linkOf(api, code),
          ({ json }) => Effect.promise(() => fetch(String(json["downloadUrl"]), { redirect: "manual" }))
        )
      const gigabyte = yield* open(yield* fake.putFile({ zeros: 2 ** 30 }, { announced: false }))
      assert.isNull(gigabyte.headers.get("content-length"))
      const reader = gigabyte.body?.getReader()
      const first = yield* Effect.promise(async () => reader?.read())
      assert.isAbove(first?.value?.length ?? 0, 0)
      yield* Effect.promise(async () => reader?.cancel())
      const [fetched] = yield* fake.awaitDownloads(1)
      assert.isFalse(fetched?.whole)
      assert.isBelow(fetched?.bytes ?? Infinity, 64 * 1024 * 1024)

      const moved = yield* open(yield* fake.putFile("", { redirect: "http://169.254.169.254/" }))
      assert.deepStrictEqual([moved.status, moved.headers.get("location")], [302, "http://169.254.169.254/"])

      yield* fake.answerNext("/download/cut", { status: 200, body: "hello", cutAfterBytes: 2 })
      const cut = yield* linkOf(api, yield* fake.putFile("", { downloadCode: "cut" }))
      assert.strictEqual((yield* call(String(cut.json["downloadUrl"]))).status, 0)
    }))
})
