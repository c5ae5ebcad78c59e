import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as ApiError from "../../../src/outbound/api/ApiError.ts"
import { unsent } from "../../../src/outbound/api/internal/unsent.ts"
import * as BulkProgress from "../../../src/outbound/bulk/BulkProgress.ts"

const userId = FastCheck.nat({ max: 12 }).map((n) => `u${n}`)
const outcome: FastCheck.Arbitrary<BulkProgress.UserOutcome> = FastCheck.oneof(
  userId.map((userId) => ({ userId, outcome: "sent" as const, messageId: "k" })),
  userId.map((userId) => ({ userId, outcome: "refused" as const, reason: "invalid" as const })),
  userId.map((userId) => ({ userId, outcome: "unknown" as const, detail: "" })),
  userId.map((userId) => ({ userId, outcome: "failed" as const, detail: "" }))
)

describe("BulkProgress", () => {
  it("property: nobody to whom it may have gone is sent to again", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(userId), FastCheck.array(outcome), (userIds, outcomes) => {
      const latest = BulkProgress.latest(outcomes)
      const rest = BulkProgress.remaining(userIds, latest, false)
      for (const id of rest) {
        const last = outcomes.findLast(({ userId }) => userId === id)?.outcome
        assert.isTrue(last === undefined || last === "failed")
      }
      assert.strictEqual(new Set(rest).size, rest.length)
      const withUnknown = BulkProgress.remaining(userIds, latest, true)
      for (const id of withUnknown) assert.notInclude(["sent", "refused"], BulkProgress.outcomeOf(latest, id))
      for (const id of rest) assert.include(withUnknown, id)
    }))
  })

  it("property: counting step by step comes to the same as counting at the end", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(outcome), (outcomes) => {
      const userIds = outcomes.map(({ userId }) => userId)
      let counts = BulkProgress.count(userIds, BulkProgress.latest([]))
      for (const [index, one] of outcomes.entries()) {
        const before = BulkProgress.outcomeOf(BulkProgress.latest(outcomes.slice(0, index)), one.userId)
        counts = BulkProgress.replace(counts, before, one.outcome)
      }
      assert.deepStrictEqual(counts, BulkProgress.count(userIds, BulkProgress.latest(outcomes)))
    }))
  })

  it("outcomes are plain data", () => {
    FastCheck.assert(FastCheck.property(outcome, (one) => {
      assert.deepStrictEqual(JSON.parse(JSON.stringify(one)), one)
    }))
  })

  it("outcomes are read back from the lines that they were written to", () => {
    const read = Schema.decodeSync(Schema.parseJson(BulkProgress.UserOutcome))
    FastCheck.assert(FastCheck.property(outcome, (one) => {
      assert.deepStrictEqual(read(JSON.stringify(one)), one)
    }))
    const withoutKey: BulkProgress.UserOutcome = { userId: "u", outcome: "sent", messageId: undefined }
    assert.deepStrictEqual(read(JSON.stringify(withoutKey)), withoutKey)
    for (const broken of ["", "{", "{}", `{"userId":"u","outcome":"sent to"}`, `{"outcome":"failed","detail":""}`]) {
      assert.throws(() => read(broken))
    }
  })

  it("what is to be done about each error", () => {
    const common = unsent("default", "sendToUser", "", "")
    const cases: ReadonlyArray<readonly [ApiError.ApiError, BulkProgress.Remedy["_tag"], BulkProgress.Remedy["_tag"]]> =
      [
        [new ApiError.Throttled({ ...common, retryAfterMs: 5_000 }), "wait", "wait"],
        [new ApiError.Unavailable(common), "wait", "wait"],
        [new ApiError.TargetGone(common), "split", "note"],
        [new ApiError.BadRequest({ ...common, field: "staffId" }), "split", "note"],
        [new ApiError.BadRequest({ ...common, field: "userIds" }), "split", "note"],
        [new ApiError.BadRequest({ ...common, field: "receivers" }), "split", "note"],
        [new ApiError.BadRequest({ ...common, field: "robotCode" }), "stop", "stop"],
        [new ApiError.BadRequest({ ...common, field: undefined }), "stop", "stop"],
        [new ApiError.Ambiguous(common), "note", "note"],
        [new ApiError.CredentialsRejected(common), "stop", "stop"],
        [new ApiError.PermissionDenied({ ...common, scopes: [] }), "stop", "stop"],
        [new ApiError.IpNotAllowed({ ...common, ip: undefined }), "stop", "stop"],
        [new ApiError.QuotaExhausted(common), "stop", "stop"],
        [new ApiError.TooLarge({ ...common, bytes: undefined, limitBytes: undefined }), "stop", "stop"]
      ]
    for (const [error, ofMany, ofOne] of cases) {
      assert.strictEqual(BulkProgress.remedyFor(error, 20)._tag, ofMany, error._tag)
      assert.strictEqual(BulkProgress.remedyFor(error, 1)._tag, ofOne, error._tag)
    }
    assert.deepStrictEqual(BulkProgress.remedyFor(new ApiError.Ambiguous(common), 20), {
      _tag: "note",
      outcome: "unknown"
    })
  })
})
