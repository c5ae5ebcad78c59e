/**
 * Defects of the channel that the model knows of and does not judge. Each of these histories must contradict the model
 * for as long as its defect stands; when one does not any more, its doubt goes, and it stays as a regression test.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Frame, History, Knobs, Op, Plan, Weather } from "./history.ts"
import type { Doubt } from "./model/state.ts"
import { play } from "./play.ts"

const knobs: Knobs = {
  secret: 1,
  workers: 1,
  queue: 3,
  overflow: "dropNewest",
  ordering: "unordered",
  handlerTimeoutMs: undefined,
  drainTimeoutMs: 300,
  stallCoolDownMs: 30_001,
  events: true
}

const at = (after: number, op: Op) => ({ after, op })

const history = (...steps: History["steps"]): History => ({ accounts: { a: knobs }, jitter: 0.5, steps })

const on = { account: "a", nth: 0 } as const

const message = (id: number, plan: Plan): Frame => ({ _tag: "Message", id, conversation: 0, plan, kind: "plain" })

const come = (...frames: ReadonlyArray<Frame>): Op => ({ _tag: "Frames", on, frames })

const notice: Frame = { _tag: "System", topic: "disconnect" }

const stop: Op = { _tag: "Stop", account: "a" }

const weather = (change: Partial<Weather>): Op => ({ _tag: "Weather", change })

const defects: Readonly<Record<Exclude<Doubt, "sameMoment" | "halfForgotten">, readonly [string, History]>> = {
  interruptedTwice: [
    "what is in hand at a stop is finished, or counted as abandoned, though the program ends meanwhile",
    history(at(1_000, come(message(1, { ms: 100, outcome: "ok" }))), at(10, stop))
  ],
  abandonedGoesOn: [
    "what was counted as abandoned is not counted as handled too",
    history(
      at(0, weather({ farewellMs: undefined })),
      at(1_000, come(message(1, { ms: 2_000, outcome: "ok" }))),
      at(10, stop),
      at(5_000, stop)
    )
  ],
  coolDownStatus: [
    "an account is connected for as long as a connection behind its notice is, cool-down or not",
    history(
      at(0, weather({ greeting: [notice] })),
      ...Array.from({ length: 150 }, () => at(1_000, weather({})))
    )
  ],
  heldOn: [
    "a run that ends while a connection is being closed after its time behind a notice does not leave it to the heartbeat",
    history(
      at(0, weather({ farewellMs: 3_000 })),
      at(1_000, { _tag: "Close", on, close: { code: 1000, by: "server" } }),
      at(3_000, come(notice)),
      at(15_001, { _tag: "Restart", account: "a" }),
      at(30_000, stop)
    )
  ],
  wallClockMemory: [
    "a jump of the wall clock does not make a redelivery a new message",
    history(
      at(1_000, come(message(1, { ms: 0, outcome: "ok" }))),
      at(0, { _tag: "Jump", ms: 90_000_000 }),
      at(0, come(message(1, { ms: 0, outcome: "ok" })))
    )
  ]
}

describe("known defects", () => {
  for (const [doubt, [must, history]] of Object.entries(defects)) {
    it(must, () => {
      assert.include(play(history).doubts, doubt)
      assert.throws(() => play(history, { ignoresDoubts: true }), /\nthen /)
    })
  }
})
