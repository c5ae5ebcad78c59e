/**
 * The hints of the library's errors in the language of the catalogue. Pure.
 *
 * @since 0.1.0
 */
import * as Struct from "effect/Struct"
import type { PermanentAuth, Transient } from "../../DingTalkError.ts"
import * as ConsoleHints from "../../internal/consoleHints.ts"
import { codeIn } from "../../internal/net/errorCode.ts"
import { troubleOf } from "../../internal/net/networkTrouble.ts"
import * as ProxyFailure from "../../internal/net/proxyFailure.ts"
import type { Common, IpNotAllowed, PermissionDenied } from "../../outbound/api/ApiError.ts"
import { catalogue, type Words } from "./Catalogue.ts"

type Hinted =
  | PermanentAuth
  | PermissionDenied
  | IpNotAllowed
  | (Common & { readonly _tag: string })

const same = (words: Words, hint: string): string | undefined => {
  const { hints } = catalogue.en
  const name = Struct.keys(hints.library).find((name) => hints.library[name] === hint)
  return name === undefined ? undefined : words.hints.library[name]
}

/** By the code or the proxy that a text names. */
const networkHint = (words: Words, text: string): string | undefined => {
  const proxy = ProxyFailure.hostIn(text)
  if (proxy !== undefined) return words.hints.deadProxy(proxy)
  const code = codeIn(text)
  const trouble = code === undefined ? undefined : troubleOf(code)
  return trouble === undefined ? undefined : words.hints.remedies[trouble]
}

/**
 * What to do about an error.
 *
 * @since 0.1.0
 * @category rendering
 */
export const hintOf = (words: Words, error: Hinted): string => {
  if (words.locale === "en") return error.hint
  if ("scopes" in error) return words.hints.permission(error.scopes)
  if ("ip" in error) return words.hints.ip(error.ip)
  if (error.hint === ConsoleHints.permission([])) return words.hints.permission([])
  if (error.hint === ConsoleHints.ip(undefined)) return words.hints.ip(undefined)
  const named = [error.detail, error.code ?? ""].find((text) =>
    networkHint(catalogue.en, text)?.slice(1) === error.hint.slice(1)
  )
  return named === undefined ? same(words, error.hint) ?? error.hint : networkHint(words, named) ?? error.hint
}

/**
 * What to do about a failure of the stream that passes by itself, if one does not want to wait.
 *
 * @since 0.1.0
 * @category rendering
 */
export const transientHint = (words: Words, { detail, reason }: Transient): string =>
  networkHint(words, detail) ?? words.hints.reasons[reason]

/** The errors that say what to do. */
const isHinted = (error: Error): error is Error & Hinted =>
  "hint" in error && typeof error.hint === "string" && "detail" in error && typeof error.detail === "string"

/**
 * An error in words, its hint in the language of the catalogue.
 *
 * @since 0.1.0
 * @category rendering
 */
export const messageOf = (words: Words, error: Error): string =>
  isHinted(error) ? error.message.replace(error.hint, () => hintOf(words, error)) : error.message
