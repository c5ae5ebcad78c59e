/** The line of an account that several processes stand in. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { SharedStateUnavailable, Store } from "../SharedState.ts"

const facts = {
  status: Schema.UndefinedOr(Schema.Number),
  code: Schema.UndefinedOr(Schema.String),
  requestId: Schema.UndefinedOr(Schema.String),
  detail: Schema.String,
  hint: Schema.String
}

/** What holds up calls, of all that a call may fail with. */
const Failure = Schema.Union(
  Schema.TaggedStruct("Throttled", { ...facts, retryAfterMs: Schema.Number }),
  Schema.TaggedStruct("QuotaExhausted", facts)
)

const Hold = Schema.UndefinedOr(Schema.Struct({ since: Schema.Number, until: Schema.Number, failure: Failure }))

const Holds = Schema.parseJson(Schema.Struct({ throttled: Hold, quota: Hold }))

const Bucket = Schema.Struct({ fullAt: Schema.Number })

const MaybeBucket = Schema.optionalWith(Bucket, { exact: true })

const Line = Schema.parseJson(Schema.Struct({
  holds: Schema.Struct({ throttled: Hold, quota: Hold }),
  bucket: Bucket,
  apiBuckets: Schema.Struct({
    message: MaybeBucket,
    card: MaybeBucket,
    media: MaybeBucket,
    other: MaybeBucket
  })
}))

const decodeHolds = Schema.decodeUnknownOption(Holds)
const decodeLine = Schema.decodeUnknownOption(Line)

type Known<A> = (text: string | undefined) => Option.Option<A>

/** Changes what stands under a key, as one step; `undefined` is what nobody has written, or another version. */
const change = <S, A>(
  store: Store,
  key: string,
  beside: ReadonlyArray<string>,
  decode: Known<S>,
  how: (state: S | undefined, beside: ReadonlyArray<string | undefined>, now: number) => readonly [A, object]
): Effect.Effect<A, SharedStateUnavailable> =>
  Effect.flatMap(store.read([key, ...beside]), ({ now, values: [before, ...others] }) => {
    const state = Option.getOrUndefined(decode(before))
    const [answer, next] = how(state, others, now)
    const after = JSON.stringify(next)
    return after === before
      ? Effect.succeed(answer)
      : Effect.flatMap(
        store.replace(key, before, after),
        (isReplaced) => isReplaced ? Effect.succeed(answer) : change(store, key, beside, decode, how)
      )
  })

/** Changes the lock-outs of the store's egress. */
export const changeEgress = (
  store: Store,
  how: (holds: typeof Holds.Type | undefined, now: number) => object
): Effect.Effect<void, SharedStateUnavailable> =>
  change(store, `egress/${store.egress}`, [], decodeHolds, (holds, _, now) => [undefined, how(holds, now)])

/** Changes an account's line, knowing of its egress. */
export const changeLine = <A>(
  store: Store,
  account: string,
  how: (
    line: typeof Line.Type | undefined,
    egress: typeof Holds.Type | undefined,
    now: number
  ) => readonly [A, object]
): Effect.Effect<A, SharedStateUnavailable> =>
  change(
    store,
    `line/${account}`,
    [`egress/${store.egress}`],
    decodeLine,
    (line, [egress], now) => how(line, Option.getOrUndefined(decodeHolds(egress)), now)
  )
