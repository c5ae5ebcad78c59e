/** Interactive cards of former years, which the official Python SDK still sends. What is refused with which code is ours. */
import { isRecord, isText, type Json, parse } from "../../internal/json.ts"
import { directConversationId } from "../../Payloads.ts"
import { cardAppearance } from "../../people/appearance.ts"
import * as Card from "../../people/card.ts"
import type * as Seen from "../../Seen.ts"
import { asRobot, refuse, type Route, succeed, withBody, withToken } from "../route.ts"
import { groupProblem, isNoUser } from "./robot.ts"

/** All texts of a card's parts, in their order. */
const textsOf = (u: unknown): ReadonlyArray<string> => {
  if (Array.isArray(u)) return u.flatMap(textsOf)
  if (!isRecord(u)) return []
  return Object.entries(u).flatMap(([key, value]) =>
    isText(value) ? ["text", "markdown", "content"].includes(key) ? [value] : [] : textsOf(value)
  )
}

/** The card in a string of JSON, as variables that people see; `undefined` when it is none. */
const paramsOf = (cardData: unknown): Card.Params | undefined => {
  const card = typeof cardData === "string" ? parse(cardData) : undefined
  if (!isRecord(card)) return undefined
  const { contents, header } = card
  return { title: textsOf(header).join(" "), msgContent: textsOf(contents).join("\n\n") }
}

/** The person, or the group, that it is for. */
const targetOf = ({ openConversationId, singleChatReceiver }: Json): Pick<Seen.Place, "to" | "group"> | undefined => {
  if (isText(openConversationId)) return { to: openConversationId, group: true }
  const receiver = typeof singleChatReceiver === "string" ? parse(singleChatReceiver) : singleChatReceiver
  const userId = isRecord(receiver) ? receiver["userId"] : undefined
  return isText(userId) ? { to: userId, group: false } : undefined
}

export const sendInteractiveCard: Route = asRobot(
  ["cardTemplateId", "cardBizId", "cardData"],
  (body, { clientId }, call, world) => {
    const id = String(body["cardBizId"])
    const params = paramsOf(body["cardData"])
    const target = targetOf(body)
    if (params === undefined) return refuse(call, 400, "invalidParameter.cardData.invalid")
    if (world.card(id) !== undefined) return refuse(call, 400, "param.cardAlreadyExist")
    if (target === undefined) return refuse(call, 400, "invalidParameter.param.invalid")
    const { group, to } = target
    const unknownUser = isNoUser(to) || world.refused().invalid.includes(to) ? "staffId.notExisted" : undefined
    const problem = group ? groupProblem(world, to) : unknownUser
    if (problem !== undefined) return refuse(call, 400, problem)
    const conversationId = group ? to : directConversationId(to, clientId)
    const place: Seen.Place = { to, group, conversationId, carrierId: call.id }
    const card: Card.Card = {
      ...Card.blank(id, String(body["cardTemplateId"]), clientId, call.at),
      params,
      places: [place]
    }
    const common = {
      at: call.at,
      via: "api",
      kind: "card",
      clientId,
      conversationId,
      processQueryKey: call.id
    } as const
    return succeed(
      { processQueryKey: call.id },
      { _tag: "CardChanged", card },
      {
        _tag: "Sent",
        send: {
          ...common,
          path: call.path,
          content: body,
          userIds: group ? [] : [to],
          conversationId: group ? to : undefined
        },
        replies: [{ ...cardAppearance(Card.shown(card)), ...common, content: body, to, group, mentions: [], card: id }]
      }
    )
  }
)

export const updateInteractiveCard: Route = withToken(({ clientId }) =>
  withBody(["cardBizId", "cardData"], (body, call, world) => {
    const card = world.card(String(body["cardBizId"]))
    const params = paramsOf(body["cardData"])
    if (card?.clientId !== clientId) return refuse(call, 400, "param.cardNotExist")
    if (params === undefined) return refuse(call, 400, "invalidParameter.cardData.invalid")
    const update = { params, privateParams: {}, keepParams: false, keepPrivateParams: false }
    return succeed({ processQueryKey: card.places[0]?.carrierId ?? call.id }, {
      _tag: "CardChanged",
      card: Card.updated(card, update, call.at)
    })
  })
)
