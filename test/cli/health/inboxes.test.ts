import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { AccountStatus } from "../../../src/accounts/AccountStatus.ts"
import { inboxesOf } from "../../../src/cli/health/inboxes.ts"
import { report } from "../../../src/cli/health/server.ts"
import { ofInbox } from "../../../src/metrics.ts"

describe("the health of inboxes", () => {
  it.effect("is told of accounts that have one, and makes them unhealthy that can't keep anything", () =>
    Effect.gen(function*() {
      const metrics = ofInbox("kept")
      yield* Metric.set(metrics.inboxUp, 0)
      yield* Metric.set(metrics.inboxDepth, 7)
      const statuses = new Map(["kept", "plain"].map((id) => [id, AccountStatus.Connected({ since: 1 })]))
      const { body, status } = report(statuses, "all", yield* inboxesOf)
      assert.strictEqual(status, 503)
      assert.deepStrictEqual(body.accounts["kept"]?.inbox, {
        up: false,
        owner: false,
        waiting: 7,
        dead: 0,
        oldestSeconds: 0
      })
      assert.notProperty(body.accounts["plain"], "inbox")
      yield* Metric.set(metrics.inboxUp, 1)
      assert.strictEqual(report(statuses, "all", yield* inboxesOf).status, 200)
    }))
})
