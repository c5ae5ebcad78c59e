/** A channel on the fake wire with an inbox in a SQLite file, for tests of tier 1. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import type { SqlClient } from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import type { AccountSettings } from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { answers, configOf } from "../utils/world.ts"

/** A file that is gone when the test is over. */
export const file = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "inbox-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  ),
  (directory) => join(directory, "inbox.db")
)

export const client = (filename: string) => SqliteClient.layer({ filename })

let accounts = 0

/** The id of an account that no other test has: metrics are the process's. */
export const freshId = (): string => `inbox-${accounts++}`

/** Starts a robot whose inbox is in a file; it stops when the scope closes. */
export const robot = <R>(
  filename: string,
  handlers: Handlers<R>,
  overrides: Partial<AccountSettings> & { readonly id: string },
  options: DingTalkInbox.Options = {},
  database: Layer.Layer<SqlClient, unknown> = client(filename)
) =>
  Effect.gen(function*() {
    const wire = FakeWire.make()
    const account = settings({ drainTimeoutMs: 0, ...overrides })
    yield* Layer.build(
      DingTalkChannel.layer(handlers).pipe(
        Layer.provide(DingTalkInbox.layer(options)),
        Layer.provide(database),
        Layer.provide(Layer.merge(wire.layer, configOf(account)))
      )
    ).pipe(Effect.withRandom(Random.fixed([0.5])))
    yield* settle
    const connection = () => {
      const [first] = wire.connections
      if (first === undefined) throw new Error("not connected")
      return first
    }
    return {
      say: (msgId: string, more: Partial<Parameters<typeof FakeWire.messageFrame>[0]> = {}) =>
        connection().deliver(FakeWire.messageFrame({ msgId, ...more })),
      deliver: (frame: unknown) => connection().deliver(frame),
      answers: () => answers(connection())
    }
  })

/** What stands in the inbox of a file. */
export const inspect = <A, E>(filename: string, effect: Effect.Effect<A, E, SqliteClient.SqliteClient>) =>
  Effect.provide(effect, client(filename))

/** What a process that is killed in this moment leaves on the disk, for one that finds nobody there. */
export const crashed = (filename: string) =>
  Effect.gen(function*() {
    const left = yield* file
    for (const part of ["", "-wal"]) {
      if (existsSync(`${filename}${part}`)) copyFileSync(`${filename}${part}`, `${left}${part}`)
    }
    yield* inspect(
      left,
      Effect.flatMap(SqliteClient.SqliteClient, (sql) => sql`UPDATE effect_dingtalk_inbox_account SET owner = NULL`)
    )
    return left
  })
