/**
 * Scripts by which shells complete a command line. Pure.
 *
 * @since 0.1.0
 */
import type { Shell } from "../argv/argv.ts"
import { runsProgram } from "../subcommands.ts"
import * as Manual from "./Manual.ts"

const program = "effect-dingtalk"

/** Says a description in the language of the reader. */
type Say = (english: string) => string

const aboutHelp = "Show the help of a command"

/** What a value is, as far as a shell can complete it. */
const valueOf = ({ choices, value }: Manual.Term): "none" | "choice" | "file" | "directory" | "other" => {
  if (value === undefined) return "none"
  if (choices.length > 0) return "choice"
  if (value === "DIR") return "directory"
  return /FILE|PATH/.test(value) ? "file" : "other"
}

const optionsOf = ({ options }: Manual.Entry): ReadonlyArray<Manual.Term> => [...options, ...Manual.builtIn]

/** Options of the program itself, and those that may stand before the command. */
const outer = (entries: ReadonlyArray<Manual.Entry>): ReadonlyArray<Manual.Term> => {
  const general = new Map(entries.flatMap(({ options }) => options).map((option) => [option.name, option]))
  return [
    ...["--config", "--log-format"].flatMap((name) => general.get(name) ?? []),
    ...Manual.builtIn,
    ...Manual.ofProgram
  ]
}

const uniqueTerms = (entries: ReadonlyArray<Manual.Entry>): ReadonlyArray<Manual.Term> => [
  ...new Map([...outer(entries), ...entries.flatMap(optionsOf)].map((option) => [option.name, option])).values()
]

const namesOf = (terms: ReadonlyArray<Manual.Term>): string => terms.map(({ name }) => name).join(" ")

const bash = (entries: ReadonlyArray<Manual.Entry>): string => {
  const all = uniqueTerms(entries)
  const of = (kind: ReturnType<typeof valueOf>) => all.filter((option) => valueOf(option) === kind)
  const alternatives = (terms: ReadonlyArray<Manual.Term>) => terms.map(({ name }) => name).join("|")
  const when = (terms: ReadonlyArray<Manual.Term>, action: string) =>
    terms.length === 0 ? [] : [`    ${alternatives(terms)}) ${action}; return ;;`]
  const names = entries.map(({ name }) => name).join(" ")
  return `# Completions of ${program} for bash: source <(${program} --completions bash)
_effect_dingtalk() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="" value="" word i options
  COMPREPLY=()
  # bash cuts --option=value into three words.
  if [[ $cur == "=" ]]; then cur=""
  elif [[ $prev == "=" ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ $value == 1 && $word == "=" ]]; then continue; fi
    if [[ $value == 1 ]]; then value=""; continue; fi
    case "$word" in
      --)
        if [[ $command == exec || $command == play ]]; then
          if declare -F _command_offset > /dev/null; then _command_offset $((i + 1))
          elif ((COMP_CWORD == i + 1)); then COMPREPLY=($(compgen -c -- "$cur"))
          else compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$cur"))
          fi
          return
        fi ;;
      ${alternatives(all.filter(({ value }) => value !== undefined))}) value=1 ;;
      -*) ;;
      *) [[ -z $command ]] && command="$word" ;;
    esac
  done
  case "$prev" in
${
    [
      ...of("choice").flatMap((option) =>
        when([option], `COMPREPLY=($(compgen -W "${option.choices.join(" ")}" -- "$cur"))`)
      ),
      ...when(of("file"), `compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$cur"))`),
      ...when(of("directory"), `compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -d -- "$cur"))`),
      ...when(of("other"), ":")
    ].join("\n")
  }
  esac
  case "$command" in
${entries.map((entry) => `    ${entry.name}) options="${namesOf(optionsOf(entry))}" ;;`).join("\n")}
    help) options="${names}" ;;
    "") options="${names} help"; [[ $cur == -* ]] && options="${namesOf(outer(entries))}" ;;
    *) return ;;
  esac
  COMPREPLY=($(compgen -W "$options" -- "$cur"))
}
complete -o bashdefault -F _effect_dingtalk ${program}`
}

/** What zsh takes for a description: one line, in which nothing ends it too early. */
const zshText = (text: string): string => text.replace(/[\\[\]:]/g, "\\$&").replace(/'/g, "'\\''")

const zshValue = (option: Manual.Term): string => {
  switch (valueOf(option)) {
    case "none":
      return ""
    case "choice":
      return `:${zshText(option.value ?? "")}:(${option.choices.join(" ")})`
    case "file":
      return `:${zshText(option.value ?? "")}:_files`
    case "directory":
      return `:${zshText(option.value ?? "")}:_files -/`
    case "other":
      return `:${zshText(option.value ?? "")}: `
  }
}

const zshOption = (option: Manual.Term, say: Say): string => {
  const isValued = option.value !== undefined
  return `'${option.isRepeated ? "*" : ""}${option.name}${isValued ? "=" : ""}[${zshText(say(option.description))}]${
    zshValue(option)
  }'`
}

const zsh = (entries: ReadonlyArray<Manual.Entry>, say: Say): string => {
  const described = entries.map((entry) => `'${entry.name}:${zshText(Manual.summary(say(entry.description)))}'`)
  const specs = (terms: ReadonlyArray<Manual.Term>) =>
    terms.map((term) => `${zshOption(term, say)} \\`).join("\n        ")
  return `#compdef ${program}
# Completions of ${program} for zsh: source <(${program} --completions zsh), behind compinit; or as _${program} in $fpath
_effect_dingtalk() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
    ${described.join("\n    ")}
    'help:${zshText(say(aboutHelp))}'
  )
  _arguments -C \\
        ${specs(outer(entries))}
        '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
        help) _describe command commands ;;
${
    entries.map((entry) =>
      `        ${entry.name}) _arguments \\
        ${specs(optionsOf(entry))}
        ${runsProgram(entry.name) ? "'*::command: _normal'" : "'*: :'"} ;;`
    ).join("\n")
  }
      esac ;;
  esac
}
if [[ $funcstack[1] == _${program} ]]; then _effect_dingtalk "$@"; else compdef _effect_dingtalk ${program}; fi`
}

const fishText = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`

const fishValue = (option: Manual.Term): string => {
  switch (valueOf(option)) {
    case "none":
      return ""
    case "choice":
      return ` -x -a ${fishText(option.choices.join(" "))}`
    case "file":
      return " -r -F"
    case "directory":
      return " -x -a '(__fish_complete_directories)'"
    case "other":
      return " -x"
  }
}

const fish = (entries: ReadonlyArray<Manual.Entry>, say: Say): string => {
  const line = (condition: string, option: Manual.Term) =>
    `complete -c ${program} -n ${fishText(condition)} -l ${option.name.slice(2)}${fishValue(option)} -d ${
      fishText(say(option.description))
    }`
  return [
    `# Completions of ${program} for fish: ${program} --completions fish | source`,
    `complete -c ${program} -f`,
    ...entries.map((entry) =>
      `complete -c ${program} -n __fish_use_subcommand -a ${entry.name} -d ${
        fishText(Manual.summary(say(entry.description)))
      }`
    ),
    `complete -c ${program} -n __fish_use_subcommand -a help -d ${fishText(say(aboutHelp))}`,
    `complete -c ${program} -n '__fish_seen_subcommand_from help' -a '${entries.map(({ name }) => name).join(" ")}'`,
    ...outer(entries).map((option) => line("__fish_use_subcommand", option)),
    ...entries.flatMap((entry) =>
      optionsOf(entry).map((option) => line(`__fish_seen_subcommand_from ${entry.name}`, option))
    ),
    `complete -c ${program} -n 'contains -- -- (commandline -opc)' -F`
  ].join("\n")
}

const scripts: Readonly<Record<Shell, (entries: ReadonlyArray<Manual.Entry>, say: Say) => string>> = { bash, zsh, fish }

/**
 * The script for a shell: it completes commands, options, and values that are fixed or files. `say` says a description in
 * the language of the reader.
 *
 * @since 0.1.0
 * @category rendering
 */
export const script = (shell: Shell, entries: ReadonlyArray<Manual.Entry>, say: Say): string =>
  scripts[shell](entries, say)
