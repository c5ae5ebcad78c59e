/**
 * A text on its way as one message after the other.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ApiError } from "../api/ApiError.ts"
import { PartialSend, type Refused, type RefusedUser, type SentChunk } from "../api/SendError.ts"
import type { Sent } from "./Reply.ts"

/**
 * A text that went out whole.
 *
 * @since 0.1.0
 * @category models
 */
export interface SendResult {
  /** The `processQueryKey` of the first chunk, by which it can be recalled; a session webhook gives none. */
  readonly messageId: string | undefined
  /** Where it went: the bare target. */
  readonly chatId: string
  /** Every chunk, in order. */
  readonly chunks: ReadonlyArray<SentChunk>
  /** Recipients that DingTalk refused while it took the message for others: none as long as there is one recipient. */
  readonly refused: ReadonlyArray<RefusedUser>
  /**
   * Who was to be mentioned and is not, because the answer had to go by the API: ids as they were given, `*` for
   * everybody. Their names stand in the text. Left out if there is nobody.
   */
  readonly notMentioned?: ReadonlyArray<string>
}

/**
 * Sends the chunks one after the other, and stops at the first that fails: with its error if it is the first one, else
 * with `PartialSend`.
 *
 * @since 0.1.0
 * @category operations
 */
export const inOrder = (
  account: string,
  chatId: string,
  chunks: ReadonlyArray<string>,
  sendOne: (chunk: string, index: number) => Effect.Effect<Sent, ApiError | Refused>
): Effect.Effect<SendResult, ApiError | Refused | PartialSend> =>
  Effect.gen(function*() {
    const sent: Array<SentChunk> = []
    let notMentioned: Pick<Sent, "notMentioned"> = {}
    for (const [index, chunk] of chunks.entries()) {
      const { messageId, via, ...mentions } = yield* Effect.mapError(sendOne(chunk, index), (error) =>
        index === 0
          ? error
          : new PartialSend({ account, chatId, sent, failed: { index, error }, total: chunks.length }))
      sent.push({ index, via, messageId, characters: chunk.length })
      if (index === 0) notMentioned = mentions
    }
    return { messageId: sent[0]?.messageId, chatId, chunks: sent, refused: [], ...notMentioned }
  })
