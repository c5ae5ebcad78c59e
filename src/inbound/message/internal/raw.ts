/** What of a payload may be kept and shown: all of it but the reply URLs, which are credentials. */
import { deepest, isRecord, type JsonObject } from "../../../internal/json.ts"

const redacted = "<redacted>"
const cutOff = "<too deep>"

const isWebhookKey = (key: string): boolean =>
  key === "sessionWebhook" ||
  (key.length === 14 || key.length === 15) && key.toLowerCase().replace(/[_-]/g, "") === "sessionwebhook"

/** Such a URL in a string of JSON, in whatever depth of escaping: under its name, or known by its looks. */
const named = /(session_?webhook\\*"\s*:\s*\\*")[^"\\]*/gi
const looksLikeOne = /(\/robot\/sendBySession\?)[^\s"\\<]+/gi

/** Only an address and a string of JSON are looked through: what people write is left as it is. */
const withoutUrl = (text: string): string => {
  if (text.length < 14) return text
  switch (text[0]) {
    case "h":
    case "H":
      return text.replace(looksLikeOne, `$1${redacted}`)
    case "{":
    case "[":
    case "\"":
      return text.replace(named, `$1${redacted}`).replace(looksLikeOne, `$1${redacted}`)
    default:
      return text
  }
}

const isWords = (key: string, value: unknown): boolean =>
  (key === "content" || key === "text") && typeof value === "string" && (value[0] === "h" || value[0] === "H")

const safe = (value: unknown, depth: number): unknown => {
  if (typeof value === "string") return withoutUrl(value)
  if (typeof value !== "object" || value === null) return value
  if (depth === 0) return cutOff
  if (Array.isArray(value)) {
    let copy: Array<unknown> | undefined
    for (const [index, item] of value.entries()) {
      const kept = safe(item, depth - 1)
      if (kept !== item) (copy ??= value.slice())[index] = kept
    }
    return copy ?? value
  }
  return isRecord(value) ? safeRecord(value, depth) : value
}

/** As an own property, `__proto__` too. */
const put = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else target[key] = value
}

const safeRecord = (value: JsonObject, depth: number): JsonObject => {
  let copy: Record<string, unknown> | undefined
  for (const key in value) {
    const item = value[key]
    if (item === undefined || isWords(key, item)) continue
    const kept = isWebhookKey(key) ? redacted : safe(item, depth - 1)
    if (kept !== item) put(copy ??= { ...value }, key, kept)
  }
  return copy ?? value
}

/** A payload without credentials, and without what is nested too deeply; the payload itself where there is neither. */
export const withoutSecrets = (payload: JsonObject): JsonObject => safeRecord(payload, deepest)
