/** PostgreSQL. */
import * as PgClient from "@effect/sql-pg/PgClient"
import type * as Redacted from "effect/Redacted"

export const layer = (url: Redacted.Redacted<string>) =>
  PgClient.layer({ url, applicationName: "effect-dingtalk", connectTimeout: "10 seconds" })
