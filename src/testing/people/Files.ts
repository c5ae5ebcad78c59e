/** The files that robots uploaded, and those that people sent. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { fewRecords, type Journal, journal, type Table, table } from "../internal/bounded.ts"
import type * as Seen from "../Seen.ts"
import type { Zeros } from "../server/exchange.ts"

/** How many uploads keep their bytes, up to twice as many. */
const keptUploads = 8

/** A file that a person has sent. */
export interface OfferedFile {
  readonly downloadCode: string
  readonly content: string | Uint8Array | Zeros
  readonly headers: Readonly<Record<string, string>>
  /** Whether its length is announced. */
  readonly announced: boolean
  /** Where the link leads instead. */
  readonly redirect: string | undefined
}

/** A link to a file. */
export interface FileLink {
  readonly downloadCode: string
  readonly expiresAt: number
}

export class Files extends Context.Tag("effect-dingtalk/testing/people/Files")<Files, {
  readonly file: (downloadCode: string) => OfferedFile | undefined
  readonly link: (id: string) => FileLink | undefined
  /** A person has sent a file. */
  readonly offer: (file: OfferedFile) => void
  readonly addLink: (id: string, link: FileLink) => void
  readonly expireLinks: () => void
  /** A robot has uploaded a file. */
  readonly uploaded: (media: Seen.Media) => void
  readonly uploads: () => ReadonlyArray<Seen.Media>
}>() {
  static readonly layer: Layer.Layer<Files> = Layer.sync(Files, () => {
    const offered: Table<string, OfferedFile> = table(fewRecords)
    const links: Table<string, FileLink> = table(fewRecords)
    const uploads: Journal<Seen.Media> = journal(fewRecords)
    const kept: Table<string, Uint8Array> = table(keptUploads)
    return {
      file: offered.get,
      link: links.get,
      offer: (file) => offered.set(file.downloadCode, file),
      addLink: links.set,
      expireLinks: links.clear,
      uploaded: ({ bytes, ...media }) => {
        if (bytes !== undefined) kept.set(media.id, bytes)
        uploads.push({ ...media, bytes: undefined })
      },
      uploads: () => uploads.all().map((media) => ({ ...media, bytes: kept.get(media.id) }))
    }
  })
}
