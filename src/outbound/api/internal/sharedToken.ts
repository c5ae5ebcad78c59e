/**
 * A token that one process fetches for all.
 *
 * It is kept encrypted with what all of them know and the store does not: the application's secret.
 */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { ApiError } from "../ApiError.ts"
import type { Store } from "../SharedState.ts"
import { type Issued, refreshMarginMs } from "../Token.ts"

const Entry = Schema.parseJson(Schema.Union(
  Schema.TaggedStruct("Token", { sealed: Schema.String, until: Schema.Number }),
  /** Somebody fetches it; not for ever. */
  Schema.TaggedStruct("Claim", { until: Schema.Number }),
  Schema.TaggedStruct("None", {})
))

const decode = Schema.decodeUnknownOption(Entry)
const encode = (entry: typeof Entry.Type) => JSON.stringify(entry)

/** Longer than a fetch takes with all its tries, in milliseconds. */
const claimMs = 40_000

/** Who waits for another's fetch looks again and again whether it is there. */
const untilThere = Schedule.identity<Option.Option<Issued>>().pipe(
  Schedule.whileInput(Option.isNone),
  Schedule.addDelay(() => "200 millis")
)

const nonceBytes = 12

const keyOf = (secret: Redacted.Redacted<string>) =>
  Effect.promise(async () =>
    crypto.subtle.importKey(
      "raw",
      await crypto.subtle.digest(
        "SHA-256",
        new TextEncoder().encode(`effect-dingtalk token ${Redacted.value(secret)}`)
      ),
      "AES-GCM",
      false,
      ["encrypt", "decrypt"]
    )
  )

const seal = (secret: Redacted.Redacted<string>, token: Redacted.Redacted<string>) =>
  Effect.flatMap(keyOf(secret), (key) =>
    Effect.promise(async () => {
      const iv = crypto.getRandomValues(new Uint8Array(nonceBytes))
      const data = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv },
        key,
        new TextEncoder().encode(Redacted.value(token))
      )
      return Encoding.encodeBase64(new Uint8Array([...iv, ...new Uint8Array(data)]))
    }))

/** Nothing, if it was sealed with another secret. */
const unseal = (secret: Redacted.Redacted<string>, sealed: string) =>
  Effect.option(
    Effect.flatMap(Effect.all([keyOf(secret), Encoding.decodeBase64(sealed)]), ([key, bytes]) =>
      Effect.tryPromise(async () =>
        new TextDecoder().decode(
          await crypto.subtle.decrypt(
            { name: "AES-GCM", iv: new Uint8Array(bytes.subarray(0, nonceBytes)) },
            key,
            new Uint8Array(bytes.subarray(nonceBytes))
          )
        )
      ))
  )

export interface SharedToken {
  /** That of the store, or a new one for all. */
  readonly fetch: Effect.Effect<Issued, ApiError>
  /** DingTalk refuses it: the next one is another. */
  readonly refused: (token: Redacted.Redacted<string>) => Effect.Effect<void>
}

/** A way to fetch a token, of which one process at a time makes use. Without the store it is that way itself. */
export const make = (
  store: Store,
  account: string,
  secret: Redacted.Redacted<string>,
  fetch: Effect.Effect<Issued, ApiError>
): SharedToken => {
  const key = `token/${account}`
  const kept = Effect.gen(function*() {
    const { now, values: [text] } = yield* store.read([key])
    const entry = Option.getOrUndefined(decode(text))
    const token = entry?._tag === "Token" ? yield* unseal(secret, entry.sealed) : Option.none<string>()
    return { now, text, entry, token }
  })
  /** The token, unless somebody else fetches it at this moment. */
  const look = Effect.gen(function*() {
    const { entry, now, text, token } = yield* kept
    if (entry?._tag === "Token" && Option.isSome(token) && now < entry.until - refreshMarginMs) {
      return Option.some({ token: Redacted.make(token.value), lifetimeMs: entry.until - now })
    }
    const isClaimed = entry?._tag === "Claim" && now < entry.until && entry.until <= now + claimMs
    const claim = encode({ _tag: "Claim", until: now + claimMs })
    if (isClaimed || !(yield* store.replace(key, text, claim))) {
      return Option.none<Issued>()
    }
    const give = (entry: typeof Entry.Type) => Effect.ignore(store.replace(key, claim, encode(entry)))
    return yield* fetch.pipe(
      Effect.tap(({ lifetimeMs, token }) =>
        Effect.flatMap(
          seal(secret, token),
          (sealed) => give({ _tag: "Token", sealed, until: now + lifetimeMs })
        )
      ),
      Effect.onError(() => give({ _tag: "None" })),
      Effect.asSome
    )
  })
  const shared = look.pipe(
    Effect.repeat(untilThere),
    Effect.catchTag("SharedStateUnavailable", () => Effect.succeed(Option.none<Issued>()))
  )

  return {
    fetch: Effect.flatMap(shared, Option.match({ onNone: () => fetch, onSome: Effect.succeed })),
    refused: (refused) =>
      kept.pipe(
        Effect.flatMap(({ text, token }) =>
          Option.contains(token, Redacted.value(refused))
            ? store.replace(key, text, encode({ _tag: "None" }))
            : Effect.void
        ),
        Effect.ignore
      )
  }
}
