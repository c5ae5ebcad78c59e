/**
 * A call of an AI plugin: an HTTP request of DingTalk's assistant that arrives over the socket and is answered there.
 *
 * @since 0.1.0
 */
import { type Decoded, decoded, undecodable } from "../../internal/decoded.ts"
import { deepest, isDeeper, isRecord, type JsonObject, record, string } from "../../internal/json.ts"

/**
 * A call of a plugin.
 *
 * @since 0.1.0
 * @category models
 */
export interface GraphCall {
  readonly _tag: "GraphCall"
  /** The account that was called. */
  readonly accountId: string
  /** The HTTP method, in upper case; `""` if DingTalk sent none. */
  readonly method: string
  /** The path that was called, with its query. */
  readonly uri: string
  /** The headers, by lower-case name. */
  readonly headers: { readonly [name: string]: string }
  /** From the header `x-plugin-id`. */
  readonly pluginId: string | undefined
  /** From the header `x-plugin-version`. */
  readonly pluginVersion: string | undefined
  /** From the header `x-ability-key`. */
  readonly abilityKey: string | undefined
  /** The body's text, for most plugins JSON; `""` for none. */
  readonly body: string
  /** The payload as it came. */
  readonly raw: { readonly [key: string]: unknown }
}

/**
 * The answer to a call.
 *
 * @since 0.1.0
 * @category models
 */
export interface GraphCallResponse {
  /** The HTTP status. Default 200. */
  readonly status?: number
  /** The words beside it. Default `OK` for 200, else `""`. */
  readonly reasonPhrase?: string
  /** Default none. */
  readonly headers?: { readonly [name: string]: string }
  /** The body's text, as a rule JSON. */
  readonly body: string
}

const headerValue = (u: unknown): string | undefined => {
  if (Array.isArray(u)) return u.filter((item) => typeof item === "string").join(", ")
  return typeof u === "string" ? u : typeof u === "number" || typeof u === "boolean" ? String(u) : undefined
}

const readHeaders = (headers: JsonObject | undefined): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, u]) => {
      const value = headerValue(u)
      return value === undefined ? [] : [[name.toLowerCase(), value]]
    })
  )

/** The body as text. */
const readBody = (body: unknown): string =>
  typeof body === "string" ? body : body === undefined || body === null ? "" : JSON.stringify(body)

/**
 * Decodes the payload (`data`, already parsed) of a graph call that came to `account`. Total and pure. A call without a
 * `uri` is undecodable, and so is one that is nested more than a hundred deep; headers that are not text are left out.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (account: { readonly id: string }, data: unknown): Decoded<GraphCall> => {
  if (!isRecord(data)) return undecodable("notAnObject")
  const requestLine = record(data.requestLine)
  const uri = string(requestLine?.uri)
  if (uri === undefined) return undecodable("noRequest")
  if (isDeeper(data, deepest)) return undecodable("tooDeep")
  const headers = readHeaders(record(data.headers))
  return decoded({
    _tag: "GraphCall",
    accountId: account.id,
    method: (string(requestLine?.method) ?? "").toUpperCase(),
    uri,
    headers,
    pluginId: string(headers["x-plugin-id"]),
    pluginVersion: string(headers["x-plugin-version"]),
    abilityKey: string(headers["x-ability-key"]),
    body: readBody(data.body),
    raw: data
  })
}

/**
 * The answer as the `data` of an acknowledgement: JSON text.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeResponse = (response: GraphCallResponse): string => {
  const status = response.status ?? 200
  return JSON.stringify({
    response: {
      statusLine: { code: status, reasonPhrase: response.reasonPhrase ?? (status === 200 ? "OK" : "") },
      headers: response.headers ?? {},
      body: response.body
    }
  })
}
