/** What routes may know, and what they may change. */
import type * as Seen from "../Seen.ts"
import type { Card } from "./card.ts"
import type { Settings } from "./settings.ts"

export interface Token {
  readonly clientId: string
  readonly expiresAt: number
}

/** What a session webhook stands for. */
export interface Session extends Token {
  readonly conversationId: string
  /** The person of a direct conversation, `undefined` for a group. */
  readonly userId: string | undefined
}

/** Users whom DingTalk would not let the robot reach. */
export interface Refused {
  readonly invalid: ReadonlyArray<string>
  readonly flowControlled: ReadonlyArray<string>
  readonly filtered: ReadonlyArray<string>
}

/** A robot's message that is known by a key. */
export interface Sent {
  readonly key: string
  readonly clientId: string
  readonly at: number
  /** The group; `undefined` for direct conversations. */
  readonly group: string | undefined
  /** Whom it reached, of a direct one. */
  readonly userIds: ReadonlyArray<string>
  readonly recalled: boolean
  /** When somebody has read it, by user id. */
  readonly readAt: ReadonlyMap<string, number>
}

export interface Reaction {
  readonly clientId: string
  readonly text: string
}

/** A person's message. */
export interface Said {
  readonly conversationIds: ReadonlyArray<string>
  readonly reactions: ReadonlyArray<Reaction>
}

/** Bytes that are not there: so many zeros. */
export interface Zeros {
  readonly zeros: number
}

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
export interface Link {
  readonly downloadCode: string
  readonly expiresAt: number
}

/** What routes may know. */
export interface World {
  readonly settings: Settings
  /** Host and port of the fake. */
  readonly host: string
  readonly token: (token: string) => Token | undefined
  readonly session: (session: string) => Session | undefined
  /** A conversation that was spoken in, looked up without regard to case. */
  readonly conversation: (id: string) => { readonly id: string; readonly direct: boolean } | undefined
  readonly refused: Refused
  /** The code by which a group refuses everything; `undefined` when it does not. */
  readonly refusedGroup: (id: string) => string | undefined
  /** The groups that a robot is in. */
  readonly groups: (clientId: string) => ReadonlyArray<string>
  readonly sent: (key: string) => Sent | undefined
  readonly said: (msgId: string) => Said | undefined
  readonly card: (outTrackId: string) => Card | undefined
  readonly ding: (id: string) => Seen.Ding | undefined
  readonly file: (downloadCode: string) => OfferedFile | undefined
  readonly link: (id: string) => Link | undefined
}

/** What a call changes. */
export type Change =
  | {
    readonly _tag: "TicketMinted"
    readonly ticket: string
    readonly clientId: string
    readonly subscriptions: ReadonlyArray<Seen.Subscription>
    readonly expiresAt: number
  }
  | { readonly _tag: "TokenMinted"; readonly token: string; readonly clientId: string; readonly expiresAt: number }
  | { readonly _tag: "Sent"; readonly send: Seen.Send; readonly replies: ReadonlyArray<Seen.Reply> }
  | { readonly _tag: "Recalled"; readonly keys: ReadonlyArray<string> }
  | { readonly _tag: "Reacted"; readonly msgId: string; readonly reactions: ReadonlyArray<Reaction> }
  | { readonly _tag: "CardChanged"; readonly card: Card }
  | { readonly _tag: "Dinged"; readonly ding: Seen.Ding }
  | { readonly _tag: "Uploaded"; readonly media: Seen.Media }
  | { readonly _tag: "LinkMinted"; readonly id: string; readonly link: Link }
