/**
 * One message to thousands of people: in batches of twenty, behind everything that somebody waits for, and so that it can
 * be gone on with after whatever has interrupted it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as DingTalkSender from "./DingTalkSender.ts"
import type { Account } from "./outbound/api/ApiClients.ts"
import { Ambiguous, type ApiError, BadRequest } from "./outbound/api/ApiError.ts"
import * as hints from "./outbound/api/internal/hints.ts"
import { unsent } from "./outbound/api/internal/unsent.ts"
import { CallPriority } from "./outbound/api/Scheduler.ts"
import type { SendError } from "./outbound/api/SendError.ts"
import * as BulkProgress from "./outbound/bulk/BulkProgress.ts"
import { patience } from "./outbound/bulk/patience.ts"
import * as Batch from "./outbound/message/Batch.ts"
import * as RobotMessage from "./outbound/message/RobotMessage.ts"
import type { Encoded } from "./outbound/message/TextMessage.ts"
import * as RobotApi from "./outbound/robot/RobotApi.ts"

export type { Counts } from "./outbound/bulk/BulkProgress.ts"
export { UserOutcome } from "./outbound/bulk/BulkProgress.ts"
export { maxWaits } from "./outbound/bulk/patience.ts"

/**
 * After this many batches in a row whose answer was lost, sending stops: something on the way swallows answers.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxUnknownInARow = 3

/**
 * A message and whom it is for.
 *
 * @since 0.1.0
 * @category models
 */
export interface SendToManyOptions {
  /** The account that sends. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  /** Staff ids; each counts once. */
  readonly userIds: Iterable<string>
  readonly message: RobotMessage.RobotMessage
  /**
   * The outcomes of an earlier run, in order: who was sent to or refused is left out, and who is unknown, too. Default
   * none.
   */
  readonly resume?: Iterable<BulkProgress.UserOutcome> | undefined
  /** Whether to send again to those of whom it is unknown. They may get it twice. Default false. */
  readonly againUnknown?: boolean | undefined
}

/**
 * A step of sending to many.
 *
 * The first one says where it begins. Before a batch is sent, its people are `unknown`, in a step of its own; after, they are what became of them. Who writes
 * every outcome down before taking the next step can go on after a crash without sending to anybody twice.
 *
 * @since 0.1.0
 * @category models
 */
export interface Step {
  readonly outcomes: ReadonlyArray<BulkProgress.UserOutcome>
  /** Of everybody, the earlier run included. */
  readonly counts: BulkProgress.Counts
}

interface State {
  readonly latest: BulkProgress.Outcomes
  readonly counts: BulkProgress.Counts
}

/** What became of a batch, and the error that would meet all others, too. */
interface Done {
  readonly outcomes: ReadonlyArray<BulkProgress.UserOutcome>
  readonly stopped: ApiError | undefined
}

const all = (
  userIds: ReadonlyArray<string>,
  outcome: "unknown" | "failed",
  detail: string
): ReadonlyArray<BulkProgress.UserOutcome> => userIds.map((userId) => ({ userId, outcome, detail }))

/** Sends to a batch until it is known what became of it. */
const sendBatch = (
  account: Account,
  userIds: ReadonlyArray<string>,
  message: Encoded
): Effect.Effect<Done> => {
  const done = (outcomes: Done["outcomes"], stopped?: ApiError): Done => ({ outcomes, stopped })
  return RobotApi.sendBatch(account, Batch.Users({ userIds }), message).pipe(
    Effect.retry(patience(userIds.length)),
    Effect.map((sent) => done(BulkProgress.ofSent(userIds, sent))),
    Effect.catchTag(
      "Refused",
      ({ users }) => Effect.succeed(done(BulkProgress.ofSent(userIds, { messageId: undefined, refused: users })))
    ),
    Effect.catchAll((error): Effect.Effect<Done> => {
      const remedy = BulkProgress.remedyFor(error, userIds.length)
      switch (remedy._tag) {
        case "wait":
          return Effect.succeed(done(all(userIds, "failed", error.message)))
        case "split":
          return Effect.gen(function*() {
            const half = Math.ceil(userIds.length / 2)
            const rest = userIds.slice(half)
            const left = yield* sendBatch(account, userIds.slice(0, half), message)
            const right = left.stopped === undefined
              ? yield* sendBatch(account, rest, message)
              : done(all(rest, "failed", left.stopped.message), left.stopped)
            return done([...left.outcomes, ...right.outcomes], right.stopped)
          })
        case "note":
          return Effect.succeed(done(all(userIds, remedy.outcome, error.message)))
        case "stop":
          return Effect.succeed(done(all(userIds, "failed", error.message), error))
      }
    })
  )
}

/**
 * Sends a message to many people, batch after batch, as the stream is pulled.
 *
 * It has the lowest priority: replies go first. Throttles and failures that pass are waited for; of a batch that is
 * refused for one person's sake the others are sent to without that person. What would meet everybody (credentials,
 * permission, quota, the message itself, three lost answers in a row) fails the stream, after the step that says so; {@link SendToManyOptions.resume} goes on from there.
 *
 * @example
 * import { DingTalkBulk, RobotMessage } from "effect-dingtalk"
 *
 * const program = DingTalkBulk.report(DingTalkBulk.sendToMany({
 *   userIds: ["zhangsan", "lisi"],
 *   message: RobotMessage.Markdown({ text: "### All hands\nat three" })
 * }))
 *
 * @since 0.1.0
 * @category operations
 */
export const sendToMany = (
  options: SendToManyOptions
): Stream.Stream<Step, SendError, DingTalkSender.DingTalkSender> =>
  Stream.unwrap(Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(options.account)
    const field = RobotMessage.invalidField(options.message)
    if (field !== undefined) {
      const common = unsent(account.settings.id, "sendToMany", `a ${options.message._tag} message`, hints.field)
      return yield* new BadRequest({ ...common, field })
    }
    const message = RobotMessage.encode(options.message)
    const userIds = [...options.userIds]
    const before = BulkProgress.latest(options.resume ?? [])
    const state = yield* Ref.make<State>({
      latest: before,
      counts: BulkProgress.count(userIds, before)
    })
    const unknownInARow = yield* Ref.make(0)

    const step = (outcomes: ReadonlyArray<BulkProgress.UserOutcome>): Effect.Effect<Step> =>
      Ref.modify(state, (before) => {
        const after = outcomes.reduce(({ counts, latest }, one): State => ({
          counts: BulkProgress.replace(counts, BulkProgress.outcomeOf(latest, one.userId), one.outcome),
          latest: HashMap.set(latest, one.userId, one)
        }), before)
        return [{ outcomes, counts: after.counts }, after]
      })

    /** Why not to go on after this batch. */
    const reason = ({ outcomes, stopped }: Done): Effect.Effect<void, ApiError> =>
      Effect.flatMap(
        Ref.updateAndGet(unknownInARow, (n) => outcomes.every(({ outcome }) => outcome === "unknown") ? n + 1 : 0),
        (n) => {
          if (stopped !== undefined) return Effect.fail(stopped)
          const detail = `the answers to ${n} calls in a row were lost`
          return n < maxUnknownInARow
            ? Effect.void
            : new Ambiguous(unsent(account.settings.id, "sendToMany", detail, hints.ambiguous))
        }
      )

    const batches = Batch.ofUsers(BulkProgress.remaining(userIds, before, options.againUnknown ?? false))
    const sendAll = Stream.fromIterable(batches).pipe(
      Stream.rechunk(1),
      Stream.flatMap((batch) => {
        const answered = sendBatch(account, batch, message).pipe(
          Effect.provideService(CallPriority, "bulk"),
          Effect.tap(({ stopped }) =>
            Metric.increment(Metric.tagged(account.client.metrics.sends, "outcome", stopped?._tag ?? "sent"))
          ),
          Effect.bindTo("done"),
          Effect.bind("step", ({ done }) => step(done.outcomes))
        )
        return Stream.fromEffect(step(all(batch, "unknown", "under way"))).pipe(
          Stream.concat(
            Stream.flatMap(answered, ({ done, step }) => Stream.concat(Stream.make(step), Stream.execute(reason(done))))
          )
        )
      })
    )
    return Stream.concat(Stream.fromEffect(step([])), sendAll)
  }))

/**
 * Everything that is known at the end.
 *
 * @since 0.1.0
 * @category models
 */
export interface Report<E> {
  readonly counts: BulkProgress.Counts
  /** The last outcome of everybody who was tried in this run. */
  readonly outcomes: ReadonlyArray<BulkProgress.UserOutcome>
  /** Why it ended before its end; `undefined` if everybody was tried. */
  readonly stopped: E | undefined
}

const nobody: BulkProgress.Counts = { total: 0, sent: 0, refused: 0, unknown: 0, failed: 0 }

/**
 * Runs the steps to their end, whatever that is. For those who neither show progress nor write it down.
 *
 * @since 0.1.0
 * @category destructors
 */
export const report = <E, R>(steps: Stream.Stream<Step, E, R>): Effect.Effect<Report<E>, never, R> =>
  Effect.gen(function*() {
    const last = yield* Ref.make(nobody)
    // In the order in which they were tried.
    const outcomes = new Map<string, BulkProgress.UserOutcome>()
    const stopped = yield* Stream.runForEach(steps, (step) => {
      for (const one of step.outcomes) outcomes.set(one.userId, one)
      return Ref.set(last, step.counts)
    }).pipe(Effect.match({ onFailure: (error) => error, onSuccess: () => undefined }))
    return { counts: yield* Ref.get(last), outcomes: [...outcomes.values()], stopped }
  })
