/** What people and DingTalk's own machinery do. */
import { NoSuchElementException } from "effect/Cause"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { text } from "../Bodies.ts"
import type { Speaking } from "../Face.ts"
import * as Payloads from "../Payloads.ts"
import type { Said, Say } from "../Say.ts"
import { turn } from "./boundary.ts"
import * as Card from "./card.ts"
import { linksOf, type Parts, pingLink } from "./parts.ts"
import { callbackParcel, eventParcel, systemParcel } from "./people.ts"

/** Frames of a flood that go out in one turn of the event loop. */
const floodBatch = 500

/** Makes a frame of about 1.2 KB. */
const floodText = (index: number) => text(`${index} ${"流".repeat(80)}`)

export const speaking = (parts: Parts): Speaking => {
  const { defaultClient, deliveries, state } = parts
  const post = (body: Payloads.Body, options: Say, said?: string): Said => {
    const spoken = parts.speak(body, options, said)
    const { conversationId, msgId, parcels } = spoken
    if (options.behindHandshake === true) {
      parts.hold(spoken)
      return { msgId, messageId: "", conversationId, deliveries: [] }
    }
    const sent = parcels.map(deliveries.deliver)
    return { msgId, messageId: sent[0]?.messageId ?? "", conversationId, deliveries: sent }
  }
  /** What the robot answers to it changes the card. */
  const act = (clientId: string, action: Parameters<typeof Payloads.cardAction>[0]) =>
    deliveries.deliver(
      callbackParcel(clientId, Payloads.topics.cardAction, Payloads.cardAction(action), (data) => {
        const card = state.chats.card(action.outTrackId)
        if (card?.clientId !== clientId) return
        state.chats.apply({ _tag: "CardChanged", card: Card.answered(card, action.userId, data, Date.now()) })
      })
    )
  const callback: Speaking["callback"] = (topic, data, options) =>
    Effect.sync(() => deliveries.deliver(callbackParcel(options?.clientId ?? defaultClient(), topic, data)))
  return {
    say: (said, options = {}) =>
      Effect.sync(() => post(text(options.mention === true ? Payloads.withoutMention(said) : said), options, said)),
    post: (body, options = {}) => Effect.sync(() => post(body, options)),
    flood: (count, build = floodText, options = {}) => {
      const batch = (from: number) =>
        Array.from({ length: Math.min(floodBatch, count - from) }, (_, i) => post(build(from + i), options).deliveries)
          .flat()
      return Effect.map(
        Effect.forEach(
          Array.from({ length: Math.ceil(count / floodBatch) }, (_, i) => i * floodBatch),
          (from) => Effect.zipLeft(Effect.sync(() => batch(from)), turn)
        ),
        (batches) => batches.flat()
      )
    },
    redeliver: (msgId) =>
      Effect.suspend(() => {
        const sent = deliveries.redeliver(msgId)
        return sent.length === 0
          ? Effect.fail(new NoSuchElementException(`no message ${msgId} is known`))
          : Effect.succeed(sent)
      }),
    event: (eventType, data = {}, options) =>
      Effect.sync(() => {
        const { clientId = defaultClient(), eventId = randomUUID().replaceAll("-", "") } = options ?? {}
        return deliveries.deliver(eventParcel(clientId, eventType, data, eventId))
      }),
    callback,
    cardAction: (action, options) => Effect.sync(() => act(options?.clientId ?? defaultClient(), action)),
    press: (outTrackId, actionIds, { as = "zhangsan", params = {} } = {}) =>
      Effect.suspend(() => {
        const card = state.chats.card(outTrackId)
        const place = card?.places.find((place) => place.group || place.to === as)
        if (card === undefined || place === undefined) {
          return Effect.fail(new NoSuchElementException(`no card ${outTrackId} is shown to ${as}`))
        }
        if (!card.callsBack) {
          return Effect.fail(new NoSuchElementException(`card ${outTrackId} does not call back through Stream`))
        }
        return Effect.sync(() =>
          act(card.clientId, {
            outTrackId,
            userId: as,
            actionIds: typeof actionIds === "string" ? [actionIds] : actionIds,
            params,
            spaceId: place.group ? place.to : `IM_ROBOT.${as}`
          })
        )
      }),
    read: (userId, group) =>
      Effect.sync(() => {
        state.chats.read(userId, group, Date.now())
        parts.watch.changed()
      }),
    putFile: (content, options = {}) =>
      Effect.sync(() => {
        const { announced = true, contentType, disposition, downloadCode = randomUUID(), fileName, redirect } = options
        const named = disposition ?? (fileName === undefined ? undefined : `attachment; filename="${fileName}"`)
        state.files.offer({
          downloadCode,
          content,
          announced,
          redirect,
          headers: {
            ...contentType === undefined ? {} : { "content-type": contentType },
            ...named === undefined ? {} : { "content-disposition": named }
          }
        })
        return downloadCode
      }),
    graphCall: (call, options) => callback(Payloads.topics.graphCall, Payloads.graphCall(call), options),
    system: (topic, data = {}, which = {}) =>
      Effect.sync(() =>
        linksOf(parts, which).map((link) => deliveries.deliverOn(link, systemParcel(link.clientId, topic, data)))
      ),
    ping: (which = {}) => Effect.sync(() => linksOf(parts, which).map((link) => pingLink(parts, link))),
    raw: (frame, options = {}) =>
      Effect.sync(() => {
        for (const link of linksOf(parts, options)) link.send(frame, options.as)
      })
  }
}
