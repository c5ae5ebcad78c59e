/**
 * What people see: conversations and cards in their present state, and the files that robots uploaded. A part of
 * `Seen`.
 *
 * @since 0.1.0
 */

/**
 * A line of a conversation as it stands there now: what was recalled is gone, a card shows what it shows now.
 *
 * @since 0.1.0
 * @category models
 */
export interface Line {
  readonly at: number
  /** A user id, or the client id of the robot. */
  readonly from: string
  /** What was sent, as it was sent. */
  readonly text: string
  /** The fields that belong to its kind, such as the buttons of an action card; of a card, those that it was made with. */
  readonly content: Readonly<Record<string, unknown>>
  /** The title of a markdown message, a card or a link. */
  readonly title: string | undefined
  /** What a person reads: Markdown as DingTalk shows it, names in brackets for what is no text. */
  readonly shown: string
  /** What the list of conversations shows of it: of a Markdown message its title, of a card its `lastMessage`. */
  readonly preview: string
  /** The `msgId` of a person's, the `processQueryKey` of a robot's; `undefined` for what came by a session webhook. */
  readonly id: string | undefined
  /** The `msgtype` of a person's and of a webhook's, the `msgKey` of the API, `card`. */
  readonly kind: string
  /** Who is mentioned: user ids, `*` for all. */
  readonly mentions: ReadonlyArray<string>
  /** The reactions under it, by their text. */
  readonly reactions: ReadonlyArray<string>
  /** Who has read it, of a robot's, in the order of reading. */
  readonly readBy: ReadonlyArray<string>
  /** The card, if it is one; in the conversation of a person, as this person sees it. */
  readonly card: Card | undefined
}

/**
 * How far an AI card is, by its variable `flowStatus`; `plain` for a card without one. Only `processing`, `inputting`
 * and `executing` tell people to wait.
 *
 * @since 0.1.0
 * @category models
 */
export type CardStatus = "plain" | "processing" | "inputting" | "finished" | "executing" | "failed"

/**
 * A place where a card is shown.
 *
 * @since 0.1.0
 * @category models
 */
export interface Place {
  /** The user id, or the id of the group's conversation. */
  readonly to: string
  readonly group: boolean
  readonly conversationId: string
  /** The `carrierId`, by which it is recalled there. */
  readonly carrierId: string
}

/**
 * A card as it is now.
 *
 * @since 0.1.0
 * @category models
 */
export interface Card {
  readonly outTrackId: string
  readonly templateId: string
  readonly clientId: string
  readonly createdAt: number
  readonly updatedAt: number
  /** Where it was delivered. */
  readonly places: ReadonlyArray<Place>
  /** What everybody sees; where it is read as a person's, with what this one sees in its place. */
  readonly params: Readonly<Record<string, string>>
  /** What only some see, by user id. */
  readonly privateParams: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The variable that was written last; else the first there is of the usual ones, such as `msgContent` or `content`. */
  readonly text: string
  readonly status: CardStatus
  /** How many updates took effect, answers to presses included. */
  readonly updates: number
  /** How many writing calls took effect. */
  readonly writes: number
  /** Whether the last frame was written: what is written afterwards does nothing. */
  readonly finalized: boolean
  /** What the list of conversations shows of it (`lastMessageI18n`); `undefined` when nobody said: "[互动卡片]". */
  readonly lastMessage: string | undefined
  /** By what a search finds it (`searchSupport.searchDesc`). */
  readonly searchText: string | undefined
  /** Whether people may forward it (`supportForward`). */
  readonly forwardable: boolean
}

/**
 * A file that a robot uploaded.
 *
 * @since 0.1.0
 * @category models
 */
export interface Media {
  /** The `media_id`. */
  readonly id: string
  readonly at: number
  readonly clientId: string
  readonly kind: "image" | "voice" | "video" | "file"
  readonly fileName: string
  readonly contentType: string
  /** In bytes. */
  readonly size: number
  /** In hexadecimal. */
  readonly sha256: string
  /** The file itself; `undefined` when it was forgotten: only a few of the last are kept. */
  readonly bytes: Uint8Array | undefined
}

/**
 * A fetch of a file that a person had sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Download {
  readonly downloadCode: string
  /** How many bytes of it were handed to the system. */
  readonly bytes: number
  /** Whether that was all of it. */
  readonly whole: boolean
}

/**
 * A reaction that stands under a person's message.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reaction {
  readonly msgId: string
  readonly clientId: string
  readonly text: string
}

/**
 * A DING.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ding {
  readonly id: string
  readonly at: number
  readonly clientId: string
  readonly by: "app" | "sms" | "call"
  /** Whom it reached. */
  readonly userIds: ReadonlyArray<string>
  readonly content: string
  readonly recalled: boolean
}
