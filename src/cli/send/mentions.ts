/**
 * Mentions in what an application's robot sends: DingTalk lets it mention nobody, so names stand in the text.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as DingTalkPeople from "../../DingTalkPeople.ts"
import * as WebhookMessage from "../../outbound/message/WebhookMessage.ts"

/** The name of somebody, where the application may see it. */
const named = (
  account: string | undefined,
  id: string,
  staffId: Effect.Effect<string, unknown, DingTalkPeople.DingTalkPeople>
) =>
  staffId.pipe(
    Effect.flatMap((found) => DingTalkPeople.person(found, { account })),
    Effect.map(({ name }) => [[id, name] as const]),
    Effect.orElseSucceed((): ReadonlyArray<readonly [string, string]> => [])
  )

/**
 * The text with the names of those who are mentioned, as far as the application may see them; else their ids.
 *
 * @since 0.1.0
 * @category operations
 */
export const inText = (
  account: string | undefined,
  text: string,
  at: WebhookMessage.At
): Effect.Effect<string, never, DingTalkPeople.DingTalkPeople> =>
  Effect.all([
    Effect.forEach(at.userIds ?? [], (id) => named(account, id, Effect.succeed(id))),
    Effect.forEach(at.mobiles ?? [], (mobile) =>
      named(account, mobile, DingTalkPeople.staffIdByMobile(mobile, { account })))
  ]).pipe(
    Effect.map((names) =>
      WebhookMessage.withNames(text, { ...at, names: Object.fromEntries(names.flat(2)) })
    )
  )
