/**
 * What the set-up form and its process say to each other. Secrets go one way: into the process.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Endpoint from "../pageServer/Endpoint.ts"
import { Sentence } from "./Protocol.ts"

/**
 * How a setting is written on the form.
 *
 * @since 0.1.0
 * @category models
 */
export const Kind = Schema.Literal("text", "secret", "flag", "number", "list", "choice")

/**
 * A key of the configuration.
 *
 * @since 0.1.0
 * @category models
 */
export const Key = Schema.Struct({
  name: Schema.String,
  kind: Kind,
  choices: Schema.Array(Schema.String),
  default: Schema.String,
  description: Schema.String
})

/**
 * @since 0.1.0
 * @category models
 */
export type Key = typeof Key.Type

/**
 * A value as it stands on the form: a text, or the items of a list. Empty is as good as absent.
 *
 * @since 0.1.0
 * @category models
 */
export const Value = Schema.Union(Schema.String, Schema.Array(Schema.String))

/**
 * @since 0.1.0
 * @category models
 */
export type Value = typeof Value.Type

/**
 * What becomes of a secret: it stays, it is the one typed in, or the one that a scan has brought.
 *
 * @since 0.1.0
 * @category models
 */
export const Secret = Schema.Union(
  Schema.TaggedStruct("Keep", {}),
  Schema.TaggedStruct("Typed", { text: Schema.String }),
  Schema.TaggedStruct("Scanned", { scan: Schema.String })
)

/**
 * The settings of one account, or with the empty id those that stand at the top and count for all.
 *
 * @since 0.1.0
 * @category models
 */
export const Level = Schema.Struct({
  id: Schema.String,
  /** What it was called in the file; none of a new one. */
  was: Schema.optional(Schema.String),
  values: Schema.Record({ key: Schema.String, value: Value }),
  hasSecret: Schema.Boolean,
  secret: Secret
})

/**
 * @since 0.1.0
 * @category models
 */
export type Level = typeof Level.Type

/**
 * The form as it is filled in.
 *
 * @since 0.1.0
 * @category models
 */
export const Draft = Schema.Struct({
  /** Of the file that it was made from. */
  revision: Schema.String,
  levels: Schema.Array(Level)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Draft = typeof Draft.Type

/**
 * What is wrong, and where: at which level by its number, with which key.
 *
 * @since 0.1.0
 * @category models
 */
export const Issue = Schema.Struct({
  level: Schema.optional(Schema.Number),
  key: Schema.optional(Schema.String),
  path: Schema.String,
  message: Sentence
})

/**
 * @since 0.1.0
 * @category models
 */
export type Issue = typeof Issue.Type

/**
 * @since 0.1.0
 * @category models
 */
export const Verdict = Schema.Struct({ issues: Schema.Array(Issue), warnings: Schema.Array(Sentence) })

/**
 * @since 0.1.0
 * @category models
 */
export type Verdict = typeof Verdict.Type

/**
 * @since 0.1.0
 * @category models
 */
export const Form = Schema.Struct({
  path: Schema.String,
  revision: Schema.String,
  keys: Schema.Array(Key),
  levels: Schema.Array(Level)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Form = typeof Form.Type

/**
 * What the doctor found.
 *
 * @since 0.1.0
 * @category models
 */
export const Finding = Schema.Struct({
  account: Schema.String,
  step: Schema.String,
  status: Schema.Literal("ok", "warn", "fail"),
  what: Schema.String,
  todo: Schema.String
})

/**
 * @since 0.1.0
 * @category models
 */
export type Finding = typeof Finding.Type

/**
 * The file as it is.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Read = Endpoint.call({ path: "/api/setup/read", payload: Schema.Struct({}), success: Form })

/**
 * What is wrong with a draft.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Check = Endpoint.call({ path: "/api/setup/check", payload: Draft, success: Verdict })

/**
 * Writes it, unless something is wrong, and has it put in force; gives the file as it is then.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Save = Endpoint.call({ path: "/api/setup/save", payload: Draft, success: Form })

/**
 * Has the doctor examine a draft.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Examine = Endpoint.call({
  path: "/api/setup/examine",
  payload: Schema.Struct({ draft: Draft, locale: Schema.Literal("en", "zh") }),
  success: Schema.Array(Finding)
})

/**
 * Gets a QR code: its modules row by row, `1` for a dark one.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Scan = Endpoint.call({
  path: "/api/setup/scan",
  payload: Schema.Struct({}),
  success: Schema.Struct({
    scan: Schema.String,
    url: Schema.String,
    rows: Schema.Array(Schema.String),
    lifeMs: Schema.Number
  })
})

/**
 * What became of a QR code.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Scanned = Endpoint.call({
  path: "/api/setup/scanned",
  payload: Schema.Struct({ scan: Schema.String }),
  success: Schema.Union(
    Schema.TaggedStruct("Waiting", {}),
    Schema.TaggedStruct("Done", { clientId: Schema.String }),
    Schema.TaggedStruct("Failed", { reason: Schema.String, detail: Schema.String })
  )
})
