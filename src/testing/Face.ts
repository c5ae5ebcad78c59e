/**
 * What can be done with a fake: the parts of `FakeDingTalk.Fake`.
 *
 * @since 0.1.0
 */
import type { NoSuchElementException } from "effect/Cause"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type * as Payloads from "./Payloads.ts"
import type { Notice, Said, Say, Which } from "./Say.ts"
import type * as Script from "./Script.ts"
import type * as Seen from "./Seen.ts"

/**
 * A file that a person sends, as the server of the files has it.
 *
 * @since 0.1.0
 * @category models
 */
export interface PutFile {
  /** Default: a new one. It is also the last part of the link. */
  readonly downloadCode?: string | undefined
  /** Named in `Content-Disposition` as it is, quoted. Default: it has no such header. */
  readonly fileName?: string | undefined
  /** A whole `Content-Disposition`, in place of `fileName`. */
  readonly disposition?: string | undefined
  /** Default `application/octet-stream`. */
  readonly contentType?: string | undefined
  /** Whether its length is announced. Default true. */
  readonly announced?: boolean | undefined
  /** Where its link leads instead. Default: nowhere. */
  readonly redirect?: string | undefined
}

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
   * Sends many messages, 500 in each iteration of the event loop, however fast the client reads. `build` gets the index, from
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
  /**
   * Somebody presses a button of a card that this person sees; what the robot answers changes the card. Fails when there
   * is no such card, or when it does not call back through Stream. As `zhangsan` unless `as` says otherwise.
   */
  readonly press: (
    outTrackId: string,
    actionIds: string | ReadonlyArray<string>,
    options?: { readonly as?: string; readonly params?: Readonly<Record<string, unknown>> }
  ) => Effect.Effect<Seen.Delivery, NoSuchElementException>
  /** Somebody opens a group, or else the direct conversations with the robots, and reads what is there. */
  readonly read: (userId: string, group?: string) => Effect.Effect<void>
  /** Puts a file where robots can fetch it; gives its download code, for a body such as `Bodies.picture`. */
  readonly putFile: (
    content: string | Uint8Array | {
      /** Or so many zeros, made as they are sent: a large file takes no room. */
      readonly zeros: number
    },
    options?: PutFile
  ) => Effect.Effect<string>
  /**
   * Somebody scans the QR code of an onboarding, which holds this URL, and confirms or refuses it. The application that
   * comes of it is the fake's first one. Fails when there is no such code, or it is over.
   */
  readonly scan: (url: string, answer?: "confirm" | "refuse") => Effect.Effect<void, NoSuchElementException>
  /** Sends the press of a button as it is, of a card that need not exist. */
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
 * What can go wrong with calls.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallFaults {
  /** What the next calls of a path meet, in turn. */
  readonly answerNext: (path: string, ...answers: ReadonlyArray<Script.Answer>) => Effect.Effect<void>
  /** What every further call of a path meets, until it is `handle` again; those of `answerNext` come first. */
  readonly answerEvery: (path: string, answer: Script.Answer) => Effect.Effect<void>
  /** All access tokens are dead from now on. */
  readonly expireTokens: Effect.Effect<void>
  /** All session webhooks are dead from now on. */
  readonly expireWebhooks: Effect.Effect<void>
  /** All links of files are dead from now on. */
  readonly expireDownloads: Effect.Effect<void>
  /**
   * Users whom a direct send does not reach: it answers HTTP 200 and lists them. Cards and DINGs do not reach the
   * `invalid` ones either. A list that is left out stays.
   */
  readonly refuseUsers: (refused: {
    readonly invalid?: ReadonlyArray<string>
    readonly flowControlled?: ReadonlyArray<string>
    readonly filtered?: ReadonlyArray<string>
  }) => Effect.Effect<void>
  /**
   * The robots are out of a group: sends fail with this code, cards are not delivered, it is in no list of groups.
   * Default code `group.disbanded`.
   */
  readonly refuseGroup: (conversationId: string, code?: string) => Effect.Effect<void>
  /** Undoes `refuseGroup`. */
  readonly restoreGroup: (conversationId: string) => Effect.Effect<void>
}

/**
 * What can go wrong. Socket faults hit all live connections unless {@link Which} says otherwise.
 *
 * @since 0.1.0
 * @category models
 */
export interface Faults extends CallFaults {
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
}

/**
 * What robots did by calls, oldest first. The last 10 000 of what holds a body are known, the last 100 000 of what does
 * not.
 *
 * @since 0.1.0
 * @category models
 */
export interface Done {
  /** The calls of a path, or all. */
  readonly requests: (path?: string) => Effect.Effect<ReadonlyArray<Seen.Request>>
  /** The calls that sent something, as they were made. */
  readonly sends: Effect.Effect<ReadonlyArray<Seen.Send>>
  /** What the robots said, as people would see it. */
  readonly replies: Effect.Effect<ReadonlyArray<Seen.Reply>>
  /** The same as they come, from the first one known on; it never ends. */
  readonly replyStream: Stream.Stream<Seen.Reply>
  /**
   * The lines of a conversation, both ways, as they stand there now; by the conversation's id, or by a person's for the
   * direct ones.
   */
  readonly conversation: (id: string) => Effect.Effect<ReadonlyArray<Seen.Line>>
  /** The cards as they are now, in the order of their creation. */
  readonly cards: Effect.Effect<ReadonlyArray<Seen.Card>>
  /** A card as it is now, as everybody sees it or as this person does. Fails when there is no such card. */
  readonly card: (outTrackId: string, as?: string) => Effect.Effect<Seen.Card, NoSuchElementException>
  /** The reactions that stand under people's messages. */
  readonly reactions: Effect.Effect<ReadonlyArray<Seen.Reaction>>
  readonly dings: Effect.Effect<ReadonlyArray<Seen.Ding>>
  /** What robots took back: the keys of their messages, in the order of the recalls. */
  readonly recalled: Effect.Effect<ReadonlyArray<string>>
  /** The files that robots uploaded. */
  readonly uploads: Effect.Effect<ReadonlyArray<Seen.Media>>
  /** How robots fetched the files that people sent, one for each fetch that is over. */
  readonly downloads: Effect.Effect<ReadonlyArray<Seen.Download>>
}

/**
 * What was seen so far, oldest first, as far as it is known: see {@link Done}.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadBack extends Done {
  /** The opening calls, secrets included. */
  readonly opens: Effect.Effect<ReadonlyArray<Seen.Request>>
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
  /** At least so many downloads are over; answers all of them. */
  readonly awaitDownloads: (count: number) => Effect.Effect<ReadonlyArray<Seen.Download>, Seen.NeverHappened>
  /** There is a card like this; answers the latest such. */
  readonly awaitCard: (is: (card: Seen.Card) => boolean) => Effect.Effect<Seen.Card, Seen.NeverHappened>
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
