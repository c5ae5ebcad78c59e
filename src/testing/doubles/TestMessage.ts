/**
 * Messages as a handler receives them, without a robot and without a connection: a handler is a function, and these are
 * its arguments.
 *
 * Each is what the library makes of the payload that DingTalk would send. Pure: the same words give the same message.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import * as Message from "../../inbound/message/Message.ts"
import * as Bodies from "../Bodies.ts"
import { defaultApp } from "../Options.ts"
import * as Payloads from "../Payloads.ts"
import { groupOf, personOf } from "../people/parcels.ts"
import type { Say } from "../Say.ts"
import { webhookOf } from "./session.ts"

/**
 * The circumstances of a message: who speaks and where, as for `FakeDingTalk`, and what the channel adds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Omit<Say, "robots" | "behindHandshake"> {
  /** The account that it came to. Default `default`. */
  readonly account?: string | undefined
  /** When it was said, in milliseconds since 1970. Default 0, where a `TestClock` begins. */
  readonly at?: number | undefined
  /** Until when it can be answered by its session webhook, in milliseconds since 1970. Default: for ever. */
  readonly webhookExpiresAt?: number | undefined
}

/** The end of year 9999. */
const forEver = 253_402_300_799_000

/**
 * A message of any kind: see the modules `Bodies` and `Quoted`.
 *
 * Its `msgId` is made of what is said, by whom and where. Throws for what no handler receives, such as an empty text.
 *
 * @example
 * ```ts
 * import { Bodies, Quoted, TestMessage } from "effect-dingtalk/testing"
 *
 * const question = TestMessage.of(Bodies.quoting(Bodies.text("怎么修？"), Quoted.text("构建失败")), {
 *   from: { staffId: "lisi", nick: "李四" },
 *   group: "cidTeam",
 *   mention: true
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (body: Payloads.Body, options: Options = {}): Message.Message => {
  const { account = "default", at = 0, delegateOf, fields, webhookExpiresAt = forEver, ...say } = options
  const { clientId } = defaultApp
  const from = personOf(say.from)
  const group = groupOf(say.group)
  const conversationId = group?.conversationId ?? Payloads.directConversationId(from.staffId, clientId)
  const said = createHash("sha256").update(JSON.stringify([body, from, group, at])).digest("base64")
  const msgId = say.msgId ?? `msg${said.slice(0, 22)}==`
  const payload = Payloads.message(body, {
    msgId,
    at,
    from,
    group,
    mention: say.mention ?? false,
    clientId,
    robotCode: clientId,
    sessionWebhook: webhookOf({
      clientId,
      conversationId,
      userId: group === undefined ? from.staffId : undefined,
      expiresAt: webhookExpiresAt
    }),
    sessionWebhookExpiredTime: webhookExpiresAt,
    fields: {
      ...delegateOf === undefined ? {} : Payloads.delegation(personOf(delegateOf), at),
      ...fields
    }
  })
  const sent: unknown = JSON.parse(JSON.stringify(payload))
  const decoded = Message.decode({ id: account, robotCode: clientId }, sent, msgId)
  if (decoded._tag === "Decoded") return decoded.value
  const why = decoded._tag === "Nothing" ? "it says nothing" : decoded.reason
  throw new TypeError(`no handler receives this ${body.msgtype} message: ${why}`)
}

/**
 * A text.
 *
 * @since 0.1.0
 * @category constructors
 */
export const text = (content: string, options?: Options): Message.Message => of(Bodies.text(content), options)

/**
 * A picture, by its download code.
 *
 * @since 0.1.0
 * @category constructors
 */
export const picture = (downloadCode?: string, options?: Options): Message.Message =>
  of(Bodies.picture(downloadCode), options)

/**
 * A voice message, with what was recognised.
 *
 * @since 0.1.0
 * @category constructors
 */
export const audio = (recognition: string, options?: Options): Message.Message => of(Bodies.audio(recognition), options)

/**
 * A video.
 *
 * @since 0.1.0
 * @category constructors
 */
export const video = (options?: Options): Message.Message => of(Bodies.video(), options)

/**
 * A file, by its name and its download code.
 *
 * @since 0.1.0
 * @category constructors
 */
export const file = (fileName: string, downloadCode = "file-code", options?: Options): Message.Message =>
  of(Bodies.file(fileName, { downloadCode }), options)

/**
 * A rich text, of pieces as in `Bodies.rich`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const richText = (
  pieces: ReadonlyArray<Readonly<Record<string, unknown>>>,
  options?: Options
): Message.Message => of(Bodies.richText(...pieces), options)

/**
 * A document of DingTalk's drive, shared as a card.
 *
 * @since 0.1.0
 * @category constructors
 */
export const interactiveCard = (title: string, options?: Options): Message.Message =>
  of(Bodies.interactiveCard(title), options)

/**
 * A shared link.
 *
 * @since 0.1.0
 * @category constructors
 */
export const card = (title: string, url: string, options?: Options): Message.Message =>
  of(Bodies.card(title, url), options)

/**
 * A forwarded message of a robot in Markdown.
 *
 * @since 0.1.0
 * @category constructors
 */
export const markdown = (title: string, text: string, options?: Options): Message.Message =>
  of(Bodies.markdown(title, text), options)

/**
 * A forwarded action card of a robot.
 *
 * @since 0.1.0
 * @category constructors
 */
export const actionCard = (title: string, text: string, options?: Options): Message.Message =>
  of(Bodies.actionCard(title, text), options)

/**
 * A forwarded conversation, of entries as in `Bodies.entries`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const chatRecord = (
  title: string,
  entries: ReadonlyArray<Readonly<Record<string, unknown>>>,
  options?: Options
): Message.Message => of(Bodies.forwarded(entries, { title }), options)

/**
 * A message of a type that robots can't have, with DingTalk's sentence in its place.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unknown = (said?: string, options?: Options): Message.Message => of(Bodies.unknown(said), options)
