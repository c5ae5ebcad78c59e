/**
 * The engine's storage of messages, but for what it says when a message is handled: of all that are handled while one such
 * transaction is under way, the next one does. By itself the engine takes a transaction for each. And what it can't read is
 * not in the way of the rest.
 */
import { PersistenceError } from "@effect/cluster/ClusterError"
import * as Message from "@effect/cluster/Message"
import * as MessageStorage from "@effect/cluster/MessageStorage"
import type * as Reply from "@effect/cluster/Reply"
import type { ShardingConfig } from "@effect/cluster/ShardingConfig"
import * as SqlMessageStorage from "@effect/cluster/SqlMessageStorage"
import type * as Rpc from "@effect/rpc/Rpc"
import * as SqlClient from "@effect/sql/SqlClient"
import type * as Statement from "@effect/sql/Statement"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { patience, readPatience, within } from "../../sql/internal/database/within.ts"
import { Conversation } from "../Conversation.ts"
import * as Tables from "../Tables.ts"
import * as SetAside from "./setAside.ts"
import { together } from "./together.ts"

/**
 * Longer than a runner has a conversation without the database. Of a failure the engine makes a defect after a second, and
 * has all that is in hand of the conversation handled again, here.
 */
const untilWritten = Schedule.upTo(Schedule.spaced("500 millis"), "15 seconds")

interface Handled {
  readonly request: string
  readonly reply: string
}

type Incoming = Effect.Effect.Success<
  ReturnType<Context.Tag.Service<MessageStorage.MessageStorage>["unprocessedMessages"]>
>[number]

export const layer = (
  prefix: string
): Layer.Layer<MessageStorage.MessageStorage, never, SqlClient.SqlClient | ShardingConfig> =>
  Layer.scoped(
    MessageStorage.MessageStorage,
    Effect.gen(function*() {
      const sql = (yield* SqlClient.SqlClient).withoutTransforms()
      const storage = Context.get(
        yield* Layer.build(SqlMessageStorage.layerWith({ prefix })),
        MessageStorage.MessageStorage
      )
      const engine = Tables.of(prefix)
      const [messages, replies] = [sql(engine.messages), sql(engine.replies)]
      // What another runner has ended, too, is not in the way of the rest.
      const handled = yield* together((all: ReadonlyArray<Handled>) =>
        sql`
          INSERT INTO ${replies} ${
          sql.insert(
            all.map(({ reply, request }) => ({
              id: reply,
              kind: Tables.lastReply,
              request_id: request,
              payload: Tables.wellDone
            }))
          )
        } ON CONFLICT (request_id, kind) DO NOTHING`.pipe(
          Effect.zipRight(sql`
            UPDATE ${messages} SET processed = ${Tables.trueOf(sql)}, last_reply_id = (
              SELECT r.id FROM ${replies} AS r WHERE r.request_id = ${messages}.request_id AND r.kind = ${Tables.lastReply}
            ) WHERE request_id IN (${sql.literal(all.map(({ request }) => request).join(","))})
          `),
          sql.withTransaction,
          within(patience),
          PersistenceError.refail,
          Effect.as(() => undefined),
          Effect.withTracerEnabled(false)
        )
      )
      const respondWith = <R extends Rpc.Any>(message: Message.IncomingRequest<R>) => {
        const { requestId } = message.envelope
        return (answer: Reply.ReplyWithContext<R>) =>
          answer.reply._tag === "WithExit" && Exit.isSuccess(answer.reply.exit)
            ? handled({ request: String(requestId), reply: String(answer.reply.id) }).pipe(
              Effect.retry(untilWritten),
              Effect.ignore
            )
            : message.respond(answer)
      }
      const own = (message: Incoming): Incoming =>
        message._tag === "IncomingRequest" && message.envelope.address.entityType === Conversation.type
          ? new Message.IncomingRequest({ ...message, respond: respondWith(message) })
          : message
      const setAside = yield* SetAside.make(prefix)
      const read = (some: Effect.Effect<Array<Incoming>, PersistenceError>) =>
        some.pipe(
          within(readPatience),
          Effect.catchTag("SqlError", (cause) => Effect.fail(new PersistenceError({ cause }))),
          Effect.map((all) => all.map(own))
        )
      /** Reads again without what is no JSON, if that is what the engine throws at. */
      const readable = (
        some: Effect.Effect<Array<Incoming>, PersistenceError>,
        those: Statement.Fragment,
        reset: Effect.Effect<void, PersistenceError>
      ) =>
        Effect.catchIf(some, ({ cause }) => cause instanceof SyntaxError, (error) =>
          Effect.flatMap(
            Effect.orElseSucceed(setAside(those), () => false),
            (isAny) => isAny ? Effect.zipRight(reset, some) : Effect.fail(error)
          ))
      return MessageStorage.MessageStorage.of({
        ...storage,
        unprocessedMessages: (wanted) => {
          const shards = [...wanted]
          const those = sql.in("shard_id", shards.map((shard) => shard.toString()))
          // The engine has called all of them read.
          const reset = storage.resetShards(shards)
          return Effect.tapError(
            read(readable(storage.unprocessedMessages(shards), those, reset)),
            () => Effect.ignore(within(patience)(reset))
          )
        },
        unprocessedMessagesById: (wanted) => {
          const ids = [...wanted]
          const those = sql`id IN (${sql.literal(ids.map(String).join(","))})`
          return read(readable(storage.unprocessedMessagesById(ids), those, Effect.void))
        }
      })
    })
  )

/** How often a storage is begun anew at most. Each time one more of the engine's tables is there. */
const mostTries = 10

/**
 * A storage whose tables machines may make at once, on a database that is new. Of several that create a table, even if it does
 * not exist, PostgreSQL fails all but one: for them it is there the next time.
 */
export const madeByOneOf = <A, E, R>(storage: Layer.Layer<A, E, R>): Layer.Layer<A, E, R> =>
  Layer.scopedContext(
    Effect.unsandbox(Effect.retry(Effect.sandbox(Layer.build(storage)), { times: mostTries }))
  )
