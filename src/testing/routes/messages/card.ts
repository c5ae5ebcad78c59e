/** Cards: create and deliver, update, write. The codes are those of DingTalk's API reference. */
import { isRecord, isText, type Json } from "../../internal/json.ts"
import { robotProblem } from "../../internal/settings.ts"
import { directConversationId } from "../../Payloads.ts"
import { cardAppearance } from "../../people/appearance.ts"
import * as Card from "../../people/card.ts"
import type * as Seen from "../../Seen.ts"
import type { Token } from "../../server/Credentials.ts"
import type { Call } from "../../server/exchange.ts"
import { type Outcome, refuse, type Route, succeed, withBody, withToken } from "../route.ts"
import type { Change, World } from "../World.ts"
import { groupProblem, isNoUser } from "./robot.ts"

interface Space {
  readonly type: "IM_GROUP" | "IM_ROBOT"
  readonly id: string
}

const prefix = "dtv1.card//"

/** `dtv1.card//type.id;type.id;…`, the prefix once, the types in any case; `undefined` for anything else. */
export const spacesOf = (openSpaceId: string): ReadonlyArray<Space> | undefined => {
  if (!openSpaceId.startsWith(prefix)) return undefined
  const parts = openSpaceId.slice(prefix.length).split(";").filter((part) => part !== "")
  const spaces = parts.flatMap((part): ReadonlyArray<Space> => {
    const dot = part.indexOf(".")
    const type = part.slice(0, dot).toUpperCase()
    const id = part.slice(dot + 1)
    return dot > 0 && id !== "" && (type === "IM_GROUP" || type === "IM_ROBOT") ? [{ type, id }] : []
  })
  return spaces.length > 0 && spaces.length === parts.length ? spaces : undefined
}

/** Why a card can't be shown in a space, in the words of `errorMsg` (ours); `undefined` when it can. */
const deliveryProblem = (world: World, { id, type }: Space): string | undefined => {
  if (type === "IM_GROUP") return groupProblem(world, id)
  return isNoUser(id) || world.refused().invalid.includes(id) ? "param.userIdNotExist" : undefined
}

/** What must be given for a space to be delivered to. */
const deliverModels = { IM_GROUP: "imGroupOpenDeliverModel", IM_ROBOT: "imRobotOpenDeliverModel" } as const

/** What a space is told of the card besides. */
const spaceModels = { IM_GROUP: "imGroupOpenSpaceModel", IM_ROBOT: "imRobotOpenSpaceModel" } as const

const modelProblem = (world: World, token: Token, body: Json, { type }: Space): string | undefined => {
  const model = body[deliverModels[type]]
  if (!isRecord(model)) return "param.openDeliverModelEmpty"
  if (type === "IM_ROBOT" && model["robotCode"] === undefined) {
    return model["spaceType"] === "IM_ROBOT" ? undefined : "param.openDeliverModelError"
  }
  return robotProblem(world.settings, token.clientId, model["robotCode"]) === undefined
    ? undefined
    : "chatbotNotInstall"
}

/** Why there can be no such card; `undefined` when there can. */
const cardProblem = (world: World, { cardTemplateId, outTrackId }: Json): string | undefined => {
  if (!isText(cardTemplateId)) return "param.cardTemplateIdEmpty"
  if (!isText(outTrackId)) return "param.outTrackIdEmpty"
  const { cardTemplates } = world.settings
  if (cardTemplates !== undefined && !cardTemplates.includes(cardTemplateId)) return "param.templateNotExist"
  // That an id is used once is documented; so is the code, though not that the one belongs to the other.
  return world.card(outTrackId) === undefined ? undefined : "param.cardAlreadyExist"
}

/** Where a card is to be shown; or why it can't be. */
const spacesIn = (world: World, token: Token, body: Json): ReadonlyArray<Space> | string => {
  if (!isText(body["openSpaceId"])) return "param.openSpaceIdEmpty"
  const spaces = spacesOf(body["openSpaceId"])
  if (spaces === undefined) return "param.openSpaceIdInvalid"
  return spaces.map((space) => modelProblem(world, token, body, space)).find(isText) ?? spaces
}

const placeOf = (token: Token, { id, type }: Space, carrierId: string): Seen.Place =>
  type === "IM_GROUP"
    ? { to: id, group: true, conversationId: id, carrierId }
    : { to: id, group: false, conversationId: directConversationId(id, token.clientId), carrierId }

const replyOf = (card: Card.Card, content: Json, { carrierId, conversationId, group, to }: Seen.Place): Seen.Reply => ({
  ...cardAppearance(Card.shown(card, to)),
  content,
  at: card.createdAt,
  to,
  group,
  conversationId,
  via: "api",
  kind: "card",
  mentions: [],
  clientId: card.clientId,
  processQueryKey: carrierId,
  card: card.outTrackId
})

/** A value that is no string breaks the whole body: DingTalk takes a map of strings. The code follows its pattern. */
const notStrings = (call: Call): Outcome =>
  refuse(call, 400, "InvalidcardData", "Specified parameter cardData is not valid.")

/** A card that is shown nowhere so far; or the refusal. */
const newCard = (token: Token, call: Call, body: Json): Card.Card | Outcome => {
  const { callbackType, cardTemplateId, outTrackId } = body
  const params = Card.paramsOf(body["cardData"])
  const privateParams = Card.privateParamsOf(body["privateData"])
  if (params === undefined || privateParams === undefined) return notStrings(call)
  // The reference calls it optional; in the field its absence is this.
  if (callbackType !== "STREAM" && callbackType !== "HTTP") return refuse(call, 500, "unknownError", "未知错误")
  return {
    ...Card.blank(String(outTrackId), String(cardTemplateId), token.clientId, call.at),
    params,
    privateParams,
    ...Card.listingOf(Object.values(spaceModels).map((model) => body[model])),
    callsBack: callbackType === "STREAM"
  }
}

/** Shows a card where it can be shown, and says what became of each space. */
const deliver = (world: World, token: Token, call: Call, body: Json, card: Card.Card, spaces: ReadonlyArray<Space>) => {
  const deliveries = spaces.map((space, index) => ({
    space,
    carrierId: index === 0 ? call.id : `${call.id}-${index}`,
    problem: deliveryProblem(world, space)
  }))
  const places = deliveries.flatMap(({ carrierId, problem, space }) =>
    problem === undefined ? [placeOf(token, space, carrierId)] : []
  )
  const shown: Card.Card = { ...card, places: [...card.places, ...places] }
  const send: Seen.Send = {
    at: call.at,
    via: "api",
    path: call.path,
    clientId: token.clientId,
    kind: "card",
    content: body,
    userIds: spaces.flatMap(({ id, type }) => type === "IM_ROBOT" ? [id] : []),
    conversationId: spaces.find(({ type }) => type === "IM_GROUP")?.id,
    processQueryKey: undefined
  }
  const changes: ReadonlyArray<Change> = [
    { _tag: "CardChanged", card: shown },
    { _tag: "Sent", send, replies: places.map((place) => replyOf({ ...shown, createdAt: call.at }, body, place)) }
  ]
  return {
    changes,
    deliverResults: deliveries.map(({ carrierId, problem, space }) => ({
      spaceId: space.id,
      spaceType: space.type,
      success: problem === undefined,
      ...problem === undefined ? { carrierId } : { errorMsg: problem }
    }))
  }
}

export const createAndDeliverCard: Route = withToken((token) =>
  withBody(["cardTemplateId", "outTrackId", "cardData", "openSpaceId"], (body, call, world) => {
    const problem = cardProblem(world, body)
    const spaces = problem ?? spacesIn(world, token, body)
    if (typeof spaces === "string") return refuse(call, 400, spaces)
    const card = newCard(token, call, body)
    if ("answer" in card) return card
    const { changes, deliverResults } = deliver(world, token, call, body, card, spaces)
    return succeed({ success: true, result: { outTrackId: card.outTrackId, deliverResults } }, ...changes)
  })
)

/** The first step of two, as the official Python SDK makes cards. */
export const createCard: Route = withToken((token) =>
  withBody(["cardTemplateId", "outTrackId", "cardData"], (body, call, world) => {
    const problem = cardProblem(world, body)
    if (problem !== undefined) return refuse(call, 400, problem)
    const card = newCard(token, call, body)
    return "answer" in card ? card : succeed({ success: true, result: card.outTrackId }, { _tag: "CardChanged", card })
  })
)

/** The second step. */
export const deliverCard: Route = withToken((token) =>
  withBody(["outTrackId", "openSpaceId"], (body, call, world) => {
    const card = ownCard(world, token, String(body["outTrackId"]))
    if (card === undefined) return refuse(call, 400, "param.cardNotExist")
    const spaces = spacesIn(world, token, body)
    if (typeof spaces === "string") return refuse(call, 400, spaces)
    const { changes, deliverResults } = deliver(world, token, call, body, card, spaces)
    return succeed({ success: true, result: deliverResults }, ...changes)
  })
)

/** One's own card; that another's is none is ours. */
const ownCard = (world: World, token: Token, outTrackId: string): Card.Card | undefined => {
  const card = world.card(outTrackId)
  return card?.clientId === token.clientId ? card : undefined
}

const done = { success: true, result: true }

export const updateCard: Route = withToken((token) =>
  withBody(["outTrackId"], (body, call, world) => {
    const { cardData, outTrackId, privateData } = body
    if (!isText(outTrackId)) return refuse(call, 400, "param.outTrackIdEmpty")
    if (cardData === undefined && privateData === undefined) {
      const code = "param.cardDataAndPrivateDataBothEmpty"
      return refuse(call, 400, code)
    }
    const card = ownCard(world, token, outTrackId)
    if (card === undefined) return refuse(call, 400, "param.cardNotExist")
    const update = Card.updateOf(body)
    if (update === undefined) return notStrings(call)
    return succeed(done, { _tag: "CardChanged", card: Card.updated(card, update, call.at) })
  })
)

/** The variable of DingTalk's public AI templates; another one is answered thus in the field. */
const publicTemplates: ReadonlyMap<string, string> = new Map([
  ["382e4302-551d-4880-bf29-a30acfab2e71.schema", "msgContent"],
  ["02fcf2f4-5e02-4a85-b672-46d1f715543e.schema", "msgContent"]
])

export const writeCard: Route = withToken((token) =>
  withBody(["outTrackId", "guid", "key", "content"], (body, call, world) => {
    const { content, guid, key, outTrackId } = body
    if (!isText(key)) return refuse(call, 400, "param.stream.keyEmpty")
    if (!isText(content)) return refuse(call, 400, "param.stream.contentEmpty")
    if (!isText(guid)) return refuse(call, 400, "param.stream.guidEmpty")
    const card = isText(outTrackId) ? ownCard(world, token, outTrackId) : undefined
    if (card === undefined) return refuse(call, 400, "param.stream.outTrackId", "card is not exist")
    if ((publicTemplates.get(card.templateId) ?? key) !== key) return refuse(call, 500, "unknownError", "未知错误")
    const writing: Card.Writing = {
      guid,
      key,
      content,
      isFull: body["isFull"] === true,
      isFinalize: body["isFinalize"] === true,
      isError: body["isError"] === true
    }
    return succeed(done, { _tag: "CardChanged", card: Card.written(card, writing, call.at) })
  })
)
