import * as Schema from "effect/Schema"
import { isRecord } from "../../../internal/json.ts"

export const MaybeString = Schema.UndefinedOr(Schema.String)

/** Milliseconds: a time since 1970, or a duration. */
export const MaybeMillis = Schema.UndefinedOr(Schema.NonNegativeInt)

/** JSON as it came. A declaration, so that encoding and decoding hand it through as it is, `__proto__` keys included. */
export const Raw = Schema.declare(isRecord, {
  identifier: "Raw",
  description: "a JSON object",
  arbitrary: () => (fc) => fc.dictionary(fc.string(), fc.jsonValue())
})
