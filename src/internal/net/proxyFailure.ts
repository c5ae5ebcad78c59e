/** That it is the proxy which does not answer, or will not let a connection through: nothing got as far as DingTalk. */
import * as Predicate from "effect/Predicate"
import { codeIn, codeOf } from "./errorCode.ts"
import { remedies, type Trouble, troubleOf } from "./networkTrouble.ts"

/** Chains of causes are short; one that is not may be a circle. */
const deepest = 8

/** Codes of a connection to the proxy itself; what goes wrong behind it has others. */
const onTheWay: ReadonlySet<Trouble | undefined> = new Set<Trouble>(["name", "refused", "unreachable"])

const refusal = /^Proxy response \((\d+)\)/

const refusalOf = (error: unknown, depth: number = deepest): string | undefined => {
  if (depth === 0 || !(error instanceof Error)) return undefined
  const status = refusal.exec(error.message)?.[1]
  return status === undefined ? refusalOf(error.cause, depth - 1) : `HTTP ${status}`
}

/** The failure of a connection that went through a proxy, if it is the proxy's: its code, or the status of its refusal. */
const codeOfProxy = (error: unknown): string | undefined => {
  const code = codeOf(error)
  return refusalOf(error) ?? (code !== undefined && onTheWay.has(troubleOf(code)) ? code : undefined)
}

/** Marks an error with the host of the proxy that caused it; any other stays as it is. */
export const marked = (error: unknown, proxy: string | undefined): unknown => {
  if (proxy === undefined) return error
  const code = codeOfProxy(error)
  return code === undefined ? error : Object.assign(new Error(describe(proxy, code), { cause: error }), { proxy })
}

/** The words for it; `host` is the proxy's, without a name and a password. */
export const describe = (host: string, code: string): string => `the proxy ${host} does not let it through (${code})`

/** What {@link describe} says of an error that was {@link marked}; `undefined` of any other. */
export const descriptionOf = (error: unknown, depth: number = deepest): string | undefined => {
  if (depth === 0) return undefined
  if (Predicate.hasProperty(error, "proxy") && typeof error.proxy === "string" && error instanceof Error) {
    return error.message
  }
  return Predicate.hasProperty(error, "cause") ? descriptionOf(error.cause, depth - 1) : undefined
}

/** The host in a text of {@link describe}. */
export const hostIn = (text: string): string | undefined => /\bthe proxy (\S+) does not let it through/.exec(text)?.[1]

/** What to do about a dead proxy. */
export const remedy = (host: string): string =>
  `check the proxy ${host}: it is named in HTTPS_PROXY or HTTP_PROXY, and it does not answer, or refuses; what needs none goes into NO_PROXY`

/** What to do about what a text tells of; `undefined` where it does not say enough. */
export const remedyIn = (text: string): string | undefined => {
  const host = hostIn(text)
  if (host !== undefined) return remedy(host)
  const code = codeIn(text)
  const trouble = code === undefined ? undefined : troubleOf(code)
  return trouble === undefined ? undefined : remedies[trouble]
}
