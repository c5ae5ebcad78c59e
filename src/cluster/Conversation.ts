/**
 * A conversation as an entity of the cluster: what arrived in it is delivered to the runner that has it, which keeps its
 * order.
 *
 * @since 0.1.0
 */
import * as ClusterSchema from "@effect/cluster/ClusterSchema"
import * as Entity from "@effect/cluster/Entity"
import * as Rpc from "@effect/rpc/Rpc"
import * as Schema from "effect/Schema"
import { conversationType, entitiesOf } from "../sql/internal/clustered/names.ts"
import { text } from "../sql/internal/database/storable.ts"

/**
 * What a message is kept under, once only: its account and its id, for DingTalk gives one id to every robot that a message
 * mentions.
 *
 * @since 0.1.0
 * @category constructors
 */
export const primaryKey = ({ account, id }: { readonly account: string; readonly id: string }): string =>
  JSON.stringify([account, id])

/**
 * What arrived and is to be handled once. It is kept before this completes, and the same message of an account is kept
 * only once.
 *
 * Runners of different versions read each other's: a field may be added to it, as an optional one.
 *
 * @since 0.1.0
 * @category models
 */
export const Deliver = Rpc.make("Deliver", {
  payload: {
    account: Schema.String,
    /** What tells redeliveries, within the account. */
    id: Schema.String,
    /** In milliseconds since 1970. */
    receivedAt: Schema.Number,
    /** The frame as JSON. */
    frame: Schema.String
  },
  primaryKey
}).annotate(ClusterSchema.Persisted, true)

/**
 * @since 0.1.0
 * @category models
 */
export const Conversation = Entity.make(conversationType, [Deliver])
  .annotate(ClusterSchema.ClientTracingEnabled, false)

/** What the engine's tables take of an id. */
const longest = 255

/**
 * The id of the entity that a conversation of an account is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const entityId = (account: string, key: string): string =>
  // DingTalk's own are far shorter. Those that are the same once cut off wait for each other, which costs only time.
  text(`${entitiesOf(account)}${key}`).slice(0, longest)
