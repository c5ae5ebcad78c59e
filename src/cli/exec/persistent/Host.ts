/**
 * A program that stays: it is given what arrives, says what is to be done, and is started anew when it ends.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { DingTalkConfig } from "../../../DingTalkConfig.ts"
import type { Handlers } from "../../../inbound/Handlers.ts"
import type { Message } from "../../../inbound/message/Message.ts"
import * as Encoding from "../../../internal/text/encoding.ts"
import * as Backoff from "../../../stream/Backoff.ts"
import { defaults } from "../../../stream/StreamTiming.ts"
import * as Lines from "../../listen/lines.ts"
import { cliEvents } from "../../logging.ts"
import type * as Children from "../Children.ts"
import type * as Spawned from "../Spawned.ts"
import * as Book from "./Book.ts"
import * as Command from "./Command.ts"
import * as Lanes from "./lanes.ts"
import * as Wire from "./lines.ts"
import * as Odd from "./odd.ts"
import * as Perform from "./perform.ts"
import * as Program from "./Program.ts"
import type * as Split from "./split.ts"
import type { Task } from "./Task.ts"
import * as Tasks from "./Tasks.ts"
import * as Writers from "./Writers.ts"

/**
 * How a program is run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly command: Spawned.Command
  readonly accounts: ReadonlyArray<string>
  /** Of what it prints, as the Encoding Standard calls it. Default: what it looks like. */
  readonly encoding: string | undefined
  /** Longest time from a delivery to its end, in milliseconds, by the id of its account. */
  readonly timeoutOf: (accountId: string) => Effect.Effect<number, never, DingTalkConfig>
  /** The paths of a message's files; `undefined` where they are not fetched. */
  readonly download:
    | ((message: Message) => Effect.Effect<ReadonlyArray<string | undefined>, never, Perform.Needs>)
    | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Host {
  readonly onMessage: (
    message: Message
  ) => Effect.Effect<unknown, Tasks.Unanswered | Perform.Failed, Perform.Needs | DingTalkConfig>
  readonly onEvent: NonNullable<Handlers<Perform.Needs | DingTalkConfig>["onEvent"]>
  readonly onCardAction: NonNullable<Handlers<Perform.Needs | DingTalkConfig>["onCardAction"]>
  /** From now on nothing new is given, and a program that ends is not started anew. */
  readonly stop: Effect.Effect<void>
}

/** Commands that are being carried out, or whose results wait to be read; with more of them nothing is read. */
const mostCommands = 256

/** How long, at the end, commands that were read before may still take, in milliseconds. */
const finishMs = 1_000

/** Until a program is started anew: 1, 2, 5, 10, 30, 60, 60 … s, give or take a fifth; from the beginning after a minute. */
const timing = {
  ...defaults,
  backoffMs: [1_000, 2_000, 5_000, 10_000, 30_000, 60_000],
  healthyMs: 60_000
} as const

interface Life extends Backoff.Outcome {
  readonly how: string
  readonly stderr: string
  readonly lost: ReadonlyArray<string>
}

const ends = Metric.counter("effect_dingtalk_program_ends_total", {
  description: "How often the program of exec --persistent ended by itself",
  incremental: true
})

/**
 * Starts the program, and starts it anew for as long as the scope lasts. Fails if it can't be started at all.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options
): Effect.Effect<Host, Spawned.NotStarted, Scope.Scope | Children.Children | Perform.Needs> =>
  Effect.gen(function*() {
    const { accounts, command, timeoutOf } = options
    const defaultAccount = accounts.find((id) => id === "default") ?? accounts[0] ?? "default"
    const book = yield* Ref.make(Book.empty<Perform.Route>())
    const writers = yield* Writers.make
    const outcomes = new Map<string, Deferred.Deferred<Tasks.Outcome>>()
    const inLane = yield* Lanes.make
    const permits = yield* Effect.makeSemaphore(mostCommands)
    const stopping = yield* Deferred.make<void>()
    const current = yield* Ref.make(yield* Deferred.make<Program.Program>())
    const fibers = yield* FiberSet.make<void>()
    const fork = yield* FiberSet.runtime(fibers)<Perform.Needs>()
    yield* Effect.addFinalizer(() =>
      FiberSet.awaitEmpty(fibers).pipe(Effect.interruptible, Effect.timeoutOption(finishMs))
    )

    const settle = (id: string, standing: "done" | "givenUp", outcome: Tasks.Outcome) =>
      Effect.suspend(() => {
        const waiting = outcomes.get(id)
        return Effect.zipRight(
          Ref.update(book, (book) => Book.close(book, id, standing)),
          waiting === undefined ? Effect.void : Deferred.succeed(waiting, outcome)
        )
      })
    const failCards = (reason: string, answering?: string) =>
      Effect.flatMap(
        Ref.modify(book, (book) => Book.dropCards(book, answering)),
        Effect.forEach((name) => Effect.sync(() => fork(writers.fail(name, reason))), { discard: true })
      )

    /** What one life of the program prints. */
    const listener = (program: Deferred.Deferred<Program.Program>) =>
      Effect.gen(function*() {
        const odd = yield* Ref.make(0)
        const inARow = yield* Ref.make(0)
        const warned = yield* Ref.make(false)
        const write = (line: string) =>
          Effect.ignore(Effect.flatMap(Deferred.await(program), (program) => program.write(line)))
        const asked = (task: Effect.Effect<void, never, Perform.Needs>) =>
          Effect.zipRight(permits.take(1), Effect.sync(() => fork(Effect.ensuring(task, permits.release(1)))))

        const told = (id: Command.Id | undefined, line: number, failure: Wire.Failure) =>
          write(Wire.error(id, line, failure))
        const unread = (id: Command.Id | undefined, line: number, failure: Wire.Failure) =>
          Effect.gen(function*() {
            const count = yield* Ref.updateAndGet(odd, (count) => count + 1)
            yield* Effect.annotateLogs(
              Odd.isTold(count) ? Effect.logWarning(cliEvents.line) : Effect.logDebug(cliEvents.line),
              {
                line,
                reason: `${failure.message}; ${failure.hint ?? ""}`,
                count
              }
            )
            const streak = yield* Ref.updateAndGet(inARow, (count) => count + 1)
            if (failure.code !== "Echoed" && Odd.isAnswered(id, streak)) yield* asked(told(id, line, failure))
            const pause = Odd.pauseMs(streak)
            if (pause > 0) yield* Effect.sleep(pause)
          })
        const answer = (
          { id, type }: Command.Command,
          line: number,
          run: Effect.Effect<object, Perform.Failed, Perform.Needs>
        ) =>
          Effect.matchEffect(run, {
            onFailure: (error) => {
              const failure = Wire.failureOf(error)
              // Without an id nobody else learns of it.
              const log = id === undefined ? Effect.logWarning(cliEvents.command) : Effect.logDebug(cliEvents.command)
              return Effect.zipRight(
                Effect.annotateLogs(log, { type, line, code: failure.code, reason: failure.message }),
                told(id, line, failure)
              )
            },
            onSuccess: (facts) => id === undefined ? Effect.void : write(Wire.result(id, facts))
          })
        const carryOut = (command: Command.Command, line: number, task: Task<Perform.Route>) =>
          Effect.gen(function*() {
            const { isShort, lane, run } = Tasks.plan(task, { defaultAccount, settle, writers })
            const safe = Effect.catchAllDefect(
              run,
              (defect): Effect.Effect<never, Perform.Failed> => Effect.fail({ _tag: "Defect", message: String(defect) })
            )
            // What takes no time is done at once, and in order.
            if (isShort === true) return yield* asked(answer(command, line, yield* Effect.exit(safe)))
            if (task._tag === "CloseCard") yield* writers.append(task.card, task.append)
            const answered = answer(command, line, safe)
            const ready = lane === undefined ? answered : yield* inLane(lane, answered)
            if (task._tag !== "OpenCard") return yield* asked(ready)
            const show = yield* writers.open(task.command, task.route)
            // The card goes on behind what was said before it, and others need not wait for its end.
            return yield* asked(Effect.zipRight(ready, Effect.sync(() => fork(show))))
          })

        return ({ bytes, number }: Split.Line): Effect.Effect<void, never, Perform.Needs> =>
          Effect.gen(function*() {
            if (bytes === undefined) return yield* unread(undefined, number, Wire.tooLong)
            const { encoding, text } = Encoding.read(bytes, options.encoding)
            if (text.trim() === "") return
            if (options.encoding === undefined && encoding !== "utf-8" && !(yield* Ref.getAndSet(warned, true))) {
              yield* Effect.annotateLogs(Effect.logWarning(cliEvents.encoding), { command: command.command, encoding })
            }
            const decoded = Command.decode(text)
            if (Either.isLeft(decoded)) {
              return yield* unread(decoded.left.id, number, Wire.refused(decoded.left))
            }
            const judged = yield* Ref.modify(book, (book) => {
              const judged = Book.judge(book, decoded.right)
              return [judged, Either.isRight(judged) ? judged.right[1] : book]
            })
            if (Either.isLeft(judged)) return yield* unread(decoded.right.id, number, Wire.refused(judged.left))
            yield* Ref.set(inARow, 0)
            yield* carryOut(decoded.right, number, judged.right[0])
          })
      })

    /** Those that the program had in hand. */
    const given = new Set<string>()
    const lose = (how: string) =>
      Effect.gen(function*() {
        const now = yield* Ref.get(book)
        const lost = [...given].filter((id) => Book.isOpen(now, id))
        given.clear()
        yield* Effect.forEach(
          lost,
          (id) =>
            settle(
              id,
              "givenUp",
              Exit.fail(new Tasks.Unanswered({ kind: "lost", reason: `the program ${how} over it` }))
            ),
          { discard: true }
        )
        yield* failCards(`the program ${how}`)
        return lost
      })

    const started = yield* Deferred.make<void, Spawned.NotStarted>()
    const life = Effect.scoped(Effect.gen(function*() {
      if (yield* Deferred.isDone(stopping)) return yield* Effect.never
      const since = performance.now()
      const here = yield* Deferred.make<Program.Program>()
      const program = yield* Program.start(command, yield* listener(here))
      yield* program.write(Wire.hello({ ...options, downloads: options.download !== undefined })).pipe(Effect.ignore)
      yield* Deferred.succeed(here, program)
      yield* Deferred.succeed(yield* Ref.get(current), program)
      yield* Deferred.succeed(started, undefined)
      yield* Effect.annotateLogs(Effect.logInfo(cliEvents.programStarted), {
        command: command.command,
        pid: program.pid ?? 0
      })
      const how = yield* program.over
      yield* Ref.set(current, yield* Deferred.make<Program.Program>())
      return { how, stderr: yield* program.stderr, lost: yield* lose(how), uptimeMs: performance.now() - since }
    })).pipe(
      Effect.catchTag("NotStarted", (error) =>
        Effect.zipRight(
          Deferred.fail(started, error),
          Effect.succeed({ how: error.message, stderr: "", lost: [], uptimeMs: 0 })
        )),
      // One that was told to stop is not missed.
      Effect.zipLeft(
        Effect.flatMap(Deferred.isDone(stopping), (isStopping) => isStopping ? Effect.never : Effect.void)
      ),
      Effect.map((life): Life => ({ ...life, ended: "closed", retryAfterMs: 0 }))
    )
    const again = Backoff.schedule<Life>(timing).pipe(
      Schedule.tapOutput(({ after: { how, lost, stderr, uptimeMs }, waitMs }) =>
        Effect.zipRight(
          Metric.increment(ends),
          Effect.annotateLogs(Effect.logWarning(cliEvents.programEnded), {
            command: command.command,
            how,
            lost: lost.length,
            ...(lost.length === 0 ? {} : { ids: lost.join(",") }),
            uptimeMs: Math.round(uptimeMs),
            delayMs: waitMs,
            ...(stderr === "" ? {} : { stderr })
          })
        )
      )
    )
    yield* Effect.forkScoped(Effect.repeat(life, again))
    yield* Deferred.await(started)

    /** To the program that comes next, if this one is over. */
    const written = (id: string, line: string): Effect.Effect<void> =>
      Effect.flatMap(Ref.get(current), Deferred.await).pipe(
        Effect.flatMap((program) => program.write(line, () => given.add(id))),
        Effect.eventually
      )

    /** Gives something to the program, and waits until it is answered. */
    const handed = (
      kind: Book.Delivery<Perform.Route>["kind"],
      accountId: string,
      route: Perform.Route | undefined,
      lineOf: (id: string) => string
    ) =>
      Effect.gen(function*() {
        // What waited in the queue until now is given up, and counted so, rather than begun.
        if (yield* Deferred.isDone(stopping)) return yield* Effect.never
        const id = yield* Ref.modify(book, (book) => Book.give(book, kind, route))
        const timeoutMs = yield* timeoutOf(accountId)
        const outcome = yield* Deferred.make<Tasks.Outcome>()
        outcomes.set(id, outcome)
        return yield* Effect.zipRight(written(id, lineOf(id)), Deferred.await(outcome)).pipe(
          Effect.timeoutFail({
            duration: timeoutMs,
            onTimeout: () =>
              new Tasks.Unanswered({
                kind: "tooLate",
                reason: `the program took longer than ${timeoutMs / 1_000} s over it`
              })
          }),
          Effect.flatMap((exit) => exit),
          Effect.ensuring(Effect.suspend(() => {
            outcomes.delete(id)
            given.delete(id)
            return Effect.zipRight(
              Ref.update(book, (book) => Book.close(book, id, "givenUp")),
              failCards("the time for it is over", id)
            )
          }))
        )
      })

    const lastWord = Option.match({
      onNone: () => Effect.void,
      onSome: (program: Effect.Effect<Program.Program>) =>
        Effect.ignore(Effect.flatMap(program, (program) => program.write(Wire.stopping)))
    })

    return {
      stop: Effect.zipRight(
        Deferred.succeed(stopping, undefined),
        Effect.sync(() => fork(Effect.flatMap(Effect.flatMap(Ref.get(current), Deferred.poll), lastWord)))
      ),
      onMessage: (message) =>
        Effect.gen(function*() {
          const paths = options.download === undefined ? undefined : yield* options.download(message)
          const files = paths === undefined ? {} : { paths: paths.map((path) => path ?? null) }
          return yield* handed(
            "message",
            message.accountId,
            Perform.routeOf(message),
            (id) => Lines.message(message, { id, ...files })
          )
        }),
      onEvent: (event) => handed("event", event.accountId, undefined, (id) => Lines.event(event, { id })),
      onCardAction: (action) =>
        handed("cardAction", action.accountId, undefined, (id) => Lines.cardAction(action, { id }))
    } satisfies Host
  })
