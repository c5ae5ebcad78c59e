/** Lets faults strike a robot that is being talked to, and keeps the books. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import { monitorEventLoopDelay } from "node:perf_hooks"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Robot from "../support/robot.ts"
import * as Tls from "../support/tls/tls.ts"
import { faultOf } from "./faults.ts"
import * as Injector from "./Injector.ts"
import * as Ledger from "./Ledger.ts"
import type { Step } from "./script.ts"
import { scaled } from "./timing.ts"
import type { World } from "./World.ts"

export interface Options {
  readonly script: ReadonlyArray<Step>
  /** How many times faster than life. */
  readonly scale: number
  /** Whether DingTalk brings back what was not acknowledged: seen in the field, not documented. */
  readonly redelivery: boolean
  /** Between two messages, in milliseconds. */
  readonly everyMs?: number | undefined
}

/** Deliveries by what is known of their answers. */
export interface Acks {
  readonly once: number
  readonly twice: number
  /** Acknowledged and never handled. */
  readonly broken: number
  /** They came as far as the client, in a sound network, and have no answer. */
  readonly missing: number
}

export interface Report {
  readonly summary: Ledger.Summary
  readonly acks: Acks
  readonly connections: number
  /** Faults behind which no message came through within the bound. */
  readonly neverRecovered: ReadonlyArray<string>
  /** What the impostor with the self-signed certificate got to hear. */
  readonly impostorHeard: string
  readonly statusAtEnd: string
  /** Connections that the fake still had once the robot was stopped. */
  readonly leftOver: number
  /** The longest that the event loop was held up, in milliseconds. */
  readonly loopStallMs: number
  readonly durationMs: number
}

const recoveryBoundMs = 15_000
const pollMs = 5

/** The id of the message in a frame's text, without parsing it: the client is to do that. */
const idIn = (text: string): string | undefined => /\\"msgId\\":\\"(chaos-\d+)\\"/.exec(text)?.[1]

const until = (condition: Effect.Effect<boolean>, boundMs: number): Effect.Effect<boolean> =>
  Effect.flatMap(
    condition,
    (met) =>
      met
        ? Effect.succeed(true)
        : boundMs <= 0
        ? Effect.succeed(false)
        : Effect.zipRight(Effect.sleep(pollMs), Effect.suspend(() => until(condition, boundMs - pollMs)))
  )

const acksOf = (fake: Fake, summary: Ledger.Summary): Effect.Effect<Acks> =>
  Effect.map(fake.acks, (acks) => {
    const mine = acks.filter(({ delivery }) => delivery.msgId?.startsWith("chaos-") === true)
    const answered = new Set(mine.map(({ delivery }) => delivery.msgId))
    return {
      once: mine.filter(({ count }) => count === 1).length,
      twice: mine.filter(({ count }) => count > 1).length,
      broken: summary.losses.filter(({ id }) => answered.has(id)).length,
      missing: summary.losses.filter(({ id, kind, reached }) =>
        reached && kind === undefined && !answered.has(id)
      ).length
    }
  })

/** Plays a script. The books are closed when the last fault is over and everything that can still come has come. */
export const run = ({ everyMs = 40, redelivery, scale, script }: Options) =>
  Effect.scoped(Effect.gen(function*() {
    const timing = scaled(scale)
    const began = performance.now()
    const loop = monitorEventLoopDelay({ resolution: 5 })
    loop.enable()
    const fake = yield* FakeDingTalk.make({
      closeAfterNoticeMs: Math.max(100, 10_000 / scale),
      ...(redelivery ? { redeliverAfterMs: Math.max(500, 60_000 / scale) } : {})
    })
    const injector = yield* Injector.make(fake.port)
    const impostor = yield* Tls.impostor
    const ledger = Ledger.make(() => performance.now())
    const late: Array<string> = []
    const handlers: Handlers = {
      onMessage: ({ messageId }) =>
        Effect.sync(() => {
          ledger.handled(messageId)
          late.push(messageId)
          if (late.length > 20) late.shift()
        })
    }
    const url = `http://127.0.0.1:${injector.port}`
    const life = yield* Scope.make()
    yield* Effect.addFinalizer((exit) => Scope.close(life, exit))
    const { channel } = yield* Robot.start({
      config: { ...fake.config, apiBaseUrl: url, oapiBaseUrl: url },
      handlers,
      timing,
      through: injector.port,
      onText: (text) => {
        const id = idIn(text)
        if (id !== undefined) ledger.reached(id)
      }
    }).pipe(Scope.extend(life))
    const world: World = { fake, injector, impostor, channel, timing, scale, handledOfLate: () => [...late] }

    const say = Effect.suspend(() => {
      const msgId = `chaos-${ledger.count()}`
      ledger.said(msgId)
      return fake.say("How is the weather?", { msgId })
    })
    const pause = Effect.flatMap(Random.nextRange(0.5, 1.5), (factor) => Effect.sleep(everyMs * factor))

    /** One connection, and none that only one side believes in. */
    const isSound = Effect.gen(function*() {
      const live = yield* fake.connections
      return live.length === 1 && live[0]?.state === "open" && (yield* injector.dead) === 0
    })
    const recovered = Effect.gen(function*() {
      if (!(yield* until(isSound, recoveryBoundMs))) return false
      const mark = ledger.count()
      return yield* until(Effect.sync(() => ledger.latestHandled() >= mark), recoveryBoundMs)
    })

    yield* Effect.orDie(fake.awaitConnection)
    const talking = yield* Effect.forkScoped(Effect.forever(Effect.zipRight(say, pause)))
    yield* until(Effect.sync(() => ledger.latestHandled() >= 0), recoveryBoundMs)
    const neverRecovered = yield* Ref.make<ReadonlyArray<string>>([])
    for (const { atSeconds, kind } of script) {
      const ahead = began + (atSeconds * 1_000) / scale - performance.now()
      if (ahead > 0) yield* Effect.sleep(ahead)
      const fault = faultOf(kind)
      ledger.open(kind, fault.allowedMs(timing, scale))
      yield* fault.run(world)
      if (!(yield* recovered)) yield* Ref.update(neverRecovered, (kinds) => [...kinds, kind])
      ledger.close()
      // Faults are rarer in life: the session behind one is healthy before the next, and the back-off forgotten.
      yield* Effect.sleep(timing.healthyMs * 1.2)
    }
    yield* Fiber.interrupt(talking)
    const isComplete = Effect.sync(() => ledger.summary().losses.every(({ kind }) => !redelivery && kind !== undefined))
    yield* until(isComplete, 10_000)
    const status = (yield* channel.statuses).get("default")?._tag ?? "none"
    yield* Scope.close(life, Exit.void)
    yield* until(Effect.map(fake.connections, (live) => live.length === 0), 2_000)
    loop.disable()

    const summary = ledger.summary()
    const report: Report = {
      summary,
      acks: yield* acksOf(fake, summary),
      connections: yield* fake.connectionsEver,
      neverRecovered: yield* Ref.get(neverRecovered),
      impostorHeard: impostor.heard(),
      statusAtEnd: status,
      leftOver: (yield* fake.connections).length,
      loopStallMs: loop.max / 1e6,
      durationMs: performance.now() - began
    }
    return report
  }))
