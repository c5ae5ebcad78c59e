/**
 * What is typed into `simulate`. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import { nearest } from "../../internal/text/nearest.ts"
import type { Words } from "../words/Catalogue.ts"

/**
 * A line that was typed.
 *
 * @since 0.1.0
 * @category models
 */
export type Input = Data.TaggedEnum<{
  /** Something to say to the robot, mentioning it in a group if it began with `@`. */
  readonly Say: { readonly text: string; readonly mention: boolean }
  /** Somebody else speaks from now on. */
  readonly As: { readonly name: string }
  /** People speak in a group from now on: the one of this title, or the usual one. */
  readonly Group: { readonly title: string | undefined }
  readonly Direct: {}
  readonly File: { readonly path: string }
  readonly Click: { readonly button: string }
  readonly Event: { readonly type: string; readonly data: unknown }
  readonly Redeliver: {}
  /** Many messages at once. */
  readonly Flood: { readonly count: number }
  /** The gateway announces the end of the connection, and ends it later. */
  readonly Notice: {}
  /** The gateway ends the connection. */
  readonly Close: {}
  readonly Freeze: {}
  readonly Thaw: {}
  readonly Secret: { readonly right: boolean }
  /** Every call is answered with 502. */
  readonly Outage: {}
  readonly Throttle: {}
  readonly Heal: {}
  readonly Help: {}
  readonly Quit: {}
  readonly Mistake: { readonly problem: string }
  readonly Nothing: {}
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const Input = Data.taggedEnum<Input>()

const mostMessages = 100_000

const usualFlood = 1_000

const flood = (words: Words, argument: string): Input => {
  const count = argument === "" ? usualFlood : Number(argument)
  return Number.isInteger(count) && count > 0 && count <= mostMessages
    ? Input.Flood({ count })
    : Input.Mistake({ problem: words.simulate.floodRange(mostMessages) })
}

const event = (words: Words, argument: string): Input => {
  const [, type = "", json = ""] = /^(\S+)\s*(.*)$/su.exec(argument) ?? []
  return json === "" ? Input.Event({ type, data: {} }) : Either.match(
    Either.try({
      try: (): unknown => JSON.parse(json),
      catch: (error) => error instanceof Error ? error.message : String(error)
    }),
    {
      onLeft: (detail) => Input.Mistake({ problem: words.simulate.badJson(detail) }),
      onRight: (data) => Input.Event({ type, data })
    }
  )
}

/** What a command makes of what follows its name; `usage` tells of one that can't do without. */
interface Command {
  readonly usage?: string
  readonly read: (words: Words, argument: string) => Input
}

const alone = (input: Input): Command => ({ read: () => input })

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["/as", { usage: "/as 李四", read: (_, name) => Input.As({ name }) }],
  ["/group", { read: (_, title) => Input.Group({ title: title === "" ? undefined : title }) }],
  ["/direct", alone(Input.Direct())],
  ["/file", { usage: "/file PATH", read: (_, path) => Input.File({ path }) }],
  ["/click", { usage: "/click BUTTON", read: (_, button) => Input.Click({ button }) }],
  ["/event", { usage: "/event TYPE [JSON]", read: event }],
  ["/redeliver", alone(Input.Redeliver())],
  ["/flood", { read: flood }],
  ["/notice", alone(Input.Notice())],
  ["/close", alone(Input.Close())],
  ["/freeze", alone(Input.Freeze())],
  ["/thaw", alone(Input.Thaw())],
  ["/secret", {
    usage: "/secret wrong | /secret right",
    read: (words, which) =>
      which === "wrong" || which === "right"
        ? Input.Secret({ right: which === "right" })
        : Input.Mistake({ problem: words.simulate.lacks("/secret wrong | /secret right") })
  }],
  ["/502", alone(Input.Outage())],
  ["/throttle", alone(Input.Throttle())],
  ["/heal", alone(Input.Heal())],
  ["/help", alone(Input.Help())],
  ["/quit", alone(Input.Quit())]
])

/** Chinese keyboards have a slash and an at sign of their own. */
const halfWidth = (text: string): string => text.replace(/^[／＠]{1,2}/u, (found) => found.normalize("NFKC"))

/**
 * Reads a line. What begins with `/` is a command, with `//` a text that begins with `/`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (words: Words) => (line: string): Input => {
  const text = halfWidth(line.trim())
  if (text === "") return Input.Nothing()
  if (text.startsWith("@")) {
    const rest = text.slice(1).trim()
    return rest === "" ? Input.Nothing() : Input.Say({ text: rest, mention: true })
  }
  if (text.startsWith("//")) return Input.Say({ text: text.slice(1), mention: false })
  if (!text.startsWith("/")) return Input.Say({ text, mention: false })
  const [name = ""] = text.split(/\s/u, 1)
  const argument = text.slice(name.length).trim()
  const command = commands.get(name.toLowerCase())
  if (command === undefined) {
    return Input.Mistake({ problem: words.simulate.unknownCommand(name, nearest(name, [...commands.keys()])) })
  }
  return command.usage !== undefined && argument === ""
    ? Input.Mistake({ problem: words.simulate.lacks(command.usage) })
    : command.read(words, argument)
}
