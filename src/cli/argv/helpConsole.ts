/** The console for help and usage errors, which the parser prints in colours and with a gap. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Terminal from "../process/terminal.ts"
import { withoutColours } from "../text/printable.ts"

const program = "effect-dingtalk"

/** Wide enough for the longest name of a subcommand. */
const nameWidth = 10

/** The list of subcommands has a column as wide as the longest of all usages: names do, each has a help of its own. */
const shortList = (text: string): string =>
  text.replace(
    /^(\s*- )([a-z]+)(?: .*?)? {2,}(\S.*)$/gm,
    (_, bullet: string, name: string, description: string) => `${bullet}${name.padEnd(nameWidth)}${description}`
  )

/**
 * A help text as it should be: the usage of a subcommand begins with the program's name, and colours stay where there
 * is somebody to see them. Pure.
 */
/** What the parser says of every option of a kind, and nobody needs to read: its usage or its description says it. */
const boilerplate = new RegExp(
  `^ *(?:${
    [
      "A user-defined piece of text\\.",
      "A true or false value\\.",
      "An integer\\.",
      "A floating point number\\.",
      "This setting is optional\\.",
      "This option may be repeated zero or more times\\.",
      "One of the following: .*"
    ].join("|")
  })\\n(?: *\\n)?`,
  "gm"
)

export const mended = (text: string, colours: boolean): string => {
  const named = text.replace(
    /^((?:\u001b\[[0-9;]*m)*\s*\$ (?:\u001b\[[0-9;]*m)*)(?!effect-dingtalk\b)/gm,
    `$1${program} `
  )
  const plain = shortList(colours ? named : withoutColours(named))
    .replace(boilerplate, "")
    // The usage of an option that may be given any number of times looks as if it had to be given.
    .replace(/^\s*\$ .*$/m, (usage) => usage.replace(/ (--[a-z-]+ [^\s[\]]+)\.\.\./g, " [$1]..."))
  return plain
    // A command with subcommands has a usage of its name alone.
    .replace(/^(\s*\$ .*effect-dingtalk)$/m, "$1 COMMAND …")
    // What stands behind -- never reaches the parser.
    .replace(/^(\s*\$ .*effect-dingtalk exec .*)$/m, "$1 -- COMMAND [ARGUMENT…]")
    .trimEnd()
}

const print =
  (stream: () => NodeJS.WriteStream, colours: () => boolean) =>
  (...parts: ReadonlyArray<unknown>): Effect.Effect<void> =>
    Effect.async((resume) => {
      stream().write(
        `${mended(parts.map(String).join(" "), colours())}
`,
        () => resume(Effect.void)
      )
    })

const out = print(() => process.stdout, Terminal.stdoutHasColours)

const err = print(() => process.stderr, Terminal.stderrHasColours)

/** Sends what an effect prints by `Console.log` and `Console.error` through {@link mended}. */
export const use = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Console.consoleWith(Effect.succeed), (console) =>
    Effect.withConsole(self, {
      ...console,
      log: out,
      error: err
    }))
