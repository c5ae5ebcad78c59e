/** What routes may know, and what they may change. */
import type { AllOptions } from "../internal/settings.ts"
import type { Card } from "../people/card.ts"
import type { Conversations, Reaction } from "../people/Conversations.ts"
import type { FileLink, Files } from "../people/Files.ts"
import type * as Seen from "../Seen.ts"
import type { Credentials, Registration, Token } from "../server/Credentials.ts"

/** What routes may know. */
export interface World
  extends
    Pick<Credentials["Type"], "token" | "session" | "nonce" | "registration">,
    Pick<Files["Type"], "file" | "link">,
    Pick<
      Conversations["Type"],
      "conversation" | "groups" | "message" | "said" | "card" | "ding" | "refused" | "refusedGroup"
    >
{
  readonly settings: AllOptions
  readonly baseUrl: () => string
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
  | { readonly _tag: "TokenMinted"; readonly id: string; readonly token: Token }
  | { readonly _tag: "NonceMinted"; readonly nonce: string; readonly expiresAt: number }
  | { readonly _tag: "RegistrationChanged"; readonly deviceCode: string; readonly registration: Registration }
  | { readonly _tag: "Sent"; readonly send: Seen.Send; readonly replies: ReadonlyArray<Seen.Reply> }
  | { readonly _tag: "Recalled"; readonly keys: ReadonlyArray<string> }
  | { readonly _tag: "Reacted"; readonly msgId: string; readonly reactions: ReadonlyArray<Reaction> }
  | { readonly _tag: "CardChanged"; readonly card: Card }
  | { readonly _tag: "Dinged"; readonly ding: Seen.Ding }
  | { readonly _tag: "Uploaded"; readonly media: Seen.Media }
  | { readonly _tag: "LinkMinted"; readonly id: string; readonly link: FileLink }
