/**
 * Keeps what arrived in the engine's table of messages, as the engine does when it sends: but all of it in one statement,
 * and the runners are told of it afterwards.
 */
import { make as makeEntityId } from "@effect/cluster/EntityId"
import { Sharding } from "@effect/cluster/Sharding"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { Conversation, Deliver, entityId, primaryKey } from "../Conversation.ts"
import type { Place } from "./waking.ts"

export interface Letter {
  readonly account: string
  /** What it is in order with. */
  readonly key: string
  /** What tells redeliveries, within the account. */
  readonly id: string
  /** In milliseconds since 1970. */
  readonly receivedAt: number
  /** The frame as JSON. */
  readonly frame: string
}

/** What the engine's column takes of a name that is there once only; of a longer one it takes the digest. */
const longest = 255

const shortened = (key: string): string => key.length <= longest ? key : createHash("sha256").update(key).digest("hex")

/** Under which name the engine knows it, once only. */
export const nameOf = ({ account, id, key }: Pick<Letter, "account" | "id" | "key">): string =>
  shortened(`${Conversation.type}/${entityId(account, key)}/${Deliver._tag}/${primaryKey({ account, id })}`)

/** What a message of a request is called in the engine's table. */
const requestKind = 0

export interface Kept extends Place {
  readonly letter: Letter
  /** It was not there before. */
  readonly isFresh: boolean
}

export interface Keeper {
  /** Keeps all, in this order, or none. What is there already stays as it is. Gives where they are. */
  readonly keep: (letters: ReadonlyArray<Letter>) => Effect.Effect<ReadonlyArray<Kept>, SqlError>
  /** Those that are there already. */
  readonly known: (letters: ReadonlyArray<Letter>) => Effect.Effect<ReadonlySet<Letter>, SqlError>
}

export const make = (table: string): Effect.Effect<Keeper, never, Sharding | SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sharding = yield* Sharding
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const rowOf = (letter: Letter) =>
      Effect.map(sharding.getSnowflake, (snowflake) => {
        const { account, frame, id, key, receivedAt } = letter
        const entity = makeEntityId(entityId(account, key))
        const shard = sharding.getShardId(entity, Conversation.getShardGroup(entity))
        const row = {
          id: String(snowflake),
          message_id: nameOf({ account, id, key }),
          shard_id: shard.toString(),
          entity_type: Conversation.type,
          entity_id: entity,
          kind: requestKind,
          tag: Deliver._tag,
          payload: JSON.stringify({ account, id, receivedAt, frame }),
          headers: "{}",
          request_id: String(snowflake)
        }
        return { row, letter, shard, entity }
      })
    return {
      keep: (letters) =>
        Effect.flatMap(Effect.forEach(letters, rowOf), (all) =>
          Effect.map(
            sql<{ readonly id: string }>`
              INSERT INTO ${sql(table)} ${sql.insert(all.map(({ row }) => row))} ON CONFLICT (message_id) DO NOTHING
              RETURNING CAST(id AS CHAR(20)) AS id
            `,
            (rows) => {
              const fresh = new Set(rows.map(({ id }) => String(id).trim()))
              return all.map(({ entity, letter, row, shard }) => ({
                entity,
                letter,
                shard,
                isFresh: fresh.has(row.id)
              }))
            }
          )),
      known: (letters) =>
        letters.length === 0 ? Effect.succeed(new Set()) : Effect.map(
          sql<{ readonly message_id: string }>`
            SELECT message_id FROM ${sql(table)} WHERE ${sql.in("message_id", letters.map(nameOf))}
          `,
          (rows) => {
            const names = new Set(rows.map(({ message_id }) => message_id))
            return new Set(letters.filter((letter) => names.has(nameOf(letter))))
          }
        )
    }
  })
