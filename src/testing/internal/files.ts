/** The files that robots uploaded, and those that people sent. */
import type * as Seen from "../Seen.ts"
import { fewRecords, type Journal, journal, type Table, table } from "./bounded.ts"
import type { Change, Link, OfferedFile, World } from "./world.ts"

/** How many uploads keep their bytes, up to twice as many. */
const keptUploads = 8

export interface Files extends Pick<World, "file" | "link"> {
  readonly apply: (change: Extract<Change, { readonly _tag: "Uploaded" | "LinkMinted" }>) => void
  /** A person has sent a file. */
  readonly offer: (file: OfferedFile) => void
  readonly expireLinks: () => void
  readonly uploads: () => ReadonlyArray<Seen.Media>
  readonly downloads: Journal<Seen.Download>
}

export const makeFiles = (): Files => {
  const offered: Table<string, OfferedFile> = table(fewRecords)
  const links: Table<string, Link> = table(fewRecords)
  const uploads: Journal<Seen.Media> = journal(fewRecords)
  const bytes: Table<string, Uint8Array> = table(keptUploads)
  return {
    file: offered.get,
    link: links.get,
    apply: (change) => {
      if (change._tag === "LinkMinted") return links.set(change.id, change.link)
      const { bytes: own, ...media } = change.media
      // A copy: what came is a view of the whole request.
      if (own !== undefined) bytes.set(media.id, Uint8Array.from(own))
      uploads.push({ ...media, bytes: undefined })
    },
    offer: (file) => offered.set(file.downloadCode, file),
    expireLinks: links.clear,
    uploads: () => uploads.all().map((media) => ({ ...media, bytes: bytes.get(media.id) })),
    downloads: journal(fewRecords)
  }
}
