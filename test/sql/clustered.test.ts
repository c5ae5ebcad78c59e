/** What an inbox says of the tables of a cluster on its database. */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/TestClock"
import { settle } from "../utils/settle.ts"
import { client, file, freshId, robot } from "./world.ts"

describe("an inbox beside the tables of a cluster", () => {
  it.scoped("looks again what waits there, if it could not be told at first", () => {
    const told: Array<unknown> = []
    const logger = Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ annotations, message }) => {
        if (String(message) === "dingtalk.inbox.clustered") told.push(Object.fromEntries(annotations)["waiting"])
      })
    )
    return Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const context = yield* Layer.build(client(filename))
      const say = (statement: string) =>
        Effect.provide(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)), context)
      const tableOf = (name: string, columns: string) =>
        Effect.zipRight(
          say(`CREATE TABLE ${name} (entity_type TEXT, entity_id TEXT, kind INTEGER${columns})`),
          say(`CREATE TABLE ${name}_dingtalk_attempts (request_id INTEGER, attempts INTEGER)`)
        )
      // It does not say what is processed: that can't be read.
      yield* tableOf("cluster_messages", "")
      yield* robot(filename, { onMessage: () => Effect.void }, { id }, {}, Layer.succeedContext(context))
      yield* settle
      assert.deepStrictEqual(told, [])
      yield* say("DROP TABLE cluster_messages")
      yield* tableOf("another_messages", ", processed INTEGER")
      yield* say(`INSERT INTO another_messages VALUES ('DingTalkConversation', '${id}/cid', 0, 0)`)
      for (const _ of [1, 2, 3, 4]) yield* Effect.zipRight(TestClock.adjust("2 seconds"), settle)
      assert.deepStrictEqual(told, [1])
    }).pipe(Effect.provide(logger))
  })
})
