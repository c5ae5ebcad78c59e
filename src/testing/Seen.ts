/**
 * What the fake has seen, as plain data. Times named `at` are milliseconds of the epoch; those named `…Ms` are lengths.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

export type * from "./Shown.ts"

/**
 * What was waited for did not happen in time: a test would report it as it is, nothing recovers from it.
 *
 * @since 0.1.0
 * @category errors
 */
export class NeverHappened extends Data.TaggedError("NeverHappened")<{
  /** What was waited for. */
  readonly waitedFor: string
  /** For how long, in real milliseconds. */
  readonly waitedMs: number
  /** What the fake saw instead. */
  readonly saw: string
}> {
  override get message() {
    return `waited ${this.waitedMs} ms for ${this.waitedFor}, but saw ${this.saw}`
  }
}

/**
 * The port of the fake can't be had: `make` dies with it.
 *
 * @since 0.1.0
 * @category errors
 */
export class PortUnavailable extends Data.TaggedError("PortUnavailable")<{
  readonly port: number
  /** Node's code, such as `EADDRINUSE`. */
  readonly code: string
}> {
  override get message() {
    return `can't listen on 127.0.0.1:${this.port} (${this.code})`
  }
}

/**
 * An HTTP call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** By lower-case name, as they came: credentials included. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The body as text; of a form with a file, the first 1 000 bytes. */
  readonly text: string
  /** The body as JSON, `undefined` when it is none. */
  readonly json: unknown
  /** The status of the answer; `undefined` when the caller never got one. */
  readonly status: number | undefined
}

/**
 * A connection. `noticed`: it got a disconnect notice and gets nothing more; `frozen`: dead, but open.
 *
 * @since 0.1.0
 * @category models
 */
export interface Connection {
  readonly id: string
  readonly clientId: string
  readonly subscriptions: ReadonlyArray<Subscription>
  readonly state: "open" | "noticed" | "frozen" | "closed"
  readonly openedAt: number
  readonly closedAt: number | undefined
  /** The code of the close; 1006 when the connection ended without one, 1005 when the close had none. */
  readonly closeCode: number | undefined
  readonly closeReason: string
  /** Who ended it; `undefined` while it is not closed. */
  readonly closedBy: "client" | "fake" | undefined
  /** Frames put on this connection, those that get lost on a frozen one included. */
  readonly sent: number
  /** Text frames that came back. */
  readonly received: number
  /** WebSocket pings of the client. */
  readonly pings: number
}

/**
 * What a connection asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Subscription {
  readonly type: string
  readonly topic: string
}

/**
 * An upgrade that was not admitted.
 *
 * @since 0.1.0
 * @category models
 */
export interface RefusedUpgrade {
  readonly at: number
  readonly why: "path" | "unknownTicket" | "usedTicket" | "expiredTicket" | "scripted"
}

/**
 * A frame on its way to one application, one per attempt.
 *
 * @since 0.1.0
 * @category models
 */
export interface Delivery {
  /** The id that the answer must carry; new for each attempt. */
  readonly messageId: string
  readonly type: "CALLBACK" | "EVENT" | "SYSTEM"
  readonly topic: string
  /** The message's own id, the event's id for an EVENT; the same for each attempt. */
  readonly msgId: string | undefined
  readonly clientId: string
  /** 1 for the first. */
  readonly attempt: number
  readonly at: number
  /** The connection that it was put on; `undefined` when there was none that takes it. */
  readonly connection: string | undefined
}

/**
 * The answer to a delivery. A second answer to the same delivery only counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ack {
  readonly delivery: Delivery
  /** The connection that it arrived on. */
  readonly connection: string
  readonly code: number | undefined
  readonly message: string
  /** The answer's `data`, parsed when it is a string of JSON. */
  readonly data: unknown
  /** From delivery to answer, in milliseconds with fractions. */
  readonly delayMs: number
  /** How many answers this delivery got. */
  readonly count: number
  /** For a SYSTEM ping: whether `opaque` came back as it was sent. `undefined` for others. */
  readonly echoed: boolean | undefined
}

/**
 * Something that came over a socket and is no answer to a delivery.
 *
 * @since 0.1.0
 * @category models
 */
export interface OddFrame {
  readonly at: number
  readonly connection: string
  readonly why: "binary" | "notJson" | "noMessageId" | "unknownMessageId"
  /** The first 1 000 characters. */
  readonly text: string
}

/**
 * A call that sent something to people.
 *
 * @since 0.1.0
 * @category models
 */
export interface Send {
  readonly at: number
  readonly via: "api" | "webhook"
  readonly path: string
  readonly clientId: string
  /** The `msgKey` of the API, the `msgtype` of a webhook, `card`. */
  readonly kind: string
  /** The decoded `msgParam` of the API, the body of a webhook or of a card's creation. */
  readonly content: Readonly<Record<string, unknown>>
  /** The users of a direct send, refused ones included. */
  readonly userIds: ReadonlyArray<string>
  /** The group or, for a webhook, the conversation. */
  readonly conversationId: string | undefined
  /** `undefined` for a webhook, and for a card, which has one for each place. */
  readonly processQueryKey: string | undefined
}

/**
 * What the robot said, as one person or one group would see it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reply {
  readonly at: number
  /** The user id, or the id of the group's conversation. */
  readonly to: string
  readonly group: boolean
  readonly conversationId: string
  /** What was sent, as it was sent. */
  readonly text: string
  /** The fields that belong to its kind, such as the buttons of an action card; of a card, those that it was made with. */
  readonly content: Readonly<Record<string, unknown>>
  /** The title of a markdown message, a card or a link. */
  readonly title: string | undefined
  /** What a person reads: Markdown as DingTalk shows it, names in brackets for what is no text. */
  readonly shown: string
  /** What the list of conversations shows of it. */
  readonly preview: string
  readonly via: "api" | "webhook"
  readonly kind: string
  /** Who is mentioned: user ids, `*` for all. */
  readonly mentions: ReadonlyArray<string>
  readonly clientId: string
  /** By which it is recalled; `undefined` for a webhook. */
  readonly processQueryKey: string | undefined
  /** The `outTrackId` of a card; `undefined` for anything else. */
  readonly card: string | undefined
}

/**
 * The numbers of the fake. Delays are milliseconds from delivery to first answer, over the last 100 000.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stats {
  /** CALLBACK and EVENT frames put on a connection. */
  readonly delivered: number
  /** Those that found no connection. */
  readonly undelivered: number
  /** Delivered and answered. */
  readonly acked: number
  /** Answered more than once. */
  readonly doubleAcked: number
  /** Messages, events and other callbacks that were delivered and not answered so far, in any attempt. */
  readonly unacked: number
  /** Deliveries beyond the first of the same message. */
  readonly redelivered: number
  /** `undefined` while nothing was answered. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
}
