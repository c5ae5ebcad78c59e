/** What a cluster keeps in its engine's tables, and under which names. Pure. */
import { isRecord, string } from "../../../internal/json.ts"
import { parseData } from "../../../stream/Frame.ts"

/** What a conversation is called in the engine's table of messages. */
export const conversationType = "DingTalkConversation"

/**
 * How often each was begun, beside each engine's table of messages, for two engines may give the same ids. It tells which
 * tables are those of messages.
 */
export const attemptsOf = (messages: string): string => `${messages}_dingtalk_attempts`

/** Who holds what somebody has dropped: nobody begins it any more. */
export const dropped = "dropped"

/** An index of the engine's table of messages. */
export const lineIndexOf = (messages: string): string => `${messages}_dingtalk_line`

/** The entities of an account have ids that begin so. */
export const entitiesOf = (account: string): string => `${encodeURIComponent(account)}/`

/** The account of an entity's id, and its conversation, or what there is of it. */
export const accountOf = (entityId: string): string => decodeURIComponent(entityId.slice(0, entityId.indexOf("/")))
export const keyOf = (entityId: string): string => entityId.slice(entityId.indexOf("/") + 1)

/** The engine counts its ids from the beginning of 2025, in milliseconds, and has 22 bits for what was made within one. */
const keptAt = (id: string): number => Number(BigInt(id) >> 22n) + Date.UTC(2025, 0, 1)

/** What something is called whose name can't be read, before the number of its request. */
export const unnamed = "request:"

/** What the engine's table says of what waits. */
export interface Kept {
  readonly id: string
  readonly entity: string
  readonly payload: string
}

/** What was kept: its name and its frame as JSON, or, if that can't be read, what there is in their place. */
export const letterOf = ({ entity, id, payload }: Kept) => {
  const kept = parseData(payload)
  const { frame, id: name, receivedAt } = isRecord(kept) ? kept : {}
  return {
    entity,
    id: string(name) ?? `${unnamed}${id}`,
    frame: string(frame) ?? payload,
    receivedAt: typeof receivedAt === "number" ? receivedAt : keptAt(id)
  }
}
