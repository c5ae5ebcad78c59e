/** What a crash leaves open of a card. */
import { SqliteClient } from "@effect/sql-sqlite-node/SqliteClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as DingTalkCards from "../../src/DingTalkCards.ts"
import type * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import type * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as OpenCards from "../utils/openCards.ts"
import * as Robot from "../utils/robot.ts"
import { client, crashed, file, inspect } from "./world.ts"

const start = (
  fake: FakeDingTalk.Fake,
  filename: string,
  handlers: Handlers<DingTalkSender.DingTalkSender | DingTalkChannel.DingTalkChannel>
) =>
  Robot.start(
    { ...fake.config, drainTimeoutMs: 50 },
    handlers,
    Layer.merge(NodeDingTalk.layer(), DingTalkInbox.layer().pipe(Layer.provide(client(filename)), Layer.orDie))
  )

const noted = (filename: string) =>
  inspect(filename, Effect.flatMap(SqliteClient, (sql) => sql`SELECT * FROM effect_dingtalk_inbox_card`))

/** It is noted when DingTalk has answered: an iteration of the event loop later than the fake shows it. */
const allSettled = (filename: string) =>
  Effect.repeat(noted(filename), { until: (rows) => rows.length === 0, schedule: Schedule.spaced(20) })

/** What a robot that was killed has left of two cards. */
const leftOpen = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make()
  const filename = yield* file
  yield* start(fake, filename, OpenCards.handlers)
  return { fake, cards: yield* OpenCards.open(fake), left: yield* crashed(filename) }
})

describe("a card that a crash has left open", () => {
  it.scopedLive("shows at the next start how far it came, and that it ends there; a question is withdrawn", () =>
    Effect.gen(function*() {
      const { cards, fake, left } = yield* leftOpen
      assert.strictEqual((yield* noted(left)).length, 2)

      yield* start(fake, left, { onMessage: () => Effect.void })
      yield* OpenCards.awaitSettled(fake, cards)
      yield* allSettled(left)
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))

  it.scopedLive("is settled when DingTalk answers again", () =>
    Effect.gen(function*() {
      const { cards, fake, left } = yield* leftOpen
      // As often as a call is tried, of each card.
      yield* fake.answerNext("/v1.0/card/instances", ...Array.from({ length: 6 }, () => ({ status: 503 })))
      yield* start(fake, left, { onMessage: () => Effect.void })
      yield* OpenCards.awaitSettled(fake, cards)
      yield* allSettled(left)
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))), 40_000)

  it.scopedLive("is told of, and left to a version that can read its note", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const filename = yield* file
      yield* start(fake, filename, { onMessage: () => Effect.void })
      const left = yield* crashed(filename)
      yield* inspect(
        left,
        Effect.flatMap(SqliteClient, (sql) =>
          sql`
            INSERT INTO effect_dingtalk_inbox_card (account, out_track_id, owner, note, noted_at)
            VALUES ('default', 'card-1', 'somebody', '{"streamed": 1}', 1)
          `)
      )
      const told: Array<unknown> = []
      yield* Effect.provide(
        start(fake, left, { onMessage: () => Effect.void }),
        Logger.add(Logger.make(({ annotations, message }) => {
          if (String(message).includes("card.stuck")) told.push(Object.fromEntries(annotations))
        }))
      )
      yield* Effect.repeat(Effect.sync(() => told.length), {
        until: (count) => count > 0,
        schedule: Schedule.spaced(20)
      })
        .pipe(Effect.timeout("10 seconds"))
      assert.deepInclude(told[0], { account: "default", outTrackId: "card-1" })
      assert.strictEqual((yield* noted(left)).length, 1)
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))

  it.scopedLive("is forgotten once it is settled", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const filename = yield* file
      yield* start(fake, filename, {
        onMessage: (message) =>
          Effect.asVoid(DingTalkCards.streamReply(message, Stream.make("the end"), { intervalMs: 200 }))
      })
      yield* fake.awaitConnection
      yield* fake.say("a story", { from: "zhangsan" })
      yield* fake.awaitCard(({ status, text }) => text === "the end" && status === "finished")
      yield* allSettled(filename)
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))
})
