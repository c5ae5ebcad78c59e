/** How an exchange ends, whichever client does it. */
import * as Effect from "effect/Effect"
import type * as Http from "../../internal/http.ts"

export type Result = ReturnType<Http.Exchange>

/** Headers as undici gives them; those of Node's `headersDistinct` are a case of it. */
type Headers = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** Of a header that came several times: all values, as `fetch` and platform join them. */
export const joined = (headers: Headers): Http.HttpAnswer["headers"] => {
  const all: Record<string, string | undefined> = {}
  for (const name in headers) {
    const value = headers[name]
    all[name] = typeof value === "object" ? value.join(", ") : value
  }
  return all
}

export const failed = (_tag: "RequestError" | "ResponseError", cause: unknown): Result =>
  Effect.fail({ _tag, reason: _tag === "RequestError" ? "Transport" : "Decode", cause } as const)
