import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import { request } from "node:http"
import { connect } from "node:net"
import { freePort } from "../../../chaos/support/listen.ts"
import { AccountStatus, type Statuses, StopReason } from "../../../src/accounts/AccountStatus.ts"
import { UsageError } from "../../../src/cli/errors.ts"
import * as Health from "../../../src/cli/health/server.ts"
import { PermanentAuth, Transient } from "../../../src/DingTalkError.ts"
import * as Metrics from "../../../src/metrics.ts"

const connected = AccountStatus.Connected({ since: 5 })

const refused = AccountStatus.Stopped({
  since: 7,
  reason: StopReason.ByError({
    error: new PermanentAuth({
      account: "hr",
      code: "authFailed",
      status: 401,
      requestId: undefined,
      detail: "",
      hint: "Compare the secret"
    })
  })
})

const backingOff = AccountStatus.BackingOff({
  until: 9,
  error: new Transient({
    account: "hr",
    reason: "network",
    status: undefined,
    code: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    detail: "ECONNREFUSED"
  })
})

const statusesOf = (statuses: Record<string, AccountStatus>): Statuses => new Map(Object.entries(statuses))

const silently = Effect.provide(Logger.remove(Logger.defaultLogger))

const get = (port: number, path: string) =>
  Effect.promise(async () => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() }
  })

describe("health", () => {
  it("is healthy while any account is connected, and says of each how it is", () => {
    assert.deepStrictEqual(Health.report(statusesOf({ ops: connected, hr: refused })), {
      status: 200,
      body: {
        healthy: true,
        accounts: {
          ops: { status: "Connected", since: 5 },
          hr: { status: "Stopped", error: "account \"hr\": refused (HTTP 401, code authFailed). Compare the secret" }
        }
      }
    })
    const { body, status } = Health.report(statusesOf({ hr: backingOff }))
    assert.strictEqual(status, 503)
    assert.isFalse(body.healthy)
    assert.deepStrictEqual(body.accounts["hr"], {
      status: "BackingOff",
      until: 9,
      error: "account \"hr\": network: ECONNREFUSED"
    })
    for (
      const [account, status] of [
        [AccountStatus.Connecting({ since: 1 }), "Connecting"],
        [AccountStatus.Stopping({ since: 1 }), "Stopping"],
        [AccountStatus.Stopped({ since: 1, reason: StopReason.ByRequest() }), "Stopped"]
      ] as const
    ) {
      const report = Health.report(statusesOf({ a: account }))
      assert.strictEqual(report.status, 503)
      assert.strictEqual(report.body.accounts["a"]?.status, status)
    }
  })

  it.scopedLive("serves /healthz and /metrics", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      const current = yield* Ref.make(statusesOf({ "health-a": connected }))
      yield* Metric.increment(Metrics.forAccount("health-a").received)
      yield* Health.serve({ host: "127.0.0.1", port, statuses: Ref.get(current) })

      const healthy = yield* get(port, "/healthz")
      assert.strictEqual(healthy.status, 200)
      assert.deepStrictEqual(JSON.parse(healthy.text), {
        healthy: true,
        accounts: { "health-a": { status: "Connected", since: 5 } }
      })
      yield* Ref.set(current, statusesOf({ "health-a": refused }))
      assert.strictEqual((yield* get(port, "/healthz")).status, 503)

      const metrics = yield* get(port, "/metrics")
      assert.include(metrics.type, "text/plain; version=0.0.4")
      assert.include(metrics.text, "effect_dingtalk_received_total{account=\"health-a\"} 1\n")
      // Nothing was dropped so far, and that is said too.
      assert.include(metrics.text, "effect_dingtalk_dropped_total{account=\"health-a\"} 0\n")
      assert.strictEqual((yield* get(port, "/nothing")).status, 404)
    }).pipe(silently))

  it.scopedLive("with ?need=all, all accounts have to be up", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      const current = yield* Ref.make(statusesOf({ a: connected, b: refused }))
      yield* Health.serve({ host: "127.0.0.1", port, statuses: Ref.get(current) })
      assert.strictEqual((yield* get(port, "/healthz")).status, 200)
      assert.strictEqual((yield* get(port, "/healthz?need=any")).status, 200)
      assert.strictEqual((yield* get(port, "/healthz?need=all")).status, 503)
      assert.strictEqual((yield* get(port, "/healthz?need=some")).status, 400)
      yield* Ref.set(current, statusesOf({ a: connected, b: connected }))
      assert.strictEqual((yield* get(port, "/healthz?need=all")).status, 200)
    }).pipe(silently))

  it.scopedLive("answers nobody who asks for another host", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      yield* Health.serve({
        host: "127.0.0.1",
        port,
        names: ["robot"],
        statuses: Effect.succeed(statusesOf({ a: connected }))
      })
      const as = (host: string) =>
        Effect.async<number | undefined>((resume) => {
          request({ port, host: "127.0.0.1", path: "/metrics", headers: { host } }, (answer) => {
            answer.resume()
            resume(Effect.succeed(answer.statusCode))
          }).end()
        })
      assert.deepStrictEqual(yield* Effect.forEach(["robot:1", `127.0.0.1:${port}`, "evil.example"], as), [
        200,
        200,
        421
      ])
    }).pipe(silently))

  it.scopedLive("connections that say nothing are few, and do not last", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      yield* Health.serve({ host: "127.0.0.1", port, statuses: Effect.succeed(statusesOf({ a: connected })) })
      const sockets = yield* Effect.acquireRelease(
        Effect.sync(() => Array.from({ length: 40 }, () => connect(port, "127.0.0.1").on("error", () => {}))),
        (all) => Effect.sync(() => all.forEach((socket) => socket.destroy()))
      )
      const open = () => sockets.filter((socket) => !socket.destroyed).length
      yield* Effect.repeat(Effect.sleep(20), { until: () => open() <= 16 })
      assert.isAbove(open(), 0)
      yield* Effect.repeat(Effect.sleep(50), { until: () => open() === 0 })
      assert.strictEqual((yield* get(port, "/healthz")).status, 200)
    }).pipe(silently))

  it.scopedLive("an address that can't be had is a mistake on the command line", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      const statuses = Effect.succeed(statusesOf({}))
      yield* Health.serve({ host: "127.0.0.1", port, statuses })
      const error = yield* Effect.flip(Health.serve({ host: "127.0.0.1", port, statuses }))
      assert.instanceOf(error, UsageError)
      assert.include(error.message, "EADDRINUSE")
    }).pipe(silently))
})
