/**
 * Many recipients as few calls. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as SendError from "../api/SendError.ts"
import * as Target from "./Target.ts"

/**
 * Most people that one call reaches (DingTalk's API reference).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxUsers = 20

/**
 * Whom one call reaches: up to {@link maxUsers} people, or one group.
 *
 * @since 0.1.0
 * @category models
 */
export type Batch = SendError.Batch

const constructors = Data.taggedEnum<Batch>()

/**
 * Up to {@link maxUsers} people.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Users = constructors.Users

/**
 * A group.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Group = constructors.Group

/**
 * Cuts staff ids into batches, in their order and each once.
 *
 * @since 0.1.0
 * @category decisions
 */
export const ofUsers = (userIds: Iterable<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const unique = [...new Set(userIds)]
  return Array.from(
    { length: Math.ceil(unique.length / maxUsers) },
    (_, index) => unique.slice(index * maxUsers, (index + 1) * maxUsers)
  )
}

/**
 * The calls that reach all targets: the people first, then the groups, each once.
 *
 * @since 0.1.0
 * @category decisions
 */
export const ofTargets = (targets: Iterable<Target.Target>): ReadonlyArray<Batch> => {
  const all = [...targets]
  const ids = (tag: Target.Target["_tag"]) => all.filter(({ _tag }) => _tag === tag).map(({ id }) => id)
  return [
    ...ofUsers(ids("User")).map((userIds) => Users({ userIds })),
    ...[...new Set(ids("Group"))].map((conversationId) => Group({ conversationId }))
  ]
}
