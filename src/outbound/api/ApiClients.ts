/**
 * The API clients of all accounts: one each, with its token and its bucket, for as long as its credentials stay.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type AccountSettings, DingTalkConfig, type Settings } from "../../config/Settings.ts"
import { UnknownAccount } from "../../DingTalkError.ts"
import * as SentMessages from "../../SentMessages.ts"
import * as ApiClient from "./ApiClient.ts"
import * as MediaIds from "./MediaIds.ts"
import * as Scheduler from "./Scheduler.ts"
import { CredentialsMissing } from "./SendError.ts"
import * as Token from "./Token.ts"

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
export class ApiClients extends Context.Tag("effect-dingtalk/outbound/ApiClients")<ApiClients, {
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

const isSame = (a: ApiClient.Credentials, b: ApiClient.Credentials): boolean =>
  a.appKey === b.appKey && a.apiBaseUrl === b.apiBaseUrl && Equal.equals(a.appSecret, b.appSecret)

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
    const makeCache = yield* Token.makeCaches
    const egress = Scheduler.unsafeMakeEgress()
    const clients = new Map<
      string,
      { readonly credentials: ApiClient.Credentials; readonly client: ApiClient.ApiClient }
    >()

    const knownOf = (settings: AccountSettings): ApiClient.ApiClient | undefined => {
      const known = clients.get(settings.id)
      return known !== undefined && isSame(known.credentials, settings) ? known.client : undefined
    }
    const clientOf = (settings: AccountSettings): Effect.Effect<ApiClient.ApiClient> => {
      const known = knownOf(settings)
      if (known !== undefined) return Effect.succeed(known)
      return Effect.map(MediaIds.make(), (mediaIds) => {
        const meanwhile = knownOf(settings)
        if (meanwhile !== undefined) return meanwhile
        const { apiBaseUrl, appKey, appSecret, id } = settings
        const credentials = { id, appKey, appSecret, apiBaseUrl }
        const client = ApiClient.unsafeMake(http, makeCache, credentials, mediaIds, egress)
        clients.set(id, { credentials, client })
        return client
      })
    }
    return {
      get: (account) =>
        Effect.flatMap(config.get, (all) => {
          const selected = select(all, account)
          return "_tag" in selected
            ? Effect.fail(selected)
            : Effect.map(clientOf(selected), (client) => ({
              settings: selected,
              client,
              remember: (ids, text) => sent.remember(selected.id, ids, text)
            }))
        })
    }
  })
).pipe(Layer.provide(SentMessages.layerMemory))
