/**
 * DingTalk's calls about media: the upload, which is of the legacy API, and the link behind a download code.
 *
 * @since 0.1.0
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type JsonObject, text } from "../../internal/json.ts"
import { uuid } from "../../internal/uuid.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { Account } from "../api/ApiClients.ts"
import type { ApiError } from "../api/ApiError.ts"
import type { Operation } from "../api/classifyAnswer.ts"
import * as RateLimit from "../api/RateLimit.ts"
import type { MediaKind } from "./MediaKind.ts"
import * as Multipart from "./multipart.ts"

/**
 * Longest wait for the answer to an upload, in milliseconds: 20 MB at 1.4 Mbit/s.
 *
 * @since 0.1.0
 * @category constants
 */
export const uploadTimeoutMs = 120_000

const mediaIdOf = (json: JsonObject): string | undefined => text(json["media_id"])
const urlOf = (json: JsonObject): string | undefined => text(json["downloadUrl"])

const uploadMedia: Operation = {
  name: "uploadMedia",
  // Nobody sees an upload that is sent nowhere.
  kind: "idempotent",
  proves: (json) => mediaIdOf(json) !== undefined
}

const getDownloadUrl: Operation = {
  name: "getDownloadUrl",
  kind: "idempotent",
  proves: (json) => urlOf(json) !== undefined
}

/**
 * What is uploaded.
 *
 * @since 0.1.0
 * @category models
 */
export interface Upload {
  readonly kind: MediaKind
  readonly fileName: string
  readonly contentType: string
  /** In bytes. */
  readonly size: number
  /** Run once per try. */
  readonly body: Stream.Stream<Uint8Array, unknown>
}

/**
 * Uploads a file, as a stream; returns its media id.
 *
 * @since 0.1.0
 * @category operations
 */
export const upload = ({ client, settings }: Account, file: Upload): Effect.Effect<string, ApiError> =>
  Effect.gen(function*() {
    const frame = Multipart.frame({
      boundary: yield* uuid,
      field: "media",
      fileName: file.fileName,
      contentType: file.contentType
    })
    const body = Stream.concat(Stream.concat(Stream.make(frame.head), file.body), Stream.make(frame.tail))
    const request = HttpClientRequest.post(`${settings.oapiBaseUrl}/media/upload`).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.setUrlParam("type", file.kind),
      HttpClientRequest.bodyStream(body, {
        contentType: frame.contentType,
        contentLength: frame.head.length + file.size + frame.tail.length
      })
    )
    const { json } = yield* client.call({
      operation: uploadMedia,
      request,
      limit: RateLimit.fromSettings(settings),
      api: "media",
      timeoutMs: uploadTimeoutMs,
      tokenIn: "query"
    })
    const mediaId = mediaIdOf(json)
    return mediaId ?? (yield* Effect.dieMessage("the answer proved to have a media id"))
  })

/**
 * The link behind the download code of a message, for the robot that was sent it; it lives for a short time.
 *
 * @since 0.1.0
 * @category operations
 */
export const downloadUrl = (
  { client, settings }: Account,
  downloadCode: string,
  robotCode: string
): Effect.Effect<string, ApiError> =>
  Effect.flatMap(
    client.call({
      operation: getDownloadUrl,
      request: ApiClient.post(`${settings.apiBaseUrl}/v1.0/robot/messageFiles/download`, {
        downloadCode,
        robotCode
      }),
      limit: RateLimit.fromSettings(settings),
      api: "media"
    }),
    ({ json }) => {
      const url = urlOf(json)
      return url === undefined ? Effect.dieMessage("the answer proved to have a URL") : Effect.succeed(url)
    }
  )
