import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

const sending = (fake: FakeDingTalk.Fake, args: ReadonlyArray<string>, stdin = "") =>
  Effect.gen(function*() {
    const config = yield* Program.configFile({ ...fake.config, renderMode: "plain" })
    return yield* Program.run(["send", "--config", config, ...args], { stdin })
  })

/** The calls that the fake saw, less those for tokens, as `--dry-run` shows them. */
const calls = (fake: FakeDingTalk.Fake) =>
  Effect.map(
    fake.requests(),
    (requests) =>
      requests.filter(({ path }) => path !== "/v1.0/oauth2/accessToken").map(({ json, method, path }) => ({
        method,
        url: `${fake.url}${path}`,
        body: json
      }))
  )

const file = (name: string, text: string) =>
  Effect.map(room, (directory) => {
    const path = join(directory, name)
    writeFileSync(path, text)
    return path
  })

/** A web server with one file, whatever is asked for. */
const web = (contentType: string, body: string) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly close: () => void }>((resume) => {
      const server = createServer((_, response) => {
        response.writeHead(200, { "content-type": contentType }).end(body)
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({
          url: `http://127.0.0.1:${port}`,
          close: () => {
            server.closeAllConnections()
            server.close()
          }
        }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

describe("send, of every kind", () => {
  it.scopedLive("Markdown, whatever renderMode says, with a title", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const plain = yield* sending(fake, ["--to", "zhangsan", "--markdown", "-"], "# 大家好\n")
      assert.strictEqual(plain.code, 0, plain.stderr)
      const titled = yield* sending(fake, ["--to", "cidG==", "--markdown", "**hi**", "--title", "A title"])
      assert.strictEqual(titled.code, 0, titled.stderr)
      const [first, second] = yield* fake.sends
      assert.containSubset(first, {
        kind: "sampleMarkdown",
        userIds: ["zhangsan"],
        content: { title: "大家好", text: "# 大家好\n" }
      })
      assert.containSubset(second, { conversationId: "cidG==", content: { title: "A title", text: "**hi**" } })
      assert.deepStrictEqual(titled.objects(), [{ messageId: second?.processQueryKey, chatId: "cidG==" }])
    }))

  it.scopedLive("a file, zipped if need be, and a picture of the web", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { url } = yield* web("image/png", "png!")
      const pdf = yield* sending(fake, ["--to", "zhangsan", "--file", yield* file("报告.pdf", "pdf!")])
      assert.strictEqual(pdf.code, 0, pdf.stderr)
      const log = yield* sending(fake, ["--to", "zhangsan", "--file", yield* file("a.log", "log!"), "--zip"])
      assert.strictEqual(log.code, 0, log.stderr)
      const image = yield* sending(fake, ["--to", "zhangsan", "--image", `${url}/picture`, "--allow-host", "127.0.0.1"])
      assert.strictEqual(image.code, 0, image.stderr)
      const uploads = yield* fake.uploads
      assert.deepStrictEqual(
        uploads.map(({ bytes, fileName, kind }) => [kind, fileName, fileName.endsWith(".zip") || String(bytes)]),
        [["file", "报告.pdf", "112,100,102,33"], ["file", "a.log.zip", true], [
          "image",
          "picture.png",
          "112,110,103,33"
        ]]
      )
      assert.deepStrictEqual(
        (yield* fake.sends).map(({ content, kind }) => [kind, content["fileName"], content["photoURL"]]),
        [
          ["sampleFile", "报告.pdf", undefined],
          ["sampleFile", "a.log.zip", undefined],
          ["sampleImageMsg", undefined, uploads[2]?.id]
        ]
      )
    }))

  it.scopedLive("a card, with what becomes of it", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const card = ["--card-template", "t.schema", "--param", "title=订单", "--param", "link=https://h/?a=b"]
      const { code, objects, stderr } = yield* sending(fake, ["--to", "zhangsan", ...card])
      assert.strictEqual(code, 0, stderr)
      const [shown] = yield* fake.cards
      assert.containSubset(shown, { templateId: "t.schema", params: { title: "订单", link: "https://h/?a=b" } })
      assert.deepStrictEqual(objects(), [
        { messageId: shown?.places[0]?.carrierId, chatId: "zhangsan", outTrackId: shown?.outTrackId }
      ])
      yield* fake.refuseGroup("cidG==")
      const refused = yield* sending(fake, ["--to", "cidG==", ...card])
      assert.strictEqual(refused.code, 1)
      assert.strictEqual(refused.stdout, "")
      assert.include(refused.stderr, "openSpaceId")
    }))

  it.scopedLive("a dry run prints the bodies that are sent, and makes no call", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const list = yield* file("people.txt", Array.from({ length: 21 }, (_, index) => `u${index}`).join("\n"))
      const args = ["--text", "多行\n文字", "--to", "cidG==", "--to-file", list]
      const dry = yield* sending(fake, [...args, "--dry-run"])
      assert.strictEqual(dry.code, 0, dry.stderr)
      assert.strictEqual(dry.stderr, "dry run: 3 requests, and none was made\n")
      assert.deepStrictEqual(yield* fake.requests(), [])
      const real = yield* sending(fake, args)
      assert.strictEqual(real.code, 0, real.stderr)
      assert.deepStrictEqual(dry.objects(), yield* calls(fake))
    }))

  it.scopedLive("a dry run of files shows what would be uploaded, and fetches nothing", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const pdf = yield* sending(fake, ["--to", "zhangsan", "--file", yield* file("a.pdf", "pdf!"), "--dry-run"])
      assert.containSubset(pdf.objects(), [
        {
          url: `${fake.url}/media/upload?type=file`,
          file: { fileName: "a.pdf", contentType: "application/pdf", bytes: 4 },
          answers: "<media id of a.pdf>"
        },
        {
          body: {
            msgKey: "sampleFile",
            msgParam: "{\"mediaId\":\"<media id of a.pdf>\",\"fileName\":\"a.pdf\",\"fileType\":\"pdf\"}"
          }
        }
      ])
      const image = yield* sending(fake, ["--to", "zhangsan", "--image", "https://nowhere.invalid/a", "--dry-run"])
      assert.strictEqual(image.code, 0, image.stderr)
      assert.containSubset(image.objects(), [
        { method: "GET", url: "https://nowhere.invalid/a" },
        { file: { fileName: "a.png" } },
        { body: { msgKey: "sampleImageMsg" } }
      ])
      assert.deepStrictEqual(yield* fake.requests(), [])
    }))

  it.scopedLive("an empty file is refused before anything is uploaded", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const sent = yield* sending(fake, ["--to", "zhangsan", "--file", yield* file("a.pdf", "")])
      assert.strictEqual(sent.code, 2)
      assert.include(sent.stderr, "a.pdf is empty")
      assert.deepStrictEqual(yield* fake.requests(), [])
    }))

  const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: string]> = [
    [["--to", "a", "--text", "x", "--file", "y"], "--text and --file cannot be sent as one message"],
    [["--text", "x"], "there is nobody to send to"],
    [["--to", "group:cid1", "--text", "x"], "\"group:cid1\" begins with group:"],
    [["--to", "a", "--text", "-", "--to-file", "-"], "stdin is wanted twice"],
    [["--to", "a", "--text", "x", "--to-file", "no-such-list"], "--to-file no-such-list: there is no such file"],
    [["--to", "a", "--text", "x", "--again-unknown"], "--again-unknown belongs to --resume"],
    [["--to", "a", "--to", "b", "--text", "x".repeat(5_000)], "the text takes 2 messages"],
    [["--to", "a", "--file", "no-such-file.pdf"], "--file no-such-file.pdf: there is no such file"],
    [["--to", "a", "--image", "package.json"], "only jpg, jpeg, gif, png, bmp; send it as a --file"],
    [["--to", "a", "--file", "package.json"], "give --zip to have it zipped"],
    [["--to", "a", "--file", "http://127.0.0.1:1/a.pdf"], "give --allow-host 127.0.0.1"]
  ]
  it.scopedLive("what can't be is said before anything is sent, with what to do: 2", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* Effect.forEach(mistakes, ([args, says]) =>
        Effect.gen(function*() {
          const { code, stderr, stdout } = yield* sending(fake, args)
          assert.strictEqual(code, 2, stderr)
          assert.strictEqual(stdout, "")
          assert.include(stderr, says)
          assert.include(stderr, "Try: effect-dingtalk send --help")
        }), { concurrency: 2 })
      assert.deepStrictEqual(yield* fake.sends, [])
    }))

  it.scopedLive("a file that is too large", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const path = yield* file("large.pdf", "x".repeat(21 * 1024 * 1024))
      const { code, stderr } = yield* sending(fake, ["--to", "a", "--file", path])
      assert.strictEqual(code, 2)
      assert.include(stderr, "it has 21.0 MB (22020096 bytes), and DingTalk takes 20.0 MB; make it smaller")
    }))
})
