/** What goes to a robot, as parcels. */
import { randomUUID } from "node:crypto"
import * as Payloads from "../Payloads.ts"
import type { Say } from "../Say.ts"
import type { Parcel } from "../server/Deliveries.ts"

/** DingTalk's ids of messages look like `msgAeHbW3yl8PCvgWQTB0mnKQ==`. */
export const newMsgId = (): string => `msg${Buffer.from(randomUUID().replaceAll("-", ""), "hex").toString("base64")}`

export const personOf = (from: Say["from"]): Payloads.Person =>
  typeof from === "object" ? from : { staffId: from ?? "zhangsan" }

export const groupOf = (group: Say["group"]): Payloads.Circumstances["group"] =>
  typeof group === "string" ? { conversationId: group, title: group } : group

/** The parcel of a robot message. */
export const messageParcel = (
  body: Payloads.Body,
  { delegateOf, fields, ...around }: Payloads.Circumstances & Pick<Say, "delegateOf">
): Parcel => ({
  type: "CALLBACK",
  topic: delegateOf === undefined ? Payloads.topics.message : Payloads.topics.delegatedMessage,
  msgId: around.msgId,
  key: around.msgId,
  clientId: around.clientId,
  data: JSON.stringify(
    Payloads.message(body, {
      ...around,
      fields: {
        ...delegateOf === undefined ? {} : Payloads.delegation(personOf(delegateOf), around.at),
        ...fields
      }
    })
  ),
  headers: { appId: Payloads.appIdOf(around.clientId) }
})

/** The parcel of a business event. */
export const eventParcel = (clientId: string, eventType: string, data: unknown, eventId: string): Parcel => ({
  type: "EVENT",
  topic: "*",
  msgId: eventId,
  key: eventId,
  clientId,
  data: JSON.stringify(data),
  headers: Payloads.eventHeaders({ eventType, eventId, at: Date.now(), clientId })
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
