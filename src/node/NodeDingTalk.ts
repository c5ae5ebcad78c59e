/**
 * The network on Node, in one layer: an `HttpClient` on undici (three times as fast as `fetch`'s) and the WebSocket
 * transport, both through the same proxy if there is one. Needs `@effect/platform-node`.
 *
 * @since 0.1.0
 */
import * as Undici from "@effect/platform-node/Undici"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { HttpsProxyAgent } from "https-proxy-agent"
import type * as NodeHttp from "node:http"
import { memo } from "../internal/memo.ts"
import { StreamTiming } from "../stream/StreamTiming.ts"
import type { Transport } from "../stream/Transport.ts"
import * as WsTransport from "../stream/WsTransport.ts"
import * as PinnedClient from "./internal/pinnedClient.ts"
import * as ProxiedClient from "./internal/proxiedClient.ts"
import * as UndiciClient from "./internal/undiciClient.ts"
import { proxyFor, type ProxySettings } from "./Proxy.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: direct connections. `Proxy.fromEnvironment(process.env)` follows `HTTPS_PROXY` and `NO_PROXY`. */
  readonly proxy?: ProxySettings | undefined
  /** Largest WebSocket message accepted, in bytes. Default 8 MiB. */
  readonly maxPayloadBytes?: number | undefined
}

/** How sockets are connected. */
interface Connecting {
  readonly rejectUnauthorized: true
  readonly autoSelectFamilyAttemptTimeout: number
}

/** Verification is said outright, so that no variable of the environment switches it off. */
const connectingWithin = (connectAttemptMs: number): Connecting => ({
  rejectUnauthorized: true,
  autoSelectFamilyAttemptTimeout: connectAttemptMs
})

const dispatcher = (proxy: ProxySettings, connect: Connecting): Effect.Effect<Undici.Dispatcher, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      proxy.http === undefined && proxy.https === undefined
        // Does not look at each URL for the proxy that there is not.
        ? new Undici.Agent({ connect })
        // Empty strings keep undici from looking into the environment by itself.
        : new Undici.EnvHttpProxyAgent({
          httpProxy: proxy.http ?? "",
          httpsProxy: proxy.https ?? proxy.http ?? "",
          noProxy: proxy.noProxy ?? "",
          connect,
          requestTls: connect,
          proxyTls: connect
        })
    ),
    // `destroy`, not `close`: a request that nobody answers must not hold up a stop.
    (agent) => Effect.promise(() => agent.destroy())
  )

const agents = (proxy: ProxySettings, connect: Connecting): (url: URL) => NodeHttp.Agent | undefined => {
  const agentOf = memo((uri) => new HttpsProxyAgent(uri, connect))
  return (url) => {
    const uri = proxyFor(proxy, url)
    return uri === undefined ? undefined : agentOf(uri)
  }
}

/** The proxy for a URL by its host alone: the rest may hold a password. */
const proxyHost = (proxy: ProxySettings) => (url: URL): string | undefined => {
  const uri = proxyFor(proxy, url)
  return uri === undefined || !URL.canParse(uri) ? undefined : new URL(uri).host
}

/**
 * `HttpClient` and `Transport` for Node. Of a host with several addresses each is tried for `connectAttemptMs` of
 * `StreamTiming`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient | Transport> =>
  Layer.unwrapEffect(Effect.map(StreamTiming, ({ connectAttemptMs }) => {
    const proxy = options.proxy ?? {}
    const connect = connectingWithin(connectAttemptMs)
    const hostOf = proxyHost(proxy)
    return Layer.merge(
      Layer.scoped(
        HttpClient.HttpClient,
        Effect.map(
          dispatcher(proxy, connect),
          (dispatcher) =>
            ProxiedClient.make(
              PinnedClient.make(UndiciClient.make(dispatcher), connect, (url) => proxyFor(proxy, url) !== undefined),
              hostOf
            )
        )
      ),
      WsTransport.layer({ agent: agents(proxy, connect), proxy: hostOf, maxPayloadBytes: options.maxPayloadBytes })
    )
  }))
