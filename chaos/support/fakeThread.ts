/** A fake DingTalk in a thread of its own: its heap, its event loop and its handles are not the robot's. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { type MessagePort, parentPort, Worker, workerData } from "node:worker_threads"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"
import { Bodies, FakeDingTalk, type Seen } from "../../src/testing/index.ts"
import type { Options } from "../../src/testing/Options.ts"
import { goRound } from "../overload/spin.ts"
import * as Mix from "../soak/mix.ts"

/** What the thread can be asked for, and what it answers; all of it goes through structured cloning. */
export interface Commands {
  readonly config: { readonly input: null; readonly output: Fake["config"] }
  /** Sends so many messages of about so many characters, as fast as they are taken, some in an iteration. */
  readonly flood: {
    readonly input: { readonly count: number; readonly clientId: string; readonly characters: number }
    readonly output: null
  }
  /** Floods one application until {@link Commands.calm}. */
  readonly rage: { readonly input: { readonly clientId: string }; readonly output: null }
  /** Ends the rage; gives how many messages there were of it. */
  readonly calm: { readonly input: null; readonly output: number }
  /** A message to each application one after the other, `count` times, evenly over `forMs` milliseconds. */
  readonly pace: {
    readonly input: { readonly clientIds: ReadonlyArray<string>; readonly count: number; readonly forMs: number }
    readonly output: null
  }
  /**
   * One person who talks without end, `perSecond` times, while so many others say one thing each, evenly over `forMs`
   * milliseconds. Answers how often the one talked.
   */
  readonly crowd: {
    readonly input: { readonly people: number; readonly perSecond: number; readonly forMs: number }
    readonly output: number
  }
  readonly raw: { readonly input: { readonly characters: number }; readonly output: null }
  /** Answers when so many connections are live. */
  readonly connected: { readonly input: { readonly count: number }; readonly output: number }
  /** How long the answers to messages took that were said since a time, in milliseconds, sorted. */
  readonly delays: {
    readonly input: { readonly prefix: string; readonly since: number }
    readonly output: ReadonlyArray<number>
  }
  readonly stats: { readonly input: null; readonly output: Seen.Stats }
  /** Answers when everything is answered, or after 20 s. */
  readonly answered: { readonly input: null; readonly output: Seen.Stats }
  /** Begins the mix of a soak; it goes on. */
  readonly mix: { readonly input: { readonly perSecond: number; readonly seed: number }; readonly output: null }
  /** Has the client go round, from now on; see `goRound`. */
  readonly spin: { readonly input: { readonly afterMs: number }; readonly output: null }
  readonly ever: { readonly input: null; readonly output: number }
}

interface Request {
  readonly id: number
  readonly command: keyof Commands
  readonly input: never
}

interface Response {
  readonly id: number
  readonly output: unknown
}

type Handlers = {
  readonly [K in keyof Commands]: (input: Commands[K]["input"]) => Effect.Effect<Commands[K]["output"]>
}

const perTurn = 500

const filled = (characters: number) => () => Bodies.text("x".repeat(characters))

const handlersOf = (fake: Fake): Handlers => {
  let raging = false
  let raged = 0
  const iteration = Effect.sleep(0)
  return {
    config: () => Effect.succeed(fake.config),
    flood: ({ characters, clientId, count }) =>
      Effect.gen(function*() {
        const size = characters > 100_000 ? 1 : perTurn
        for (let sent = 0; sent < count; sent += size) {
          yield* fake.flood(Math.min(size, count - sent), filled(characters), { robots: [clientId] })
          yield* iteration
        }
        return null
      }),
    rage: ({ clientId }) =>
      Effect.as(
        Effect.forkDaemon(Effect.suspend(() => {
          raging = true
          const build = filled(600)
          return Effect.whileLoop({
            while: () => raging,
            body: () => Effect.zipRight(fake.flood(100, build, { robots: [clientId] }), iteration),
            step: () => {
              raged += 100
            }
          })
        })),
        null
      ),
    calm: () =>
      Effect.sync(() => {
        raging = false
        return raged
      }),
    pace: ({ clientIds, count, forMs }) =>
      Effect.gen(function*() {
        const began = yield* Clock.currentTimeMillis
        for (let round = 0; round < count; round++) {
          for (const [i, clientId] of clientIds.entries()) {
            const due = began + ((round * clientIds.length + i) * forMs) / (count * clientIds.length)
            const ahead = due - (yield* Clock.currentTimeMillis)
            if (ahead > 0) yield* Effect.sleep(ahead)
            yield* fake.say("How is the weather?", { robots: [clientId] })
          }
        }
        return null
      }),
    crowd: ({ forMs, people, perSecond }) =>
      Effect.gen(function*() {
        const began = yield* Clock.currentTimeMillis
        let talked = 0
        for (let said = 0; said < people; said++) {
          const now = began + (said * forMs) / people
          while (began + (talked * 1_000) / perSecond < now) {
            yield* fake.say("and another thing", { from: "chatter" })
            talked += 1
          }
          const ahead = now - (yield* Clock.currentTimeMillis)
          if (ahead > 0) yield* Effect.sleep(ahead)
          yield* fake.say("How is the weather?", { from: `quiet${said}` })
        }
        return talked
      }),
    raw: ({ characters }) => Effect.as(fake.raw("x".repeat(characters)), null),
    connected: ({ count }) => Effect.map(Effect.orDie(fake.awaitConnections(count)), (all) => all.length),
    delays: ({ prefix, since }) =>
      Effect.map(
        fake.acks,
        (acks) =>
          acks.filter(({ delivery }) => delivery.clientId.startsWith(prefix) && delivery.at >= since)
            .map(({ delayMs }) => delayMs).toSorted((a, b) => a - b)
      ),
    stats: () => fake.stats,
    answered: () => Effect.catchAll(fake.awaitAllAcked, () => fake.stats),
    mix: (options) => Effect.as(Effect.forkDaemon(Mix.run(fake, options)), null),
    spin: ({ afterMs }) => Effect.as(Effect.forkDaemon(goRound(fake, afterMs)), null),
    ever: () => fake.connectionsEver
  }
}

/** The thread's own side: call it where the program finds itself in the thread. */
export const serve: Effect.Effect<void> = Effect.scoped(Effect.gen(function*() {
  const port: MessagePort | null = parentPort
  if (port === null) return
  const options: Options = workerData
  const fake = yield* FakeDingTalk.make(options)
  const handlers = new Map<string, (input: never) => Effect.Effect<unknown>>(Object.entries(handlersOf(fake)))
  const scope = yield* Effect.scope
  port.on("message", ({ command, id, input }: Request) => {
    const run = handlers.get(command)?.(input) ?? Effect.void
    Effect.runFork(
      Effect.flatMap(run, (output) =>
        Effect.sync(() => {
          const response: Response = { id, output: output ?? null }
          port.postMessage(response)
        })).pipe(Effect.forkIn(scope))
    )
  })
  return yield* Effect.never
}))

export type Ask = <K extends keyof Commands>(
  command: K,
  input: Commands[K]["input"]
) => Effect.Effect<Commands[K]["output"]>

/** Starts the thread from the bundle that is running; it ends with the scope. */
export const spawn = (bundle: URL, options: Omit<Options, "random">): Effect.Effect<Ask, never, Scope.Scope> =>
  Effect.gen(function*() {
    const waiting = new Map<number, Deferred.Deferred<unknown>>()
    const worker = yield* Effect.acquireRelease(
      Effect.sync(() => new Worker(bundle, { workerData: options })),
      (it) => Effect.promise(() => it.terminate())
    )
    worker.on("message", ({ id, output }: Response) => {
      const asked = waiting.get(id)
      waiting.delete(id)
      if (asked !== undefined) Deferred.unsafeDone(asked, Exit.succeed(output))
    })
    worker.on("error", (error) => {
      for (const asked of waiting.values()) Deferred.unsafeDone(asked, Exit.die(error))
    })
    let id = 0
    return (command, input) =>
      Effect.gen(function*() {
        const answer = yield* Deferred.make<unknown>()
        id += 1
        waiting.set(id, answer)
        worker.postMessage({ id, command, input }, [])
        const output = yield* Deferred.await(answer)
        // Both sides are of one build: what the one writes is what the other reads.
        return output as Commands[typeof command]["output"]
      })
  })
