/** Messages that are handled together, from an inbox. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { settle } from "../utils/settle.ts"
import { seconds } from "../utils/world.ts"
import { client, file, freshId, robot } from "./world.ts"

describe("bursts from an inbox", () => {
  it.scoped("of two people who speak at the same time are handled, each as one", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const handled: Array<string> = []
      const { say } = yield* robot(filename, {
        onMessages: (messages) => Effect.sync(() => handled.push(messages.map(({ messageId }) => messageId).join(" ")))
      }, { id, burstMs: 100 })
      for (const [index, senderStaffId] of ["a", "b", "a", "b"].entries()) {
        say(`${senderStaffId}${index}`, { senderStaffId })
      }
      yield* settle
      for (let at = 0; at < 10; at++) yield* seconds(1)
      assert.sameMembers(handled, ["a0 a2", "b1 b3"])
      assert.deepStrictEqual(yield* Effect.provide(DingTalkInbox.list(), client(filename)), [])
    }))
})
