/** What clients that share a database owe each other, whatever the database is. */
import type * as SqlClient from "@effect/sql/SqlClient"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as ApiClient from "../../../src/outbound/api/ApiClient.ts"
import { noErrorProves } from "../../../src/outbound/api/classifyAnswer.ts"
import * as Scheduler from "../../../src/outbound/api/Scheduler.ts"
import { SharedState } from "../../../src/outbound/api/SharedState.ts"
import { DingTalkSharing } from "../../../src/sql/index.ts"
import * as Fake from "../../outbound/api/utils/fakeApi.ts"
import { failureOf } from "../../utils/exits.ts"

const path = "/v1.0/thing"

const limit = { rate: 50, burst: 5 }

const call: ApiClient.Call = {
  operation: { name: "write", kind: "send", proves: noErrorProves },
  request: ApiClient.post(`https://api.dingtalk.com${path}`, {}),
  limit,
  tries: 1
}

/** A client of a process of its own, as far as its state goes. */
const client = (
  api: Fake.FakeApi,
  database: Layer.Layer<SqlClient.SqlClient>,
  options: DingTalkSharing.Options & { readonly appKey: string }
) =>
  Effect.gen(function*() {
    const context = yield* Layer.build(Layer.provide(DingTalkSharing.layer(options), database))
    const egress = yield* Scheduler.makeEgress(Context.get(context, SharedState))
    return yield* ApiClient.make(api.client, {
      id: "default",
      appKey: options.appKey,
      appSecret: Redacted.make("a secret"),
      apiBaseUrl: "https://api.dingtalk.com"
    }, egress)
  })

export const shared = (database: Layer.Layer<SqlClient.SqlClient>) =>
  Effect.gen(function*() {
    const times: Array<number> = []
    let answer: Fake.Answer | undefined
    const api = Fake.dingtalk((seen) => {
      if (seen.path !== path) return undefined
      times.push(performance.now())
      return answer
    })
    const three = yield* Effect.replicateEffect(client(api, database, { appKey: "one" }), 3)
    const calls = (of: typeof three, each: number) =>
      Effect.forEach(of, ({ call: say }) => Effect.replicateEffect(say(call), each, { concurrency: "unbounded" }), {
        concurrency: "unbounded",
        discard: true
      })

    const start = performance.now()
    yield* calls(three, 8)
    assert.strictEqual(api.of(Fake.tokenPath).length, 1)
    // The class of API has a bucket of its own, which is slower.
    const spaces = times.length - limit.burst
    assert.isAtLeast((times.at(-1) ?? 0) - start, 1_000 / Scheduler.maxPerApi * spaces - 20)

    // What one is told means all, and only those behind the same address.
    const elsewhere = yield* client(api, database, { appKey: "two", egress: "elsewhere" })
    const here = yield* client(api, database, { appKey: "two" })
    answer = { status: 200, body: { status: 1111, wait: 5, punish: "deny" } }
    const [first, second] = three
    yield* Effect.exit(first?.call(call) ?? Effect.void)
    answer = undefined
    const seen = times.length
    for (const other of [second, here]) {
      assert.strictEqual(failureOf(yield* Effect.exit(other?.call(call) ?? Effect.void))._tag, "Throttled")
    }
    assert.strictEqual(times.length, seen)
    yield* elsewhere.call(call)
    assert.strictEqual(times.length, seen + 1)
  })
