/** What platform's `HttpClient` costs alone: on undici, without spans, with a bound for the answer. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { body, prove, run, sendPath, tokenHeader } from "./caller.ts"
import { repeat } from "./sender.ts"

run(({ apiUrl, text }) =>
  repeat(
    ManagedRuntime.make(NodeHttpClient.layerUndici),
    Effect.flatMap(HttpClient.HttpClient, (client) => {
      const request = HttpClientRequest.post(`${apiUrl}${sendPath}`).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.setHeader(tokenHeader, "token"),
        HttpClientRequest.bodyText(JSON.stringify(body(text)), "application/json")
      )
      return HttpClient.withTracerDisabledWhen(client, () => true).execute(request).pipe(
        Effect.flatMap(({ text }) => text),
        Effect.timeout("30 seconds"),
        Effect.map((answer) => prove(JSON.parse(answer)))
      )
    })
  )
)
