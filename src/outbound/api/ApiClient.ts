/**
 * One account's way to DingTalk's HTTP APIs. Everything that leaves this library goes through here: token, turn,
 * time-out, classification, retries, span and metrics are applied once, in this file.
 *
 * @since 0.1.0
 */
import * as HttpBody from "@effect/platform/HttpBody"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Http from "../../internal/http.ts"
import type { JsonObject } from "../../internal/json.ts"
import { memo } from "../../internal/memo.ts"
import { whenTraced } from "../../internal/tracing.ts"
import * as Metrics from "../../metrics.ts"
import * as ApiError from "./ApiError.ts"
import type { Failure, Operation, Success } from "./classifyAnswer.ts"
import * as CountedExchange from "./internal/countedExchange.ts"
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

const nowOf = (fiber: Fiber.RuntimeFiber<unknown, unknown>): number =>
  Context.get(fiber.currentDefaultServices, Clock.Clock).unsafeCurrentTimeMillis()

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
  mediaIds: MediaIds.MediaIds,
  egress: Scheduler.Egress = Scheduler.unsafeMakeEgress()
): ApiClient => {
  const account = credentials.id
  const metrics = Metrics.ofOutbound(account)
  const scheduler = Scheduler.unsafeMake(egress)
  const quiet = Http.quiet(http)
  const { countTries, run } = CountedExchange.make(http, account)
  const ofSend = memo((outcome) => Metrics.ofSend(account, outcome))

  const turnOf = ({ api = "message", limit }: Call): Scheduler.Turn | undefined =>
    limit === undefined ? undefined : { api, limit }

  /** Takes the call's turn, and goes on. */
  const inTurn = <A, E>(
    call: Call,
    fiber: Fiber.RuntimeFiber<unknown, unknown>,
    go: {
      readonly onFailure: (failure: Failure) => Effect.Effect<A, E>
      readonly onSuccess: () => Effect.Effect<A, E>
    }
  ): Effect.Effect<A, E> => {
    const turn = turnOf(call)
    if (turn === undefined) return go.onSuccess()
    const labels = CountedExchange.labelsOf(fiber)
    if (scheduler.takeNow(turn, Context.get(fiber.currentContext, Scheduler.CallPriority), nowOf(fiber))) {
      metrics.sendWaitSeconds.unsafeUpdate(0, labels)
      return go.onSuccess()
    }
    return Effect.matchEffect(scheduler.take(turn), {
      onFailure: (failure) => {
        Metric.tagged(metrics.skippedCalls, "operation", call.operation.name).unsafeUpdate(1, labels)
        return go.onFailure(failure)
      },
      onSuccess: (waited) => {
        metrics.sendWaitSeconds.unsafeUpdate(waited / 1_000, labels)
        return go.onSuccess()
      }
    })
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

  /** A tracer is shown what a span's effect gives, and an answer may hold a signed link. */
  const spanOf = (operation: Operation, root: boolean = false) => <A, E>(self: Effect.Effect<A, E>) =>
    whenTraced(self, () =>
      Effect.map(self, Redacted.make).pipe(
        Effect.withSpan(`Api.${operation.name}`, {
          kind: "client",
          captureStackTrace: false,
          attributes: { account },
          root
        }),
        Effect.map(Redacted.value)
      ))

  const secret = Redacted.value(credentials.appSecret)
  const fetchToken = Effect.withFiberRuntime<Token.Issued, ApiError.ApiError>((fiber) => {
    const request = post(`${credentials.apiBaseUrl}/v1.0/oauth2/accessToken`, {
      appKey: credentials.appKey,
      appSecret: secret
    })
    const labels = CountedExchange.labelsOf(fiber)
    const attempt = (tries: number): Effect.Effect<Token.Issued, ApiError.ApiError> =>
      run({
        operation: getToken,
        request,
        secrets: [secret],
        boundMs: timeoutMs,
        labels,
        onFailure: (failure) =>
          Effect.zipRight(reportBan(failure), retryOr(getToken, failure, tries, attempt(tries + 1))),
        onSuccess: ({ json }) => {
          const issued = Token.fromAnswer(json)
          return issued === undefined ? Effect.dieMessage("the answer proved to have a token") : Effect.succeed(issued)
        }
      })
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

  // What can be done at once is done at once, in one step of the fiber: the turn, the token, the counting. Nearly all
  // calls succeed so, and then the only thing that takes time is the exchange.
  const attempt = (call: Call, tries: number, renewed: boolean): Effect.Effect<Success, ApiError.ApiError> =>
    Effect.withFiberRuntime((fiber) => {
      const { operation } = call
      const labels = CountedExchange.labelsOf(fiber)
      const ended = (failure: Failure): Effect.Effect<never, ApiError.ApiError> => {
        countTries(labels, operation, tries, failure._tag)
        return Effect.fail(ApiError.fromFailure({ account, operation: operation.name }, failure))
      }
      const next = (failure: Failure, token: Redacted.Redacted<string>): Effect.Effect<Success, ApiError.ApiError> => {
        if (failure._tag === "TokenRejected" && !renewed) {
          return Effect.zipRight(tokens.invalidate(token), attempt(call, tries, true))
        }
        const delay = tries >= (call.tries ?? maxTries) ? undefined : delayBefore(failure, tries)
        return delay === undefined ? ended(failure) : Effect.delay(attempt(call, tries + 1, renewed), delay)
      }
      const callWith = (token: Redacted.Redacted<string>): Effect.Effect<Success, ApiError.ApiError> => {
        const value = Redacted.value(token)
        return run({
          operation,
          request: withToken(call, value),
          secrets: [value, secret],
          boundMs: call.timeoutMs ?? timeoutMs,
          labels,
          onFailure: (failure) => Effect.zipRight(report(call)(failure), next(failure, token)),
          onSuccess: (success) => {
            countTries(labels, operation, tries, "ok")
            return Effect.succeed(success)
          }
        })
      }
      return inTurn(call, fiber, {
        onFailure: ended,
        onSuccess: () => {
          const token = tokens.known(nowOf(fiber))
          return token === undefined ? Effect.flatMap(tokens.get, callWith) : callWith(token)
        }
      })
    })

  return {
    http: quiet,
    mediaIds,
    metrics,
    countSend: (outcome) => Metric.increment(ofSend(outcome)),
    call: (call) => spanOf(call.operation)(attempt(call, 1, false)),
    callOnce: (call) =>
      Effect.withFiberRuntime<Success, ApiError.ApiError>((fiber) => {
        const labels = CountedExchange.labelsOf(fiber)
        const failed = (failure: Failure): Effect.Effect<never, ApiError.ApiError> => {
          countTries(labels, call.operation, 1, failure._tag)
          return Effect.zipRight(
            reportBan(failure),
            Effect.fail(ApiError.fromFailure({ account, operation: call.operation.name }, failure))
          )
        }
        return inTurn(call, fiber, {
          onFailure: failed,
          onSuccess: () =>
            run({
              operation: call.operation,
              request: call.request,
              secrets: call.secrets,
              boundMs: call.timeoutMs ?? timeoutMs,
              labels,
              onFailure: failed,
              onSuccess: (success) => {
                countTries(labels, call.operation, 1, "ok")
                return Effect.succeed(success)
              }
            })
        })
      }).pipe(spanOf(call.operation))
  }
}
