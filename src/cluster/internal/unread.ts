/**
 * What the engine's table calls read, and this runner has the conversation of, but never got: the answer of the read was lost
 * with its connection, or a runner that was cut off read it late. By itself the engine reads it again after ten minutes.
 */
import { make as makeAddress } from "@effect/cluster/EntityAddress"
import { make as makeEntityId } from "@effect/cluster/EntityId"
import { MessageStorage } from "@effect/cluster/MessageStorage"
import { ShardId } from "@effect/cluster/ShardId"
import { Sharding } from "@effect/cluster/Sharding"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { logEvents } from "../../logEvents.ts"
import { accountOf, keyOf } from "../../sql/internal/clustered/names.ts"
import { patience, within } from "../../sql/internal/database/within.ts"
import { Conversation } from "../Conversation.ts"
import * as Tables from "../Tables.ts"

/** The requests in hand of each conversation that stays here. */
export type Stays = Map<string, ReadonlySet<string>>

interface Row {
  readonly id: string
  readonly shard_id: string
  readonly entity_id: string
}

/** Longer than it takes from a read to the conversation, in seconds. */
const afterSeconds = 15

const every = Schedule.spaced("5 seconds")

/**
 * Looks from time to time at the newest of each conversation, and has all of the conversation read again if it is not in hand.
 * What is missing before that one is found when it is about to begin.
 */
export const watch = (
  prefix: string,
  stays: Stays
): Effect.Effect<void, never, MessageStorage | Scope.Scope | Sharding | SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const sharding = yield* Sharding
    const storage = yield* MessageStorage
    const messages = sql(Tables.of(prefix).messages)
    const past = sql.literal(sql.onDialectOrElse({
      sqlite: () => `datetime('now', '-${afterSeconds} seconds')`,
      orElse: () => `now() - INTERVAL '${afterSeconds} seconds'`
    }))
    const rows = within(patience)(sql<Row>`
      SELECT CAST(id AS CHAR(20)) AS id, shard_id, entity_id FROM ${messages}
      WHERE rowid IN (SELECT max(rowid) FROM ${messages} WHERE ${
      Tables.waits(sql)
    } GROUP BY entity_id) AND last_read < ${past}
    `)
    const look = Effect.flatMap(rows, (all) =>
      Effect.forEach(
        all,
        ({ entity_id, id, shard_id }) => {
          const shardId = ShardId.fromString(shard_id)
          if (!sharding.hasShardId(shardId) || stays.get(entity_id)?.has(id.trim()) === true) return Effect.void
          const address = makeAddress({
            shardId,
            entityType: Conversation.type,
            entityId: makeEntityId(entity_id)
          })
          return Effect.zipRight(
            within(patience)(storage.resetAddress(address)),
            Effect.annotateLogs(Effect.logInfo(logEvents.inboxReadAgain), {
              account: accountOf(entity_id),
              conversationId: keyOf(entity_id),
              module: "cluster"
            })
          )
        },
        { discard: true }
      ))
    // Without the database nothing is to be said of it here.
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(look), every))
  }).pipe(Effect.withTracerEnabled(false))
