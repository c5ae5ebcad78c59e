/** One HTTP exchange with DingTalk: bounded, read, without secrets, counted. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import type * as Tracer from "effect/Tracer"
import * as Http from "../../../internal/net/http.ts"
import { cut, scrub, scrubAnswer } from "../../../internal/net/scrub.ts"
import { whenTraced } from "../../../internal/runtime/tracing.ts"
import type * as Metrics from "../../../metrics.ts"
import { classifyAnswer, type Failure, type Operation, type Success } from "../classifyAnswer.ts"
import { networkFailure } from "./networkFailure.ts"

export interface Exchange {
  readonly operation: Operation
  readonly request: HttpClientRequest.HttpClientRequest
  /** Kept out of the failure. */
  readonly secrets: ReadonlyArray<string>
  /** Longest wait for the answer, in milliseconds. */
  readonly boundMs: number
}

/** Exchanges, each told to the span around it and counted in `apiCalls`. */
export const make =
  (http: HttpClient.HttpClient, metricsOf: (operation: string) => (outcome: string) => Metrics.CallMetrics) =>
  ({ boundMs, operation, request, secrets }: Exchange): Effect.Effect<Success, Failure> => {
    const ended = (verdict: Success | Failure): Effect.Effect<Success, Failure> => {
      const outcome = verdict._tag === "Success" ? "ok" : verdict._tag
      const result = verdict._tag === "Success" ? Effect.succeed(verdict) : Effect.fail(verdict)
      return Effect.zipRight(
        Metric.increment(metricsOf(operation.name)(outcome).apiCalls),
        whenTraced(() => Effect.zipRight(Effect.annotateCurrentSpan(attributesOf(verdict)), result), result)
      )
    }
    return Effect.matchEffect(Http.exchange(http, request, boundMs), {
      onFailure: (error) => ended(scrubbed(networkFailure(operation, error), secrets)),
      onSuccess: (answer) => {
        const verdict = classifyAnswer(operation, scrubAnswer(answer, secrets))
        return ended(verdict._tag === "Success" ? verdict : scrubbed(verdict, secrets))
      }
    })
  }

const scrubbed = (failure: Failure, secrets: ReadonlyArray<string>): Failure => ({
  ...failure,
  code: cut(failure.code, secrets),
  requestId: cut(failure.requestId, secrets),
  detail: scrub(failure.detail, secrets)
})

/** The last exchange of a call, by the names of OpenTelemetry's conventions where there are any. */
const attributesOf = (verdict: Success | Failure): Record<string, unknown> => ({
  ...verdict.status === undefined ? {} : { "http.response.status_code": verdict.status },
  ...verdict.requestId === undefined ? {} : { "dingtalk.request_id": verdict.requestId },
  ...verdict._tag === "Success" ? {} : {
    "error.type": verdict._tag,
    ...verdict.code === undefined ? {} : { "dingtalk.error.code": verdict.code }
  }
})

/** The span of a call, of however many exchanges. */
export const spanOf =
  (account: string, operation: Operation, options: Pick<Tracer.SpanOptions, "root">) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    whenTraced(() =>
      // A tracer is shown what a span's effect gives, and an answer may hold a signed link.
      Effect.map(self, Redacted.make).pipe(
        Effect.withSpan(`dingtalk.api.${operation.name}`, {
          kind: "client",
          captureStackTrace: false,
          attributes: { "dingtalk.account": account, "dingtalk.operation": operation.name },
          ...options
        }),
        Effect.map(Redacted.value)
      ), self)
