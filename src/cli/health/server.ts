/**
 * `/healthz` and `/metrics`, for those who watch over the process.
 *
 * @since 0.1.0
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import { hostname } from "node:os"
import type { AccountStatus, Statuses } from "../../accounts/AccountStatus.ts"
import { codeOf } from "../../internal/net/errorCode.ts"
import * as Metrics from "../../metrics.ts"
import { UsageError } from "../errors.ts"
import { cliEvents } from "../logging.ts"
import { isMeant } from "./hosts.ts"
import { inboxesOf, type InboxHealth } from "./inboxes.ts"
import * as Prometheus from "./prometheus.ts"

/**
 * What is said of one account.
 *
 * @since 0.1.0
 * @category models
 */
export interface AccountHealth {
  readonly status: AccountStatus["_tag"]
  /** Since when, in milliseconds since 1970. */
  readonly since?: number
  /** When the next try comes, in milliseconds since 1970. */
  readonly until?: number
  /** What is wrong, in words. */
  readonly error?: string
  /** What waits where it outlives the process; none for an inbox in memory. */
  readonly inbox?: InboxHealth
}

const accountHealth = (status: AccountStatus): AccountHealth => {
  switch (status._tag) {
    case "Connecting":
    case "Connected":
    case "Standby":
    case "Stopping":
      return { status: status._tag, since: status.since }
    case "BackingOff":
      return { status: status._tag, until: status.until, error: status.error.message }
    case "Stopped": {
      const { reason } = status
      return reason._tag === "ByError"
        ? { status: status._tag, error: reason.error.message }
        : reason._tag === "ByDefect"
        ? { status: status._tag, error: "a defect; see the log" }
        : { status: status._tag }
    }
  }
}

/**
 * What has to be up for `/healthz` to answer 200: any account, or all of them.
 *
 * @since 0.1.0
 * @category models
 */
export type Need = "any" | "all"

/**
 * What `/healthz` answers: 200 while what is needed is connected, and its inbox can be written, else 503.
 *
 * @since 0.1.0
 * @category decisions
 */
export const report = (
  statuses: Statuses,
  need: Need = "any",
  inboxes: ReadonlyMap<string, InboxHealth> = new Map()
): {
  readonly status: 200 | 503
  readonly body: { readonly healthy: boolean; readonly accounts: Readonly<Record<string, AccountHealth>> }
} => {
  const up = Array.from(
    statuses,
    ([id, { _tag }]) => (_tag === "Connected" || _tag === "Standby") && inboxes.get(id)?.up !== false
  )
  const healthy = need === "any" ? up.some(Boolean) : up.length > 0 && up.every(Boolean)
  return {
    status: healthy ? 200 : 503,
    body: {
      healthy,
      accounts: Object.fromEntries(Array.from(statuses, ([id, status]) => {
        const inbox = inboxes.get(id)
        return [id, { ...accountHealth(status), ...(inbox === undefined ? {} : { inbox }) }]
      }))
    }
  }
}

/** An account's series are there from the first scrape on, at 0 while nothing has happened: reading makes them. */
const touch = (account: string): Effect.Effect<void> => {
  const metrics = Metrics.forAccount(account)
  return Effect.all([
    Metric.value(metrics.received),
    Metric.value(metrics.acked),
    Metric.value(metrics.dropped),
    Metric.value(metrics.abandoned),
    Metric.value(metrics.duplicate),
    Metric.value(metrics.undecodable),
    Metric.value(metrics.handled),
    Metric.value(metrics.failed),
    Metric.value(metrics.inFlight),
    Metric.value(metrics.queueDepth),
    Metric.value(metrics.handlerSeconds),
    Metric.value(metrics.connected),
    Metric.value(metrics.connectedSince),
    Metric.value(metrics.strikes),
    Metric.value(metrics.tokenRefreshes)
  ], { discard: true })
}

const metricsText = (statuses: Statuses): Effect.Effect<string> =>
  Effect.forEach(statuses.keys(), touch, { discard: true }).pipe(
    Effect.zipRight(Metric.snapshot),
    Effect.map((snapshot) => Prometheus.render(snapshot, "effect_dingtalk_"))
  )

const router = (statuses: Effect.Effect<Statuses>) =>
  HttpRouter.empty.pipe(
    HttpRouter.get(
      "/healthz",
      Effect.flatMap(
        Effect.all([statuses, HttpServerRequest.ParsedSearchParams, inboxesOf]),
        ([all, params, inboxes]) => {
          const { need = "any" } = params
          if (need !== "any" && need !== "all") {
            return HttpServerResponse.text("need must be any or all, as in /healthz?need=all\n", { status: 400 })
          }
          const { body, status } = report(all, need, inboxes)
          return HttpServerResponse.json(body, { status })
        }
      )
    ),
    HttpRouter.get(
      "/metrics",
      statuses.pipe(
        Effect.flatMap(metricsText),
        Effect.map((text) => HttpServerResponse.text(text, { contentType: Prometheus.contentType }))
      )
    ),
    Effect.catchTag("RouteNotFound", () => HttpServerResponse.text("not found\n", { status: 404 }))
  )

/** Answers nobody who means somebody else. */
const guarded = <E, R>(names: Iterable<string>, app: HttpApp.Default<E, R>) =>
  Effect.flatMap(
    HttpServerRequest.HttpServerRequest,
    ({ headers }): HttpApp.Default<E, R> =>
      isMeant(headers["host"], names)
        ? app
        : HttpServerResponse.text("the Host of this request is not known here: see --health-name\n", { status: 421 })
  )

/** Most connections at once: file descriptors are for the robot. */
const maxConnections = 16

/** Longest that a client may take over a request, and over reading its answer, in milliseconds. */
const patienceMs = 5_000

/** How often it is looked for clients that take longer. */
const lookEveryMs = 2_000

/**
 * Serves them for the life of the scope, and logs where.
 *
 * Fails with `UsageError` if the address can't be had.
 *
 * @since 0.1.0
 * @category operations
 */
export const serve = (
  { host, names = [], port, statuses }: {
    readonly host: string
    /** Names under which clients may ask, beside `host`, this machine's own and `localhost`. Default none. */
    readonly names?: ReadonlyArray<string>
    readonly port: number
    readonly statuses: Effect.Effect<Statuses>
  }
): Effect.Effect<void, UsageError, Scope.Scope> =>
  Effect.gen(function*() {
    const server = createServer({
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      keepAliveTimeout: patienceMs,
      connectionsCheckingInterval: lookEveryMs
    })
    server.maxConnections = maxConnections
    server.timeout = patienceMs
    const context = yield* Layer.build(NodeHttpServer.layer(() => server, { host, port }))
    // A client that holds its connection open must not hold up our end.
    yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
    yield* Effect.provide(
      Effect.gen(function*() {
        yield* HttpServer.serveEffect(guarded([host, hostname(), ...names], router(statuses)))
        yield* HttpServer.addressFormattedWith((address) =>
          Effect.annotateLogs(Effect.logInfo(cliEvents.health), { address })
        )
      }),
      context
    )
  }).pipe(
    Effect.catchTag("ServeError", (error) =>
      new UsageError({
        problem: `--health-port: cannot listen on ${host}:${port} (${codeOf(error.cause) ?? String(error.cause)})`
      }))
  )
