/**
 * The same to many: people in batches, groups and cards one by one, and what became of each.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import * as DingTalkBulk from "../../DingTalkBulk.ts"
import * as DingTalkCards from "../../DingTalkCards.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import { type ApiError, isApiError } from "../../outbound/api/ApiError.ts"
import { CallPriority } from "../../outbound/api/Scheduler.ts"
import type { PartialDelivery, SendError } from "../../outbound/api/SendError.ts"
import { remedyFor } from "../../outbound/bulk/BulkProgress.ts"
import { patience } from "../../outbound/bulk/patience.ts"
import * as Target from "../../outbound/message/Target.ts"
import type { Load } from "./load.ts"
import type { Outcome } from "./outcomes.ts"

/**
 * Some targets and what is known of them now: first that they are under way, as `unknown`, then what became of them.
 *
 * @since 0.1.0
 * @category models
 */
export type Step = ReadonlyArray<Outcome>

type Steps = Stream.Stream<Step, SendError, DingTalkSender.DingTalkSender>

const ofUser = (one: DingTalkBulk.UserOutcome): Outcome => {
  const to = Target.format(Target.User({ id: one.userId }))
  switch (one.outcome) {
    case "sent":
      return { to, outcome: one.outcome, messageId: one.messageId }
    case "refused":
      return { to, outcome: one.outcome, reason: one.reason }
    case "unknown":
    case "failed":
      return { to, outcome: one.outcome, detail: one.detail }
  }
}

/** A message that went to one target. */
interface Sent {
  readonly messageId: string | undefined
  readonly outTrackId?: string
}

/**
 * Sends to one target.
 *
 * @since 0.1.0
 * @category operations
 */
export const toOne = (
  account: string | undefined,
  load: Load,
  target: Target.Target
): Effect.Effect<Sent, SendError | PartialDelivery, DingTalkSender.DingTalkSender> => {
  const to = Target.format(target)
  switch (load._tag) {
    case "Message":
      return Effect.map(
        DingTalkSender.sendMessage({ account, to, message: load.message }),
        ({ messageId }) => ({ messageId })
      )
    case "Card": {
      const { params, templateId } = load
      return Effect.map(DingTalkCards.create({ account, to, templateId, params }), ({ deliveries, outTrackId }) => ({
        messageId: deliveries.find(({ messageId }) => messageId !== undefined)?.messageId,
        outTrackId
      }))
    }
  }
}

/** Names and codes of what is wrong with a target alone. */
const aboutTarget = /openConversationId|openSpaceId|userId|staffId|receivers/i

const isOwnFault = (error: ApiError): boolean =>
  Predicate.isTagged(error, "TargetGone") ||
  (Predicate.isTagged(error, "BadRequest") && aboutTarget.test(`${error.field ?? ""} ${error.code ?? ""}`))

/** What a failed call says of its target; `undefined` if every other call would fail in the same way. */
const ofError = (to: string, error: SendError | PartialDelivery): Outcome | undefined => {
  if (Predicate.isTagged(error, "Refused")) {
    return { to, outcome: "refused", reason: error.users.map(({ reason }) => reason).join(", ") }
  }
  if (!isApiError(error)) return undefined
  const remedy = remedyFor(error, 1)
  const outcome = remedy._tag === "note" ? remedy.outcome : "failed"
  return remedy._tag === "stop" && !isOwnFault(error) ? undefined : { to, outcome, detail: error.message }
}

const oneByOne = (account: string | undefined, load: Load, targets: ReadonlyArray<Target.Target>): Steps =>
  Stream.fromIterable(targets).pipe(
    Stream.rechunk(1),
    Stream.flatMap((target): Steps => {
      const to = Target.format(target)
      const answered = Stream.unwrap(
        Effect.map(Effect.either(Effect.retry(toOne(account, load, target), patience(1))), (result): Steps => {
          if (Either.isRight(result)) {
            const sent: Outcome = { to, outcome: "sent", ...result.right }
            return Stream.make([sent])
          }
          const error = result.left
          const outcome = ofError(to, error)
          if (outcome !== undefined) return Stream.make([outcome])
          const failed: Step = [{ to, outcome: "failed", detail: error.message }]
          return error._tag === "PartialDelivery"
            ? Stream.make(failed)
            : Stream.concat(Stream.make(failed), Stream.fail(error))
        }).pipe(Effect.provideService(CallPriority, "bulk"))
      )
      return Stream.concat(Stream.make<[Step]>([{ to, outcome: "unknown", detail: "under way" }]), answered)
    })
  )

/**
 * Sends to all of them, as the stream is pulled, behind everything that somebody waits for. People get a message 20 per
 * call; a group takes a call, and so does each card, which is the target's own.
 *
 * Fails, after the step that says so, with what would meet everybody: credentials, permission, quota, the message itself.
 *
 * @since 0.1.0
 * @category operations
 */
export const toMany = (
  account: string | undefined,
  load: Load,
  targets: ReadonlyArray<Target.Target>
): Steps => {
  if (load._tag === "Card") return oneByOne(account, load, targets)
  const userIds = targets.flatMap((target) => target._tag === "User" ? [target.id] : [])
  const people = userIds.length === 0 ? Stream.empty : Stream.map(
    DingTalkBulk.sendToMany({ account, userIds, message: load.message }),
    ({ outcomes }) => outcomes.map(ofUser)
  )
  return Stream.concat(people, oneByOne(account, load, targets.filter(({ _tag }) => _tag === "Group")))
}
