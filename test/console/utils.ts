/** The console, asked as a browser asks. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Protocol from "../../src/console/Protocol.ts"

/** The session of whoever has opened the first URL. */
export const session = (url: string) =>
  Effect.promise(async () => {
    const { headers } = await fetch(url, { redirect: "manual" })
    return { base: new URL(url).origin, cookie: headers.get("set-cookie")?.split(";")[0] ?? "" }
  })

const decode = Schema.decodeUnknown(Schema.parseJson(Protocol.Update))

/** What a page is told, for as long as the stream is run. */
export const updates = (url: string): Stream.Stream<Protocol.Update> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const { base, cookie } = yield* session(url)
    const stop = yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      (controller) => Effect.sync(() => controller.abort())
    )
    const { body } = yield* Effect.promise(() =>
      fetch(`${base}/api/live`, { headers: { cookie }, signal: stop.signal })
    )
    return Stream.fromReadableStream(() => body ?? new ReadableStream(), (cause) => cause).pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter((line) => line.startsWith("data: ")),
      Stream.mapEffect((line) => decode(line.slice(6))),
      Stream.orDie
    )
  }))

/** Everything that was told until something holds of it, as a page adds it up. */
export interface Sight {
  readonly accounts: ReadonlyMap<string, Protocol.Account>
  readonly entries: ReadonlyMap<string, Protocol.Entry>
}

const seen = ({ accounts, entries }: Sight, update: Protocol.Update): Sight => ({
  accounts: new Map([...accounts, ...update.accounts.map((account) => [account.id, account] as const)]),
  entries: new Map([
    ...entries,
    ...update.entries.map((entry) => [entry._tag === "Heard" ? entry.key : String(entry.seq), entry] as const)
  ])
})

/** Looks until something holds. */
export const until = (url: string, holds: (sight: Sight) => boolean): Effect.Effect<Sight> =>
  updates(url).pipe(
    Stream.scan<Sight, Protocol.Update>({ accounts: new Map(), entries: new Map() }, seen),
    Stream.filter(holds),
    Stream.runHead,
    Effect.map(Option.getOrThrow),
    Effect.timeout(10_000),
    Effect.orDie
  )

/** Makes a call, with these headers instead of the session's where they are given. */
export const post = (url: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const { base, cookie } = yield* session(url)
    return yield* Effect.promise(async () => {
      const response = await fetch(`${base}${path}`, {
        method: "POST",
        headers: { cookie, "content-type": "application/json", ...headers },
        body: JSON.stringify(body)
      })
      const json: unknown = await response.json()
      return { status: response.status, json }
    })
  })
