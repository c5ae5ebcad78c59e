/** SQLite, by the driver of the installation: it is native, and no part of the program. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"

export const layer = (filename: string) => SqliteClient.layer({ filename })
