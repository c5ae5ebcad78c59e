/** An account's HTTP exchanges: read, without secrets, and counted. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import type * as MetricLabel from "effect/MetricLabel"
import * as Http from "../../../internal/http.ts"
import { memo } from "../../../internal/memo.ts"
import { cut, scrub, scrubAnswer } from "../../../internal/scrub.ts"
import * as Metrics from "../../../metrics.ts"
import { classifyAnswer, type Failure, type Operation, type Success } from "../classifyAnswer.ts"
import { networkFailure, timedOut } from "./networkFailure.ts"

export type Labels = ReadonlyArray<MetricLabel.MetricLabel>

/** What `Effect.tagMetrics` adds to the metrics of a fiber. */
export const labelsOf = (fiber: Fiber.RuntimeFiber<unknown, unknown>): Labels =>
  fiber.getFiberRef(FiberRef.currentMetricLabels)

/** One exchange, and how to go on after it. */
export interface Exchange<A, E> {
  readonly operation: Operation
  readonly request: HttpClientRequest.HttpClientRequest
  /** Kept out of the failure. */
  readonly secrets: ReadonlyArray<string>
  /** Longest wait for the answer, in milliseconds. */
  readonly boundMs: number
  readonly labels: Labels
  readonly onFailure: (failure: Failure) => Effect.Effect<A, E>
  readonly onSuccess: (success: Success) => Effect.Effect<A, E>
}

export interface CountedExchange {
  /** Counts `apiCalls`. */
  readonly run: <A, E>(exchange: Exchange<A, E>) => Effect.Effect<A, E>
  /** Counts `apiTries`. */
  readonly countTries: (labels: Labels, operation: Operation, tries: number, outcome: string) => void
}

export const make = (http: HttpClient.HttpClient, account: string): CountedExchange => {
  const exchange = Http.exchangeOf(http, "often")
  const of = memo((operation) => memo((outcome) => Metrics.ofCall(account, operation, outcome)))

  return {
    countTries: (labels, operation, tries, outcome) => of(operation.name)(outcome).apiTries.unsafeUpdate(tries, labels),
    run: ({ boundMs, labels, onFailure, onSuccess, operation, request, secrets }) => {
      const count = (outcome: string) => of(operation.name)(outcome).apiCalls.unsafeUpdate(1, labels)
      const failed = (failure: Failure) => {
        count(failure._tag)
        return onFailure({
          ...failure,
          code: cut(failure.code, secrets),
          requestId: cut(failure.requestId, secrets),
          detail: scrub(failure.detail, secrets)
        })
      }
      return Effect.matchEffect(exchange(request, boundMs), {
        onFailure: (error) =>
          failed(error._tag === "TimedOut" ? timedOut(operation, boundMs) : networkFailure(operation, error)),
        onSuccess: (answer) => {
          const verdict = classifyAnswer(operation, scrubAnswer(answer, secrets))
          if (verdict._tag !== "Success") return failed(verdict)
          count("ok")
          return onSuccess(verdict)
        }
      })
    }
  }
}
