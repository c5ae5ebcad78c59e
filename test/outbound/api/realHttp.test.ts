/** Media over real sockets, with the HTTP clients that people choose: their bodies, their redirects. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { createServer, type IncomingMessage, type Server } from "node:http"
import { DingTalkConfig } from "../../../src/DingTalkConfig.ts"
import * as DingTalkMedia from "../../../src/DingTalkMedia.ts"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import * as Fake from "./utils/fakeApi.ts"

interface Received {
  readonly path: string
  readonly contentLength: string | undefined
  readonly body: Buffer
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** A server of two megabytes, redirects, and uploads that it writes down. */
const server = Effect.acquireRelease(
  Effect.async<{ readonly server: Server; readonly base: string; readonly received: ReadonlyArray<Received> }>(
    (resume) => {
      const received: Array<Received> = []
      const http = createServer((request, response) => {
        const path = new URL(request.url ?? "", "http://x").pathname
        const json = (value: object) =>
          response.setHeader("content-type", "application/json").end(JSON.stringify(value))
        void bodyOf(request).then(async (body) => {
          received.push({ path, contentLength: request.headers["content-length"], body })
          if (path === "/v1.0/oauth2/accessToken") return json({ accessToken: "token", expireIn: 7_200 })
          if (path === "/v1.0/robot/messageFiles/download") {
            const { downloadCode } = JSON.parse(body.toString())
            return json({ downloadUrl: `http://${request.headers.host}/${downloadCode}` })
          }
          if (path === "/media/upload") {
            const form = await new Response(body, {
              headers: { "content-type": request.headers["content-type"] ?? "" }
            })
              .formData()
            const file = form.get("media")
            return json({
              errcode: 0,
              media_id: file instanceof File ? `${file.name} ${file.type} ${file.size}` : "none"
            })
          }
          if (path === "/inside") return response.writeHead(302, { location: "http://169.254.169.254/latest" }).end()
          if (path === "/other") return response.writeHead(307, { location: "/large" }).end()
          return response.end(Buffer.alloc(2 * 1024 * 1024, "x"))
        })
      })
      http.listen(0, "127.0.0.1", () => {
        const address = http.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ server: http, base: `http://127.0.0.1:${port}`, received }))
      })
    }
  ),
  ({ server }) =>
    Effect.async<void>((resume) => {
      server.closeAllConnections()
      server.close(() => resume(Effect.void))
    })
)

const clients: ReadonlyArray<readonly [string, Layer.Layer<HttpClient.HttpClient>]> = [
  ["undici", NodeHttpClient.layerUndici],
  ["fetch", FetchHttpClient.layer]
]

const media = (downloadCode: string) => ({
  kind: "file" as const,
  downloadCode,
  url: undefined,
  fileName: undefined,
  videoType: undefined
})

describe("media over real sockets", () => {
  for (const [name, client] of clients) {
    const inWorld =
      (base: string) =>
      <A, E, R>(effect: Effect.Effect<A, E, R | DingTalkSender.DingTalkSender | FileSystem.FileSystem>) => {
        const settings = Fake.settings(Fake.account({ apiBaseUrl: base, oapiBaseUrl: base }))
        const config = Layer.succeed(DingTalkConfig, { get: Effect.succeed(settings), set: () => Effect.void })
        return effect.pipe(
          Effect.provide(DingTalkSender.layer),
          Effect.provide(Layer.mergeAll(config, client, NodeFileSystem.layer))
        )
      }

    it.scopedLive(`${name}: an upload is a form that others can read, from memory and from a file`, () =>
      Effect.gen(function*() {
        const { base, received } = yield* server
        const bytes = Buffer.alloc(3 * 1024 * 1024, "\r\n--x")
        const both = Effect.gen(function*() {
          const fileSystem = yield* FileSystem.FileSystem
          const path = `${yield* fileSystem.makeTempDirectoryScoped()}/报告.pdf`
          yield* fileSystem.writeFile(path, bytes.subarray(1))
          return [
            yield* DingTalkMedia.upload({ source: DingTalkMedia.fromBytes(bytes, "a.pdf") }),
            yield* DingTalkMedia.upload({ source: DingTalkMedia.fromPath(path) })
          ]
        })
        const results = yield* inWorld(base)(both)
        assert.deepStrictEqual(results.map(({ mediaId }) => mediaId), [
          `a.pdf application/pdf ${bytes.length}`,
          `报告.pdf application/pdf ${bytes.length - 1}`
        ])
        for (const { body, contentLength, path } of received) {
          // Fetch does not let itself be told a length.
          if (path === "/media/upload" && name !== "fetch") assert.strictEqual(Number(contentLength), body.length)
        }
      }))

    it.scopedLive(`${name}: a download follows redirects itself, and none to the inside`, () =>
      Effect.gen(function*() {
        const { base, received } = yield* server
        const from = { accountId: "default" }
        const file = yield* inWorld(base)(DingTalkMedia.download(from, media("other")))
        assert.strictEqual(file.bytes.length, 2 * 1024 * 1024)
        const refused = yield* Effect.flip(inWorld(base)(DingTalkMedia.download(from, media("inside"))))
        assert.deepStrictEqual(refused._tag === "UrlRefused" && [refused.reason, refused.host, refused.detail], [
          "address",
          "169.254.169.254",
          "metadata"
        ])
        assert.deepStrictEqual(received.map(({ path }) => path).filter((path) => !path.startsWith("/v1.0")), [
          "/other",
          "/large",
          "/inside"
        ])
      }))

    it.scopedLive(`${name}: a download that is too large ends at the limit`, () =>
      Effect.gen(function*() {
        const { base } = yield* server
        const bounded = DingTalkMedia.downloadStream({ accountId: "default" }, media("large"), {
          maxBytes: 1024 * 1024
        })
        const error = yield* Effect.flip(inWorld(base)(Stream.runDrain(bounded)))
        assert.deepInclude({ ...error }, { _tag: "TooLarge", limitBytes: 1024 * 1024 })
      }))
  }
})
