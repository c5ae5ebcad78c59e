/** What a robot asks about its messages and takes back, and the groups that it is in. */
import { isText, texts } from "../../internal/json.ts"
import type { Sent } from "../../people/Conversations.ts"
import { asRobot, type Outcome, refuse, type Route, succeed, withToken } from "../route.ts"
import type { World } from "../World.ts"

const maxKeys = 20

/** Of one page. */
const maxReaders = 200

const ownSent = (world: World, clientId: string, key: string): Sent | undefined => {
  const sent = world.message(key)
  return sent?.clientId === clientId ? sent : undefined
}

/** Why a message is not recalled. That each has a reason is documented, its words are ours. */
const recallProblem = (world: World, sent: Sent | undefined, group: unknown, at: number): string | undefined => {
  if (sent === undefined || sent.group !== group) return "processQueryKey.notExist"
  if (sent.recalled) return "message.recalled"
  return at - sent.at > world.settings.recallTtlMs ? "processQueryKey.expireTime" : undefined
}

/** In a group, or in direct conversations. */
const recall = (where: "group" | "direct"): Route =>
  asRobot(
    [...where === "group" ? ["openConversationId"] : [], "processQueryKeys"],
    (body, { clientId }, call, world): Outcome => {
      const keys = texts(body["processQueryKeys"])
      if (keys.length === 0 || keys.length > maxKeys) {
        const code = `invalidParameter.processQueryKeys.${keys.length === 0 ? "empty" : "overMax"}`
        return refuse(call, 400, code)
      }
      const group = where === "group" ? body["openConversationId"] : undefined
      const results = keys.map((key) => ({
        key,
        problem: recallProblem(world, ownSent(world, clientId, key), group, call.at)
      }))
      const successResult = results.flatMap(({ key, problem }) => problem === undefined ? [key] : [])
      const failedResult = Object.fromEntries(
        results.flatMap(({ key, problem }) => problem === undefined ? [] : [[key, problem]])
      )
      return succeed({ successResult, failedResult }, { _tag: "Recalled", keys: successResult })
    }
  )

export const recallFromUsers: Route = recall("direct")

export const recallFromGroup: Route = recall("group")

const sendStatus = ({ recalled }: Sent): string => recalled ? "RECALLED" : "SUCCESS"

/** It means both: DingTalk has not made it yet, and has forgotten it. */
const unknownKey = "processQueryKey.expireTime"

export const readStatus: Route = withToken((token) => (call, world) => {
  const { processQueryKey } = call.query
  const sent = isText(processQueryKey) ? ownSent(world, token.clientId, processQueryKey) : undefined
  if (sent === undefined) return refuse(call, 400, unknownKey)
  return succeed({
    sendStatus: sendStatus(sent),
    messageReadInfoList: sent.userIds.map((userId) => {
      const at = sent.readAt.get(userId)
      return { name: userId, userId, readStatus: at === undefined ? "UNREAD" : "READ", readTimestamp: at ?? 0 }
    })
  })
})

/** One page of a list; its token is the index of the next, as text. */
const pageOf = <A>(all: ReadonlyArray<A>, token: unknown, size: number) => {
  const from = isText(token) ? Number(token) : 0
  const end = from + size
  return {
    items: all.slice(from, end),
    more: end < all.length ? { hasMore: true, nextToken: `${end}` } : { hasMore: false }
  }
}

const sizeOf = (size: unknown, most: number): number | undefined =>
  typeof size === "number" && Number.isInteger(size) && size >= 1 && size <= most ? size : undefined

export const groupMessageStatus: Route = asRobot(
  ["openConversationId", "processQueryKey"],
  (body, { clientId }, call, world) => {
    const size = sizeOf(body["maxResults"] ?? maxReaders, maxReaders)
    if (size === undefined) return refuse(call, 400, "invalidParameter.param.invalid", "maxResults")
    const sent = ownSent(world, clientId, String(body["processQueryKey"]))
    if (sent === undefined || sent.group !== body["openConversationId"]) {
      return refuse(call, 400, unknownKey)
    }
    const { items, more } = pageOf([...sent.readAt], body["nextToken"], size)
    return succeed({
      sendStatus: sendStatus(sent),
      readUserIds: items.map(([userId]) => userId),
      readUsers: items.map(([userId, at]) => ({ userId, readTime: at })),
      ...more
    })
  }
)

export const installedGroups: Route = asRobot(["maxResult"], (body, { clientId }, call, world) => {
  const size = sizeOf(body["maxResult"], maxReaders)
  if (size === undefined) return refuse(call, 400, "invalidParameter.param.invalid", "maxResult")
  const { items, more } = pageOf(world.groups(clientId), body["nextToken"], size)
  return succeed({ openConversationIds: items, ...more })
})
