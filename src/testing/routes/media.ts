/** Media: uploads to the legacy API; downloads by a code that leads to a link that leads to the bytes. */
import { createHash } from "node:crypto"
import type * as Seen from "../Seen.ts"
import { type HttpAnswer, tokenHeader } from "../server/exchange.ts"
import { asRobot, legacy, type Outcome, refuse, type Route, succeed, tokenOf } from "./route.ts"

const mebibyte = 1024 * 1024

interface Limit {
  /** In bytes. */
  readonly most: number
  /** `undefined` for any. */
  readonly extensions: ReadonlyArray<string> | undefined
}

const limits: Readonly<Record<Seen.Media["kind"], Limit>> = {
  image: { most: 20 * mebibyte, extensions: ["jpg", "jpeg", "gif", "png", "bmp"] },
  voice: { most: 2 * mebibyte, extensions: ["amr", "mp3", "wav", "ogg"] },
  video: { most: 20 * mebibyte, extensions: ["mp4"] },
  file: { most: 20 * mebibyte, extensions: undefined }
}

const kinds: ReadonlyMap<string, Seen.Media["kind"]> = new Map([
  ["image", "image"],
  ["voice", "voice"],
  ["video", "video"],
  ["file", "file"]
])

const extensionOf = (fileName: string): string => fileName.split(".").at(-1)?.toLowerCase() ?? ""

/**
 * The limits are documented, and the codes are those of the platform's global list; which of them answers what is ours.
 */
export const uploadMedia: Route = (call, world) => {
  const token = tokenOf(call, world)
  if (token === undefined) return legacy(40014, "不合法的access_token")
  const kind = kinds.get(call.query["type"] ?? "")
  if (kind === undefined) return legacy(40004, "不合法的媒体文件类型")
  const file = call.files["media"]
  if (file === undefined || file.bytes.length === 0) return legacy(41005, "缺少多媒体文件数据")
  const { extensions, most } = limits[kind]
  if (file.bytes.length > most) return legacy(40006, "不合法的文件大小")
  if (extensions?.includes(extensionOf(file.fileName)) === false) return legacy(40005, "不合法的文件类型")
  const media: Seen.Media = {
    id: `@${call.id.replaceAll("-", "")}`,
    at: call.at,
    clientId: token.clientId,
    kind,
    fileName: file.fileName,
    contentType: file.contentType,
    size: file.bytes.length,
    sha256: createHash("sha256").update(file.bytes).digest("hex"),
    bytes: file.bytes
  }
  return legacy(0, "ok", { type: kind, media_id: media.id, created_at: call.at }, { _tag: "Uploaded", media })
}

/** Where the links of files lead; behind it stands the download code. */
export const downloadPath = "/download/"

/** A code that nobody sent: the refusal is ours. */
export const downloadUrl: Route = asRobot(["downloadCode"], (body, _token, call, world) => {
  const downloadCode = String(body["downloadCode"])
  if (world.file(downloadCode) === undefined) {
    return refuse(call, 400, "invalidParameter.param.invalid", "downloadCode")
  }
  const url = `${world.baseUrl()}${downloadPath}${encodeURIComponent(downloadCode)}?signature=${call.id}`
  const link = { downloadCode, expiresAt: call.at + world.settings.downloadTtlMs }
  return succeed({ downloadUrl: url }, { _tag: "LinkMinted", id: call.id, link })
})

const answer = (answer: HttpAnswer): Outcome => ({ answer, changes: [] })

/** In the form of the object storage that the links of the field lead to. */
const storageError = (status: number, code: string): Outcome =>
  answer({
    status,
    contentType: "application/xml",
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`
  })

/** A link works without a token and without a content type only (documented), and for a short time. */
export const download: Route = (call, world) => {
  const link = world.link(call.query["signature"] ?? "")
  const file = link === undefined ? undefined : world.file(link.downloadCode)
  if (link === undefined || link.expiresAt <= call.at) return storageError(403, "AccessDenied")
  if (file === undefined) return storageError(404, "NoSuchKey")
  if (call.headers[tokenHeader] !== undefined || call.headers["content-type"] !== undefined) {
    return storageError(403, "SignatureDoesNotMatch")
  }
  if (file.redirect !== undefined) {
    return answer({ status: 302, contentType: "text/plain", body: "", headers: { location: file.redirect } })
  }
  return answer({
    status: 200,
    contentType: "application/octet-stream",
    body: file.content,
    headers: { ...file.announced ? {} : { "content-length": "" }, ...file.headers },
    fileOf: file.downloadCode
  })
}
