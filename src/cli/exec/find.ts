/**
 * Whether a command is there, before anybody waits for its answer.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { constants } from "node:fs"
import { access, stat } from "node:fs/promises"
import { posix, win32 } from "node:path"
import { UsageError } from "../errors.ts"
import { escaped, toJson } from "../text/printable.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** Where the system looks if there is no `PATH`. */
const defaultPath = "/usr/bin:/bin"

/** What Node starts without a shell. */
const windowsExtensions = ["", ".exe", ".com"]

/**
 * The files that a command may be, in the order in which the system looks for them: itself if it is a path, else by that
 * name in each directory of `PATH`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const candidates = (command: string, env: Environment, platform: NodeJS.Platform): ReadonlyArray<string> => {
  const isWindows = platform === "win32"
  const { delimiter, join } = isWindows ? win32 : posix
  const extensions = isWindows ? windowsExtensions : [""]
  const isPath = command.includes("/") || (isWindows && command.includes("\\"))
  const name = Object.keys(env).find((each) => isWindows ? each.toUpperCase() === "PATH" : each === "PATH")
  const path = name === undefined ? undefined : env[name]
  // An empty entry of PATH is the current directory.
  const directories = isPath ? [undefined] : (path ?? defaultPath).split(delimiter).map((entry) => entry || ".")
  return directories.flatMap((directory) =>
    extensions.map((extension) => directory === undefined ? command + extension : join(directory, command + extension))
  )
}

type Found = "program" | "directory" | "notExecutable" | "nothing"

const look = (file: string): Effect.Effect<Found> =>
  Effect.tryPromise(() => stat(file)).pipe(
    Effect.flatMap((info): Effect.Effect<Found> =>
      info.isFile()
        ? Effect.match(Effect.tryPromise(() => access(file, constants.X_OK)), {
          onFailure: () => "notExecutable",
          onSuccess: () => "program"
        })
        : Effect.succeed("directory")
    ),
    Effect.orElseSucceed((): Found => "nothing")
  )

const interpreters = [[".py", "python3"], [".js", "node"], [".mjs", "node"], [".rb", "ruby"], [".pl", "perl"]] as const

const problem = (command: string, isPath: boolean, found: ReadonlyArray<Found>): string => {
  const name = escaped(command)
  if (found.includes("notExecutable")) {
    const interpreter = interpreters.find(([ending]) => command.endsWith(ending))?.[1] ?? "sh"
    return `${name} is not executable: chmod +x it, or put its interpreter before it, as in: -- ${interpreter} ${name}`
  }
  if (isPath && found.includes("directory")) return `${name} is a directory: name a program`
  if (/\s/.test(command)) {
    const line = toJson(command)
    return `there is no command ${line}: for a line of shell, put a shell before it, as in: -- sh -c ${line}`
  }
  return isPath
    ? `there is no ${name}: check the path of the command behind --`
    : `there is no command "${name}" in the directories of PATH: check its name, or give its path`
}

/**
 * Makes sure that the command can be started. Fails with `UsageError`, which says why it can't.
 *
 * @since 0.1.0
 * @category operations
 */
export const check = (command: string, env: Environment): Effect.Effect<void, UsageError> =>
  Effect.gen(function*() {
    const files = candidates(command, env, process.platform)
    const found: Array<Found> = []
    for (const file of files) {
      const one = yield* look(file)
      if (one === "program") return
      found.push(one)
    }
    return yield* new UsageError({ problem: problem(command, files[0] === command, found) })
  })
