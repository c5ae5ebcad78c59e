/** Whether a call is let in at all: the limits that stand before every API. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fewRecords, type Table, table } from "../internal/bounded.ts"
import { isRecord, isText } from "../internal/json.ts"
import { Settings } from "../internal/settings.ts"
import { refusals } from "../Script.ts"
import { Credentials, type Token } from "./Credentials.ts"
import { type Call, failure, type HttpAnswer, json, legacyAnswer, tokenIn } from "./exchange.ts"

/** So many calls from a moment on. */
export interface Window {
  readonly startedAt: number
  readonly calls: number
}

/** Counts a call in; a refused one does not count. A window begins with its first call; `windowMs` is a second. */
export const count = (
  window: Window | undefined,
  now: number,
  limit: number,
  windowMs = 1_000
): { readonly window: Window; readonly admitted: boolean } => {
  if (window === undefined || now - window.startedAt >= windowMs) {
    return { window: { startedAt: now, calls: 1 }, admitted: limit >= 1 }
  }
  return window.calls < limit
    ? { window: { ...window, calls: window.calls + 1 }, admitted: true }
    : { window, admitted: false }
}

/** An address that calls. */
export interface Address {
  readonly window: Window | undefined
  /** 0 when it is not locked out. */
  readonly lockedUntil: number
}

/** The window of an address, and how long one that calls too often is locked out (documented). */
export const addressWindowMs = 20_000
export const lockMs = 300_000

/** Counts a call of an address in: the first one too many locks it out. */
export const countAddress = (
  address: Address,
  now: number,
  limit: number
): { readonly address: Address; readonly admitted: boolean } => {
  if (now < address.lockedUntil) return { address, admitted: false }
  const { admitted, window } = count(address.window, now, limit, addressWindowMs)
  return admitted
    ? { address: { window, lockedUntil: 0 }, admitted }
    : { address: { window: undefined, lockedUntil: now + lockMs }, admitted }
}

const isV1 = (call: Call): boolean => call.path.startsWith("/v1.0/")

/** The calls that are counted by application: everything but the session webhooks, which know none, and files. */
const isCounted = (call: Call): boolean => isV1(call) || call.query["access_token"] !== undefined

const clientOf = (call: Call, token: Token | undefined): string => {
  const named = isRecord(call.json) ? call.json["clientId"] ?? call.json["appKey"] : undefined
  return token?.clientId ?? (isText(named) ? named : "")
}

/** The legacy API wraps what its gateway says: the code that counts is within. */
const wrapped = (code: string, message: string): HttpAnswer =>
  legacyAnswer(88, `ding talk error[subcode=${code},submsg=${message}]`, { sub_code: code, sub_msg: message })

const throttled = (call: Call): HttpAnswer =>
  isV1(call)
    ? failure(call, 403, "Forbidden.AccessDenied.QpsLimitForApi", "请求过于频繁，请稍后重试")
    : wrapped("90018", "请求过于频繁，请稍后重试")

const quotaUsedUp = (call: Call): HttpAnswer =>
  isV1(call)
    ? failure(call, 403, "Forbidden.AccessDenied.ApiCountLimitForOrg", "组织的API调用量已用完")
    : legacyAnswer(90020, "组织的API调用量已用完")

const lockedOut: HttpAnswer = json(200, refusals.ipBanned.body)

export class Gate extends Context.Tag("effect-dingtalk/testing/server/Gate")<Gate, {
  /** The answer to a call that is not let in; `undefined` for one that is. */
  readonly refusal: (call: Call) => HttpAnswer | undefined
}>() {
  static readonly layer: Layer.Layer<Gate, never, Settings | Credentials> = Layer.effect(
    Gate,
    Effect.gen(function*() {
      const { addressLimit, qps, quota } = yield* Settings
      const credentials = yield* Credentials
      const windows: Table<string, Window> = table(fewRecords)
      const spent: Table<string, number> = table(fewRecords)
      let address: Address = { window: undefined, lockedUntil: 0 }

      const isLockedOut = (call: Call): boolean => {
        if (addressLimit === undefined) return false
        const counted = countAddress(address, call.at, addressLimit)
        address = counted.address
        return !counted.admitted
      }

      /** The limit is per application and API. */
      const isThrottled = (call: Call, clientId: string): boolean => {
        if (qps === undefined) return false
        const key = `${clientId} ${call.path}`
        const { admitted, window } = count(windows.get(key), call.at, qps)
        windows.set(key, window)
        return !admitted
      }

      const isSpent = (clientId: string): boolean => {
        if (quota === undefined) return false
        const calls = spent.get(clientId) ?? 0
        if (calls < quota) spent.set(clientId, calls + 1)
        return calls >= quota
      }

      return {
        refusal: (call) => {
          if (isLockedOut(call)) return lockedOut
          if (!isCounted(call)) return undefined
          const token = credentials.token(tokenIn(call))
          const clientId = clientOf(call, token)
          if (isThrottled(call, clientId)) return throttled(call)
          // What needs no token costs nothing: ours, so that a spent quota still lets robots connect.
          return token !== undefined && isSpent(clientId) ? quotaUsedUp(call) : undefined
        }
      }
    })
  )
}
