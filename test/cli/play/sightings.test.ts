import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Notes from "../../../src/cli/play/notes.ts"
import * as Sightings from "../../../src/cli/play/sightings.ts"
import { FakeDingTalk } from "../../../src/testing/index.ts"
import * as Robot from "../../utils/robot.ts"

describe("what a robot of somebody's own did", () => {
  it.scopedLive("is told as DingTalk sees it: connections, refusals, redeliveries", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ redeliverAfterMs: 100 })
      const notes = yield* Notes.make
      yield* Effect.forkScoped(Sightings.noted(fake, notes))
      const told = (event: string, count = 1) =>
        notes.all.changes.pipe(
          Stream.map((all) => all.filter((note) => note.event === event)),
          Stream.filter((found) => found.length >= count),
          Stream.runHead,
          Effect.flatten,
          Effect.timeout("10 seconds")
        )
      yield* Robot.start(fake.config, Robot.echo)
      yield* told("dingtalk.stream.connected")
      yield* fake.say("hi", { from: "zhangsan" })
      yield* fake.awaitAllAcked
      assert.lengthOf(yield* SubscriptionRef.get(notes.all), 1)
      yield* fake.cut()
      const [lost] = yield* told("seen.disconnected")
      assert.strictEqual(lost?.fields["by"], "fake")
      yield* told("dingtalk.stream.connected", 2)
    }))
})

describe("between two looks", () => {
  it("an answer to a redelivery and a refused call are told once", () => {
    const request = { path: "/v1.0/robot/oToMessages/batchSend", status: 403 } as const
    const opening = { path: "/v1.0/gateway/connections/open", status: 401 } as const
    const requests = [request, opening, { path: "/gettoken", status: 200 }].map((each) => ({
      at: 0,
      method: "POST",
      query: {},
      headers: {},
      text: "",
      json: undefined,
      ...each
    }))
    const delivery = {
      messageId: "f2",
      type: "CALLBACK",
      topic: "",
      msgId: "m1",
      clientId: "a",
      attempt: 2,
      at: 0,
      connection: "c"
    } as const
    const ack = { delivery, connection: "c", code: 200, message: "", data: {}, delayMs: 1, count: 1, echoed: undefined }
    const first = { ...ack, delivery: { ...delivery, messageId: "f1", attempt: 1 } }
    const after = { live: [], closed: [], requests, acks: [first, ack] }
    const told = Sightings.between(Sightings.nothing, after)
    assert.deepStrictEqual(told.map(({ event, fields }) => [event, fields]), [
      ["seen.refused_call", { path: request.path, status: "403" }],
      ["seen.refused_opening", { path: opening.path, status: "401" }],
      ["seen.acknowledged_again", { attempt: "2" }]
    ])
    assert.isEmpty(Sightings.between(after, after))
  })
})
