/**
 * What is to be sent, as a custom robot's webhook carries it. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as RobotMessage from "../../outbound/message/RobotMessage.ts"
import * as TextMessage from "../../outbound/message/TextMessage.ts"
import * as WebhookMessage from "../../outbound/message/WebhookMessage.ts"
import type { Content } from "./content.ts"

/**
 * One message of a webhook, with whom it mentions.
 *
 * @since 0.1.0
 * @category models
 */
export interface Part {
  readonly message: RobotMessage.RobotMessage
  readonly at: WebhookMessage.At | undefined
}

/** Longest text of one message, in characters. */
const chunkLimit = 4_000

/**
 * The messages that it takes; the first one mentions. Or why a webhook can't carry it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const make = (content: Content): Either.Either<ReadonlyArray<Part>, ReadonlyArray<string>> => {
  if (content._tag !== "Text") {
    return Either.left([
      `a webhook carries neither files nor cards: send --text or --markdown with a link to it, or to user:… and chat:…`
    ])
  }
  const { at, markdown, text, title } = content
  const formatted = TextMessage.formatted(markdown ? "markdown" : "auto", text)
  const reserved = at === undefined ? 0 : Buffer.byteLength(WebhookMessage.withMentions("", at))
  const chunks = TextMessage.split(formatted.format, formatted.text, chunkLimit, reserved)
  return Either.right(chunks.map((chunk, index): Part => ({
    message: formatted.format === "plain"
      ? RobotMessage.Text({ content: chunk })
      : RobotMessage.Markdown({ text: chunk, ...(title === undefined ? {} : { title }) }),
    at: index === 0 ? at : undefined
  })))
}
