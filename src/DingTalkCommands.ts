/**
 * Commands: a router over what people write (`/deploy web 2`), with typed arguments, permissions and a help text that is
 * made of the commands themselves.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as CommandText from "./conversation/commandText.ts"
import * as DingTalkSender from "./DingTalkSender.ts"
import type { Message } from "./inbound/message/Message.ts"
import { nearest } from "./internal/text/nearest.ts"
import type { SendError } from "./outbound/api/SendError.ts"

/**
 * Who may use a command: everyone whom the gate admits, the administrators ({@link Options.admins} and those of the
 * organisation), or these staff ids or sender ids, whatever their case.
 *
 * @since 0.1.0
 * @category models
 */
export type Allowed = "everyone" | "admins" | ReadonlyArray<string>

/**
 * A command, made by {@link command}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Command<out E = never, out R = never> {
  readonly name: string
  readonly aliases: ReadonlyArray<string>
  /** For the help text, one line. */
  readonly description: string
  readonly allowed: Allowed
  /** Its parameters, as the help text shows them: `<service> [version]`. */
  readonly parameters: string
  /** Decodes the text behind the name; the handler, or what is wrong with the arguments. */
  readonly bind: (text: string) => Effect.Effect<(message: Message) => Effect.Effect<unknown, E, R>, string, R>
}

/** What parameters are read from: the words of a text, by name. */
type Given = { readonly [parameter: string]: string | undefined }

/** The parameters of a schema, in the order of their declaration. */
const parametersOf = <A, I, R>(
  schema: Schema.Schema<A, I, R>
): ReadonlyArray<{ name: string; isOptional: boolean }> => {
  const { ast } = Schema.encodedSchema(schema)
  return ast._tag === "TypeLiteral"
    ? ast.propertySignatures.map(({ isOptional, name }) => ({ name: String(name), isOptional }))
    : []
}

const explain = (error: ParseResult.ParseError): string => {
  const issues = ParseResult.ArrayFormatter.formatErrorSync(error)
  const byPath = new Map(issues.map(({ message, path }) => [path.join("."), message] as const).toReversed())
  return [...byPath].map(([path, message]) => path === "" ? message : `${path}: ${message}`).join("; ")
}

/**
 * What is said of a command.
 *
 * @since 0.1.0
 * @category models
 */
export interface About {
  /** Other names. Default none. */
  readonly aliases?: ReadonlyArray<string> | undefined
  /** For the help text, one line. Default none. */
  readonly description?: string | undefined
  /** Default `everyone`. */
  readonly allowed?: Allowed | undefined
}

interface WithArguments<A, I extends Given, R0, E, R> extends About {
  /** The parameters, in the order in which they are written. */
  readonly args: Schema.Schema<A, I, R0>
  /** The parameter that takes all the rest of the text, as it was written. Default none. */
  readonly rest?: (string & keyof I) | undefined
  readonly handler: (message: Message, args: A) => Effect.Effect<unknown, E, R>
}

interface WithoutArguments<E, R> extends About {
  readonly args?: undefined
  readonly handler: (message: Message) => Effect.Effect<unknown, E, R>
}

const build = <A, I extends Given, R0, E, R>(
  name: string,
  { aliases, allowed, args: schema, description, handler, rest }: WithArguments<A, I, R0, E, R>
): Command<E, R | R0> => {
  const decode = Schema.decodeUnknown(schema, { errors: "all" })
  const parameters = parametersOf(schema)
  const names = parameters.map(({ name }) => name)
  return {
    name,
    aliases: aliases ?? [],
    description: description ?? "",
    allowed: allowed ?? "everyone",
    parameters: parameters.map(({ isOptional, name }) => {
      const shown = name === rest ? `${name}…` : name
      return isOptional ? `[${shown}]` : `<${shown}>`
    }).join(" "),
    bind: (text) => {
      const { unexpected, values } = CommandText.assign(text, names, rest)
      // What can't be read as it was written may be in the digits and letters of a Chinese keyboard.
      const args = Effect.catchAll(decode(values), (error) => {
        const wrong = ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path }) => path[0])
        const halfWidth = Record.map(values, (value, name) => wrong.includes(name) ? value.normalize("NFKC") : value)
        return Effect.mapError(decode(halfWidth), () => error)
      })
      return unexpected.length > 0
        ? Effect.fail(`${unexpected.join(" ")} ?`)
        : Effect.mapBoth(args, {
          onFailure: explain,
          onSuccess: (args) => (message) => handler(message, args)
        })
    }
  }
}

/**
 * Makes a command. Its parameters are given by position, or by name: `/deploy web 2`, `/deploy web --version 2`,
 * `/deploy version=2 web`. What stands in quotation marks of any kind is one word.
 *
 * @example
 * import { DingTalkCommands, DingTalkSender } from "effect-dingtalk"
 * import { Schema } from "effect"
 *
 * const deploy = DingTalkCommands.command("deploy", {
 *   aliases: ["部署"],
 *   description: "把服务部署到线上",
 *   args: Schema.Struct({ service: Schema.String, version: Schema.optional(Schema.NumberFromString) }),
 *   allowed: "admins",
 *   handler: (message, { service, version }) =>
 *     DingTalkSender.reply(message, `正在部署 ${service} ${version ?? "最新版"}`)
 * })
 *
 * @since 0.1.0
 * @category constructors
 */
export function command<E, R>(
  /** Without the prefix; its case does not count. */
  name: string,
  options: WithoutArguments<E, R>
): Command<E, R>
// The last one is what the type checker names when none fits: it says which argument can't be read from text.
export function command<A, I extends Given, R0, E, R>(
  name: string,
  options: WithArguments<A, I, R0, E, R>
): Command<E, R | R0>
export function command<A, I extends Given, R0, E, R>(
  name: string,
  options: WithArguments<A, I, R0, E, R> | WithoutArguments<E, R>
): Command<E, R | R0> {
  return options.args === undefined
    ? build(name, { ...options, args: Schema.Struct({}) })
    : build(name, options)
}

/**
 * What a router is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<C, E = never, R = never> {
  /** No name or alias may be there twice: the first one wins. */
  readonly commands: ReadonlyArray<C>
  /** What a command begins with. Default `/`; with `""` every message is one, named by its first word. */
  readonly prefix?: string | undefined
  /** Staff ids or sender ids of administrators, besides those of the organisation. Default none. */
  readonly admins?: ReadonlyArray<string> | undefined
  /** What is no command, or none of these. Default: nothing for a message, "no such command" for a command. */
  readonly fallback?: ((message: Message, unknown: Unknown | undefined) => Effect.Effect<unknown, E, R>) | undefined
  /** What people read. Default: {@link texts}, in Chinese. */
  readonly texts?: Partial<Texts> | undefined
}

/**
 * A command that is none of the router's.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unknown {
  readonly name: string
  /** The name that was probably meant; `undefined` if none is near. */
  readonly nearest: string | undefined
}

/**
 * What a message asks of a router.
 *
 * @since 0.1.0
 * @category models
 */
export type Match<C> =
  | { readonly _tag: "Run"; readonly command: C; readonly rest: string }
  | { readonly _tag: "Help"; readonly of: C | undefined }
  | { readonly _tag: "NotPermitted"; readonly command: C }
  | { readonly _tag: "Unknown"; readonly unknown: Unknown }
  | { readonly _tag: "NoCommand" }

type Who = Pick<Message, "text" | "senderId" | "senderDingTalkId" | "isAdmin">

const isPermitted = ({ allowed }: Pick<Command, "allowed">, who: Who, admins: ReadonlyArray<string>): boolean => {
  const ids = [who.senderId, who.senderDingTalkId].map((id) => id.toLowerCase())
  const among = (list: ReadonlyArray<string>) => list.some((id) => ids.includes(id.trim().toLowerCase()))
  if (allowed === "everyone") return true
  return allowed === "admins" ? who.isAdmin || among(admins) : among(allowed)
}

const helpNames: ReadonlyArray<string> = ["help", "帮助"]

const isCalled = ({ aliases, name }: Pick<Command, "name" | "aliases">, given: string): boolean =>
  [name, ...aliases].some((each) => CommandText.folded(each) === CommandText.folded(given))

/**
 * What a message asks of a router. `/help` and `/帮助` are known to each, unless it has a command of that name.
 *
 * @since 0.1.0
 * @category decisions
 */
export const match = <C extends Pick<Command, "name" | "aliases" | "allowed">>(
  { admins = [], commands, prefix = "/" }: Pick<Options<C>, "commands" | "prefix" | "admins">,
  who: Who
): Match<C> => {
  const called = CommandText.parse(who.text, prefix)
  if (called === undefined) return { _tag: "NoCommand" }
  const find = (name: string) => commands.find((command) => isCalled(command, name))
  const found = find(called.name)
  if (found !== undefined) {
    return isPermitted(found, who, admins)
      ? { _tag: "Run", command: found, rest: called.rest }
      : { _tag: "NotPermitted", command: found }
  }
  if (helpNames.includes(called.name)) {
    const of = find(CommandText.parse(called.rest, prefix)?.name ?? called.rest)
    return { _tag: "Help", of: of !== undefined && isPermitted(of, who, admins) ? of : undefined }
  }
  const names = commands.filter((command) => isPermitted(command, who, admins))
    .flatMap(({ aliases, name }) => [name, ...aliases])
  return { _tag: "Unknown", unknown: { name: called.name, nearest: nearest(called.name, [...names, ...helpNames]) } }
}

/**
 * What people read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Texts {
  /** Above the list of commands. */
  readonly help: string
  readonly helpOfHelp: string
  readonly notPermitted: (command: string) => string
  readonly unknown: (command: string, nearest: string | undefined) => string
  readonly badArguments: (problem: string, usage: string) => string
}

/**
 * What people read, in Chinese.
 *
 * @since 0.1.0
 * @category constants
 */
export const texts: Texts = {
  help: "我会这些：",
  helpOfHelp: "显示这个列表",
  notPermitted: (command) => `您没有使用 ${command} 的权限。`,
  unknown: (command, nearest) =>
    nearest === undefined
      ? `没有 ${command} 这个命令，发送 /help 查看全部命令。`
      : `没有 ${command} 这个命令，您是不是想用 ${nearest}？`,
  badArguments: (problem, usage) => `参数不对（${problem}），用法：${usage}`
}

type ErrorOf<C> = C extends Command<infer E, infer _R> ? E : never
type ContextOf<C> = C extends Command<infer _E, infer R> ? R : never

/**
 * A router.
 *
 * @since 0.1.0
 * @category models
 */
export interface Router<E, R> {
  /** The handler of messages, for `onMessage`. */
  readonly handle: (message: Message) => Effect.Effect<unknown, E, R>
  /** The help text that somebody gets, in Markdown: the commands that they may use. */
  readonly help: (who: Omit<Who, "text">) => string
}

const usageOf = (command: Pick<Command, "name" | "parameters">, prefix: string): string =>
  `${prefix}${command.name}${command.parameters === "" ? "" : ` ${command.parameters}`}`

/**
 * Makes a router.
 *
 * What it says by itself (help, "no such command", "not permitted", what is wrong with the arguments) goes out as an
 * answer to the message; it fails as that answer, the command or the fallback does.
 *
 * @example
 * import { DingTalkChannel, DingTalkCommands, DingTalkSender } from "effect-dingtalk"
 *
 * const router = DingTalkCommands.make({
 *   commands: [
 *     DingTalkCommands.command("ping", {
 *       description: "在不在",
 *       handler: (message) => DingTalkSender.reply(message, "在")
 *     })
 *   ],
 *   fallback: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
 * })
 *
 * const Bot = DingTalkChannel.layer({ onMessage: router.handle })
 *
 * @since 0.1.0
 * @category constructors
 */
export function make<C extends Command<unknown, unknown>, E = never, R = never>(
  options: Options<C, E, R>
): Router<E | ErrorOf<C> | SendError, R | ContextOf<C> | DingTalkSender.DingTalkSender>
export function make<E, R>(
  options: Options<Command<E, R>, E, R>
): Router<E | SendError, R | DingTalkSender.DingTalkSender> {
  const { commands, fallback, prefix = "/" } = options
  const admins = options.admins ?? []
  const words: Texts = { ...texts, ...options.texts }
  const line = (usage: string, description: string) =>
    description === "" ? `- \`${usage}\`` : `- \`${usage}\` ${description}`
  /** Whether a name that several commands have leads to this one. */
  const isFirst = ({ name }: Pick<Command, "name">, given: string) =>
    commands.find((each) => isCalled(each, given))?.name === name
  const about = (command: Pick<Command, "name" | "aliases" | "description" | "parameters">) =>
    line(
      usageOf(command, prefix),
      [
        command.description,
        ...command.aliases.filter((alias) => isFirst(command, alias)).map((alias) => `\`${prefix}${alias}\``)
      ].filter((part) => part !== "").join(" ")
    )
  const help: Router<never, never>["help"] = (who) =>
    [
      words.help,
      "",
      ...commands.filter((command) => isPermitted(command, { ...who, text: "" }, admins)).map(about),
      ...(commands.some((command) => isCalled(command, "help")) ? [] : [line(`${prefix}help`, words.helpOfHelp)])
    ].join("\n")
  const run = (command: Command<E, R>, rest: string, message: Message) =>
    Effect.matchEffect(command.bind(rest), {
      onFailure: (problem) => say(message, words.badArguments(problem, `\`${usageOf(command, prefix)}\``)),
      onSuccess: (handler) => handler(message)
    })
  return {
    help,
    handle: (message) => {
      const matched = match({ commands, admins, prefix }, message)
      switch (matched._tag) {
        case "Run":
          return run(matched.command, matched.rest, message)
        case "Help":
          return say(message, matched.of === undefined ? help(message) : about(matched.of))
        case "NotPermitted":
          return say(message, words.notPermitted(`${prefix}${matched.command.name}`))
        case "NoCommand":
          return fallback?.(message, undefined) ?? Effect.void
        case "Unknown": {
          const { name, nearest } = matched.unknown
          return fallback?.(message, matched.unknown) ??
            say(message, words.unknown(`${prefix}${name}`, nearest === undefined ? undefined : `${prefix}${nearest}`))
        }
      }
    }
  }
}

const say = (message: Message, text: string) => DingTalkSender.reply(message, text, { renderMode: "markdown" })
