/**
 * What robots have said, for a while: DingTalk quotes a robot's own messages mostly by id alone, so who wants to know
 * what was quoted has to have kept it.
 *
 * `DingTalkSender.layer` and `DingTalkCards` write here, `DingTalkChannel.layer` reads. Both bring the memory with them,
 * and because a layer is built once per application they share it where they are put together into one. Nothing
 * survives a restart, and what goes out through a session webhook has no id to be kept under.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"

/**
 * How many ids are remembered at least; at twice as many the oldest are forgotten.
 *
 * @since 0.1.0
 * @category constants
 */
export const capacity = 1_000

/**
 * How much of a text is kept, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const longestText = 4_000

interface Said {
  readonly ids: ReadonlyArray<string>
  readonly text: string
}

/**
 * What is remembered, in two generations: a full one becomes the old one, and the old one goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Memory {
  readonly young: HashMap.HashMap<string, Said>
  readonly old: HashMap.HashMap<string, Said>
}

/**
 * A memory of nothing.
 *
 * @since 0.1.0
 * @category decisions
 */
export const empty: Memory = { young: HashMap.empty(), old: HashMap.empty() }

const lookUp = ({ old, young }: Memory, ids: ReadonlyArray<string>): Option.Option<Said> =>
  Option.firstSomeOf(
    ids.map((id) => Option.orElse(HashMap.get(young, id), () => HashMap.get(old, id)))
  )

/**
 * The memory with a text under all of these ids, and under those that it was known by already.
 *
 * @since 0.1.0
 * @category decisions
 */
export const remembering = (self: Memory, ids: ReadonlyArray<string>, text: string): Memory => {
  const known = Option.match(lookUp(self, ids), { onNone: () => [], onSome: (said) => said.ids })
  const said: Said = { ids: [...new Set([...known, ...ids])], text: text.slice(0, longestText) }
  const young = said.ids.reduce((young, id) => HashMap.set(young, id, said), self.young)
  return HashMap.size(young) < capacity ? { young, old: self.old } : { young: HashMap.empty(), old: young }
}

/**
 * What was said under one of these ids; the first that is known counts.
 *
 * @since 0.1.0
 * @category decisions
 */
export const found = (self: Memory, ids: ReadonlyArray<string>): Option.Option<string> =>
  Option.map(lookUp(self, ids), ({ text }) => text)

/** The ids of different accounts are different: two robots may have a card of the same name. */
const keysOf = (account: string, ids: ReadonlyArray<string | undefined>): ReadonlyArray<string> =>
  ids.flatMap((id) => id === undefined || id === "" ? [] : [`${account} ${id}`])

/**
 * The memory of an application.
 *
 * @since 0.1.0
 * @category tags
 */
export class SentMessages extends Context.Tag("effect-dingtalk/SentMessages")<SentMessages, {
  /**
   * Remembers what an account has said, under each of its ids: a `processQueryKey`, the id of the message, a card's
   * `outTrackId`. What is said again under one of them replaces what was said before.
   */
  readonly remember: (account: string, ids: ReadonlyArray<string | undefined>, text: string) => Effect.Effect<void>
  /** What an account has said under one of these ids, if that is known. */
  readonly find: (account: string, ids: ReadonlyArray<string | undefined>) => Effect.Effect<Option.Option<string>>
}>() {}

/**
 * A memory in the process, of its own.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Context.Tag.Service<SentMessages>> = Effect.map(Ref.make(empty), (memory) => ({
  remember: (account, ids, text) => {
    const keys = keysOf(account, ids)
    return keys.length === 0 || text === "" ? Effect.void : Ref.update(memory, (self) => remembering(self, keys, text))
  },
  find: (account, ids) => Effect.map(Ref.get(memory), (self) => found(self, keysOf(account, ids)))
}))

/**
 * The memory that the sender and the channel of an application share.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<SentMessages> = Layer.effect(SentMessages, make)
