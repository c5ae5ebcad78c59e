/**
 * Onboarding by scan: somebody scans a QR code with DingTalk, and an application with a robot in Stream mode is there. It is
 * undocumented, and known by what several public clients do; what it does may change.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { JsonObject } from "../../internal/json.ts"
import * as Http from "../../internal/net/http.ts"
import * as ApiClient from "../../outbound/api/ApiClient.ts"
import * as Answers from "./answers.ts"
import { RegistrationError } from "./RegistrationError.ts"

export type { Credentials, Invitation } from "./answers.ts"

/** As whom this program asks. Whether DingTalk refuses names that it does not know is not established. */
const source = "effect-dingtalk"

/** Longest wait for an answer, in milliseconds. */
const answerWithinMs = 10_000

/** How often in a row DingTalk may not be reached while it is waited for somebody. */
const mostFailures = 5

const call = <A>(
  oapiBaseUrl: string,
  step: "init" | "begin" | "poll",
  body: JsonObject,
  decode: (answer: Http.HttpAnswer) => Either.Either<A, RegistrationError>
): Effect.Effect<A, RegistrationError, HttpClient.HttpClient> =>
  Effect.flatMap(
    HttpClient.HttpClient,
    (client) => Http.exchange(client, ApiClient.post(`${oapiBaseUrl}/app/registration/${step}`, body), answerWithinMs)
  ).pipe(
    Effect.mapError((error) =>
      new RegistrationError({
        reason: "unreachable",
        detail: error._tag === "TimedOut" ? `no answer within ${error.boundMs} ms` : Http.reasonOf(error)
      })
    ),
    Effect.flatMap(decode)
  )

/**
 * Gets a QR code.
 *
 * @since 0.1.0
 * @category operations
 */
export const begin = (
  oapiBaseUrl: string
): Effect.Effect<Answers.Invitation, RegistrationError, HttpClient.HttpClient> =>
  Effect.flatMap(
    call(oapiBaseUrl, "init", { source }, Answers.nonce),
    (nonce) => call(oapiBaseUrl, "begin", { nonce: Redacted.value(nonce) }, Answers.invitation)
  )

/**
 * Waits until somebody has scanned it and confirmed, and gives the credentials. Whether they have is asked at DingTalk's own
 * interval; what does not reach it is tried again, up to five times in a row.
 *
 * @since 0.1.0
 * @category operations
 */
export const complete = (
  oapiBaseUrl: string,
  { deviceCode, intervalMs, lifeMs }: Answers.Invitation
): Effect.Effect<Answers.Credentials, RegistrationError, HttpClient.HttpClient> =>
  call(oapiBaseUrl, "poll", { device_code: Redacted.value(deviceCode) }, Answers.progress).pipe(
    Effect.delay(intervalMs),
    Effect.retry({ times: mostFailures - 1, while: ({ reason }) => reason === "unreachable" }),
    Effect.repeat({ until: (found): found is Option.Some<Answers.Credentials> => Option.isSome(found) }),
    Effect.map(({ value }) => value),
    Effect.timeoutFail({
      duration: lifeMs,
      onTimeout: () => new RegistrationError({ reason: "expired", detail: "" })
    })
  )
