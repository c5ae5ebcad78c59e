/** DingTalk's HTTP API: lets the routes decide, and makes true what they decided. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Settings } from "../internal/settings.ts"
import { Conversations } from "../people/Conversations.ts"
import { Files } from "../people/Files.ts"
import type { Fate } from "../Script.ts"
import { Credentials } from "../server/Credentials.ts"
import { Api, BaseUrl } from "../server/exchange.ts"
import { routeOf } from "./routes.ts"
import type { Change, World } from "./World.ts"

export const layer: Layer.Layer<Api, never, Settings | BaseUrl | Credentials | Conversations | Files> = Layer.effect(
  Api,
  Effect.gen(function*() {
    const settings = yield* Settings
    const baseUrl = yield* BaseUrl
    const credentials = yield* Credentials
    const conversations = yield* Conversations
    const files = yield* Files
    const world: World = { ...credentials, ...files, ...conversations, settings, baseUrl }
    const apply = (change: Change, fate: Fate | undefined): void => {
      switch (change._tag) {
        case "TicketMinted": {
          const { clientId, expiresAt, subscriptions, ticket } = change
          return credentials.addTicket(ticket, { clientId, subscriptions, expiresAt, fate })
        }
        case "TokenMinted":
          return credentials.addToken(change.id, change.token)
        case "NonceMinted":
          return credentials.addNonce(change.nonce, change.expiresAt)
        case "RegistrationChanged":
          return credentials.setRegistration(change.deviceCode, change.registration)
        case "Sent":
          return conversations.sent(change.send, change.replies)
        case "Recalled":
          return conversations.recalled(change.keys)
        case "Reacted":
          return conversations.reacted(change.msgId, change.reactions)
        case "CardChanged":
          return conversations.setCard(change.card)
        case "Dinged":
          return conversations.setDing(change.ding)
        case "Uploaded":
          return files.uploaded(change.media)
        case "LinkMinted":
          return files.addLink(change.id, change.link)
      }
    }
    return {
      handle: (call, fate) => {
        const { answer, changes } = routeOf(call.method, call.path)(call, world)
        for (const change of changes) apply(change, fate)
        return answer
      }
    }
  })
)
