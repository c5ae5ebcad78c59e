/** Whether a call is let in at all: the limits that stand before every API. */
import { refusals } from "../Script.ts"
import { fewRecords, type Table, table } from "./bounded.ts"
import { type Call, isRecord, isText, legacy, type Outcome, refuse, tokenHeader } from "./route.ts"
import type { Settings } from "./settings.ts"
import { type Address, count, countAddress, type Window } from "./throttle.ts"
import type { World } from "./world.ts"

export interface Gate {
  /** The answer to a call that is not let in; `undefined` for one that is. */
  readonly refusal: (call: Call, world: World) => Outcome | undefined
}

const isV1 = (call: Call): boolean => call.path.startsWith("/v1.0/")

/** The calls that are counted by application: everything but the session webhooks, which know none, and files. */
const isCounted = (call: Call): boolean => isV1(call) || call.query["access_token"] !== undefined

const clientOf = (call: Call, world: World): string => {
  const token = world.token(call.headers[tokenHeader] ?? call.query["access_token"] ?? "")
  const named = isRecord(call.json) ? call.json["clientId"] ?? call.json["appKey"] : undefined
  return token?.clientId ?? (isText(named) ? named : "")
}

/** The legacy API wraps what its gateway says: the code that counts is within. */
const wrapped = (code: string, message: string): Outcome =>
  legacy(88, `ding talk error[subcode=${code},submsg=${message}]`, { sub_code: code, sub_msg: message })

const throttled = (call: Call): Outcome =>
  isV1(call)
    ? refuse(call, 403, "Forbidden.AccessDenied.QpsLimitForApi", "请求过于频繁，请稍后重试")
    : wrapped("90018", "请求过于频繁，请稍后重试")

const quotaUsedUp = (call: Call): Outcome =>
  isV1(call)
    ? refuse(call, 403, "Forbidden.AccessDenied.ApiCountLimitForOrg", "组织的API调用量已用完")
    : legacy(90020, "组织的API调用量已用完")

const lockedOut: Outcome = {
  answer: { status: 200, contentType: "application/json;charset=utf-8", body: JSON.stringify(refusals.ipBanned.body) },
  changes: []
}

export const makeGate = ({ addressLimit, qps, quota }: Settings): Gate => {
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

  /** What needs no token costs nothing: ours, so that a spent quota still lets robots connect. */
  const isSpent = (call: Call, clientId: string, world: World): boolean => {
    if (
      quota === undefined || world.token(call.headers[tokenHeader] ?? call.query["access_token"] ?? "") === undefined
    ) {
      return false
    }
    const calls = spent.get(clientId) ?? 0
    if (calls >= quota) return true
    spent.set(clientId, calls + 1)
    return false
  }

  return {
    refusal: (call, world) => {
      if (isLockedOut(call)) return lockedOut
      if (!isCounted(call)) return undefined
      const clientId = clientOf(call, world)
      if (isThrottled(call, clientId)) return throttled(call)
      return isSpent(call, clientId, world) ? quotaUsedUp(call) : undefined
    }
  }
}
