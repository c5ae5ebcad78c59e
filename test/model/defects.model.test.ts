/** Histories in which the channel once left the model: each is a defect that must not come back. */
import { assert, describe, it } from "@effect/vitest"
import type { Frame, History, Knobs, Op, Plan, Weather } from "./history.ts"
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

const close = (code: number): Op => ({ _tag: "Close", on, close: { code, by: "server" } })

const defects: Readonly<Record<string, History>> = {
  "what is in hand at a stop is finished, or counted as abandoned, though the program ends meanwhile": history(
    at(1_000, come(message(1, { ms: 100, outcome: "ok" }))),
    at(10, stop)
  ),
  "what was counted as abandoned is not counted as handled too": history(
    at(0, weather({ farewellMs: undefined })),
    at(1_000, come(message(1, { ms: 2_000, outcome: "ok" }))),
    at(10, stop),
    at(5_000, stop)
  ),
  "an account is connected for as long as a connection behind its notice is, cool-down or not": history(
    at(0, weather({ greeting: [notice] })),
    ...Array.from({ length: 150 }, () => at(1_000, weather({})))
  ),
  "a run that ends while it closes a connection that lingered too long does not leave that one to the heartbeat":
    history(
      at(0, weather({ farewellMs: 3_000 })),
      at(1_000, close(1000)),
      at(3_000, come(notice)),
      at(15_001, { _tag: "Restart", account: "a" }),
      at(30_000, stop)
    ),
  "the end of the program stops every account at once, though a reload restarts one of them": {
    accounts: { a: knobs, b: knobs },
    jitter: 0.5,
    steps: [
      at(0, weather({ farewellMs: 3_000 })),
      at(1_000, { _tag: "Reload", accounts: { a: knobs, b: { ...knobs, secret: 2 } } })
    ]
  },
  "an account that a reload puts back as the program ends is stopped, and not about to connect": {
    accounts: { a: knobs },
    jitter: 0,
    steps: [
      at(1, come({ _tag: "Event", id: 0, plan: { ms: 1, outcome: "ok" } })),
      at(0, { _tag: "Reload", accounts: { b: knobs } }),
      at(0, { _tag: "Reload", accounts: { a: knobs, b: knobs } })
    ]
  },
  "a jump of the wall clock does not make a redelivery a new message": history(
    at(1_000, come(message(1, { ms: 0, outcome: "ok" }))),
    at(0, { _tag: "Jump", ms: 90_000_000 }),
    at(0, come(message(1, { ms: 0, outcome: "ok" })))
  )
}

describe("defects that histories found, and that are mended", () => {
  for (const [must, history] of Object.entries(defects)) {
    it(must, () => {
      assert.deepStrictEqual(play(history).doubts, [])
    })
  }
})
