/**
 * What DingTalk itself says: ticket, WebSocket, token, and the time.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { constVoid } from "effect/Function"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { AccountSettings } from "../../DingTalkConfig.ts"
import type { PermanentAuth, Transient } from "../../DingTalkError.ts"
import * as ApiClient from "../../outbound/api/ApiClient.ts"
import { ApiClients } from "../../outbound/api/ApiClients.ts"
import * as Token from "../../outbound/api/Token.ts"
import * as Gateway from "../../stream/Gateway.ts"
import { Transport } from "../../stream/Transport.ts"
import * as Advice from "./advice.ts"
import { type Finding, make } from "./Finding.ts"
import { stepTimeoutMs } from "./probes.ts"

const facts = (
  { code, detail, requestId, status }: Pick<PermanentAuth, "code" | "detail" | "requestId" | "status">
): string =>
  [
    detail === "" ? "no reason given" : detail,
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`])
  ].join(", ")

const openingFindings = (
  { appKey, id }: AccountSettings,
  opened: Either.Either<unknown, PermanentAuth | Transient>
): ReadonlyArray<Finding> =>
  Either.match(opened, {
    onRight: () => [
      make(id, "credentials", `DingTalk accepts Client ID ${appKey}`),
      make(id, "ticket", "DingTalk issues one")
    ],
    onLeft: (error) => [
      error._tag === "PermanentAuth"
        ? make(id, "credentials", `DingTalk refuses the account: ${facts(error)}`, {
          status: "fail",
          todo: error.hint,
          refused: true
        })
        : make(id, "ticket", `${error.reason}: ${error.detail}`, {
          status: "fail",
          todo: Advice.forReason(error.reason)
        })
    ]
  })

const noAnswer = (id: string, step: Finding["step"], what: string): Finding =>
  make(id, step, `${what} within ${stepTimeoutMs} ms`, { status: "fail", todo: Advice.forReason("timeout") })

const upgrade = ({ id }: AccountSettings, url: Redacted.Redacted<string>): Effect.Effect<Finding, never, Transport> =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const { host } = new URL(Redacted.value(url))
    const listener = { onText: constVoid, onBinary: constVoid, onPong: constVoid, onClosed: constVoid }
    return yield* transport.connect({ account: id, url, listener }).pipe(
      Effect.scoped,
      Effect.timeoutOption(stepTimeoutMs),
      Effect.match({
        onSuccess: Option.match({
          onSome: () => make(id, "websocket", `${host} upgrades the connection`),
          onNone: () => noAnswer(id, "websocket", `${host}: no handshake`)
        }),
        onFailure: ({ detail, reason }) =>
          make(id, "websocket", `${host}: ${reason}: ${detail}`, { status: "fail", todo: Advice.forReason(reason) })
      })
    )
  })

/** Errors of the API that mean the same as a `PermanentAuth` of the stream. */
const refusals: ReadonlySet<string> = new Set(["CredentialsRejected", "PermissionDenied", "IpNotAllowed"])

const token = ({ apiBaseUrl, appKey, appSecret, id }: AccountSettings): Effect.Effect<Finding, never, ApiClients> =>
  Effect.gen(function*() {
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
    Effect.match({
      onSuccess: Option.match({
        onSome: () => make(id, "token", "DingTalk issues one: the robot can send"),
        onNone: () => noAnswer(id, "token", "no answer")
      }),
      onFailure: (error) =>
        error._tag === "UnknownAccount" || error._tag === "CredentialsMissing"
          ? make(id, "token", error.message, { status: "fail", todo: "mend the configuration" })
          : make(id, "token", facts(error), {
            status: "fail",
            todo: error.hint,
            refused: refusals.has(error._tag)
          })
    })
  )

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
    const clock = yield* Ref.make(Option.none<Finding>())
    const client = HttpClient.tap(yield* HttpClient.HttpClient, ({ headers }) =>
      Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => Ref.set(clock, Option.some(Advice.clock(account.id, now, headers["date"])))
      ))
    const opened = yield* Effect.either(Gateway.open(client, account, [], stepTimeoutMs))
    yield* Effect.forEach(openingFindings(account, opened), report)
    if (Either.isRight(opened)) yield* Effect.flatMap(upgrade(account, opened.right), report)
    yield* Effect.flatMap(token(account), report)
    yield* Effect.flatMap(Ref.get(clock), Option.match({ onNone: () => Effect.void, onSome: report }))
  })
