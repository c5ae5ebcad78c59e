/**
 * Who is that: people by staff id or mobile number, and what a group is called; remembered for a while.
 *
 * @since 0.1.0
 */
import * as Array from "effect/Array"
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as DingTalkSender from "./DingTalkSender.ts"
import type { ApiError } from "./outbound/api/ApiError.ts"
import type { SendError } from "./outbound/api/SendError.ts"
import * as PeopleApi from "./outbound/people/PeopleApi.ts"

export type { Group } from "./outbound/people/PeopleApi.ts"

/**
 * A person of the organisation, as far as the application may see.
 *
 * @since 0.1.0
 * @category models
 */
export interface Person extends PeopleApi.Person {
  /** The names of the departments that the application may see. */
  readonly departments: ReadonlyArray<string>
}

/**
 * Whose, and of which account.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The account that asks. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
}

/**
 * Who people are.
 *
 * All of it fails with `PermissionDenied`, which names the scopes that are missing, until the application has them; with
 * `TargetGone` for somebody who is not there, and `BadRequest` for such a group; otherwise as every call does.
 *
 * @since 0.1.0
 * @category tags
 */
export class DingTalkPeople extends Context.Tag("effect-dingtalk/DingTalkPeople")<DingTalkPeople, {
  /** A person by staff id. */
  readonly person: (staffId: string, options?: Options) => Effect.Effect<Person, SendError>
  /** The staff id of whoever has this mobile number. */
  readonly staffIdByMobile: (mobile: string, options?: Options) => Effect.Effect<string, SendError>
  /** A group's name and owner, by its `openConversationId`. */
  readonly group: (openConversationId: string, options?: Options) => Effect.Effect<PeopleApi.Group, SendError>
}>() {}

interface Key {
  readonly account: string | undefined
  readonly id: string
}

/** What the application may not see, or what is no more, is left out. */
const withDepartments = (
  person: PeopleApi.Person,
  name: (departmentId: string) => Effect.Effect<string, SendError>
): Effect.Effect<Person, SendError> =>
  Effect.forEach(
    person.departmentIds,
    (id) =>
      name(id).pipe(
        Effect.map(Array.of),
        Effect.catchTag("PermissionDenied", "TargetGone", () => Effect.succeed([]))
      ),
    { concurrency: 4 }
  ).pipe(Effect.map((departments) => ({ ...person, departments: departments.flat() })))

/**
 * Asks DingTalk, and remembers the answers. Failures are not remembered.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: {
  /** How long an answer is remembered. Default 1 hour. */
  readonly timeToLive?: Duration.DurationInput | undefined
  /** How many answers of each kind are remembered. Default 10 000. */
  readonly capacity?: number | undefined
} = {}): Layer.Layer<DingTalkPeople, never, DingTalkSender.DingTalkSender> =>
  Layer.effect(
    DingTalkPeople,
    Effect.gen(function*() {
      const sender = yield* DingTalkSender.DingTalkSender
      const remembered = <A>(
        ask: (account: DingTalkSender.Account, id: string) => Effect.Effect<A, ApiError | SendError>
      ) =>
        Effect.map(
          Cache.make({
            capacity: options.capacity ?? 10_000,
            timeToLive: options.timeToLive ?? Duration.hours(1),
            lookup: ({ account, id }: Key): Effect.Effect<A, SendError> =>
              Effect.flatMap(sender.account(account), (found) => ask(found, id))
          }),
          (cache) => (id: string, { account }: Options = {}) => {
            const key = Data.struct<Key>({ account, id })
            return cache.get(key).pipe(
              Effect.tapError(() => cache.invalidate(key)),
              // In a fiber of its own: who is interrupted must not interrupt those who wait for the same answer.
              Effect.uninterruptible,
              Effect.disconnect
            )
          }
        )
      const department = yield* remembered(PeopleApi.departmentName)
      return {
        person: yield* remembered((account, staffId) =>
          Effect.flatMap(PeopleApi.person(account, staffId), (person) =>
            withDepartments(person, (id) => department(id, { account: account.settings.id })))
        ),
        staffIdByMobile: yield* remembered(PeopleApi.staffIdByMobile),
        group: yield* remembered(PeopleApi.group)
      }
    })
  )

/**
 * A person by staff id: {@link DingTalkPeople} of the context.
 *
 * @since 0.1.0
 * @category accessors
 */
export const person = (staffId: string, options?: Options): Effect.Effect<Person, SendError, DingTalkPeople> =>
  Effect.flatMap(DingTalkPeople, (people) => people.person(staffId, options))

/**
 * The staff id of whoever has this mobile number: {@link DingTalkPeople} of the context.
 *
 * @since 0.1.0
 * @category accessors
 */
export const staffIdByMobile = (mobile: string, options?: Options): Effect.Effect<string, SendError, DingTalkPeople> =>
  Effect.flatMap(DingTalkPeople, (people) => people.staffIdByMobile(mobile, options))

/**
 * A group's name and owner: {@link DingTalkPeople} of the context.
 *
 * @since 0.1.0
 * @category accessors
 */
export const group = (
  openConversationId: string,
  options?: Options
): Effect.Effect<PeopleApi.Group, SendError, DingTalkPeople> =>
  Effect.flatMap(DingTalkPeople, (people) => people.group(openConversationId, options))
