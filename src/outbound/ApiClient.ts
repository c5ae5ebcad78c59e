/**
 * One account's way to DingTalk's HTTP APIs. Everything that leaves this library goes through here: token, rate limit,
 * time-out, classification, retries, span and metrics are applied once, in this file.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Http from "../internal/http.ts"
import * as Metrics from "../metrics.ts"
import * as ApiError from "./ApiError.ts"
import { classifyAnswer, type Failure, type Operation, type Success } from "./classifyAnswer.ts"
import type { JsonObject } from "./internal/json.ts"
import { networkFailure, timedOut } from "./internal/networkFailure.ts"
import { delayBefore } from "./internal/retry.ts"
import { scrub } from "./internal/scrub.ts"
import * as RateLimit from "./RateLimit.ts"
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
  /** With a limit, every try waits for its turn among the account's sends. */
  readonly limit: RateLimit.Limit | undefined
}

/**
 * The client of one account.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiClient {
  /** The account's metrics. */
  readonly metrics: Metrics.AccountMetrics
  /**
   * Calls with the account's token: at most three tries, 1 s and 2 s apart or as long as DingTalk asks for, and only
   * after failures that certainly did nothing. A token that DingTalk refuses is renewed once, which is no try.
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
  HttpClientRequest.post(url).pipe(
    HttpClientRequest.acceptJson,
    HttpClientRequest.bodyText(JSON.stringify(body), "application/json")
  )

const tokenHeader = "x-acs-dingtalk-access-token"

const getToken: Operation = {
  name: "getToken",
  kind: "idempotent",
  proves: (json) => Token.fromAnswer(json) !== undefined
}

/**
 * The client of an account, with an empty token cache and a full bucket. Unsafe because each call makes others.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unsafeMake = (
  http: HttpClient.HttpClient,
  makeCache: Token.MakeCache,
  credentials: Credentials
): ApiClient => {
  const account = credentials.id
  const metrics = Metrics.forAccount(account)
  const gate = RateLimit.unsafeMake()
  const quiet = Http.quiet(http)

  const count = (operation: Operation, outcome: string) =>
    Metric.increment(
      Metric.tagged(Metric.tagged(metrics.apiCalls, "operation", operation.name), "outcome", outcome)
    )

  const turn = (limit: RateLimit.Limit | undefined): Effect.Effect<void> =>
    limit === undefined
      ? Effect.void
      : Effect.flatMap(gate.take(limit), (waited) => Metric.update(metrics.sendWaitSeconds, waited / 1_000))

  /** One HTTP exchange, read and counted. */
  const exchange = (
    operation: Operation,
    request: HttpClientRequest.HttpClientRequest,
    secrets: ReadonlyArray<string>
  ): Effect.Effect<Success, Failure> =>
    Http.exchange(quiet, request).pipe(
      Effect.mapError((error) => networkFailure(operation, error)),
      Effect.timeoutFail({ duration: timeoutMs, onTimeout: () => timedOut(operation, timeoutMs) }),
      Effect.flatMap((answer) => {
        const verdict = classifyAnswer(operation, answer)
        return verdict._tag === "Success" ? Effect.succeed(verdict) : Effect.fail(verdict)
      }),
      Effect.mapError((failure): Failure => ({ ...failure, detail: scrub(failure.detail, secrets) })),
      Effect.tapBoth({
        onFailure: (failure) => count(operation, failure._tag),
        onSuccess: () => count(operation, "ok")
      })
    )

  /** Waits and goes on, or fails for good. */
  const retryOr = <A>(
    operation: Operation,
    failure: Failure,
    tries: number,
    again: Effect.Effect<A, ApiError.ApiError>
  ): Effect.Effect<A, ApiError.ApiError> => {
    const delay = delayBefore(failure, tries)
    return delay === undefined
      ? Effect.fail(ApiError.fromFailure({ account, operation: operation.name }, failure))
      : Effect.delay(again, delay)
  }

  const spanOf = (operation: Operation, root: boolean = false) =>
    Effect.withSpan(`Api.${operation.name}`, {
      kind: "client",
      captureStackTrace: false,
      attributes: { account },
      root
    })

  const secret = Redacted.value(credentials.appSecret)
  const fetchToken = Effect.suspend(() => {
    const request = post(`${credentials.apiBaseUrl}/v1.0/oauth2/accessToken`, {
      appKey: credentials.appKey,
      appSecret: secret
    })
    const attempt = (tries: number): Effect.Effect<Token.Issued, ApiError.ApiError> =>
      exchange(getToken, request, [secret]).pipe(
        Effect.flatMap(({ json }) => {
          const issued = Token.fromAnswer(json)
          return issued === undefined ? Effect.dieMessage("the answer proved to have a token") : Effect.succeed(issued)
        }),
        Effect.catchAll((failure) => retryOr(getToken, failure, tries, attempt(tries + 1)))
      )
    return attempt(1)
  }).pipe(
    Effect.tap(() => Metric.increment(metrics.tokenRefreshes)),
    // It is fetched for everybody, not on behalf of the one who happened to come first.
    spanOf(getToken, true)
  )
  const tokens = makeCache(fetchToken)

  const attempt = (call: Call, tries: number, renewed: boolean): Effect.Effect<Success, ApiError.ApiError> =>
    Effect.gen(function*() {
      yield* turn(call.limit)
      const token = yield* tokens.get
      const value = Redacted.value(token)
      return yield* exchange(
        call.operation,
        HttpClientRequest.setHeader(call.request, tokenHeader, value),
        [value, secret]
      ).pipe(
        Effect.catchAll((failure) =>
          failure._tag === "TokenRejected" && !renewed
            ? Effect.zipRight(tokens.invalidate(token), attempt(call, tries, true))
            : retryOr(call.operation, failure, tries, attempt(call, tries + 1, renewed))
        )
      )
    })

  return {
    metrics,
    call: (call) => spanOf(call.operation)(attempt(call, 1, false)),
    callOnce: (call) =>
      turn(call.limit).pipe(
        Effect.zipRight(exchange(call.operation, call.request, call.secrets)),
        Effect.mapError((failure) => ApiError.fromFailure({ account, operation: call.operation.name }, failure)),
        spanOf(call.operation)
      )
  }
}
