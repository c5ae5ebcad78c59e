/**
 * How something is said to a robot, and what comes of it.
 *
 * @since 0.1.0
 */
import type { Person } from "./Payloads.ts"
import type * as Seen from "./Seen.ts"

/**
 * The circumstances of a message.
 *
 * @since 0.1.0
 * @category models
 */
export interface Say {
  /** Who speaks: a user id, or more of a person. Default `zhangsan`. */
  readonly from?: string | Person | undefined
  /** The group's conversation id (its title is then the same). Default: a direct message. */
  readonly group?: string | { readonly conversationId: string; readonly title: string } | undefined
  /**
   * Whether the robot is mentioned, in a group. Default false. DingTalk hands a group's message on only when it is, but
   * the fake hands it on anyway, so that gates can be tested.
   */
  readonly mention?: boolean | undefined
  /** The client ids of the robots that get it, all with the same `msgId`. Default: the fake's first application. */
  readonly robots?: readonly [string, ...ReadonlyArray<string>] | undefined
  /** The message's id. Default: a new one. */
  readonly msgId?: string | undefined
  /** Fields over those of the payload; `undefined` removes one. Default none. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  /** The message is for this person, whom the robot stands in for: the topic is the delegated one. Default: nobody. */
  readonly delegateOf?: string | Person | undefined
  /**
   * Hold it back until the application connects next, and send it in the tick of that upgrade, so that it arrives right
   * behind the handshake. Default false.
   */
  readonly behindHandshake?: boolean | undefined
}

/**
 * What was said.
 *
 * @since 0.1.0
 * @category models
 */
export interface Said {
  readonly msgId: string
  /** The id of the first frame: what its answer carries. Empty when it is held back. */
  readonly messageId: string
  readonly conversationId: string
  /** One for each robot; none when it is held back. */
  readonly deliveries: ReadonlyArray<Seen.Delivery>
}

/**
 * Which connections: all live ones, those of an application, or one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Which {
  readonly clientId?: string | undefined
  readonly connection?: string | undefined
}

/**
 * How a connection is given notice.
 *
 * @since 0.1.0
 * @category models
 */
export interface Notice extends Which {
  /** From the notice to the end, in milliseconds. Default: the fake's `closeAfterNoticeMs`. */
  readonly closeAfterMs?: number | undefined
  /** Default `persistent connection is timeout`, as in every field log. */
  readonly reason?: string | undefined
  /** End it by a close frame with this code, or without one. Default 1000. */
  readonly end?: number | "cut" | undefined
}
