import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as DingTalkBulk from "../src/DingTalkBulk.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import * as RobotMessage from "../src/outbound/message/RobotMessage.ts"
import * as Fake from "./outbound/api/utils/fakeApi.ts"

const { userPath } = Fake
const message = RobotMessage.Text({ content: "all hands" })
const people = (n: number) => Array.from({ length: n }, (_, index) => `u${index}`)

const idsOf = (seen: Fake.Seen): ReadonlyArray<string> => {
  const ids = seen.body["userIds"]
  return Array.isArray(ids) ? ids.map(String) : []
}

const inWorld =
  (api: Fake.FakeApi, overrides: Parameters<typeof Fake.account>[0] = {}) =>
  <A, E, R>(effect: Effect.Effect<A, E, R | DingTalkSender.DingTalkSender>) =>
    effect.pipe(Effect.provide(DingTalkSender.layer), Effect.provide(Fake.world(api, Fake.account(overrides))))

/** Runs to the end, however much virtual time that takes. */
const report = (
  options: Omit<DingTalkBulk.SendToManyOptions, "message">,
  api: Fake.FakeApi,
  overrides: Parameters<typeof Fake.account>[0] = {}
) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(DingTalkBulk.report(DingTalkBulk.sendToMany({ ...options, message })))
    yield* TestClock.adjust("2 hours")
    return yield* Fiber.join(fiber)
  }).pipe(inWorld(api, overrides))

const sends = (script: (seen: Fake.Seen, nth: number) => Fake.Answer | undefined) =>
  Fake.dingtalk((seen, nth) => seen.path === userPath ? script(seen, nth) : undefined)

describe("DingTalkBulk.sendToMany", () => {
  it.effect("a thousand people: twenty a call, each once, within the account's budget", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const { counts, outcomes, stopped } = yield* report(
        { userIds: [...people(1_000), "u0", "u1"] },
        api,
        { rateLimit: 10, rateBurst: 2 }
      )
      assert.isUndefined(stopped)
      assert.deepStrictEqual(counts, { total: 1_000, sent: 1_000, refused: 0, unknown: 0, failed: 0 })
      assert.deepStrictEqual(api.of(userPath).flatMap(idsOf), people(1_000))
      assert.isTrue(api.of(userPath).every((seen) => idsOf(seen).length === 20))
      assert.deepStrictEqual(api.of(userPath).slice(0, 5).map(({ at }) => at), [0, 0, 100, 200, 300])
      assert.deepStrictEqual(outcomes[21], { userId: "u21", outcome: "sent", messageId: "key-2" })
    }))

  it.effect("whom DingTalk refuses, and why", () =>
    Effect.gen(function*() {
      const api = sends((seen) => ({
        status: 200,
        body: idsOf(seen).length === 1
          ? { invalidStaffIdList: idsOf(seen) }
          : { processQueryKey: "k", flowControlledStaffIdList: ["u3"] }
      }))
      const { counts, outcomes } = yield* report({ userIds: people(21) }, api)
      assert.deepStrictEqual(counts, { total: 21, sent: 19, refused: 2, unknown: 0, failed: 0 })
      assert.deepStrictEqual(outcomes[3], { userId: "u3", outcome: "refused", reason: "flowControlled" })
      assert.deepStrictEqual(outcomes[20], { userId: "u20", outcome: "refused", reason: "invalid" })
    }))

  it.effect("a batch that is refused for one person's sake: the others get it", () =>
    Effect.gen(function*() {
      const api = sends((seen) =>
        idsOf(seen).includes("u13") ? { status: 400, body: { code: "staffId.notExisted" } } : undefined
      )
      const { counts, outcomes, stopped } = yield* report({ userIds: people(40) }, api)
      assert.isUndefined(stopped)
      assert.deepStrictEqual(counts, { total: 40, sent: 39, refused: 0, unknown: 0, failed: 1 })
      assert.deepStrictEqual(outcomes.filter(({ outcome }) => outcome === "failed").map(({ userId }) => userId), [
        "u13"
      ])
      const taken = api.of(userPath).filter((seen) => !idsOf(seen).includes("u13")).flatMap(idsOf)
      assert.strictEqual(new Set(taken).size, taken.length)
    }))

  it.effect("throttles and lock-outs are waited for, and nobody is left out or sent to twice", () =>
    Effect.gen(function*() {
      const api = sends((_seen, nth) =>
        nth === 2
          ? { status: 200, body: { status: 1111, wait: 5, punish: "deny" } }
          : nth >= 4 && nth <= 8
          ? { status: 400, body: { code: "send.too.fast" } }
          : undefined
      )
      const { counts, stopped } = yield* report({ userIds: people(80) }, api)
      assert.isUndefined(stopped)
      assert.deepStrictEqual(counts.sent, 80)
      assert.isAtLeast((api.of(userPath)[2]?.at ?? 0) - (api.of(userPath)[1]?.at ?? 0), 300_000)
    }))

  it.effect("what meets everybody stops it; what is known is in the report, and it can be gone on with", () =>
    Effect.gen(function*() {
      const quota = sends((_seen, nth) => nth >= 3 ? { status: 403, body: { code: "ApiCountLimitForOrg" } } : undefined)
      const userIds = people(100)
      const first = yield* report({ userIds }, quota)
      assert.strictEqual(first.stopped?._tag, "QuotaExhausted")
      assert.deepStrictEqual(first.counts, { total: 100, sent: 40, refused: 0, unknown: 0, failed: 20 })
      const later = Fake.dingtalk()
      const second = yield* report({ userIds, resume: first.outcomes }, later)
      assert.deepStrictEqual(later.of(userPath).flatMap(idsOf), userIds.slice(40))
      assert.deepStrictEqual(second.counts, { total: 100, sent: 100, refused: 0, unknown: 0, failed: 0 })
    }))

  it.effect("a lost answer: unknown, not sent again unless asked to; three in a row stop it", () =>
    Effect.gen(function*() {
      const once = sends((_seen, nth) => nth === 1 ? { status: 502, body: "<html></html>" } : undefined)
      const userIds = people(100)
      const first = yield* report({ userIds }, once)
      assert.isUndefined(first.stopped)
      assert.deepStrictEqual(first.counts, { total: 100, sent: 80, refused: 0, unknown: 20, failed: 0 })
      const nobody = Fake.dingtalk()
      assert.deepStrictEqual((yield* report({ userIds, resume: first.outcomes }, nobody)).counts, first.counts)
      assert.strictEqual(nobody.of(userPath).length, 0)
      const again = Fake.dingtalk()
      const second = yield* report({ userIds, resume: first.outcomes, againUnknown: true }, again)
      assert.deepStrictEqual(again.of(userPath).flatMap(idsOf), userIds.slice(0, 20))
      assert.strictEqual(second.counts.sent, 100)
      const lost = sends(() => "silence")
      const stopped = yield* report({ userIds }, lost)
      assert.strictEqual(stopped.stopped?._tag, "Ambiguous")
      assert.strictEqual(lost.of(userPath).length, 3)
      assert.deepStrictEqual(stopped.counts, { total: 100, sent: 0, refused: 0, unknown: 60, failed: 0 })
    }))

  it.effect("says that a batch is under way before it is sent, so that a crash is not forgotten", () =>
    Effect.gen(function*() {
      const api = sends(() => "silence")
      const steps: Array<DingTalkBulk.Step> = []
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.fork(
          Stream.runForEach(DingTalkBulk.sendToMany({ userIds: people(30), message }), (step) =>
            Effect.sync(() => {
              steps.push(step)
            }))
        )
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
      }).pipe(inWorld(api))
      assert.deepStrictEqual(steps.map(({ counts, outcomes }) => [outcomes.length, counts.unknown, counts.total]), [
        [0, 0, 30],
        [20, 20, 30]
      ])
      const later = Fake.dingtalk()
      yield* report({ userIds: people(30), resume: steps.flatMap(({ outcomes }) => outcomes) }, later)
      assert.deepStrictEqual(later.of(userPath).flatMap(idsOf), people(30).slice(20))
    }))

  it.effect("replies go before it", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      yield* Effect.gen(function*() {
        const bulk = yield* Effect.fork(Stream.runDrain(DingTalkBulk.sendToMany({ userIds: people(100), message })))
        yield* TestClock.adjust(500)
        const replies = yield* Effect.fork(
          Effect.all(["a", "b", "c"].map((to) => DingTalkSender.send({ to, text: "hi" })), { concurrency: "unbounded" })
        )
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(replies)
        yield* Fiber.join(bulk)
      }).pipe(inWorld(api, { rateLimit: 1, rateBurst: 1 }))
      assert.deepStrictEqual(api.of(userPath).map((seen) => idsOf(seen).length), [20, 1, 1, 1, 20, 20, 20, 20])
    }))

  it.effect("a message that DingTalk would refuse is sent to nobody", () =>
    Effect.gen(function*() {
      const api = Fake.dingtalk()
      const error = yield* Stream.runDrain(
        DingTalkBulk.sendToMany({ userIds: people(3), message: RobotMessage.Image({ photo: "" }) })
      ).pipe(inWorld(api), Effect.flip)
      assert.strictEqual(error._tag === "BadRequest" && error.field, "photo")
      assert.strictEqual(api.seen.length, 0)
    }))

  it.effect("nobody to send to: no call", () =>
    Effect.gen(function*() {
      const { counts, outcomes } = yield* report({ userIds: [] }, Fake.dingtalk())
      assert.deepStrictEqual([counts.total, outcomes.length], [0, 0])
    }))
})
