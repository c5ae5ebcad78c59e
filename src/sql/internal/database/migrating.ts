/** Brings tables up to date. */
import * as Migrator from "@effect/sql/Migrator"
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"

/**
 * Takes the steps that have not been taken; `table` is where they are written down. A step only adds, with nothing that an
 * older version would have to fill in, and bears being taken again: a deploy that is rolled back goes on with the tables as
 * they are. Machines may start at once on a database that is new: on PostgreSQL only one of them makes that table, and the
 * others find it the next time.
 */
export const migrating = (
  table: string,
  steps: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>>
): Effect.Effect<void, SqlError | Migrator.MigrationError, SqlClient.SqlClient> =>
  Migrator.make({})({ table, loader: Migrator.fromRecord(steps) }).pipe(Effect.retry({ times: 2 }), Effect.asVoid)
