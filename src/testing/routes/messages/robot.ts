/** What a robot sends through the API: to people, to a group. */
import { isRecord, isText, type Json, parse, texts } from "../../internal/json.ts"
import { robotProblem } from "../../internal/settings.ts"
import { directConversationId } from "../../Payloads.ts"
import { appearance } from "../../people/appearance.ts"
import { msgKeys, paramProblem } from "../../people/messageKinds.ts"
import type * as Seen from "../../Seen.ts"
import type { Token } from "../../server/Credentials.ts"
import type { Call } from "../../server/exchange.ts"
import { type Outcome, refuse, type Route, succeed, withBody, withToken } from "../route.ts"
import type { World } from "../World.ts"

const maxUsers = 20

/** In bytes. Documented for groups; that it holds for direct messages is ours, a client can't know better. */
const maxParamBytes = 15_000

interface Content {
  readonly msgKey: string
  readonly param: Json
}

type Checked = { readonly problem: string } | { readonly content: Content }

const checkContent = (settings: World["settings"], token: Token, body: Json): Checked => {
  const { msgKey, msgParam, robotCode } = body
  const robot = robotProblem(settings, token.clientId, robotCode)
  if (robot !== undefined) return { problem: robot }
  if (!isText(msgKey)) return { problem: "invalidParameter.msgKey.empty" }
  if (!msgKeys.has(msgKey)) return { problem: "invalidParameter.msgKey.invalid" }
  // The parameter is a string of JSON: an object is the usual mistake.
  const param = typeof msgParam === "string" ? parse(msgParam) : undefined
  if (typeof msgParam !== "string" || !isRecord(param)) return { problem: "invalidParameter.msgParam.invalid" }
  if (Buffer.byteLength(msgParam) > maxParamBytes) return { problem: "invalidParameter.msgParam.tooLong" }
  const problem = paramProblem(msgKey, param)
  return problem === undefined ? { content: { msgKey, param } } : { problem }
}

/** A route that sends: the checks common to all, then what is particular to its target. */
const sending = (
  target: string,
  deliver: (sending: { content: Content; body: Json; token: Token; call: Call; world: World }) => Outcome
): Route =>
  withToken((token) =>
    withBody(["robotCode", target, "msgKey", "msgParam"], (body, call, world) => {
      const checked = checkContent(world.settings, token, body)
      return "problem" in checked
        ? refuse(call, 400, checked.problem)
        : deliver({ content: checked.content, body, token, call, world })
    })
  )

const sendRecord = (
  call: Call,
  token: Token,
  { msgKey, param }: Content
): Omit<Seen.Send, "userIds" | "conversationId"> => ({
  at: call.at,
  via: "api",
  path: call.path,
  clientId: token.clientId,
  kind: msgKey,
  content: param,
  processQueryKey: call.id
})

const reply = (
  call: Call,
  token: Token,
  { msgKey, param }: Content,
  target: Pick<Seen.Reply, "to" | "group" | "conversationId">
): Seen.Reply => ({
  ...target,
  at: call.at,
  ...appearance(msgKey, param),
  content: param,
  via: "api",
  kind: msgKey,
  mentions: [],
  clientId: token.clientId,
  processQueryKey: call.id,
  card: undefined
})

/** An encrypted sender id, or the id of a conversation, is no user. */
export const isNoUser = (id: string): boolean => id.startsWith("$:") || id.startsWith("cid")

export const sendToUsers: Route = sending("userIds", ({ body, call, content, token, world }) => {
  const userIds = texts(body["userIds"])
  if (userIds.length === 0) {
    return refuse(call, 400, "invalidParameter.userIds.empty", "userIds is empty")
  }
  if (userIds.length > maxUsers) {
    return refuse(call, 400, "invalidParameter.userIds.overMax", `more than ${maxUsers} users`)
  }
  const { filtered, flowControlled, invalid } = world.refused()
  const invalidStaffIdList = userIds.filter((id) => isNoUser(id) || invalid.includes(id))
  const flowControlledStaffIdList = userIds.filter((id) => flowControlled.includes(id))
  const filteredStaffIdList = userIds.filter((id) => filtered.includes(id))
  const unreached = new Set([...invalidStaffIdList, ...flowControlledStaffIdList, ...filteredStaffIdList])
  return succeed({
    processQueryKey: call.id,
    invalidStaffIdList,
    flowControlledStaffIdList,
    filteredStaffIdList
  }, {
    _tag: "Sent",
    send: { ...sendRecord(call, token, content), userIds, conversationId: undefined },
    replies: userIds.filter((id) => !unreached.has(id)).map((id) =>
      reply(call, token, content, {
        to: id,
        group: false,
        conversationId: directConversationId(id, token.clientId)
      })
    )
  })
})

/** Why a robot can't speak there; `undefined` when it can. */
export const groupProblem = (world: World, id: unknown): string | undefined => {
  if (!isText(id) || !id.startsWith("cid")) return "openConversationId.notExisted"
  const known = world.conversation(id)
  // The ids are case-sensitive: one that was lower-cased on its way is nobody's.
  if (known !== undefined && known.id !== id) return "openConversationId.notExisted"
  return known?.direct === true ? "invalidParameter.openConversationId.invalid" : world.refusedGroup(id)
}

export const sendToGroup: Route = sending("openConversationId", ({ body, call, content, token, world }) => {
  const id = String(body["openConversationId"])
  const problem = groupProblem(world, body["openConversationId"])
  if (problem !== undefined) return refuse(call, 400, problem)
  return succeed({ processQueryKey: call.id }, {
    _tag: "Sent",
    send: { ...sendRecord(call, token, content), userIds: [], conversationId: id },
    replies: [reply(call, token, content, { to: id, group: true, conversationId: id })]
  })
})
