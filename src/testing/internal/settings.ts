/** The options of a fake, complete: `Options.ts` says what each means and why its default is what it is. */
import { type App, defaultApp, type Options } from "../Options.ts"

export interface Settings {
  readonly port: number
  readonly apps: readonly [App, ...ReadonlyArray<App>]
  readonly acceptAnyCredentials: boolean
  readonly closeAfterNoticeMs: number
  readonly redeliverAfterMs: number | undefined
  readonly redeliverEventsAfterMs: number
  readonly redeliverLaterAfterMs: number
  readonly ticketTtlMs: number
  readonly tokenTtlSeconds: number
  readonly webhookTtlMs: number
  readonly qps: number | undefined
  readonly quota: number | undefined
  readonly addressLimit: number | undefined
  readonly recallTtlMs: number
  readonly downloadTtlMs: number
  readonly cardTemplates: ReadonlyArray<string> | undefined
  readonly greet: boolean
  readonly pingIntervalMs: number | undefined
  readonly awaitTimeoutMs: number
  readonly random: () => number
}

export const resolve = (options: Options): Settings => ({
  port: options.port ?? 0,
  apps: options.apps ?? [defaultApp],
  acceptAnyCredentials: options.acceptAnyCredentials ?? false,
  closeAfterNoticeMs: options.closeAfterNoticeMs ?? 10_000,
  redeliverAfterMs: options.redeliverAfterMs,
  redeliverEventsAfterMs: options.redeliverEventsAfterMs ?? 60_000,
  redeliverLaterAfterMs: options.redeliverLaterAfterMs ?? 60_000,
  ticketTtlMs: options.ticketTtlMs ?? 90_000,
  tokenTtlSeconds: options.tokenTtlSeconds ?? 7_200,
  webhookTtlMs: options.webhookTtlMs ?? 5_400_000,
  qps: options.qps,
  quota: options.quota,
  addressLimit: options.addressLimit,
  recallTtlMs: options.recallTtlMs ?? 86_400_000,
  downloadTtlMs: options.downloadTtlMs ?? 3_600_000,
  cardTemplates: options.cardTemplates,
  greet: options.greet ?? false,
  pingIntervalMs: options.pingIntervalMs,
  awaitTimeoutMs: options.awaitTimeoutMs ?? 5_000,
  random: options.random ?? Math.random
})
