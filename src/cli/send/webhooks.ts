/**
 * The webhooks of custom robots by their names: where they are written down. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as DingTalkWebhook from "../../DingTalkWebhook.ts"
import { isRecord } from "../../internal/json.ts"

/**
 * The environment variable that has a webhook's URL; the one with `_SECRET` behind it has its secret.
 *
 * @since 0.1.0
 * @category decisions
 */
export const variableOf = (name: string): string => `DINGTALK_WEBHOOK_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`

/**
 * Where webhooks may be written down.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sources {
  /** The `webhooks` of the configuration file: each a URL, or `{ "url": …, "secret": … }`. */
  readonly configured: unknown
  /** What the configuration file is called, if there is one. */
  readonly file: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

const filled = (u: unknown): string | undefined => typeof u === "string" && u.trim() !== "" ? u.trim() : undefined

/**
 * Finds a webhook: in the file first, then in the environment. Or says where it was looked for, and what is wrong with it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const find = (
  name: string,
  { configured, env, file }: Sources
): Either.Either<DingTalkWebhook.Webhook, string> => {
  const variable = variableOf(name)
  const written = isRecord(configured) && Object.hasOwn(configured, name) ? configured[name] : undefined
  const [place, url, secret] = written === undefined
    ? [variable, filled(env[variable]), filled(env[`${variable}_SECRET`])] as const
    : isRecord(written)
    ? [`${file}: webhooks.${name}.url`, filled(written["url"]), filled(written["secret"])] as const
    : [`${file}: webhooks.${name}`, filled(written), undefined] as const
  if (url === undefined) {
    return Either.left(
      `webhook:${name} is not known: set ${variable} to its URL (and ${variable}_SECRET to its secret, if it signs), or ` +
        `write "webhooks": {"${name}": {"url": "…", "secret": "SEC…"}} into a configuration file`
    )
  }
  const problem = DingTalkWebhook.problemOf(url)
  return problem === undefined
    ? Either.right({
      name,
      url: Redacted.make(url),
      secret: secret === undefined ? undefined : Redacted.make(secret)
    })
    : Either.left(`${place} ${problem}`)
}
