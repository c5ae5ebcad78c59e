import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import * as RobotMessage from "../../src/outbound/message/RobotMessage.ts"
import * as DingTalkBulkRun from "../../src/sql/DingTalkBulkRun.ts"
import * as Fake from "../outbound/api/utils/fakeApi.ts"

const message = RobotMessage.Text({ content: "all hands" })
const userIds = Array.from({ length: 1_000 }, (_, index) => `u${index}`)

const idsOf = (api: Fake.FakeApi): ReadonlyArray<string> =>
  api.of(Fake.userPath).flatMap(({ body }) => Array.isArray(body["userIds"]) ? body["userIds"].map(String) : [])

it.scoped("goes on where it was cut off: nobody gets it twice, and whose call was on its way is named", () =>
  Effect.gen(function*() {
    const api = Fake.dingtalk()
    const run = DingTalkBulkRun.sendToMany({ name: "all hands", userIds, message })
    yield* Effect.gen(function*() {
      // Cut off when the tenth batch has been written down as under way, and what became of it has not.
      yield* Stream.runDrain(Stream.take(run, 20))
      const before = idsOf(api)
      assert.lengthOf(before, 180)
      yield* Stream.runDrain(run)
      const sent = idsOf(api)
      assert.lengthOf(new Set(sent), sent.length)
      const outcomes = yield* DingTalkBulkRun.outcomes("all hands")
      assert.lengthOf(outcomes, 1_000)
      const unknown = outcomes.filter(({ outcome }) => outcome === "unknown").map(({ userId }) => userId)
      assert.sameMembers(unknown, userIds.slice(180, 200))
      assert.sameMembers([...sent, ...unknown], userIds)

      // Nothing is left to do, until the name is forgotten.
      yield* Stream.runDrain(run)
      assert.lengthOf(idsOf(api), sent.length)
      yield* DingTalkBulkRun.forget("all hands")
      yield* Stream.runDrain(Stream.take(run, 3))
      assert.lengthOf(idsOf(api), sent.length + 20)
    }).pipe(
      Effect.provide(DingTalkSender.layer),
      Effect.provide(Fake.world(api, Fake.account({ rateLimit: 1_000_000, rateBurst: 1_000_000 }))),
      Effect.provide(SqliteClient.layer({ filename: ":memory:" }))
    )
  }))
