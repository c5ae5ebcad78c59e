/**
 * A message on its way to many, one call after the other.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Account } from "../api/ApiClients.ts"
import type { ApiError } from "../api/ApiError.ts"
import { PartialDelivery, type Refused, type RefusedUser, type SentBatch } from "../api/SendError.ts"
import type { Batch } from "../message/Batch.ts"
import type { Encoded } from "../message/TextMessage.ts"
import * as RobotApi from "../robot/RobotApi.ts"

/**
 * A message that DingTalk took for every recipient, except for those whom it refused.
 *
 * @since 0.1.0
 * @category models
 */
export interface SentMessage {
  /** The `processQueryKey` of the first call. */
  readonly messageId: string | undefined
  /** One per call, in order. */
  readonly batches: ReadonlyArray<SentBatch>
  /** Everybody whom DingTalk will not deliver to. */
  readonly refused: ReadonlyArray<RefusedUser>
}

/**
 * Sends to one batch after the other, and stops at the first that fails: with its error if it is the first one, else with
 * `PartialDelivery`. People who are refused are no failure where there is more than one batch.
 *
 * @since 0.1.0
 * @category operations
 */
export const toBatches = (
  account: Account,
  batches: ReadonlyArray<Batch>,
  message: Encoded
): Effect.Effect<SentMessage, ApiError | Refused | PartialDelivery> =>
  Effect.gen(function*() {
    const sendTo = (batch: Batch): Effect.Effect<RobotApi.Sent, ApiError | Refused> => {
      const one = RobotApi.sendBatch(account, batch, message)
      return batches.length === 1
        ? one
        : Effect.catchTag(one, "Refused", ({ users }) => Effect.succeed({ messageId: undefined, refused: users }))
    }
    const sent: Array<SentBatch> = []
    for (const [index, batch] of batches.entries()) {
      const one = yield* Effect.mapError(sendTo(batch), (error) =>
        index === 0
          ? error
          : new PartialDelivery({
            account: account.settings.id,
            sent,
            failed: { batch, error },
            rest: batches.slice(index + 1)
          }))
      sent.push({ batch, ...one })
    }
    return { messageId: sent[0]?.messageId, batches: sent, refused: sent.flatMap(({ refused }) => refused) }
  })
