/**
 * Fetching a URL that somebody else chose, without letting that somebody reach what only this machine can.
 *
 * Every URL on the way, redirects included, must be `https:` and of a host all of whose addresses are public. That a name
 * may be resolved differently a moment later does not help an attacker: the addresses that were checked are those that the
 * client of `effect-dingtalk/node` connects to. Of another client it can only be said that the machine that answers must show
 * a certificate for the name, which one on the inside can't; and behind a proxy it is the proxy that looks names up.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { reasonOf } from "../../internal/net/http.ts"
import { PinnedAddresses } from "../../internal/net/pinnedAddresses.ts"
import { type ApiError, BadRequest, Unavailable } from "../api/ApiError.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import { UrlRefused } from "../api/SendError.ts"
import * as HostAddress from "./HostAddress.ts"
import { HostResolver } from "./HostResolver.ts"

/**
 * Most redirects that are followed.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxRedirects = 5

/**
 * What may be fetched.
 *
 * @since 0.1.0
 * @category models
 */
export interface Policy {
  /** The account on whose behalf. */
  readonly account: string
  /** What is being done, for errors. */
  readonly operation: string
  /** Hosts that may be fetched wherever they are, over `http:` too; in lower case. */
  readonly allowedHosts: ReadonlyArray<string>
  /** Whether public hosts may be fetched over `http:`. Only for URLs that DingTalk itself gives. */
  readonly allowHttp: boolean
}

/** An IPv6 address stands in brackets, and a name may end in the dot of the root. */
const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase()

/**
 * What can be said about a URL without looking up its host: that it may be fetched, that it is refused, or that it depends
 * on the addresses of `host`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const inspect = (url: URL, policy: Policy):
  | { readonly _tag: "Allowed" }
  | { readonly _tag: "Refused"; readonly error: UrlRefused }
  | { readonly _tag: "Depends"; readonly host: string } =>
{
  const host = bareHost(url)
  const refused = (reason: UrlRefused["reason"], detail: string) =>
    ({ _tag: "Refused", error: new UrlRefused({ account: policy.account, reason, host, detail }) }) as const
  const allowed = policy.allowedHosts.includes(host)
  const http = url.protocol === "http:" && (allowed || policy.allowHttp)
  if (url.protocol !== "https:" && !http) return refused("scheme", url.protocol)
  if (url.username !== "" || url.password !== "") return refused("credentials", "")
  if (allowed) return { _tag: "Allowed" }
  const kind = HostAddress.kindOf(host)
  if (kind === "public") return { _tag: "Allowed" }
  return kind === "invalid" ? { _tag: "Depends", host } : refused("address", kind)
}

/** Refuses a URL, or lets it pass: to these addresses, or, if there are none, wherever it leads. */
const check = (url: URL, policy: Policy): Effect.Effect<ReadonlyArray<string>, UrlRefused> => {
  const verdict = inspect(url, policy)
  switch (verdict._tag) {
    case "Allowed":
      return Effect.succeed([])
    case "Refused":
      return verdict.error
    case "Depends": {
      const { account } = policy
      const { host } = verdict
      return Effect.flatMap(HostResolver, ({ resolve }) => resolve(host)).pipe(
        Effect.mapError((code) => new UrlRefused({ account, reason: "unresolved", host, detail: code ?? "" })),
        Effect.flatMap((addresses) => {
          if (addresses.length === 0) return new UrlRefused({ account, reason: "unresolved", host, detail: "" })
          // One that is not public is enough: which one is connected to is not for us to choose.
          const kind = addresses.map(HostAddress.kindOf).find((kind) => kind !== "public")
          return kind === undefined
            ? Effect.succeed(addresses)
            : new UrlRefused({ account, reason: "address", host, detail: kind })
        })
      )
    }
  }
}

const redirects = new Set([301, 302, 303, 307, 308])

const parse = (text: string, base: URL | undefined): URL | undefined =>
  URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined

/**
 * An answer, and the URL that gave it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fetched {
  readonly url: URL
  readonly response: HttpClientResponse.HttpClientResponse
}

/**
 * GETs a URL; the body is read by the caller, while the scope lasts: what was not read by then is not fetched. Fails with `UrlRefused`; with `BadRequest` (field `url`) for a 4xx; with
 * `Unavailable` for any other answer and for none.
 *
 * @since 0.1.0
 * @category operations
 */
export const get = (
  http: HttpClient.HttpClient,
  url: string,
  policy: Policy
): Effect.Effect<Fetched, ApiError | UrlRefused, Scope.Scope> => {
  const { account, operation } = policy
  const scoped = HttpClient.withScope(http)
  const unavailable = (error: HttpClientError.HttpClientError) => {
    const reason = reasonOf(error)
    return new Unavailable(unsent(account, operation, reason, hints.remedyIn(reason) ?? hints.unavailable))
  }

  const follow = (
    text: string,
    base: URL | undefined,
    left: number
  ): Effect.Effect<Fetched, ApiError | UrlRefused, Scope.Scope> =>
    Effect.gen(function*() {
      const target = parse(text, base)
      if (target === undefined) return yield* new UrlRefused({ account, reason: "invalid", host: "", detail: "" })
      const addresses = yield* check(target, policy)
      const response = yield* scoped.execute(HttpClientRequest.get(target.href)).pipe(
        Effect.provideService(PinnedAddresses, addresses),
        // The others follow none by themselves.
        Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
        Effect.mapError(unavailable)
      )
      const { headers, status } = response
      const location = headers["location"]
      if (redirects.has(status) && location !== undefined) {
        if (left > 0) return yield* follow(location, target, left - 1)
        return yield* new UrlRefused({ account, reason: "redirects", host: bareHost(target), detail: "" })
      }
      if (status >= 200 && status < 300) return { url: target, response }
      const common = { ...unsent(account, operation, `${bareHost(target)} refuses it`, hints.link), status }
      return yield* status >= 400 && status < 500 && status !== 408 && status !== 429
        ? new BadRequest({ ...common, field: "url" })
        : new Unavailable({ ...common, hint: hints.unavailable })
    })
  return follow(url, undefined, maxRedirects)
}
