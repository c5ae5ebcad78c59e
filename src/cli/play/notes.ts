/**
 * What happened, a line each: from the robot's log records.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { logEvents } from "../../logEvents.ts"
import { cliEvents, describeCause } from "../logging.ts"
import type { Note } from "./contract.ts"

/**
 * A note that has no number so far.
 *
 * @since 0.1.0
 * @category models
 */
export type Fresh = Omit<Note, "id">

/** Of what is no fault, these are told; at DEBUG there is a record for every message. */
const told: ReadonlySet<string> = new Set([
  logEvents.connected,
  logEvents.disconnected,
  logEvents.notice,
  logEvents.refused,
  logEvents.reloaded,
  logEvents.starting,
  logEvents.stopped,
  cliEvents.programStarted
])

const isTold = (event: string, level: LogLevel.LogLevel, fields: Readonly<Record<string, string>>): boolean => {
  if (event === logEvents.handled) return fields["outcome"] === "duplicate"
  if (event === logEvents.sent) return fields["outcome"] !== "sent"
  return LogLevel.greaterThanEqual(level, LogLevel.Warning) || told.has(event)
}

const levelOf = (event: string, level: LogLevel.LogLevel): Note["level"] => {
  if (event === logEvents.connected || event === logEvents.handled) return "good"
  if (LogLevel.greaterThanEqual(level, LogLevel.Error)) return "bad"
  return LogLevel.greaterThanEqual(level, LogLevel.Warning) || event === logEvents.sent ? "warn" : "info"
}

const textOf = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value) ?? String(value)

const causeOf = (cause: Cause.Cause<unknown>): Readonly<Record<string, string>> => {
  const text = describeCause(cause)
  return text === "" ? {} : { cause: text }
}

/**
 * The note that a log record makes, if it makes one.
 *
 * @since 0.1.0
 * @category decisions
 */
export const ofRecord = ({ annotations, cause, date, logLevel, message }: {
  readonly annotations: HashMap.HashMap<string, unknown>
  readonly cause: Cause.Cause<unknown>
  readonly date: Date
  readonly logLevel: LogLevel.LogLevel
  readonly message: unknown
}): Fresh | undefined => {
  const [first] = Array.isArray(message) ? message : [message]
  const event = String(first)
  const fields = {
    ...Object.fromEntries(HashMap.toEntries(annotations).map(([key, value]) => [key, textOf(value)])),
    ...causeOf(cause)
  }
  return isTold(event, logLevel, fields)
    ? { at: date.getTime(), level: levelOf(event, logLevel), event, fields }
    : undefined
}

/** Most notes that are kept. */
const mostNotes = 300

/** Records that wait to become notes; a flood of them loses the oldest. */
const mostWaiting = 1_000

/**
 * The notes, and the ways to them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Notes {
  readonly all: SubscriptionRef.SubscriptionRef<ReadonlyArray<Note>>
  readonly add: (note: Omit<Fresh, "at">) => Effect.Effect<void>
  /** Makes notes of what is logged. */
  readonly logger: Logger.Logger<unknown, void>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Notes, never, Scope.Scope> = Effect.gen(function*() {
  const all = yield* SubscriptionRef.make<ReadonlyArray<Note>>([])
  const records = yield* Queue.sliding<Fresh>(mostWaiting)
  const push = (fresh: Fresh) =>
    SubscriptionRef.update(all, (notes) => [...notes, { ...fresh, id: (notes.at(-1)?.id ?? 0) + 1 }].slice(-mostNotes))
  yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(records), push)))
  return {
    all,
    add: (note) => Effect.flatMap(Clock.currentTimeMillis, (at) => push({ ...note, at })),
    logger: Logger.make((record) => {
      const note = ofRecord(record)
      if (note !== undefined) records.unsafeOffer(note)
    })
  }
})
