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

/** Keeps all, in this order, or none. What is there already stays as it is. Gives where they are. */
export type Keep = (letters: ReadonlyArray<Letter>) => Effect.Effect<ReadonlyArray<Place>, SqlError>

export const make = (table: string): Effect.Effect<Keep, never, Sharding | SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sharding = yield* Sharding
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const rowOf = ({ account, frame, id, key, receivedAt }: Letter) =>
      Effect.map(sharding.getSnowflake, (snowflake) => {
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
        return { row, place: { shard, entity } }
      })
    return (letters) =>
      Effect.flatMap(Effect.forEach(letters, rowOf), (all) =>
        Effect.as(
          sql`INSERT INTO ${sql(table)} ${sql.insert(all.map(({ row }) => row))} ON CONFLICT (message_id) DO NOTHING`,
          all.map(({ place }) => place)
        ))
  })
