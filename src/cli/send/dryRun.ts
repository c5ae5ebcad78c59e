/**
 * What would be sent: the very code that sends, over an HTTP client that writes every request down and makes none.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import type { Settings } from "../../DingTalkConfig.ts"
import { HostResolver } from "../../outbound/media/HostResolver.ts"
import { toJson } from "../text/printable.ts"

/** A request as it is shown. */
interface Shown {
  readonly line: object
  /** What DingTalk might have answered. */
  readonly answer: Response
}

const json = (body: object): Response => Response.json(body)

/** Tokens and signatures are no part of what is sent, and URLs of uploads and webhooks would hold them. */
const shownUrl = (url: URL): string => {
  const clean = new URL(url)
  for (const name of ["access_token", "sign"]) clean.searchParams.delete(name)
  return clean.href
}

const isTokenCall = (url: URL): boolean => url.pathname.endsWith("/v1.0/oauth2/accessToken")

/** An upload's name and size, from its one part as `multipart.ts` writes it. */
const ofUpload = (method: string, url: URL, bytes: Buffer): Shown => {
  const end = bytes.indexOf("\r\n\r\n")
  const head = bytes.subarray(0, end).toString("utf8")
  const boundary = /^--(\S+)/.exec(head)?.[1] ?? ""
  const fileName = /filename="([^"]*)"/.exec(head)?.[1] ?? "file"
  const size = bytes.length - end - 4 - `\r\n--${boundary}--\r\n`.length
  const contentType = /Content-Type: (\S+)/.exec(head)?.[1]
  const mediaId = `<media id of ${fileName}>`
  return {
    line: { method, url: shownUrl(url), file: { fileName, contentType, bytes: size }, answers: mediaId },
    answer: json({ errcode: 0, errmsg: "ok", media_id: mediaId })
  }
}

/** A file of the web, which is not fetched: what it is can only be told by its name. */
const ofFetch = (method: string, url: URL, isImage: boolean): Shown => ({
  line: { method, url: url.href, note: "not fetched: name and type are guessed from the URL" },
  // Something, since an empty file would be refused.
  answer: new Response("not fetched", { headers: { "content-type": isImage ? "image/png" : "application/zip" } })
})

const ofJson = (method: string, url: URL, body: Uint8Array): Shown => {
  const parsed: unknown = JSON.parse(Buffer.from(body).toString("utf8"))
  return {
    line: { method, url: shownUrl(url), body: parsed },
    answer: json({ processQueryKey: "<key>", success: true, result: { deliverResults: [] } })
  }
}

const collected = (body: Stream.Stream<Uint8Array, unknown>): Effect.Effect<Buffer> =>
  Effect.map(Stream.runCollect(Stream.orDie(body)), (chunks) => Buffer.concat([...Chunk.toReadonlyArray(chunks)]))

const shown = (
  { body, method }: HttpClientRequest.HttpClientRequest,
  url: URL,
  isImage: boolean
): Effect.Effect<Shown> => {
  switch (body._tag) {
    case "Stream":
      return Effect.map(collected(body.stream), (bytes) => ofUpload(method, url, bytes))
    case "Uint8Array":
      return Effect.sync(() => ofJson(method, url, body.body))
    default:
      return Effect.sync(() => ofFetch(method, url, isImage))
  }
}

/**
 * A client that prints each request as a line of JSON, without tokens, and answers as if all were well. The call for the
 * token, whose body is a secret, is not printed.
 *
 * `isImage` says what a file behind a URL is to be.
 *
 * @since 0.1.0
 * @category constructors
 */
export const client = (
  print: (line: string) => Effect.Effect<void>,
  isImage: boolean
): HttpClient.HttpClient =>
  HttpClient.make((request, url) =>
    Effect.gen(function*() {
      if (isTokenCall(url)) {
        return HttpClientResponse.fromWeb(request, json({ accessToken: "<token>", expireIn: 7_200 }))
      }
      const { answer, line } = yield* shown(request, url, isImage)
      yield* print(toJson(line))
      return HttpClientResponse.fromWeb(request, answer)
    })
  )

/** Any address that is public: no name is looked up, and none is connected to. */
const somewhere = { resolve: () => Effect.succeed(["1.1.1.1"]) }

/**
 * Settings under which nothing waits for a permit.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unhurried = (settings: Settings): Settings => ({
  ...settings,
  accounts: new Map(Array.from(settings.accounts, ([id, account]) => [id, { ...account, rateBurst: 1_000_000 }]))
})

/**
 * Runs an effect that sends; gives how many requests it would have made.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = <E, R>(
  print: (line: string) => Effect.Effect<void>,
  isImage: boolean,
  send: (client: HttpClient.HttpClient) => Effect.Effect<unknown, E, R>
): Effect.Effect<number, E, R> =>
  Effect.gen(function*() {
    const count = yield* Ref.make(0)
    const counting = client((line) => Effect.zipRight(Ref.update(count, (n) => n + 1), print(line)), isImage)
    yield* Effect.provideService(send(counting), HostResolver, somewhere)
    return yield* Ref.get(count)
  })
