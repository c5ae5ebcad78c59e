/**
 * The URL under which a message can be answered: a credential, so it is shown by nothing.
 *
 * Not a `Redacted`, for there is one in every message, and a `Redacted` is a row of a global weak table: that costs as
 * much as decoding the rest of the message. {@link redacted} makes one of it.
 *
 * @since 0.1.0
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import { NodeInspectSymbol } from "effect/Inspectable"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

class Hidden implements Equal.Equal {
  readonly #url: string
  constructor(url: string) {
    this.#url = url
  }
  static reveal(self: Hidden): string {
    return self.#url
  }
  toString(): string {
    return "<redacted>"
  }
  toJSON(): string {
    return "<redacted>"
  }
  [NodeInspectSymbol](): string {
    return "<redacted>"
  }
  [Hash.symbol](): number {
    return Hash.string(this.#url)
  }
  [Equal.symbol](that: unknown): boolean {
    return that instanceof Hidden && that.#url === this.#url
  }
}

/**
 * The reply URL of a message.
 *
 * @since 0.1.0
 * @category models
 */
export interface SessionWebhookUrl extends Hidden {}

/**
 * Hides a URL.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (url: string): SessionWebhookUrl => new Hidden(url)

/**
 * The URL, as Effect's own kind of secret: `Redacted.value` reveals it.
 *
 * @since 0.1.0
 * @category conversions
 */
export const redacted = (self: SessionWebhookUrl): Redacted.Redacted<string> => Redacted.make(Hidden.reveal(self))

/**
 * A hidden URL as a text: encoding reveals it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SessionWebhookUrl: Schema.Schema<SessionWebhookUrl, string> = Schema.transform(
  Schema.String,
  Schema.declare((u: unknown): u is SessionWebhookUrl => u instanceof Hidden, {
    identifier: "SessionWebhookUrl",
    arbitrary: () => (fc) => fc.webUrl().map(make),
    pretty: () => String,
    equivalence: () => Equal.equals
  }),
  { strict: true, decode: make, encode: Hidden.reveal }
)
