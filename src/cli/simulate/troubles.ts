/**
 * What goes wrong with DingTalk's HTTP side as a whole: what each call meets then.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import { routes } from "../../testing/routes/routes.ts"
import * as Script from "../../testing/Script.ts"
import { openPath } from "../../testing/server/Upgrades.ts"

/**
 * What a call of a path meets.
 *
 * @since 0.1.0
 * @category models
 */
export type Trouble = (path: string) => Script.Answer

/**
 * Every path of DingTalk's, each with its answer.
 *
 * @since 0.1.0
 * @category operations
 */
export const answerAll = (fake: Fake, answer: Trouble): Effect.Effect<void> =>
  Effect.forEach(
    new Set([...routes.keys()].map((route) => route.replace(/^\S+ /u, ""))),
    (path) => fake.answerEvery(path, answer(path)),
    { discard: true }
  )

/**
 * Nothing out of the ordinary.
 *
 * @since 0.1.0
 * @category troubles
 */
export const none: Trouble = () => "handle"

/**
 * A broken gateway.
 *
 * @since 0.1.0
 * @category troubles
 */
export const outage: Trouble = () => Script.html(502)

/** A refusal of what sends and looks up; connections are opened as ever. */
const refusing = (refused: {
  readonly webhook: Script.Answer
  readonly v1: Script.Answer
  readonly legacy: Script.Answer
}): Trouble =>
(path) => {
  if (path === openPath) return "handle"
  if (path === "/robot/sendBySession") return refused.webhook
  return path.startsWith("/v1.0/") ? refused.v1 : refused.legacy
}

/**
 * One call too many, each.
 *
 * @since 0.1.0
 * @category troubles
 */
export const throttled: Trouble = refusing({
  webhook: Script.refusals.webhookTooFast,
  v1: Script.refusals.throttled,
  legacy: Script.refusals.legacyThrottled
})

/**
 * The organisation's quota of this month is used up.
 *
 * @since 0.1.0
 * @category troubles
 */
export const quotaUsedUp: Trouble = refusing({
  webhook: Script.legacyRefusal(90030, "webhook调用量已用完"),
  v1: Script.refusals.quotaUsedUp,
  legacy: Script.legacyRefusal(90020, "组织的API调用量已用完")
})

/**
 * The address is locked out, whatever it calls.
 *
 * @since 0.1.0
 * @category troubles
 */
export const banned: Trouble = () => Script.refusals.ipBanned

/**
 * The credentials are refused.
 *
 * @since 0.1.0
 * @category troubles
 */
export const wrongSecret: Trouble = (path) => {
  switch (path) {
    case openPath:
      return Script.refusals.authFailed
    case "/v1.0/oauth2/accessToken":
      return Script.refusal(400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret")
    case "/gettoken":
      return Script.legacyRefusal(40096, "不合法的appKey或appSecret")
    default:
      return "handle"
  }
}
