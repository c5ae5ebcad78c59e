/**
 * One account's way to DingTalk's HTTP APIs. Everything that leaves this library goes through here: token, permit,
 * time-out, classification, retries, span and metrics are applied once, in this file.
 *
 * @since 0.1.0
 */
import * as HttpBody from "@effect/platform/HttpBody"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { JsonObject } from "../../internal/json.ts"
import { memo } from "../../internal/memo.ts"
import * as Http from "../../internal/net/http.ts"
import * as Metrics from "../../metrics.ts"
import * as ApiError from "./ApiError.ts"
import type { Failure, Operation, Success } from "./classifyAnswer.ts"
import * as Exchange from "./internal/exchange.ts"
import { maxTries, tried } from "./internal/retry.ts"
import * as SharedToken from "./internal/sharedToken.ts"
import * as MediaIds from "./MediaIds.ts"
import type * as RateLimit from "./RateLimit.ts"
import * as Scheduler from "./Scheduler.ts"
import * as Token from "./Token.ts"

/**
 * Longest wait for one answer, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const timeoutMs = 30_000

/**
 * One call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly operation: Operation
  /** The request without its token. */
  readonly request: HttpClientRequest.HttpClientRequest
  /** With a limit, every try waits for its permit among the account's calls. */
  readonly limit: RateLimit.Limit | undefined
  /** What the call is counted as by the scheduler. Default `message`. */
  readonly api?: Scheduler.ApiClass
  /** How often it is tried at most. Default 3. */
  readonly tries?: number
  /** Longest wait for the answer, in milliseconds. Default {@link timeoutMs}. */
  readonly timeoutMs?: number
  /** Where the token goes: the legacy API takes it in the URL, as `access_token`. Default `header`. */
  readonly tokenIn?: "header" | "query"
}

/**
 * The client of one account.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiClient {
  /** The HTTP client itself, without spans and propagation, for what is no call of DingTalk's API. */
  readonly http: HttpClient.HttpClient
  /** What this account has uploaded. */
  readonly mediaIds: MediaIds.MediaIds
  /** The account's metrics. */
  readonly metrics: Metrics.OutboundMetrics
  /** Counts something that was sent, or not: `metrics.sends` with this outcome. */
  readonly countSend: (outcome: string) => Effect.Effect<void>
  /**
   * Calls with the account's token: at most three tries, 1 s and 2 s apart or as long as DingTalk asks for, and only
   * after failures that certainly did nothing. A token that DingTalk refuses is renewed once, which is no try. How
   * urgent the call is, `Scheduler.CallPriority` says.
   */
  readonly call: (call: Call) => Effect.Effect<Success, ApiError.ApiError>
  /** Calls once and without a token; `secrets` are kept out of the error. */
  readonly callOnce: (
    call: Call & { readonly secrets: ReadonlyArray<string> }
  ) => Effect.Effect<Success, ApiError.ApiError>
}

/**
 * What makes a client the client of an account. Another value of one of these is another client, with another token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Credentials {
  /** The account's id. */
  readonly id: string
  readonly appKey: string
  readonly appSecret: Redacted.Redacted<string>
  readonly apiBaseUrl: string
}

/**
 * A POST of JSON.
 *
 * @since 0.1.0
 * @category constructors
 */
export const post = (url: string, body: JsonObject): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.modify(emptyPost, { url, body: HttpBody.text(JSON.stringify(body), "application/json") })

const emptyPost = HttpClientRequest.acceptJson(HttpClientRequest.post(""))

const tokenHeader = "x-acs-dingtalk-access-token"

const getToken: Operation = {
  name: "getToken",
  kind: "idempotent",
  proves: (json) => Token.fromAnswer(json) !== undefined
}

/**
 * The client of an account, with an empty token cache and a full bucket. Its token is fetched in the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  http: HttpClient.HttpClient,
  credentials: Credentials,
  egress: Scheduler.Egress
): Effect.Effect<ApiClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    const account = credentials.id
    const metrics = Metrics.ofOutbound(account)
    const application = `${credentials.apiBaseUrl} ${credentials.appKey}`
    const scheduler = yield* Scheduler.make(egress, application)
    const secret = Redacted.value(credentials.appSecret)
    const metricsOf = memo((operation: string) =>
      memo((outcome: string) => Metrics.ofCall(account, operation, outcome))
    )
    const sendsOf = memo((outcome: string) => Metrics.ofSend(account, outcome))
    const exchange = Exchange.make(http, metricsOf)
    const failWith = ({ name }: Operation) => (failure: Failure) =>
      ApiError.fromFailure({ account, operation: name }, failure)

    const fetchToken = exchange({
      operation: getToken,
      request: post(`${credentials.apiBaseUrl}/v1.0/oauth2/accessToken`, {
        appKey: credentials.appKey,
        appSecret: secret
      }),
      secrets: [secret],
      boundMs: timeoutMs
    }).pipe(
      Effect.tapError((failure) => Scheduler.reportBan(egress, failure)),
      (attempt) => tried(attempt, maxTries, () => Effect.void),
      Effect.mapError(failWith(getToken)),
      Effect.flatMap(({ json }) =>
        Option.match(Option.fromNullable(Token.fromAnswer(json)), {
          onNone: () => Effect.dieMessage("the answer proved to have a token"),
          onSome: Effect.succeed
        })
      ),
      Effect.tap(Metric.increment(metrics.tokenRefreshes)),
      // It is fetched for everybody, not on behalf of the one who happened to come first.
      Exchange.spanOf(account, getToken, { root: true })
    )
    const shared = egress.shared === undefined
      ? undefined
      : SharedToken.make(egress.shared, application, credentials.appSecret, fetchToken)
    const tokens = yield* Token.make(shared?.fetch ?? fetchToken)
    const refused = (token: Redacted.Redacted<string>) =>
      Effect.zipRight(tokens.invalidate(token), shared?.refused(token) ?? Effect.void)

    /** Waits for the call's permit, if it has a limit. */
    const permitted = ({ api = "message", limit, operation }: Call): Effect.Effect<void, ApiError.ApiError> =>
      limit === undefined ? Effect.void : Effect.matchEffect(scheduler.take({ api, limit }), {
        onFailure: (failure) =>
          Effect.zipRight(
            Metric.increment(Metric.tagged(metrics.skippedCalls, "operation", operation.name)),
            Effect.fail(failWith(operation)(failure))
          ),
        onSuccess: (waitedMs) => Metric.update(metrics.sendWaitSeconds, waitedMs / 1_000)
      })

    /** Lets the other calls know of a refusal that means them too. */
    const report = ({ api = "message", limit }: Call, reason: "throttled" | "quota") => (failure: Failure) =>
      limit === undefined ? Effect.void : Effect.zipRight(
        scheduler.report({ api, limit }, failure),
        Metric.increment(Metric.tagged(metrics.holds, "reason", Scheduler.isBan(failure) ? "banned" : reason))
      )

    const withToken = ({ request, tokenIn = "header" }: Call, token: string) =>
      tokenIn === "header"
        ? HttpClientRequest.setHeader(request, tokenHeader, token)
        : HttpClientRequest.setUrlParam(request, "access_token", token)

    /** One try, with the call's permit and with the token of the moment, which is dropped if DingTalk refuses it. */
    const attempt = (call: Call): Effect.Effect<Success, Failure | ApiError.ApiError> =>
      Effect.flatMap(Effect.zipRight(permitted(call), tokens.get), (token) => {
        const value = Redacted.value(token)
        return exchange({
          operation: call.operation,
          request: withToken(call, value),
          secrets: [value, secret],
          boundMs: call.timeoutMs ?? timeoutMs
        }).pipe(
          Effect.tapErrorTag("TokenRejected", () => refused(token)),
          Effect.tapErrorTag("Throttled", report(call, "throttled")),
          Effect.tapErrorTag("QuotaExhausted", report(call, "quota"))
        )
      })

    /** Tries a call so often: its error says whose it was, and the tries are counted by how it ended. */
    const triedAs =
      (operation: Operation, most: number) => (attempt: Effect.Effect<Success, Failure | ApiError.ApiError>) =>
        tried(attempt, most, (outcome, tries) => Metric.update(metricsOf(operation.name)(outcome).apiTries, tries))
          .pipe(
            Effect.mapError((error) => ApiError.isApiError(error) ? error : failWith(operation)(error)),
            Exchange.spanOf(account, operation, {})
          )

    return {
      http: Http.quiet(http),
      mediaIds: yield* MediaIds.make(),
      metrics,
      countSend: (outcome) => Metric.increment(sendsOf(outcome)),
      call: (call) =>
        attempt(call).pipe(
          Effect.catchTag("TokenRejected", () => attempt(call)),
          triedAs(call.operation, call.tries ?? maxTries)
        ),
      callOnce: (call) =>
        Effect.zipRight(
          permitted(call),
          exchange({
            operation: call.operation,
            request: call.request,
            secrets: [...call.secrets, secret],
            boundMs: call.timeoutMs ?? timeoutMs
          })
        ).pipe(
          Effect.tapError((error) => ApiError.isApiError(error) ? Effect.void : Scheduler.reportBan(egress, error)),
          triedAs(call.operation, 1)
        )
    }
  })
