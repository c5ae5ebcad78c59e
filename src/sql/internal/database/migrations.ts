/** The tables of the inbox. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import { migrating } from "./migrating.ts"

/** What has been done to the tables is written down in a table of their own. */
const table = `effect_dingtalk_inbox_migrations`

const first = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // PostgreSQL writes what changes of a row beside it, without a new entry in each index, where its page has room.
  const leaveRoom = sql.onDialectOrElse({ pg: () => " WITH (fillfactor = 50)", orElse: () => "" })
  yield* sql`CREATE TABLE IF NOT EXISTS effect_dingtalk_inbox_account (
    account TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL,
    poked BIGINT NOT NULL,
    beat BIGINT NOT NULL,
    until BIGINT NOT NULL,
    owner TEXT,
    place TEXT,
    pid BIGINT,
    origin BIGINT
  )`
  yield* sql`CREATE TABLE IF NOT EXISTS effect_dingtalk_inbox (
    account TEXT NOT NULL,
    number BIGINT NOT NULL,
    id TEXT,
    line TEXT NOT NULL,
    type TEXT NOT NULL,
    topic TEXT NOT NULL,
    frame TEXT NOT NULL,
    headers TEXT,
    payload TEXT NOT NULL,
    length BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    state SMALLINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    pardoned BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT,
    cause TEXT,
    PRIMARY KEY (account, number)
  )${sql.literal(leaveRoom)}`
  yield* sql`CREATE UNIQUE INDEX IF NOT EXISTS effect_dingtalk_inbox_id ON effect_dingtalk_inbox (account, id)`
  yield* sql`CREATE INDEX IF NOT EXISTS effect_dingtalk_inbox_waiting ON effect_dingtalk_inbox (account, number) WHERE state = 0`
  yield* sql`CREATE INDEX IF NOT EXISTS effect_dingtalk_inbox_line ON effect_dingtalk_inbox (account, line, number) WHERE state = 0`
  yield* sql`CREATE INDEX IF NOT EXISTS effect_dingtalk_inbox_ended ON effect_dingtalk_inbox (account, state, ended_at) WHERE state > 0`
  yield* sql`CREATE TABLE IF NOT EXISTS effect_dingtalk_inbox_card (
    account TEXT NOT NULL,
    out_track_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    note TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (account, out_track_id)
  )`
})

/** Brings the tables up to date. */
export const run = migrating(table, { "0001_inbox": first })
