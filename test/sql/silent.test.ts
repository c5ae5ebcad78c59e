/** A PostgreSQL that hangs: its connections are there, and nothing is ever heard of them. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { ofInbox } from "../../src/metrics.ts"
import { SharedState } from "../../src/outbound/api/SharedState.ts"
import { DingTalkBulkRun, DingTalkInbox, DingTalkSharing } from "../../src/sql/index.ts"
import * as Cards from "../../src/sql/internal/cards.ts"
import * as Dialect from "../../src/sql/internal/database/dialect.ts"
import { postgres, postgresMissing } from "../utils/postgres.ts"
import { freshId, robot } from "./world.ts"

const until = <A, E, R>(effect: Effect.Effect<A, E, R>, isSo: (value: A) => boolean) =>
  Effect.retry(Effect.filterOrFail(effect, isSo, () => "not yet"), Schedule.spaced("20 millis"))

describe.skipIf(postgresMissing !== undefined)(`a PostgreSQL that hangs${postgresMissing ?? ""}`, () => {
  it.scopedLive(
    "is waited for by nobody for ever, and all goes on when it answers again",
    () =>
      Effect.gen(function*() {
        const server = yield* postgres
        const database = PgClient.layer({ url: Redacted.make(server.url) })
        const id = freshId()
        const handled: Array<string> = []
        const { answers, say } = yield* robot(
          "",
          { onMessage: ({ messageId }) => Effect.sync(() => handled.push(messageId)) },
          { id },
          { lease: "1 second" },
          Layer.orDie(database)
        )
        const { inboxOwner, inboxUp } = ofInbox(id)
        const isUp = Effect.map(Metric.value(inboxUp), ({ value }) => value === 1)
        const isOwner = Effect.map(Metric.value(inboxOwner), ({ value }) => value === 1)
        yield* until(isOwner, (isSo) => isSo)
        say("before")
        yield* until(Effect.sync(() => handled.length), (length) => length === 1)

        const context = yield* Layer.build(Layer.provideMerge(DingTalkSharing.layer(), Layer.fresh(database)))
        const sql = Context.get(context, SqlClient.SqlClient)
        const cards = Cards.make(sql, Dialect.of(sql), id, { owner: "somebody" })
        const ask = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) => Effect.provide(effect, context)
        yield* ask(DingTalkBulkRun.outcomes("campaign"))

        yield* server.pause
        say("meanwhile")
        yield* Effect.all(
          [
            until(isUp, (isSo) => !isSo),
            // A handler is not held up by it.
            cards.note({ outTrackId: "card", streamed: undefined, params: {} }),
            Effect.flip(ask(DingTalkInbox.counts)),
            Effect.flip(ask(DingTalkInbox.list())),
            Effect.flip(ask(DingTalkInbox.drop({ account: id, entry: 1 }))),
            Effect.flip(Context.get(context, SharedState).read(["key"]))
          ],
          { concurrency: "unbounded", discard: true }
        ).pipe(Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => "somebody waits" }))

        yield* server.resume
        yield* until(isUp, (isSo) => isSo)
        say("after")
        yield* until(Effect.sync(() => handled), (all) => all.includes("after"))
        assert.isTrue(answers().has("frame-after"))
        // Those whose answers were not waited for have given their connections back.
        yield* Effect.forEach(Array.from({ length: 20 }), () => ask(DingTalkInbox.counts), { concurrency: "unbounded" })
        yield* until(isOwner, (isSo) => isSo)
      }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))),
    60_000
  )
})
