/**
 * What the program tells of itself. It is read when somebody asks, or mistypes.
 *
 * @since 0.1.0
 */
import type * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import type * as ValidationError from "@effect/cli/ValidationError"
import * as Effect from "effect/Effect"
import type { Asks } from "../argv/argv.ts"
import * as Terminal from "../terminal/terminal.ts"
import { Language } from "../words/Catalogue.ts"
import * as HelpWords from "../words/help.ts"
import * as Completions from "./completions.ts"
import * as Layout from "./layout.ts"
import * as Manual from "./Manual.ts"
import * as Mistake from "./Mistake.ts"
import * as Pages from "./pages.ts"

/**
 * What help needs of a command.
 *
 * @since 0.1.0
 * @category models
 */
export type Commands = ReadonlyArray<{ readonly descriptor: CommandDescriptor.Command<unknown> }>

const entriesOf = (commands: Commands) => commands.map(({ descriptor }) => Manual.ofCommand(descriptor))

/**
 * The help, or a shell's completions, in the language of the process. `about`: the program in one line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const answer = (
  asks: Exclude<Asks, { readonly _tag: "Version" }>,
  version: string,
  about: string,
  commands: Commands
): Effect.Effect<string> =>
  Effect.map(Language, ({ locale }) => {
    const say = HelpWords.inLanguage(locale)
    const known = entriesOf(commands)
    if (asks._tag === "Completions") return Completions.script(asks.shell, known, say)
    const look = { width: Layout.widthOf(Terminal.stdoutColumns()), colours: Terminal.stdoutHasColours(), say }
    const entry = known.find(({ name }) => name === asks.command)
    const page = entry === undefined ? undefined : Pages.pages[entry.name]
    return entry === undefined || page === undefined
      ? Layout.ofProgram(look, version, about, known, Pages.program)
      : Layout.ofEntry(look, entry, page)
  })

/**
 * What is wrong with a line that the parser refuses, in better words than its own where there are any.
 *
 * @since 0.1.0
 * @category rendering
 */
export const problemOf = (
  error: ValidationError.ValidationError,
  own: ReadonlyArray<string>,
  commands: Commands
): string => {
  const known = entriesOf(commands)
  const entry = known.find(({ name }) => name === own[2])
  const mistake = entry === undefined ? undefined : Mistake.find(entry, known, own.slice(3))
  return mistake ?? Manual.paragraphsOf(error.error).join(" ")
}
