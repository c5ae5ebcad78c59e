/**
 * What a persistent program says: one command per line. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { isDeeper, isRecord } from "../../../internal/json.ts"
import { nearest } from "../../../internal/text/nearest.ts"

const Word = Schema.String.pipe(
  Schema.filter((text) => text.trim() !== "" || "must not be blank")
)
const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

const saying = (message: string) => ({ message: () => ({ message, override: true }) })

/** By which a program knows the answer to a command: whatever it likes. */
const Id = Schema.Union(Schema.String, Schema.Number).annotations(saying("must be a text or a number"))

/**
 * The id of a command.
 *
 * @since 0.1.0
 * @category models
 */
export type Id = typeof Id.Type

const Params = Schema.Record({ key: Schema.String, value: Schema.String })

const Private = Schema.Record({ key: Schema.String, value: Params })

const Card = Schema.Struct({
  /** The id of a template. */
  template: Word,
  params: optional(Params),
  /** What only one person sees, by staff id. */
  private: optional(Private)
})

/** What can be said; exactly one of the first five. */
const content = {
  text: optional(Word),
  markdown: optional(Word),
  /** A path or a URL. */
  file: optional(Word),
  image: optional(Word),
  card: optional(Card),
  /** Of `markdown`. */
  title: optional(Word),
  /** Of `file`: zip what DingTalk takes no other way. */
  zip: optional(Schema.Boolean)
}

const kinds = ["text", "markdown", "file", "image", "card"] as const

type Kind = typeof kinds[number]

type Content = Schema.Struct.Type<typeof content>

const struct = <const T extends string, const F extends Schema.Struct.Fields>(type: T, fields: F) =>
  Schema.Struct({ type: Schema.Literal(type), id: optional(Id), ...fields })

/** Whom it mentions: staff ids, or everybody. */
const At = Schema.Union(Schema.Literal("all"), Schema.Array(Word)).annotations(
  saying("must be a list of staff ids, or \"all\"")
)

const Target = Schema.Union(Word, Schema.NonEmptyArray(Word)).annotations(
  saying("must be a target, or a list of at least one")
)

const Ids = Schema.NonEmptyArray(Word).annotations(saying("must be a list of at least one id"))

/** The text of a card that is being written: what is new, or all of it so far. */
const progress = { append: optional(Schema.String), text: optional(Schema.String) }

const schemas = {
  reply: struct("reply", {
    for: Word,
    ...content,
    at: optional(At),
    /** There is more to come: the message is not done by this. */
    more: optional(Schema.Boolean)
  }),
  send: struct("send", { to: Target, account: optional(Word), ...content }),
  done: struct("done", { for: Word }),
  failed: struct("failed", { for: Word, reason: optional(Schema.String) }),
  answer: struct("answer", { for: Word, params: optional(Params), private: optional(Params) }),
  "card.create": struct("card.create", {
    card: Word,
    for: optional(Word),
    to: optional(Word),
    account: optional(Word),
    template: optional(Word),
    /** The variable of the template that holds the text. */
    key: optional(Word),
    params: optional(Params),
    text: optional(Schema.String)
  }),
  "card.update": struct("card.update", { card: Word, ...progress }),
  "card.finish": struct("card.finish", { card: Word, ...progress }),
  "card.fail": struct("card.fail", { card: Word, reason: optional(Schema.String) }),
  "card.set": struct("card.set", {
    outTrackId: Word,
    account: optional(Word),
    params: optional(Params),
    private: optional(Private)
  }),
  "reaction.add": struct("reaction.add", { for: Word, text: Word }),
  "reaction.remove": struct("reaction.remove", { for: Word, text: Word }),
  recall: struct("recall", { messageIds: Ids, group: optional(Word), account: optional(Word) })
} as const

const AnyCommand = Schema.Union(
  schemas.reply,
  schemas.send,
  schemas.done,
  schemas.failed,
  schemas.answer,
  schemas["card.create"],
  schemas["card.update"],
  schemas["card.finish"],
  schemas["card.fail"],
  schemas["card.set"],
  schemas["reaction.add"],
  schemas["reaction.remove"],
  schemas.recall
)

type Schemas = typeof schemas

/**
 * The type of a command.
 *
 * @since 0.1.0
 * @category models
 */
export type Type = keyof Schemas

/**
 * A command.
 *
 * @since 0.1.0
 * @category models
 */
export type Command = typeof AnyCommand.Type

/**
 * The command of a type.
 *
 * @since 0.1.0
 * @category models
 */
export type Of<T extends Type> = Extract<Command, { readonly type: T }>

/**
 * What can be replied and sent, as {@link kindOf} reads it.
 *
 * @since 0.1.0
 * @category models
 */
export type Said = Content

/**
 * All types, in the order in which to explain them.
 *
 * @since 0.1.0
 * @category constants
 */
export const types: ReadonlyArray<Type> = Object.keys(schemas).filter((type): type is Type => type in schemas)

/**
 * The types of the lines that a program reads. It gets no error for printing one: a program that prints what it reads would
 * print that, too.
 *
 * @since 0.1.0
 * @category constants
 */
export const received = ["hello", "message", "event", "cardAction", "result", "error", "stopping"] as const

/**
 * Why a line is no command.
 *
 * @since 0.1.0
 * @category models
 */
export interface Problem {
  /** Of the command, as far as it could be read. */
  readonly id: Id | undefined
  readonly code: "NotJson" | "NotACommand" | "BadCommand" | "Echoed"
  readonly message: string
  readonly hint: string
}

const page = "see docs/exec.md"

/** A message quotes what was found, which may be long. */
const maxMessage = 300

const isType = (type: string): type is Type => Object.hasOwn(schemas, type)

const idOf = (value: object): Id | undefined => {
  const id = "id" in value ? value.id : undefined
  return typeof id === "string" || typeof id === "number" ? id : undefined
}

const fieldsOf = (type: Type): ReadonlyArray<string> => Object.keys(schemas[type].fields)

const contentProblem = (said: Content): string | undefined => {
  const there = kinds.filter((kind) => said[kind] !== undefined)
  if (there.length !== 1) {
    return `needs exactly one of ${kinds.join(", ")}, but has ${there.length === 0 ? "none" : there.join(" and ")}`
  }
  if (said.title !== undefined && said.markdown === undefined) return "has title, which belongs to markdown"
  return said.zip !== undefined && said.file === undefined ? "has zip, which belongs to file" : undefined
}

/** What is wrong with fields that are right one by one; `undefined` if nothing is. */
const problemOf = (command: Command): string | undefined => {
  switch (command.type) {
    case "reply":
    case "send":
      return contentProblem(command)
    case "card.create":
      return (command.for === undefined) === (command.to === undefined)
        ? "needs either for (the id of a message) or to (a person or a group)"
        : command.for !== undefined && command.account !== undefined
        ? "has account, which belongs to to: what is for a message goes by the account that it came to"
        : undefined
    case "card.update":
    case "card.finish":
      return command.append !== undefined && command.text !== undefined
        ? "has append and text: append is what is new, text all of it so far"
        : undefined
    case "card.set":
      return command.params === undefined && command.private === undefined ? "needs params or private" : undefined
    default:
      return undefined
  }
}

/** No command is nested half as deeply as this. */
const deepest = 10

const decodeFields = Schema.decodeUnknownEither(AnyCommand, { onExcessProperty: "error" })

/** What is wrong, at its place: the deepest of the issues says most. */
const described = (type: Type, error: ParseResult.ParseError): string => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
    .toSorted((a, b) => b.path.length - a.path.length)
  if (issue === undefined) return `${type} is not right`
  const place = issue.path.map(String).join(".")
  if (issue._tag === "Unexpected") return `${type} has no field ${place}`
  return place === ""
    ? `${type} ${issue.message}`
    : issue._tag === "Missing"
    ? `${type} needs ${place}`
    : `${type}.${place}: ${issue.message}`.slice(0, maxMessage)
}

const hintFor = (type: Type, value: object): string => {
  const unknown = Object.keys(value).find((name) => !fieldsOf(type).includes(name))
  const meant = unknown === undefined ? undefined : nearest(unknown, fieldsOf(type))
  return meant === undefined ? `${type} has the fields ${fieldsOf(type).join(", ")}: ${page}` : `did you mean ${meant}?`
}

const notJson: Problem = {
  id: undefined,
  code: "NotJson",
  message: "the line is not a JSON object",
  hint: `stdout is for commands, one JSON object a line; print everything else to stderr: ${page}`
}

/** JSON, which this boundary has to catch the errors of. */
const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * Reads a line; or says why it is no command.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (line: string): Either.Either<Command, Problem> => {
  const value = parsed(line)
  if (!isRecord(value)) return Either.left(notJson)
  const id = idOf(value)
  const { type } = value
  if (received.some((ours) => ours === type)) {
    return Either.left({
      id,
      code: "Echoed",
      message: `a line of type ${type} is for the program to read, not to print`,
      hint: `the program prints what it reads: a command's type is one of ${types.join(", ")}`
    })
  }
  if (typeof type !== "string" || !isType(type)) {
    const meant = typeof type === "string" ? nearest(type, types) : undefined
    return Either.left({
      id,
      code: "NotACommand",
      message: type === undefined ? "there is no type" : `there is no type ${JSON.stringify(type).slice(0, 80)}`,
      hint: meant === undefined ? `a command's type is one of ${types.join(", ")}: ${page}` : `did you mean ${meant}?`
    })
  }
  if (isDeeper(value, deepest)) {
    return Either.left({ id, code: "BadCommand", message: `${type} is nested too deeply`, hint: hintFor(type, value) })
  }
  const bad = (message: string): Problem => ({ id, code: "BadCommand", message, hint: hintFor(type, value) })
  return Either.flatMap(
    Either.mapLeft(decodeFields(value), (error) => bad(described(type, error))),
    (command) => {
      const problem = problemOf(command)
      return problem === undefined ? Either.right(command) : Either.left(bad(`${type} ${problem}`))
    }
  )
}

/**
 * Which kind of content is there; there is exactly one.
 *
 * @since 0.1.0
 * @category getters
 */
export const kindOf = (said: Said): Kind => kinds.find((kind) => said[kind] !== undefined) ?? "text"
