/** Bytes and directories. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"

/** Bytes of which each is another. */
export const bytesOf = (size: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) % 251)

/** Uses a directory that is gone afterwards. */
export const inDirectory = <A, E, R>(use: (directory: string) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    Effect.flatMap(FileSystem.FileSystem, (files) => files.makeTempDirectoryScoped()),
    use
  )

/** Everything that is in a directory, and in those in it. */
export const namesIn = (directory: string) =>
  Effect.flatMap(FileSystem.FileSystem, (files) => files.readDirectory(directory, { recursive: true }))
