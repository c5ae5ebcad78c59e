/**
 * Ends a card of whose handler nothing is left.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { type OpenCard, StillOpen } from "../../internal/handler/OpenCards.ts"
import { logEvents } from "../../logEvents.ts"
import type { Account } from "../api/ApiClients.ts"
import { isRetryable } from "../api/ApiError.ts"
import * as CardApi from "./CardApi.ts"

const settleFor = (account: Account, { outTrackId, params, streamed }: OpenCard): Effect.Effect<void, StillOpen> => {
  const count = (outcome: string) => Metric.increment(Metric.tagged(account.client.metrics.cards, "outcome", outcome))
  const annotations = { account: account.settings.id, module: "cards", outTrackId }
  // It may not have been written to yet: the update says it all the same.
  const endWriting = streamed === undefined
    ? Effect.void
    : Effect.ignore(
      CardApi.write(account, outTrackId, { key: streamed, content: params[streamed] ?? "", state: "failed" })
    )
  return Effect.zipRight(endWriting, CardApi.update(account, outTrackId, { params })).pipe(
    Effect.matchEffect({
      onSuccess: () => Effect.zipRight(count("failed"), Effect.logInfo(logEvents.cardSettled)),
      onFailure: (error) =>
        isRetryable(error)
          ? new StillOpen({ account: account.settings.id, outTrackId, reason: error.message })
          : Effect.zipRight(
            count("stuck"),
            Effect.annotateLogs(Effect.logWarning(logEvents.cardStuck), { reason: error.message })
          )
    }),
    Effect.annotateLogs(annotations)
  )
}

/**
 * Shows on a card of an account what it is to show in the end. Fails if it may go better another time, as when there is no
 * such account now.
 *
 * @since 0.1.0
 * @category operations
 */
export const settleOpen =
  (accountOf: (id: string) => Effect.Effect<Account, Error>) =>
  (id: string, card: OpenCard): Effect.Effect<void, StillOpen> =>
    Effect.matchEffect(accountOf(id), {
      onFailure: ({ message }) => new StillOpen({ account: id, outTrackId: card.outTrackId, reason: message }),
      onSuccess: (account) => settleFor(account, card)
    })
