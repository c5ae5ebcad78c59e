/**
 * One account's way to DingTalk's HTTP APIs. Everything that leaves this library goes through here: token, turn,
 * time-out, classification, retries, span and metrics are applied once, in this file.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Http from "../internal/http.ts"
import { cut, scrub } from "../internal/scrub.ts"
import * as Metrics from "../metrics.ts"
import * as ApiError from "./ApiError.ts"
import { classifyAnswer, type Failure, type Operation, type Success } from "./classifyAnswer.ts"
import type { JsonObject } from "./internal/json.ts"
import { networkFailure, timedOut } from "./internal/networkFailure.ts"
import { delayBefore, maxTries } from "./internal/retry.ts"
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
  /** With a limit, every try waits for its turn among the account's calls. */
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
  readonly metrics: Metrics.AccountMetrics
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
  credentials: Credentials,
  egress: Scheduler.Egress = Scheduler.unsafeMakeEgress()
): ApiClient => {
  const account = credentials.id
  const metrics = Metrics.forAccount(account)
  const scheduler = Scheduler.unsafeMake(egress)
  const quiet = Http.quiet(http)

  const count = (operation: Operation, outcome: string) =>
    Metric.increment(
      Metric.tagged(Metric.tagged(metrics.apiCalls, "operation", operation.name), "outcome", outcome)
    )

  const turnOf = ({ api = "message", limit }: Call): Scheduler.Turn | undefined =>
    limit === undefined ? undefined : { api, limit }

  const waitFor = (call: Call): Effect.Effect<void, Failure> => {
    const turn = turnOf(call)
    return turn === undefined ? Effect.void : scheduler.take(turn).pipe(
      Effect.tapError(() => Metric.increment(Metric.tagged(metrics.skippedCalls, "operation", call.operation.name))),
      Effect.flatMap((waited) => Metric.update(metrics.sendWaitSeconds, waited / 1_000))
    )
  }

  /** Lets the other calls know of a refusal that means them too. */
  const report = (call: Call) => (failure: Failure): Effect.Effect<void> => {
    const turn = turnOf(call)
    if (turn === undefined || (failure._tag !== "Throttled" && failure._tag !== "QuotaExhausted")) return Effect.void
    const reason = Scheduler.isBan(failure) ? "banned" : failure._tag === "Throttled" ? "throttled" : "quota"
    return Effect.zipRight(
      scheduler.report(turn, failure),
      Metric.increment(Metric.tagged(metrics.holds, "reason", reason))
    )
  }

  /** A lock-out meets the calls that have no turn, too. */
  const reportBan = (failure: Failure): Effect.Effect<void> =>
    Scheduler.isBan(failure)
      ? Effect.map(
        Clock.currentTimeMillis,
        (now) => egress.update((holds) => Scheduler.afterFailure(holds, failure, now))
      )
      : Effect.void

  const countTries = (operation: Operation, tries: number, outcome: string) =>
    Metric.update(
      Metric.tagged(Metric.tagged(metrics.apiTries, "operation", operation.name), "outcome", outcome),
      tries
    )

  /** One HTTP exchange, read and counted. */
  const exchange = (
    operation: Operation,
    request: HttpClientRequest.HttpClientRequest,
    secrets: ReadonlyArray<string>,
    boundMs: number = timeoutMs
  ): Effect.Effect<Success, Failure> =>
    Http.exchange(quiet, request).pipe(
      Effect.mapError((error) => networkFailure(operation, error)),
      Effect.timeoutFail({ duration: boundMs, onTimeout: () => timedOut(operation, boundMs) }),
      Effect.flatMap((answer) => {
        const verdict = classifyAnswer(operation, answer)
        return verdict._tag === "Success" ? Effect.succeed(verdict) : Effect.fail(verdict)
      }),
      Effect.mapError((failure): Failure => ({
        ...failure,
        code: cut(failure.code),
        requestId: cut(failure.requestId),
        detail: scrub(failure.detail, secrets)
      })),
      Effect.tapBoth({
        onFailure: (failure) => count(operation, failure._tag),
        onSuccess: () => count(operation, "ok")
      })
    )

  /** Waits and goes on, or fails for good. Used by the call for the token, which waits for nobody. */
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
        Effect.tapError(reportBan),
        Effect.catchAll((failure) => retryOr(getToken, failure, tries, attempt(tries + 1)))
      )
    return attempt(1)
  }).pipe(
    Effect.tap(() => Metric.increment(metrics.tokenRefreshes)),
    // It is fetched for everybody, not on behalf of the one who happened to come first.
    spanOf(getToken, true)
  )
  const tokens = makeCache(fetchToken)

  const withToken = ({ request, tokenIn = "header" }: Call, token: string) =>
    tokenIn === "header"
      ? HttpClientRequest.setHeader(request, tokenHeader, token)
      : HttpClientRequest.setUrlParam(request, "access_token", token)

  const attempt = (call: Call, tries: number, renewed: boolean): Effect.Effect<Success, ApiError.ApiError> =>
    Effect.gen(function*() {
      const { operation } = call
      const ended = (failure: Failure): Effect.Effect<never, ApiError.ApiError> =>
        Effect.zipRight(
          countTries(operation, tries, failure._tag),
          Effect.fail(ApiError.fromFailure({ account, operation: operation.name }, failure))
        )
      yield* Effect.catchAll(waitFor(call), ended)
      const token = yield* tokens.get
      const value = Redacted.value(token)
      const result = yield* exchange(operation, withToken(call, value), [value, secret], call.timeoutMs).pipe(
        Effect.tapError(report(call)),
        Effect.either
      )
      if (Either.isRight(result)) {
        yield* countTries(operation, tries, "ok")
        return result.right
      }
      const failure = result.left
      if (failure._tag === "TokenRejected" && !renewed) {
        return yield* Effect.zipRight(tokens.invalidate(token), attempt(call, tries, true))
      }
      const delay = tries >= (call.tries ?? maxTries) ? undefined : delayBefore(failure, tries)
      return yield* delay === undefined ? ended(failure) : Effect.delay(attempt(call, tries + 1, renewed), delay)
    })

  return {
    http: quiet,
    mediaIds: MediaIds.unsafeMake(),
    metrics,
    call: (call) => spanOf(call.operation)(attempt(call, 1, false)),
    callOnce: (call) =>
      waitFor(call).pipe(
        Effect.zipRight(exchange(call.operation, call.request, call.secrets, call.timeoutMs)),
        Effect.tapBoth({
          onFailure: (failure) => Effect.zipRight(reportBan(failure), countTries(call.operation, 1, failure._tag)),
          onSuccess: () => countTries(call.operation, 1, "ok")
        }),
        Effect.mapError((failure) => ApiError.fromFailure({ account, operation: call.operation.name }, failure)),
        spanOf(call.operation)
      )
  }
}
