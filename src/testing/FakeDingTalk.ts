/**
 * A DingTalk on loopback: its HTTP APIs and its WebSocket gateway on real sockets, for tests and for trying a robot out
 * without an account.
 *
 * It follows the protocol's documents and what was seen in the field, shares no code with the client, and where no
 * source says what DingTalk does, a comment says that the choice is ours. It is a server, so its clock is the real one:
 * under a `TestClock` its own times go on.
 *
 * @since 0.1.0
 */
import type { NoSuchElementException } from "effect/Cause"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as internal from "./internal/make.ts"
import { resolve } from "./internal/settings.ts"
import type { Options } from "./Options.ts"
import type * as Payloads from "./Payloads.ts"
import type { Notice, Said, Say, Which } from "./Say.ts"
import type * as Script from "./Script.ts"
import type * as Seen from "./Seen.ts"

/**
 * What people and DingTalk's own machinery do. Nothing here fails for want of a connection: what finds none is recorded
 * as undelivered, as DingTalk loses it (an EVENT is tried again).
 *
 * @since 0.1.0
 * @category models
 */
export interface Speaking {
  /** Says a text to the robot. With `mention`, the name that the text begins with is taken off, as DingTalk does. */
  readonly say: (text: string, options?: Say) => Effect.Effect<Said>
  /** Sends a message of any type: see the module `Bodies`. */
  readonly post: (body: Payloads.Body, options?: Say) => Effect.Effect<Said>
  /**
   * Sends many messages, 500 in each turn of the event loop, however fast the client reads. `build` gets the index, from
   * 0; by default it is a text that makes a frame of about 1.2 KB.
   */
  readonly flood: (
    count: number,
    build?: (index: number) => Payloads.Body,
    options?: Omit<Say, "msgId" | "behindHandshake">
  ) => Effect.Effect<ReadonlyArray<Seen.Delivery>>
  /** Delivers a message again: same `msgId`, new frame id. Fails when no such message is known (10 000 are). */
  readonly redeliver: (msgId: string) => Effect.Effect<ReadonlyArray<Seen.Delivery>, NoSuchElementException>
  /** Sends a business event, delivered again until it is settled. */
  readonly event: (
    eventType: string,
    data?: unknown,
    options?: { readonly clientId?: string; readonly eventId?: string }
  ) => Effect.Effect<Seen.Delivery>
  /** Sends a CALLBACK of any topic to a connection that subscribed to it; a string goes out as it is. */
  readonly callback: (
    topic: string,
    data: unknown,
    options?: { readonly clientId?: string }
  ) => Effect.Effect<Seen.Delivery>
  /** Somebody presses a button of a card. */
  readonly cardAction: (
    action: Parameters<typeof Payloads.cardAction>[0],
    options?: { readonly clientId?: string }
  ) => Effect.Effect<Seen.Delivery>
  /** An AI plugin calls. */
  readonly graphCall: (
    call: Parameters<typeof Payloads.graphCall>[0],
    options?: { readonly clientId?: string }
  ) => Effect.Effect<Seen.Delivery>
  /** Sends a SYSTEM frame. */
  readonly system: (topic: string, data?: unknown, which?: Which) => Effect.Effect<ReadonlyArray<Seen.Delivery>>
  /** Sends a SYSTEM ping; its {@link Seen.Ack} tells whether `opaque` came back. */
  readonly ping: (which?: Which) => Effect.Effect<ReadonlyArray<Seen.Delivery>>
  /**
   * Sends a CALLBACK to connections that never asked for its topic, or a frame of a type that does not exist: see
   * `Payloads.frame`. A string goes out as a text message, bytes as a binary one; `tcp` breaks the WebSocket protocol.
   */
  readonly raw: (
    frame: string | Uint8Array,
    options?: Which & { readonly as?: "text" | "binary" | "tcp" }
  ) => Effect.Effect<void>
}

/**
 * What can go wrong. Socket faults hit all live connections unless {@link Which} says otherwise.
 *
 * @since 0.1.0
 * @category models
 */
export interface Faults {
  /** What the next calls of a path meet, in turn. */
  readonly answerNext: (path: string, ...answers: ReadonlyArray<Script.Answer>) => Effect.Effect<void>
  /** What every further call of a path meets, until it is `handle` again; those of `answerNext` come first. */
  readonly answerEvery: (path: string, answer: Script.Answer) => Effect.Effect<void>
  /** What the next openings meet, in turn. */
  readonly answerOpen: (openings: ReadonlyArray<Script.Opening>) => Effect.Effect<void>
  /** What the next upgrades meet, in turn, unless their opening had a fate of its own. */
  readonly nextUpgrades: (fates: ReadonlyArray<Script.Fate>) => Effect.Effect<void>
  /** Gives notice: the SYSTEM frame `disconnect`, no delivery from now on, the end some seconds later. */
  readonly notice: (notice?: Notice) => Effect.Effect<void>
  /** Closes by a close frame. Default code 1000. */
  readonly closeAll: (code?: number, reason?: string, which?: Which) => Effect.Effect<void>
  /** Ends the TCP connection without a close frame; with `reset`, by RST. */
  readonly cut: (options?: Which & { readonly reset?: boolean }) => Effect.Effect<void>
  /**
   * Makes connections dead, but open: nothing is read, no ping or close is answered. DingTalk does not know, so it goes
   * on choosing them, and what is delivered on them gets lost.
   */
  readonly freeze: (which?: Which) => Effect.Effect<void>
  /** Undoes `freeze`. */
  readonly thaw: (which?: Which) => Effect.Effect<void>
  /** Leaves WebSocket pings unanswered; all else works. */
  readonly stopAnsweringPings: (which?: Which) => Effect.Effect<void>
  /** Answers WebSocket pings so many milliseconds late. */
  readonly slowPong: (ms: number, which?: Which) => Effect.Effect<void>
  /** All access tokens are dead from now on. */
  readonly expireTokens: Effect.Effect<void>
  /** All session webhooks are dead from now on. */
  readonly expireWebhooks: Effect.Effect<void>
  /** Users whom a direct send does not reach: it answers HTTP 200 and lists them. A list that is left out stays. */
  readonly refuseUsers: (refused: {
    readonly invalid?: ReadonlyArray<string>
    readonly flowControlled?: ReadonlyArray<string>
    readonly filtered?: ReadonlyArray<string>
  }) => Effect.Effect<void>
}

/**
 * What was seen so far, oldest first. The last 10 000 of what holds a body are known, the last 100 000 of what does not.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadBack {
  /** The opening calls, secrets included. */
  readonly opens: Effect.Effect<ReadonlyArray<Seen.Request>>
  /** The calls of a path, or all. */
  readonly requests: (path?: string) => Effect.Effect<ReadonlyArray<Seen.Request>>
  /** The live connections. */
  readonly connections: Effect.Effect<ReadonlyArray<Seen.Connection>>
  /** The closed ones. */
  readonly closedConnections: Effect.Effect<ReadonlyArray<Seen.Connection>>
  /** How many connections there ever were. */
  readonly connectionsEver: Effect.Effect<number>
  /** Most connections that an application had at once. Default: the fake's first application. */
  readonly maxConcurrent: (clientId?: string) => Effect.Effect<number>
  readonly refusedUpgrades: Effect.Effect<ReadonlyArray<Seen.RefusedUpgrade>>
  /** Every frame of the protocol that went out, SYSTEM ones included. */
  readonly deliveries: Effect.Effect<ReadonlyArray<Seen.Delivery>>
  /** Every delivery's answer, in the order of the deliveries. */
  readonly acks: Effect.Effect<ReadonlyArray<Seen.Ack>>
  /** What has no answer so far: the latest attempt of each. */
  readonly unacked: Effect.Effect<ReadonlyArray<Seen.Delivery>>
  /** What came over a socket and answers nothing. */
  readonly oddFrames: Effect.Effect<ReadonlyArray<Seen.OddFrame>>
  readonly stats: Effect.Effect<Seen.Stats>
  /** The calls that sent something, as they were made. */
  readonly sends: Effect.Effect<ReadonlyArray<Seen.Send>>
  /** What the robots said, as people would see it. */
  readonly replies: Effect.Effect<ReadonlyArray<Seen.Reply>>
  /** The same as they come, from the first one known on; it never ends. */
  readonly replyStream: Stream.Stream<Seen.Reply>
  /** The lines of a conversation, both ways; by the conversation's id, or by a person's for the direct ones. */
  readonly conversation: (id: string) => Effect.Effect<ReadonlyArray<Seen.Line>>
}

/**
 * Waiting for what must happen. Real time bounds it (`awaitTimeoutMs`), whatever the `TestClock` says; each fails with
 * `NeverHappened`, which tells what was seen instead.
 *
 * @since 0.1.0
 * @category models
 */
export interface Awaiting {
  /** A client is connected. */
  readonly awaitConnection: Effect.Effect<Seen.Connection, Seen.NeverHappened>
  /** At least so many connections are live at once. */
  readonly awaitConnections: (count: number) => Effect.Effect<ReadonlyArray<Seen.Connection>, Seen.NeverHappened>
  /** There were at least so many connections ever. */
  readonly awaitConnectionsEver: (count: number) => Effect.Effect<void, Seen.NeverHappened>
  /** No connection is live; or this one is closed. Answers the one closed last, or this one. */
  readonly awaitClosed: (connection?: string) => Effect.Effect<Seen.Connection, Seen.NeverHappened>
  /** The first answer to a frame, by its `messageId`, or to any attempt of a message, by its `msgId`. */
  readonly awaitAck: (id: string) => Effect.Effect<Seen.Ack, Seen.NeverHappened>
  /** Everything that was delivered so far is answered. */
  readonly awaitAllAcked: Effect.Effect<Seen.Stats, Seen.NeverHappened>
  /** The robots said at least so many things; answers all of them. */
  readonly awaitReplies: (count: number) => Effect.Effect<ReadonlyArray<Seen.Reply>, Seen.NeverHappened>
  /** A path was called at least so many times; answers its calls. */
  readonly awaitRequests: (
    path: string,
    count: number
  ) => Effect.Effect<ReadonlyArray<Seen.Request>, Seen.NeverHappened>
  /** There were at least so many openings. */
  readonly awaitOpens: (count: number) => Effect.Effect<ReadonlyArray<Seen.Request>, Seen.NeverHappened>
  /** Anything else: `look` is asked again each time that the fake sees something. */
  readonly until: <A, E, R>(
    waitedFor: string,
    look: Effect.Effect<Option.Option<A>, E, R>
  ) => Effect.Effect<A, E | Seen.NeverHappened, R>
}

/**
 * A running fake.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fake extends Speaking, Faults, ReadBack, Awaiting {
  readonly port: number
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** The settings of an account that talks to it, as they stand in a configuration's JSON. */
  readonly config: {
    readonly appKey: string
    readonly appSecret: string
    readonly apiBaseUrl: string
    readonly oapiBaseUrl: string
  }
}

/**
 * The fake as a service.
 *
 * @since 0.1.0
 * @category tags
 */
export class FakeDingTalk extends Context.Tag("effect-dingtalk/testing/FakeDingTalk")<FakeDingTalk, Fake>() {}

/**
 * Starts a fake on 127.0.0.1. At the end of the scope all its sockets are destroyed at once, whatever clients do.
 *
 * Dies with `Seen.PortUnavailable` when a port was asked for and can't be had.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { FakeDingTalk } from "effect-dingtalk/testing"
 *
 * export const program = Effect.gen(function*() {
 *   const fake = yield* FakeDingTalk.make()
 *   // start a robot with fake.config
 *   yield* fake.awaitConnection
 *   yield* fake.say("你好", { from: "zhangsan" })
 *   return yield* fake.awaitReplies(1)
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Fake, never, Scope.Scope> => internal.make(resolve(options))

/**
 * The fake as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<FakeDingTalk> => Layer.scoped(FakeDingTalk, make(options))
