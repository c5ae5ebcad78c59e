/** What is done with an inbox, whatever its database. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as DingTalkInbox from "../../sql/DingTalkInbox.ts"

export const { drop, layer, list, migrate, retry, show } = DingTalkInbox

/** What stands in the way, if another version has made more of the tables than this one knows. */
export const newer = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const known = yield* sql<{ readonly latest: number | string | null }>`
    SELECT max(migration_id) AS latest FROM effect_dingtalk_inbox_migrations
  `.pipe(Effect.orElseSucceed(() => []))
  const latest = Number(known[0]?.latest ?? 0)
  return latest <= DingTalkInbox.schemaVersion
    ? undefined
    : `a newer version of effect-dingtalk has made its tables (${latest}; this one knows ${DingTalkInbox.schemaVersion}): use that one`
})
