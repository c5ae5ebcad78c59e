/**
 * What is typed into `simulate`, and what it prints. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type { Reply } from "../../testing/Seen.ts"
import { escaped, toJson } from "../text/printable.ts"

/**
 * A line that was typed.
 *
 * @since 0.1.0
 * @category models
 */
export type Input = Data.TaggedEnum<{
  /** Something to say to the robot, in the group if it began with `@`. */
  readonly Say: { readonly text: string; readonly inGroup: boolean }
  /** Many messages at once. */
  readonly Flood: { readonly count: number }
  /** The gateway announces the end of the connection, and ends it later. */
  readonly Notice: {}
  /** The gateway ends the connection. */
  readonly Close: {}
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

const flood = (count: string | undefined): Input => {
  const n = count === undefined ? 1_000 : Number(count)
  return Number.isInteger(n) && n > 0 && n <= mostMessages
    ? Input.Flood({ count: n })
    : Input.Mistake({ problem: `/flood takes a number from 1 to ${mostMessages}` })
}

/**
 * Reads a line.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (line: string): Input => {
  const text = line.trim()
  if (text === "") return Input.Nothing()
  if (text.startsWith("@")) {
    const rest = text.slice(1).trim()
    return rest === "" ? Input.Nothing() : Input.Say({ text: rest, inGroup: true })
  }
  if (!text.startsWith("/")) return Input.Say({ text, inGroup: false })
  const [name, argument] = text.split(/\s+/, 2)
  switch (name) {
    case "/notice":
      return Input.Notice()
    case "/close":
      return Input.Close()
    case "/quit":
      return Input.Quit()
    case "/flood":
      return flood(argument)
    default:
      return Input.Mistake({ problem: `there is no ${name}; there are /notice, /close, /flood N and /quit` })
  }
}

/**
 * Who speaks, and where.
 *
 * @since 0.1.0
 * @category constants
 */
export const cast = {
  person: { staffId: "zhangsan", nick: "张三" },
  group: { conversationId: "cidSimulatedGroup==", title: "测试群" },
  robot: "robot"
} as const

/**
 * What is printed at the start.
 *
 * @since 0.1.0
 * @category rendering
 */
export const welcome = (
  { config, url }: { readonly url: string; readonly config: Readonly<Record<string, string>> }
): string =>
  `DingTalk is simulated at ${url}. Nothing leaves this machine.

Save this as robot.json; any Client ID and secret will do:

${toJson(config)}

Start a robot with it in another terminal, for example one that repeats what it hears:

  effect-dingtalk exec --config robot.json -- cat

Then type here:

  你好          says 你好 to the robot in a direct chat, as ${cast.person.nick}
  @你好         says it in a group, mentioning the robot
  /flood 1000   says 1000 things at once
  /notice       announces the end of the connection, as DingTalk does every few hours; it ends 10 s later
  /close        ends the connection without a word
  /quit         ends all of this
`

/** A text of several lines, indented behind the first. */
const indented = (text: string, by: string): string => text.split("\n").map(escaped).join(`\n${by}`)

/**
 * A reply of the robot as it is printed.
 *
 * @since 0.1.0
 * @category rendering
 */
export const replyLine = ({ group, text, to, via }: Pick<Reply, "group" | "text" | "to" | "via">): string => {
  const head = `${cast.robot} → ${group ? cast.group.title : escaped(to)} (${via}): `
  return `${head}${indented(text, "    ")}`
}
