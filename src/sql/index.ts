/**
 * What is kept in a database: SQLite or PostgreSQL, by the `SqlClient` of `@effect/sql`.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 */
export * as DingTalkInbox from "./DingTalkInbox.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkBulkRun from "./DingTalkBulkRun.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkSharing from "./DingTalkSharing.ts"
