import * as Schema from "effect/Schema"

export const MaybeString = Schema.UndefinedOr(Schema.String)

/** Milliseconds: a time since 1970, or a duration. */
export const MaybeMillis = Schema.UndefinedOr(Schema.NonNegativeInt)
