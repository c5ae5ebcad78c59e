/**
 * What the values of the configuration may look like: one schema for each kind, lenient in what a person or an
 * environment variable would write, and with one sentence for what is refused. The sentence reads on from the path of
 * the value.
 */
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as LinearPattern from "../../internal/text/linearPattern.ts"
import * as Credential from "./credential.ts"
import { describe, kindOf, quoteText } from "./found.ts"

/** Replaces whatever a schema would say by one sentence; without `override` the parts of a union speak as well. */
const sentence = (say: (actual: unknown) => string) => ({
  message: (issue: ParseResult.ParseIssue) => ({ message: say(issue.actual), override: true })
})

const mustBe = (expected: string) => sentence((actual) => `must be ${expected}, but is ${describe(actual)}`)

const word = (text: string): string => text.trim().toLowerCase()

const joined = (text: string): string => word(text).replace(/[-_]/g, "")

const lookUp = <A>(
  words: ReadonlyMap<string, A>,
  target: Schema.Schema<A>,
  normal: (text: string) => string
): Schema.Schema<A, string> =>
  Schema.transformOrFail(Schema.String, target, {
    strict: true,
    decode: (text, _, ast) => Either.fromNullable(words.get(normal(text)), () => new ParseResult.Type(ast, text)),
    encode: (value) => ParseResult.succeed(String(value))
  })

/** `drop_newest` and `DROP-NEWEST` are `dropNewest`: environment variables are shouted. */
export const oneOf = <const L extends readonly [string, ...ReadonlyArray<string>]>(...literals: L) =>
  lookUp<L[number]>(new Map(literals.map((literal) => [joined(literal), literal])), Schema.Literal(...literals), joined)
    .annotations(mustBe(literals.map((literal) => `"${literal}"`).join(" or ")))

const flags: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const)
])

export const Flag = Schema.Union(
  Schema.Boolean,
  lookUp(flags, Schema.Boolean, word),
  Schema.transformLiterals([1, true], [0, false])
).annotations(mustBe("true or false (or yes/no, on/off, 1/0)"))

const Numeric = Schema.Union(Schema.Number, Schema.NumberFromString)

/** A whole number of at least 1. */
export const Count = Numeric.pipe(Schema.int(), Schema.greaterThanOrEqualTo(1))
  .annotations(mustBe("a whole number of at least 1"))

/** A number above 0; `unit` is only said. */
export const positive = (unit: string) =>
  Numeric.pipe(Schema.finite(), Schema.positive()).annotations(mustBe(`a number of ${unit} above 0`))

export const Text = Schema.Trim.annotations(mustBe("a string"))

/** An id as it was copied from somewhere. */
export const Id = Schema.transformOrFail(Schema.String.annotations(mustBe("a string")), Schema.String, {
  strict: true,
  decode: (text, _, ast) => {
    const problem = Credential.problemOf(text)
    return problem === undefined
      ? ParseResult.succeed(text.trim())
      : ParseResult.fail(new ParseResult.Type(ast, undefined, problem))
  },
  encode: (text) => ParseResult.succeed(text)
})

/** No Client ID begins so, but identifiers that stand next to it in other programs' configurations do. */
export const ClientId = Id.pipe(
  Schema.filter((text) => !/^dingtalk_/i.test(text), {
    message: () =>
      "begins with \"dingtalk_\", which no Client ID does: copy the Client ID (formerly AppKey, often \"ding…\") from the" +
      " page \"Credentials and Basic Info\" (凭证与基础信息) of the application in DingTalk's developer console"
  })
)

/** None of its sentences names the value. */
export const Secret = Schema.transformOrFail(
  Schema.Union(Schema.String, Schema.RedactedFromSelf(Schema.String)).pipe(
    Schema.filter((given) => (typeof given === "string" ? given : Redacted.value(given)).trim() !== "")
  ).annotations(sentence((actual) => `must be a string in quotes, but is ${kindOf(actual)}`)),
  Schema.RedactedFromSelf(Schema.String),
  {
    strict: true,
    decode: (given, _, ast) => {
      const text = typeof given === "string" ? given : Redacted.value(given)
      const problem = Credential.problemOf(text)
      return problem === undefined
        ? ParseResult.succeed(Redacted.make(text.trim()))
        : ParseResult.fail(new ParseResult.Type(ast, undefined, problem))
    },
    encode: (secret) => ParseResult.succeed(secret)
  }
)

/** Staff ids are often digits only; beyond the safe integers JSON has already changed them. */
const Item = Schema.Union(
  Schema.String,
  Schema.transform(Schema.JsonNumber.pipe(Schema.int()), Schema.String, {
    strict: true,
    decode: String,
    encode: Number
  })
)

/** What begins like a JSON array of strings is meant as one; `[Bb]ot` is not. */
const meantAsJson = /^\s*\[\s*"/

const CommaList = Schema.compose(
  Schema.String.pipe(Schema.filter((text) => !meantAsJson.test(text))),
  Schema.split(",")
)

const oddItem = (items: ReadonlyArray<unknown>): string =>
  Option.match(Arr.findFirst(items, (item) => typeof item !== "string" && !Number.isSafeInteger(item)), {
    onNone: () => "an odd list",
    onSome: (item) => `a list with ${typeof item === "number" ? `the number ${item}` : kindOf(item)} in it`
  })

/** What `docker --env-file` and the like leave of a text in quotes. */
const Unquoted = Schema.transform(Schema.Unknown, Schema.Unknown, {
  strict: true,
  decode: (value) => (typeof value === "string" ? Credential.unquoted(value) : value),
  encode: (value) => value
})

/** A list, a JSON array as a string, or a comma list; trimmed, blanks removed. */
export const Items = Schema.transform(
  Schema.compose(
    Unquoted,
    Schema.Union(Schema.Array(Item), Schema.parseJson(Schema.Array(Item)), CommaList),
    { strict: false }
  ).annotations(
    sentence((actual) =>
      `must be a list of strings, a JSON array or a comma list, but is ${
        Array.isArray(actual) ? oddItem(actual) : describe(actual)
      }`
    )
  ),
  Schema.Array(Schema.String),
  {
    strict: true,
    decode: (items) => items.map((item) => item.trim()).filter((item) => item !== ""),
    encode: (items) => items
  }
)

/** Ids of people or conversations: one that is not what was meant would shut everybody out in silence. */
export const Ids = Schema.transformOrFail(Items, Schema.Array(Schema.String), {
  strict: true,
  decode: (items, _, ast) => {
    const ids = items.map(Credential.unquoted)
    const problem = ids.map(Credential.itemProblemOf).find((problem) => problem !== undefined)
    return problem === undefined
      ? ParseResult.succeed(ids)
      : ParseResult.fail(new ParseResult.Type(ast, undefined, `holds an item that ${problem}`))
  },
  encode: (ids) => ParseResult.succeed(ids)
})

export const LowerCaseIds = Schema.transform(Ids, Schema.Array(Schema.String), {
  strict: true,
  decode: (ids) => ids.map((id) => id.toLowerCase()),
  encode: (ids) => ids
})

/** With `u` first, so that an emoji is one character; without it for `\-` and the like, which `u` refuses. */
const pattern = (source: string): Either.Either<RegExp, string> =>
  Either.filterOrLeft(
    Either.orElse(compile(source, "iu"), () => compile(source, "i")),
    (regExp) => Option.isSome(LinearPattern.compile(regExp)),
    () =>
      `${
        quoteText(source)
      }, which can't be matched in linear time: look-around, back references and counts above 1000` +
      " are not supported, because one message could stop the process"
  )

const compile = (source: string, flags: string): Either.Either<RegExp, string> =>
  Either.try({
    try: () => new RegExp(source, flags),
    catch: (cause) => {
      const reason = cause instanceof Error ? cause.message.slice(cause.message.lastIndexOf(": ") + 2) : "refused"
      return `${quoteText(source)}, which is not a regular expression: ${reason}`
    }
  })

export const Patterns = Schema.transformOrFail(Items, Schema.Array(Schema.instanceOf(RegExp)), {
  strict: true,
  decode: (sources, _, ast) => {
    const patterns = sources.map(pattern)
    const bad = patterns.filter(Either.isLeft).map((left) => left.left)
    return bad.length === 0
      ? ParseResult.succeed(patterns.filter(Either.isRight).map((right) => right.right))
      : ParseResult.fail(new ParseResult.Type(ast, sources, `has ${bad.join("; and ")}`))
  },
  encode: (patterns) => ParseResult.succeed(patterns.map(({ source }) => source))
})

const isBaseUrl = (text: string): boolean => /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(text) && URL.canParse(text)

/** A loop, because a pattern for it takes quadratic time. */
const withoutTrailingSlashes = (url: string): string => {
  let end = url.length
  while (end > 0 && url[end - 1] === "/") end -= 1
  return url.slice(0, end)
}

/** Paths are appended to it, so no trailing slash and no query; and a URL is no place for a password. */
export const BaseUrl = Schema.transform(
  Schema.Trim.pipe(Schema.filter(isBaseUrl)).annotations(
    mustBe("an http:// or https:// URL without user name and query, such as \"https://api.dingtalk.com\"")
  ),
  Schema.String,
  { strict: true, decode: withoutTrailingSlashes, encode: (url) => url }
)

/** `plain` and `markdown`, in any case, are what they say; every other value is `auto`. */
export const RenderMode = Schema.transform(Schema.Unknown, Schema.Literal("plain", "markdown", "auto"), {
  strict: true,
  decode: (mode) => {
    const given = typeof mode === "string" ? word(Credential.unquoted(mode)) : ""
    return given === "plain" || given === "markdown" ? given : "auto"
  },
  encode: (mode) => mode
})
