/** What people and DingTalk's own machinery do. */
import { NoSuchElementException } from "effect/Cause"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { text } from "../Bodies.ts"
import type { Speaking } from "../Face.ts"
import { isRecord, parse } from "../internal/json.ts"
import { robotCodeFor, Settings } from "../internal/settings.ts"
import { Watch } from "../internal/Watch.ts"
import * as Payloads from "../Payloads.ts"
import type { Said, Say } from "../Say.ts"
import { Credentials } from "../server/Credentials.ts"
import { Deliveries } from "../server/Deliveries.ts"
import { BaseUrl } from "../server/exchange.ts"
import { Links } from "../server/Links.ts"
import { appearance, plain } from "./appearance.ts"
import * as Card from "./card.ts"
import { Conversations } from "./Conversations.ts"
import { Files } from "./Files.ts"
import { callbackParcel, eventParcel, groupOf, messageParcel, newMsgId, personOf } from "./parcels.ts"

/** Frames of a flood that go out in one iteration of the event loop. */
const floodBatch = 500

/** Makes a frame of about 1.2 KB. */
const floodText = (index: number) => text(`${index} ${"流".repeat(80)}`)

/** What a message has beside its type; of a record, without the names that it is told with. */
const contentOf = (body: Payloads.Body) => {
  const given = body[body.msgtype] ?? body["content"]
  const content = typeof given === "string" ? parse(given) : given
  return isRecord(content) ? content : {}
}

/** An iteration of the event loop. */
const iteration: Effect.Effect<void> = Effect.async((resume) => {
  const handle = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(handle))
})

/** What people do that no robot is told of. */
export const withoutRobot: Effect.Effect<Pick<Speaking, "read" | "putFile">, never, Watch | Conversations | Files> =
  Effect.gen(function*() {
    const watch = yield* Watch
    const conversations = yield* Conversations
    const files = yield* Files
    return {
      read: (userId, group) =>
        Effect.sync(() => {
          conversations.read(userId, group, Date.now())
          watch.changed()
        }),
      putFile: (content, options = {}) =>
        Effect.sync(() => {
          const { announced = true, contentType, disposition, downloadCode = randomUUID(), fileName, redirect } =
            options
          const named = disposition ?? (fileName === undefined ? undefined : `attachment; filename="${fileName}"`)
          files.offer({
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
        })
    }
  })

export const speaking: Effect.Effect<
  Speaking,
  never,
  Settings | Watch | BaseUrl | Credentials | Deliveries | Links | Conversations | Files
> = Effect.gen(function*() {
  const settings = yield* Settings
  const baseUrl = yield* BaseUrl
  const credentials = yield* Credentials
  const deliveries = yield* Deliveries
  const links = yield* Links
  const conversations = yield* Conversations
  const reading = yield* withoutRobot

  /** The message for one robot, with a session of its own to answer by. */
  const parcelFor = (
    clientId: string,
    conversationId: string,
    msgId: string,
    at: number,
    body: Payloads.Body,
    say: Say
  ) => {
    const from = personOf(say.from)
    const group = groupOf(say.group)
    const sessionId = randomUUID().replaceAll("-", "")
    const expiresAt = at + settings.webhookTtlMs
    const userId = group === undefined ? from.staffId : undefined
    credentials.addSession(sessionId, { clientId, conversationId, userId, expiresAt })
    return messageParcel(body, {
      msgId,
      at,
      from,
      group,
      mention: say.mention ?? false,
      clientId,
      robotCode: robotCodeFor(settings, clientId),
      sessionWebhook: `${baseUrl()}/robot/sendBySession?session=${sessionId}`,
      sessionWebhookExpiredTime: expiresAt,
      delegateOf: say.delegateOf,
      fields: say.fields ?? {}
    })
  }

  const post = (body: Payloads.Body, say: Say, said?: string): Said => {
    const at = Date.now()
    const msgId = say.msgId ?? newMsgId()
    const { staffId } = personOf(say.from)
    const group = groupOf(say.group)
    const robots = say.robots ?? [links.defaultClient()] as const
    const conversationOf = (clientId: string) =>
      group?.conversationId ?? Payloads.directConversationId(staffId, clientId)
    const mentions = group !== undefined && say.mention === true ? robots : []
    const content = contentOf(body)
    const looks = said === undefined ? appearance(body.msgtype, content) : plain(said)
    const line = { ...looks, content, at, from: staffId, title: undefined, id: msgId, kind: body.msgtype, mentions }
    if (group !== undefined) conversations.heard(group.conversationId, undefined, robots, line)
    else for (const robot of robots) conversations.heard(conversationOf(robot), staffId, [robot], line)
    const parcels = robots.map((robot) => parcelFor(robot, conversationOf(robot), msgId, at, body, say))
    const conversationId = conversationOf(robots[0])
    if (say.behindHandshake === true) {
      deliveries.hold(parcels)
      return { msgId, messageId: "", conversationId, deliveries: [] }
    }
    const sent = parcels.map(deliveries.deliver)
    return { msgId, messageId: sent[0]?.messageId ?? "", conversationId, deliveries: sent }
  }

  /** What the robot answers to it changes the card. */
  const act = (clientId: string, action: Parameters<typeof Payloads.cardAction>[0]) =>
    deliveries.deliver(
      callbackParcel(clientId, Payloads.topics.cardAction, Payloads.cardAction(action), (data) => {
        const card = conversations.card(action.outTrackId)
        if (card?.clientId !== clientId) return
        conversations.setCard(Card.answered(card, action.userId, data, Date.now()))
      })
    )
  const callback: Speaking["callback"] = (topic, data, options) =>
    Effect.sync(() => deliveries.deliver(callbackParcel(options?.clientId ?? links.defaultClient(), topic, data)))
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
          (from) => Effect.zipLeft(Effect.sync(() => batch(from)), iteration)
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
        const { clientId = links.defaultClient(), eventId = randomUUID().replaceAll("-", "") } = options ?? {}
        return deliveries.deliver(eventParcel(clientId, eventType, data, eventId))
      }),
    callback,
    cardAction: (action, options) => Effect.sync(() => act(options?.clientId ?? links.defaultClient(), action)),
    press: (outTrackId, actionIds, { as = "zhangsan", params = {} } = {}) =>
      Effect.suspend(() => {
        const card = conversations.card(outTrackId)
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
    ...reading,
    scan: (url, answer = "confirm") =>
      Effect.suspend(() =>
        credentials.scanned(url, answer === "confirm" ? "SUCCESS" : "FAIL", Date.now())
          ? Effect.void
          : Effect.fail(new NoSuchElementException(`no QR code holds ${url}, or it is over`))
      ),
    graphCall: (call, options) => callback(Payloads.topics.graphCall, Payloads.graphCall(call), options),
    system: (topic, data = {}, which = {}) =>
      Effect.sync(() => links.live(which).map((link) => deliveries.system(link, topic, data))),
    ping: (which = {}) => Effect.sync(() => links.live(which).map(deliveries.ping)),
    raw: (frame, options = {}) =>
      Effect.sync(() => {
        for (const link of links.live(options)) link.send(frame, options.as)
      })
  }
})
