/**
 * Memory per conversation: the last turns, ready for a language model, and any state of yours; in the `KeyValueStore` of
 * the context, be it memory, files or a database.
 *
 * @since 0.1.0
 */
import type * as PlatformError from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as RcMap from "effect/RcMap"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type Bounds, remembered, Turn } from "./conversation/turns.ts"
import { DingTalkConfig } from "./DingTalkConfig.ts"
import type { Message } from "./inbound/message/Message.ts"
import { logEvents } from "./logEvents.ts"

export { Turn } from "./conversation/turns.ts"

/**
 * Which conversation is meant: that of a message, or of anything that names it.
 *
 * @since 0.1.0
 * @category models
 */
export type Conversation = Pick<Message, "accountId" | "conversationId" | "chatId">

/**
 * How a memory fails: the store could not be reached, or what is in it can't be read.
 *
 * @since 0.1.0
 * @category models
 */
export type MemoryError = PlatformError.PlatformError | ParseResult.ParseError

/**
 * State of one kind, one value per conversation.
 *
 * @since 0.1.0
 * @category models
 */
export interface State<A> {
  /** `None` if nothing was set, or if it has expired. */
  readonly get: (conversation: Conversation) => Effect.Effect<Option.Option<A>, MemoryError>
  /**
   * Changes it, and gives what it has become; `None` forgets it. Changes of one conversation by this process come one
   * after the other.
   */
  readonly update: (
    conversation: Conversation,
    f: (before: Option.Option<A>) => Option.Option<A>
  ) => Effect.Effect<Option.Option<A>, MemoryError>
  /** Whatever stands there, even if it can't be read. */
  readonly set: (conversation: Conversation, value: A) => Effect.Effect<void, MemoryError>
  /** Whatever stands there, even if it can't be read. */
  readonly forget: (conversation: Conversation) => Effect.Effect<void, MemoryError>
}

/**
 * How state is kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface StateOptions<A, I> {
  /** Tells states apart: part of the key in the store. */
  readonly name: string
  readonly schema: Schema.Schema<A, I>
  /** From the last change on. Default 7 days. */
  readonly expireAfter?: Duration.DurationInput | undefined
}

const defaultExpiry = Duration.days(7)

/** Both parts may hold any character. */
const keyOf = ({ accountId, chatId, conversationId }: Conversation): string =>
  [accountId, conversationId === "" ? chatId : conversationId].map(encodeURIComponent).join("/")

/**
 * State of your own, one value per account and conversation, in the `KeyValueStore` of the context.
 *
 * A value that has expired is gone when it is next asked for; the store itself is not searched.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeState = <A, I>(
  { expireAfter = defaultExpiry, name, schema }: StateOptions<A, I>
): Effect.Effect<State<A>, never, KeyValueStore.KeyValueStore | Scope.Scope> =>
  Effect.gen(function*() {
    const whole = yield* KeyValueStore.KeyValueStore
    const store = KeyValueStore.prefix(whole, `${encodeURIComponent(name)}/`).forSchema(
      Schema.Struct({ at: Schema.Number, value: schema })
    )
    const ttl = Duration.toMillis(expireAfter)
    const get = (conversation: Conversation) =>
      Effect.zipWith(store.get(keyOf(conversation)), Clock.currentTimeMillis, (found, now) =>
        Option.map(
          Option.filter(found, ({ at }) => now - at < ttl),
          ({ value }) => value
        ))
    // One lock per conversation that is being changed, for as long as it is.
    const locks = yield* RcMap.make({ lookup: (_key: string) => Effect.makeSemaphore(1) })
    const locked = (conversation: Conversation) => <B, E>(effect: Effect.Effect<B, E>) =>
      Effect.scoped(
        Effect.flatMap(RcMap.get(locks, keyOf(conversation)), (lock) => lock.withPermits(1)(effect))
      )
    const write = (conversation: Conversation, value: Option.Option<A>) =>
      Option.match(value, {
        onNone: () => store.remove(keyOf(conversation)),
        onSome: (value) =>
          Effect.flatMap(Clock.currentTimeMillis, (at) => store.set(keyOf(conversation), { at, value }))
      })
    // Without a look at what stands there, which may be what can't be read.
    const replace = (conversation: Conversation, value: Option.Option<A>) =>
      write(conversation, value).pipe(locked(conversation))
    return {
      get,
      update: (conversation, f) =>
        Effect.map(get(conversation), f).pipe(
          Effect.tap((after) => write(conversation, after)),
          locked(conversation)
        ),
      set: (conversation, value) => replace(conversation, Option.some(value)),
      forget: (conversation) => replace(conversation, Option.none())
    }
  })

/**
 * The memory of what was said.
 *
 * @since 0.1.0
 * @category tags
 */
export class DingTalkMemory extends Context.Tag("effect-dingtalk/DingTalkMemory")<DingTalkMemory, {
  /** What is remembered of a conversation, oldest first; it begins with a person's turn. */
  readonly turns: (conversation: Conversation) => Effect.Effect<ReadonlyArray<Turn>, MemoryError>
  /** Adds turns, as said now. */
  readonly add: (
    conversation: Conversation,
    turns: ReadonlyArray<Omit<Turn, "at">>
  ) => Effect.Effect<void, MemoryError>
  readonly forget: (conversation: Conversation) => Effect.Effect<void, MemoryError>
}>() {}

/**
 * How much is remembered of each conversation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Most turns, questions and answers together. Default 20. */
  readonly maxTurns?: number | undefined
  /** Most characters (UTF-16 units) of all turns together. Default 20 000. */
  readonly maxCharacters?: number | undefined
  /** A conversation is forgotten when nothing was said for so long. Default 7 days. */
  readonly expireAfter?: Duration.DurationInput | undefined
}

/**
 * Remembers what was said, in the `KeyValueStore` of the context: `KeyValueStore.layerMemory`,
 * `KeyValueStore.layerFileSystem(directory)`, or one of your own on a database.
 *
 * Turns of one conversation must not be handled side by side, or an answer is given without knowing the one before: an
 * account without `ordering: "conversation"` is warned of when the layer is built.
 *
 * @example
 * import { KeyValueStore } from "@effect/platform"
 * import { DingTalkMemory } from "effect-dingtalk"
 * import { Layer } from "effect"
 *
 * const Memory = DingTalkMemory.layer({ maxTurns: 10 }).pipe(Layer.provide(KeyValueStore.layerMemory))
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<DingTalkMemory, never, KeyValueStore.KeyValueStore | DingTalkConfig> =>
  Layer.scoped(
    DingTalkMemory,
    Effect.gen(function*() {
      const { accounts } = yield* Effect.flatMap(DingTalkConfig, (config) => config.get)
      const unordered = [...accounts.values()].filter(({ ordering }) => ordering !== "conversation")
      if (unordered.length > 0) {
        yield* Effect.annotateLogs(Effect.logWarning(logEvents.memoryUnordered), {
          module: "memory",
          accounts: unordered.map(({ id }) => id).join(","),
          hint: "set ordering to \"conversation\", or messages of one conversation are answered side by side"
        })
      }
      const bounds: Bounds = {
        maxTurns: options.maxTurns ?? 20,
        maxCharacters: options.maxCharacters ?? 20_000,
        expireAfterMs: Duration.toMillis(options.expireAfter ?? defaultExpiry)
      }
      const { forget, get, update } = yield* makeState({
        name: "turns",
        schema: Schema.Array(Turn),
        expireAfter: bounds.expireAfterMs
      })
      const fit = (turns: ReadonlyArray<Turn>, now: number) => remembered(turns, bounds, now)
      return {
        turns: (conversation) =>
          Effect.zipWith(
            get(conversation),
            Clock.currentTimeMillis,
            (found, now) => fit(Option.getOrElse(found, () => []), now)
          ),
        add: (conversation, turns) =>
          Effect.flatMap(Clock.currentTimeMillis, (at) =>
            Effect.asVoid(update(conversation, (before) =>
              Option.some(
                fit([...Option.getOrElse(before, () => []), ...turns.map((turn) => ({ ...turn, at }))], at)
              )))),
        forget
      }
    })
  )

const isBlank = (text: string): boolean => text.trim() === ""

/**
 * A handler that knows what was said before: it gets the turns so far, and what it gives, the answer, is remembered
 * behind the question. Nothing is remembered of a question whose handler failed, or that got an answer without a word:
 * models refuse turns without text. For the same reason a question without words, such as a picture, is remembered as the
 * kind of its message: `[picture]`.
 *
 * @example
 * import { DingTalkChannel, DingTalkMemory, DingTalkSender } from "effect-dingtalk"
 * import { Effect } from "effect"
 *
 * const Bot = DingTalkChannel.layer({
 *   onMessage: DingTalkMemory.remembering((message, turns) => {
 *     const answer = `${turns.length / 2 + 1}. ${message.text}`
 *     return Effect.as(DingTalkSender.reply(message, answer), answer)
 *   })
 * })
 *
 * @since 0.1.0
 * @category combinators
 */
export const remembering = <
  M extends Conversation & Pick<Message, "text" | "senderName"> & Partial<Pick<Message, "msgtype">>,
  E,
  R
>(
  handler: (message: M, turns: ReadonlyArray<Turn>) => Effect.Effect<string, E, R>
) =>
(message: M): Effect.Effect<string, E | MemoryError, R | DingTalkMemory> =>
  Effect.gen(function*() {
    const memory = yield* DingTalkMemory
    const answer = yield* handler(message, yield* memory.turns(message))
    if (isBlank(answer)) return answer
    const { msgtype = "message", senderName, text } = message
    yield* memory.add(message, [
      { role: "user", text: isBlank(text) ? `[${msgtype}]` : text, name: senderName },
      { role: "assistant", text: answer }
    ])
    return answer
  })
