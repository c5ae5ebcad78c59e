/** Requests whose failures say whether it was the proxy. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as Effect from "effect/Effect"
import * as ProxyFailure from "../../internal/net/proxyFailure.ts"

/** The client; `proxyOf` names the host of the proxy that a URL is reached through, if it is. */
export const make = (
  client: HttpClient.HttpClient,
  proxyOf: (url: URL) => string | undefined
): HttpClient.HttpClient =>
  HttpClient.transform(
    client,
    (response, request) =>
      Effect.catchTag(response, "RequestError", (error) =>
        new HttpClientError.RequestError({
          request: error.request,
          reason: error.reason,
          ...error.description === undefined ? {} : { description: error.description },
          cause: error.reason === "Transport" && URL.canParse(request.url)
            ? ProxyFailure.marked(error.cause, proxyOf(new URL(request.url)))
            : error.cause
        }))
  )
