/**
 * The network as every command uses it.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Layer from "effect/Layer"
import * as NodeDingTalk from "../node/NodeDingTalk.ts"
import * as Proxy from "../node/Proxy.ts"
import { defaults, StreamTiming } from "../stream/StreamTiming.ts"
import type { Transport } from "../stream/Transport.ts"

/** What runs on this machine is never behind a proxy. */
const loopback = "localhost,127.0.0.1,[::1]"

/**
 * The proxies of an environment, with this machine among the exceptions.
 *
 * @since 0.1.0
 * @category decisions
 */
export const proxyFrom = (env: Readonly<Record<string, string | undefined>>): Proxy.ProxySettings => {
  const proxy = Proxy.fromEnvironment(env)
  // A lone star, and only a lone one, means every host.
  if (proxy.noProxy === "*") return proxy
  return { ...proxy, noProxy: proxy.noProxy === undefined ? loopback : `${proxy.noProxy},${loopback}` }
}

/**
 * Longest wait for DingTalk's answer to our close, in milliseconds. With the default `drainTimeoutMs` of 1.5 s before
 * it, a stop stays well within the `stopWithinMs` that this program promises.
 */
const closeTimeoutMs = 4_000

/**
 * HTTP and WebSocket, through the environment's proxy.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<HttpClient.HttpClient | Transport> = Layer.suspend(() =>
  NodeDingTalk.layer({ proxy: proxyFrom(process.env) })
)

/**
 * The times of a program that has to end in time.
 *
 * @since 0.1.0
 * @category layers
 */
export const timing: Layer.Layer<StreamTiming> = Layer.succeed(StreamTiming, { ...defaults, closeTimeoutMs })
