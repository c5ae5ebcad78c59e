import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { setImmediate } from "node:timers/promises"
import { history } from "./arbitrary.ts"
import { all, landmarks } from "./landmarks.ts"
import { play } from "./play.ts"

// A slice: `npm run model` plays 10 000. MODEL_HISTORIES=1000000 looks longer, and MODEL_STEPS=20 further; MODEL_SEED and
// MODEL_PATH, as a failure prints them, look again.
const histories = Number(process.env["MODEL_HISTORIES"] ?? 400)
const seed = Number(process.env["MODEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const path = process.env["MODEL_PATH"]
const longest = Number(process.env["MODEL_STEPS"] ?? 12)

/** A history is played without giving way: after a batch the runner of the tests gets a word in. */
const batch = 100

const seen = new Map<string, number>()

const lives = FastCheck.property(history(longest), (it) => {
  const passed = new Set<string>()
  play(it, {
    onState: (m) => {
      for (const landmark of landmarks(m)) passed.add(landmark)
    }
  })
  for (const landmark of passed) seen.set(landmark, (seen.get(landmark) ?? 0) + 1)
})

describe("the channel lives as the model says", () => {
  const batches = path === undefined ? Math.ceil(histories / batch) : 1
  for (let n = 0; n < batches; n++) {
    it(`histories ${n * batch + 1} to ${(n + 1) * batch}, MODEL_SEED=${seed + n}`, { timeout: 600_000 }, async () => {
      // an iteration of the event loop: promises alone keep the runner's answers unread until it counts them as lost
      await setImmediate()
      FastCheck.assert(lives, { numRuns: batch, seed: seed + n, ...(path === undefined ? {} : { path }) })
    })
  }

  // The rarest place is expected 15 times in 10 000 histories: that it does not come up at all is one run in e^15.
  it.runIf(path === undefined && histories >= 5_000)("and the histories come by every place worth seeing", () => {
    assert.deepStrictEqual(all.filter((landmark) => !seen.has(landmark)), [])
  })
})
