/** People who speak to robots: turns what they say into parcels. */
import { randomUUID } from "node:crypto"
import * as Payloads from "../Payloads.ts"
import type { Say } from "../Say.ts"
import type { Deliveries, Parcel } from "./deliveries.ts"
import { visibleText } from "./messageKinds.ts"
import { isRecord, robotCodeFor } from "./route.ts"
import type { Settings } from "./settings.ts"
import type { State } from "./state.ts"

export interface Spoken {
  readonly msgId: string
  readonly conversationId: string
  readonly parcels: ReadonlyArray<Parcel>
}

/** DingTalk's ids of messages look like `msgAeHbW3yl8PCvgWQTB0mnKQ==`. */
export const newMsgId = (): string => `msg${Buffer.from(randomUUID().replaceAll("-", ""), "hex").toString("base64")}`

export const personOf = (from: Say["from"]): Payloads.Person =>
  typeof from === "object" ? from : { staffId: from ?? "zhangsan" }

const groupOf = (group: Say["group"]): Payloads.Circumstances["group"] =>
  typeof group === "string" ? { conversationId: group, title: group } : group

/** What stands in the conversation: the words, or the kind of what has none. */
const heardText = (body: Payloads.Body): string => {
  const content = body[body.msgtype] ?? body["content"]
  return visibleText(body.msgtype, isRecord(content) ? content : {})
}

/** Turns a message into one parcel for each robot that it goes to, and notes it in its conversation. */
export const speak = (
  { defaultClient, host, settings, state }: {
    readonly settings: Settings
    readonly state: State
    readonly host: string
    readonly defaultClient: () => string
  },
  body: Payloads.Body,
  options: Say,
  said = heardText(body)
): Spoken => {
  const at = Date.now()
  const msgId = options.msgId ?? newMsgId()
  const from = personOf(options.from)
  const group = groupOf(options.group)
  const robots = options.robots ?? [defaultClient()]
  const conversationOf = (clientId: string) =>
    group?.conversationId ?? Payloads.directConversationId(from.staffId, clientId)
  const parcels = robots.map((clientId): Parcel => {
    const sessionId = randomUUID().replaceAll("-", "")
    const expiresAt = at + settings.webhookTtlMs
    const userId = group === undefined ? from.staffId : undefined
    state.openSession(sessionId, { clientId, conversationId: conversationOf(clientId), userId, expiresAt })
    const payload = Payloads.message(body, {
      msgId,
      at,
      from,
      group,
      mention: options.mention ?? false,
      clientId,
      robotCode: robotCodeFor(settings, clientId),
      sessionWebhook: `http://${host}/robot/sendBySession?session=${sessionId}`,
      sessionWebhookExpiredTime: expiresAt,
      fields: {
        ...options.delegateOf === undefined ? {} : Payloads.delegation(personOf(options.delegateOf), at),
        ...options.fields
      }
    })
    return {
      type: "CALLBACK",
      topic: options.delegateOf === undefined ? Payloads.topics.message : Payloads.topics.delegatedMessage,
      msgId,
      key: msgId,
      clientId,
      data: JSON.stringify(payload),
      headers: { appId: Payloads.appIdOf(clientId) }
    }
  })
  const [first = defaultClient()] = robots
  const conversationId = conversationOf(first)
  const line = {
    at,
    from: from.staffId,
    text: said,
    title: undefined,
    id: msgId,
    kind: body.msgtype,
    mentions: group !== undefined && options.mention === true ? robots : []
  }
  if (group === undefined) {
    for (const robot of robots) state.chats.heard(conversationOf(robot), from.staffId, [robot], line)
  } else state.chats.heard(group.conversationId, undefined, robots, line)
  return { msgId, conversationId, parcels }
}

/** The parcel of a business event. */
export const eventParcel = (clientId: string, eventType: string, data: unknown, eventId: string): Parcel => ({
  type: "EVENT",
  topic: "*",
  msgId: eventId,
  key: eventId,
  clientId,
  data: JSON.stringify(data),
  headers: {
    eventType,
    eventId,
    eventCorpId: Payloads.corpId,
    eventBornTime: String(Date.now()),
    eventUnifiedAppId: Payloads.appIdOf(clientId)
  }
})

/** The parcel of a CALLBACK that is no message. */
export const callbackParcel = (
  clientId: string,
  topic: string,
  data: unknown,
  onAnswer: (data: unknown) => void = () => undefined
): Parcel => ({
  type: "CALLBACK",
  topic,
  msgId: undefined,
  key: randomUUID(),
  clientId,
  data: typeof data === "string" ? data : JSON.stringify(data),
  headers: { appId: Payloads.appIdOf(clientId) },
  onAnswer
})

export const systemParcel = (clientId: string, topic: string, data: unknown): Parcel => ({
  type: "SYSTEM",
  topic,
  msgId: undefined,
  key: randomUUID(),
  clientId,
  data: JSON.stringify(data),
  headers: {}
})

/** Parcels that wait for the next connection of their application. */
export interface Backlog {
  readonly add: (parcels: ReadonlyArray<Parcel>) => void
  readonly deliverTo: (clientId: string) => void
}

export const makeBacklog = (deliveries: Deliveries): Backlog => {
  const waiting = new Map<string, ReadonlyArray<Parcel>>()
  return {
    add: (parcels) => {
      for (const parcel of parcels) waiting.set(parcel.clientId, [...waiting.get(parcel.clientId) ?? [], parcel])
    },
    deliverTo: (clientId) => {
      const parcels = waiting.get(clientId) ?? []
      waiting.delete(clientId)
      for (const parcel of parcels) deliveries.deliver(parcel)
    }
  }
}
