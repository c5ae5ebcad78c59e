/** A slice of `npm run chaos`: real sockets, real time, as short as can be. Times are judged there, not here. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { run } from "../../chaos/faults/run.ts"
import { inARow } from "../../chaos/faults/script.ts"
import { missed } from "../../chaos/faults/verdict.ts"

const silent = Effect.provide(Logger.remove(Logger.defaultLogger))

describe("a robot behind a network that fails", () => {
  it.live("loses nothing that DingTalk does not lose, handles nothing twice, acknowledges once", () =>
    silent(Effect.gen(function*() {
      const script = inARow(
        "cut (FIN)",
        "trickle",
        "self-signed TLS",
        "notice",
        "half-open",
        "garbage to client",
        "merge",
        "oversized message",
        "redeliveries",
        "close 1011"
      )
      const report = yield* run({ script, scale: 240, redelivery: false, everyMs: 15 })
      assert.deepStrictEqual(missed(report, { redelivery: false, timed: false }), [])
      assert.strictEqual(report.summary.windows.length, script.length)
      assert.isAbove(report.summary.handled, script.length)
      assert.isAbove(report.connections, 5)
    })))

  it.live("handles every message in the end where DingTalk brings back what was not acknowledged", () =>
    silent(Effect.gen(function*() {
      const script = inARow(
        "reset (RST)",
        "split",
        "refused for 2 min",
        "garbage to server",
        "restart",
        "frozen server"
      )
      const report = yield* run({ script, scale: 240, redelivery: true, everyMs: 15 })
      assert.deepStrictEqual(missed(report, { redelivery: true, timed: false }), [])
      assert.strictEqual(report.summary.handled, report.summary.said)
      assert.isAbove(report.summary.saidIn.get("refused for 2 min") ?? 0, 0)
    })))
})
