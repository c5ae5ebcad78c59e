/**
 * `new`: a folder with a robot in Effect, its test and what it takes to run it.
 *
 * @since 0.1.0
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { problemOf } from "../../outbound/media/Source.ts"
import { UsageError } from "../errors.ts"
import * as Project from "../new/project.ts"
import { Stdout } from "../process/Stdout.ts"
import { escaped } from "../text/printable.ts"
import { Language } from "../words/Catalogue.ts"

/** Put in when the program is bundled: the folder `src/cli/new/template`, and the versions that go with it. */
declare const __TEMPLATE__: Project.Template

const folder = Args.text({ name: "DIR" }).pipe(
  Args.withDescription("The folder to be made; its name is the robot's. One that is there has to be empty."),
  Args.optional
)

const write = (path: string, files: ReadonlyMap<string, string>) =>
  Effect.gen(function*() {
    const fileSystem = yield* FileSystem.FileSystem
    const { dirname, join } = yield* Path.Path
    for (const [name, text] of files) {
      const file = join(path, name)
      yield* fileSystem.makeDirectory(dirname(file), { recursive: true })
      // Never over what somebody else has put there meanwhile.
      yield* fileSystem.writeFileString(file, text, { flag: "wx" })
    }
  })

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("new", { folder }, (given) =>
  Effect.gen(function*() {
    const { writeLine } = yield* Stdout
    const { hints, new: words } = yield* Language
    const misused = (problem: string) => new UsageError({ problem })
    if (Option.isNone(given.folder) || given.folder.value.trim() === "") return yield* misused(words.nothing)
    const fileSystem = yield* FileSystem.FileSystem
    const { basename, resolve } = yield* Path.Path
    const path = given.folder.value
    const shown = escaped(path)
    const name = basename(resolve(path))
    if (!Project.isName(name)) return yield* misused(words.badName(escaped(name)))
    const files = Project.files(name, __TEMPLATE__)
    yield* Effect.gen(function*() {
      if (yield* fileSystem.exists(path)) {
        const { type } = yield* fileSystem.stat(path)
        if (type !== "Directory") return yield* misused(words.notFolder(shown))
        if ((yield* fileSystem.readDirectory(path)).length > 0) return yield* misused(words.notEmpty(shown))
      }
      yield* write(path, files)
    }).pipe(
      Effect.catchTags({
        BadArgument: (error) => misused(words.unwritable(shown, hints.file(problemOf(error)))),
        SystemError: (error) => misused(words.unwritable(shown, hints.file(problemOf(error))))
      })
    )
    yield* writeLine(words.made(shown, [...files.keys()]))
  })).pipe(
    Command.withDescription(
      "Make a folder with a robot in Effect: package.json, a handler, a test against the fake DingTalk, and a Dockerfile."
    )
  )
