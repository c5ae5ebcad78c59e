/**
 * The API clients of all accounts: one each, with its token and its bucket, for as long as its credentials stay.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type AccountSettings, DingTalkConfig, type Settings } from "../../config/Settings.ts"
import { UnknownAccount } from "../../DingTalkError.ts"
import * as SentMessages from "../../SentMessages.ts"
import * as ApiClient from "./ApiClient.ts"
import * as Scheduler from "./Scheduler.ts"
import { CredentialsMissing } from "./SendError.ts"
import { SharedState } from "./SharedState.ts"

/**
 * An account that can be called for: its settings of this moment and its client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Account {
  readonly settings: AccountSettings
  readonly client: ApiClient.ApiClient
  /** Remembers what went out, so that a quote of it says what it was. */
  readonly remember: (ids: ReadonlyArray<string | undefined>, text: string) => Effect.Effect<void>
}

/**
 * The API clients of all accounts.
 *
 * @since 0.1.0
 * @category tags
 */
export class ApiClients extends Context.Tag("effect-dingtalk/outbound/api/ApiClients")<ApiClients, {
  /**
   * The account of this id; without one, `default`, or else the first of the configuration. Reads the settings in force:
   * other credentials or another API base make a new client, all other settings leave it as it is.
   */
  readonly get: (account: string | undefined) => Effect.Effect<Account, UnknownAccount | CredentialsMissing>
}>() {}

const defaultAccount = "default"

/**
 * Finds the account that is meant.
 *
 * @since 0.1.0
 * @category decisions
 */
export const select = (
  settings: Settings,
  account: string | undefined
): AccountSettings | UnknownAccount | CredentialsMissing => {
  const known = [...settings.accounts.keys()]
  const id = account ?? (settings.accounts.has(defaultAccount) ? defaultAccount : known[0])
  const found = id === undefined ? undefined : settings.accounts.get(id)
  if (found === undefined) {
    return known.length === 0
      ? new CredentialsMissing({ account: id ?? defaultAccount })
      : new UnknownAccount({ account: id ?? defaultAccount, known })
  }
  return found.appKey === "" || Redacted.value(found.appSecret) === ""
    ? new CredentialsMissing({ account: found.id })
    : found
}

/**
 * How many clients are kept; beyond that, the one that was not used for longest is forgotten, and its token. Those of
 * credentials that were replaced are among them.
 *
 * @since 0.1.0
 * @category constants
 */
export const capacity = 10_000

/**
 * Clients that are made when they are first asked for.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ApiClients, never, DingTalkConfig | HttpClient.HttpClient> = Layer.scoped(
  ApiClients,
  Effect.gen(function*() {
    const sent = yield* SentMessages.SentMessages
    const config = yield* DingTalkConfig
    const http = yield* HttpClient.HttpClient
    const egress = yield* Scheduler.makeEgress(Option.getOrUndefined(yield* Effect.serviceOption(SharedState)))
    const clients = yield* Cache.make({
      capacity,
      timeToLive: Duration.infinity,
      lookup: (credentials: ApiClient.Credentials) => ApiClient.make(http, credentials, egress)
    })

    return {
      get: (account) =>
        Effect.flatMap(config.get, (all) => {
          const selected = select(all, account)
          if ("_tag" in selected) return Effect.fail(selected)
          const { apiBaseUrl, appKey, appSecret, id } = selected
          return Effect.map(
            clients.get(Data.struct({ id, appKey, appSecret, apiBaseUrl })),
            (client) => ({
              settings: selected,
              client,
              remember: (ids: ReadonlyArray<string | undefined>, text: string) => sent.remember(selected.id, ids, text)
            })
          )
        })
    }
  })
).pipe(Layer.provide(SentMessages.layerMemory))
