/** `DingTalkSender.send` on some `HttpClient`, with the rate limit out of the way. The first call fetches the token. */
import type * as HttpClient from "@effect/platform/HttpClient"
import { DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { account, recipient, run } from "./caller.ts"

const noLimit = 1_000_000

/** Runs an effect so many times, some at once. */
export const repeat =
  <R>(runtime: ManagedRuntime.ManagedRuntime<R, unknown>, effect: Effect.Effect<unknown, unknown, R>) =>
  (count: number, concurrency: number): Promise<void> => {
    const each = Array.from({ length: Math.ceil(count / concurrency) })
    return runtime.runPromise(
      Effect.forEach(
        Array.from({ length: concurrency }),
        () => Effect.forEach(each, () => effect, { discard: true }),
        { concurrency: "unbounded", discard: true }
      )
    )
  }

/** Serves bursts of sends. */
export const runOn = (http: Layer.Layer<HttpClient.HttpClient>): void =>
  run(({ apiUrl, text }) =>
    repeat(
      ManagedRuntime.make(
        DingTalkSender.layer.pipe(
          Layer.provide(
            DingTalkConfig.layerUnknown({ ...account, apiBaseUrl: apiUrl, rateLimit: noLimit, rateBurst: noLimit })
          ),
          Layer.provide(http)
        )
      ),
      DingTalkSender.send({ to: `user:${recipient}`, text })
    )
  )
