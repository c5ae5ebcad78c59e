/** Files that hold a secret: whole or not at all, and for their owner alone. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"

/** Where a path leads: what is written must not take the place of a link. */
const behindLinks = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (files) => Effect.orElseSucceed(files.realPath(path), () => path))

/**
 * Writes a text into a file that only its owner can read. What was there before stays until the new text is on the disk;
 * an interruption leaves nothing behind.
 */
export const write = (path: string, text: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const target = yield* behindLinks(path)
    const draft = paths.join(paths.dirname(target), `.${paths.basename(target)}.${randomUUID()}`)
    yield* Effect.acquireRelease(
      Effect.succeed(draft),
      () => Effect.ignore(files.remove(draft, { force: true }))
    )
    yield* Effect.scoped(Effect.gen(function*() {
      const file = yield* files.open(draft, { flag: "wx", mode: 0o600 })
      yield* file.writeAll(new TextEncoder().encode(text))
      yield* file.sync
    }))
    yield* files.rename(draft, target)
  }).pipe(Effect.scoped)

/** The text of a file; one that is not there is empty. */
export const read = (path: string) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (files) =>
      Effect.if(files.exists(path), { onTrue: () => files.readFileString(path), onFalse: () => Effect.succeed("") })
  )
