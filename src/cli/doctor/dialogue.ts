/**
 * What DingTalk itself says: ticket, WebSocket, token, and the time.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { AccountSettings } from "../../DingTalkConfig.ts"
import type { PermanentAuth, Transient, UnknownAccount } from "../../DingTalkError.ts"
import * as ApiClient from "../../outbound/api/ApiClient.ts"
import { ApiClients } from "../../outbound/api/ApiClients.ts"
import type { CredentialsRejected, IpNotAllowed, PermissionDenied } from "../../outbound/api/ApiError.ts"
import type { CredentialsMissing } from "../../outbound/api/SendError.ts"
import * as Token from "../../outbound/api/Token.ts"
import * as Gateway from "../../stream/Gateway.ts"
import { Transport } from "../../stream/Transport.ts"
import { Language, type Words } from "../words/Catalogue.ts"
import { hintOf, transientHint } from "../words/hintOf.ts"
import * as Advice from "./advice.ts"
import { type Finding, make } from "./Finding.ts"
import { stepTimeoutMs } from "./probes.ts"

const facts = (
  { doctor }: Words,
  { code, detail, requestId, status }: Pick<PermanentAuth, "code" | "detail" | "requestId" | "status">
): string =>
  [
    detail === "" ? doctor.noReason : detail,
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`])
  ].join(", ")

/** The way to the gateway: a ticket with the address of the socket, or what came instead of it. */
const opening = (
  words: Words,
  { appKey, id }: AccountSettings,
  open: Effect.Effect<Redacted.Redacted<string>, PermanentAuth | Transient, HttpClient.HttpClient>
) =>
  open.pipe(
    Effect.map((url) => ({
      url: Option.some(url),
      findings: [
        make(id, "credentials", words.doctor.accepted(appKey)),
        make(id, "ticket", words.doctor.ticket)
      ]
    })),
    Effect.catchTags({
      PermanentAuth: (error) =>
        Effect.succeed({
          url: Option.none<Redacted.Redacted<string>>(),
          findings: [
            make(id, "credentials", words.doctor.refused(facts(words, error)), {
              status: "fail",
              todo: hintOf(words, error),
              refused: true
            })
          ]
        }),
      Transient: (error) =>
        Effect.succeed({
          url: Option.none<Redacted.Redacted<string>>(),
          findings: [
            make(id, "ticket", `${error.reason}: ${error.detail}`, {
              status: "fail",
              todo: transientHint(words, error)
            })
          ]
        })
    })
  )

const upgrade = (
  words: Words,
  { id }: AccountSettings,
  url: Redacted.Redacted<string>
): Effect.Effect<Finding, never, Transport> =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const { host } = new URL(Redacted.value(url))
    const listener = { onText: constVoid, onBinary: constVoid, onPong: constVoid, onClosed: constVoid }
    return yield* transport.connect({ account: id, url, listener }).pipe(
      Effect.scoped,
      Effect.timeoutOption(stepTimeoutMs),
      Effect.match({
        onSuccess: Option.match({
          onSome: () => make(id, "websocket", words.doctor.upgraded(host)),
          onNone: () =>
            make(id, "websocket", words.doctor.noHandshake(host, stepTimeoutMs), {
              status: "fail",
              todo: words.hints.reasons.timeout
            })
        }),
        onFailure: (error) =>
          make(id, "websocket", `${host}: ${error.reason}: ${error.detail}`, {
            status: "fail",
            todo: transientHint(words, error)
          })
      })
    )
  })

const token = (
  words: Words,
  { apiBaseUrl, appKey, appSecret, id }: AccountSettings
): Effect.Effect<Finding, never, ApiClients> => {
  const failed = (what: string, todo: string, refused = false) =>
    Effect.succeed(make(id, "token", what, { status: "fail", todo, refused }))
  const mend = (error: UnknownAccount | CredentialsMissing) => failed(error.message, words.hints.mendConfig)
  /** It means the same as a `PermanentAuth` of the stream. */
  const refused = (error: CredentialsRejected | PermissionDenied | IpNotAllowed) =>
    failed(facts(words, error), hintOf(words, error), true)
  return Effect.gen(function*() {
    const { client } = yield* Effect.flatMap(ApiClients, (clients) => clients.get(id))
    const secret = Redacted.value(appSecret)
    return yield* client.callOnce({
      operation: { name: "getToken", kind: "idempotent", proves: (json) => Token.fromAnswer(json) !== undefined },
      request: ApiClient.post(`${apiBaseUrl}/v1.0/oauth2/accessToken`, { appKey, appSecret: secret }),
      limit: undefined,
      secrets: [secret]
    })
  }).pipe(
    Effect.timeoutOption(stepTimeoutMs),
    Effect.flatMap(Option.match({
      onSome: () => Effect.succeed(make(id, "token", words.doctor.token)),
      onNone: () => failed(words.doctor.noAnswer(stepTimeoutMs), words.hints.reasons.timeout)
    })),
    Effect.catchTags({
      UnknownAccount: mend,
      CredentialsMissing: mend,
      CredentialsRejected: refused,
      PermissionDenied: refused,
      IpNotAllowed: refused
    }),
    Effect.catchAll((error) => failed(facts(words, error), hintOf(words, error)))
  )
}

/**
 * Talks to DingTalk as the robot would. It subscribes to nothing, so that none of the robot's messages comes to this
 * connection while another process is at work.
 *
 * @since 0.1.0
 * @category operations
 */
export const check = <E, R>(
  account: AccountSettings,
  report: (finding: Finding) => Effect.Effect<void, E, R>
): Effect.Effect<void, E, R | HttpClient.HttpClient | Transport | ApiClients> =>
  Effect.gen(function*() {
    const words = yield* Language
    const clock = yield* Ref.make(Option.none<Finding>())
    const client = HttpClient.tap(yield* HttpClient.HttpClient, ({ headers }) =>
      Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => Ref.set(clock, Option.some(Advice.clock(words, account.id, now, headers["date"])))
      ))
    const { findings, url } = yield* opening(words, account, Gateway.open(client, account, [], stepTimeoutMs))
    yield* Effect.forEach(findings, report)
    if (Option.isSome(url)) yield* Effect.flatMap(upgrade(words, account, url.value), report)
    const issued = yield* token(words, account)
    // A refusal is told once, whoever of the two has found it.
    if (!(issued.refused && findings.some(({ refused }) => refused))) yield* report(issued)
    yield* Effect.flatMap(Ref.get(clock), Option.match({ onNone: () => Effect.void, onSome: report }))
  })
