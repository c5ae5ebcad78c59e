/** The options of a fake, complete: `Options.ts` says what each means and why its default is what it is. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { type App, defaultApp, type Options } from "../Options.ts"

export const resolve = (
  {
    acceptAnyCredentials = false,
    apps = [defaultApp],
    awaitTimeoutMs = 5_000,
    closeAfterNoticeMs = 10_000,
    downloadTtlMs = 3_600_000,
    greet = false,
    port = 0,
    random = Math.random,
    recallTtlMs = 86_400_000,
    redeliverEventsAfterMs = 60_000,
    redeliverLaterAfterMs = 60_000,
    registrationIntervalSeconds = 3,
    registrationTtlSeconds = 7_200,
    ticketTtlMs = 90_000,
    tokenTtlSeconds = 7_200,
    webhookTtlMs = 5_400_000,
    ...unlimited
  }: Options
) => ({
  ...unlimited,
  acceptAnyCredentials,
  apps,
  awaitTimeoutMs,
  closeAfterNoticeMs,
  downloadTtlMs,
  greet,
  port,
  random,
  recallTtlMs,
  redeliverEventsAfterMs,
  redeliverLaterAfterMs,
  registrationIntervalSeconds,
  registrationTtlSeconds,
  ticketTtlMs,
  tokenTtlSeconds,
  webhookTtlMs
})

export interface AllOptions extends ReturnType<typeof resolve> {}

export class Settings extends Context.Tag("effect-dingtalk/testing/Settings")<Settings, AllOptions>() {
  static readonly layer = (options: Options): Layer.Layer<Settings> => Layer.sync(Settings, () => resolve(options))
}

const robotCodeOf = (app: App): string => app.robotCode ?? app.clientId

/** The code of an application's robot. */
export const robotCodeFor = ({ apps }: AllOptions, clientId: string): string => {
  const app = apps.find((app) => app.clientId === clientId)
  return app === undefined ? clientId : robotCodeOf(app)
}

/** Whether the fake knows this pair. */
export const admits = (settings: AllOptions, clientId: unknown, clientSecret: unknown): clientId is string =>
  typeof clientId === "string" && clientId !== "" && (
    settings.acceptAnyCredentials ||
    settings.apps.some((app) => app.clientId === clientId && app.clientSecret === clientSecret)
  )

/** Why this application may not speak as this robot; `undefined` when it may. */
export const robotProblem = (settings: AllOptions, clientId: string, robotCode: unknown): string | undefined => {
  if (typeof robotCode !== "string" || robotCode === "") return "invalidParameter.robotCode.empty"
  const owner = settings.apps.find((app) => robotCodeOf(app) === robotCode)
  if (owner === undefined) return settings.acceptAnyCredentials ? undefined : "invalidParameter.robotCode.notExsit"
  return owner.clientId === clientId ? undefined : "invalidParameter.robotCode.auth"
}
