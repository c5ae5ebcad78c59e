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
import { UsageError } from "./errors.ts"

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

const isProxy = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { hostname, protocol } = new URL(address)
  return hostname !== "" && (protocol === "http:" || protocol === "https:")
}

/**
 * What can't be used of a setting, and what to do. Without the address itself: it may have a password in it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const problemOf = ({ http, https }: Proxy.ProxySettings): string | undefined => {
  const names = Object.entries({ HTTP_PROXY: http, HTTPS_PROXY: https })
    .flatMap(([name, address]) => address === undefined || isProxy(address) ? [] : [name])
  return names.length === 0 ? undefined : `${names.join(" and ")} must be the address of an HTTP proxy, such as \
http://proxy.example.com:3128; name what is to be reached without it in NO_PROXY`
}

/**
 * Longest wait for DingTalk's answer to our close, in milliseconds. With the default `drainTimeoutMs` of 1.5 s before
 * it, a stop stays well within the `stopWithinMs` that this program promises.
 */
const closeTimeoutMs = 4_000

/**
 * HTTP and WebSocket, through the environment's proxy. Fails when that can't be one.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<HttpClient.HttpClient | Transport, UsageError> = Layer.suspend(() => {
  const proxy = proxyFrom(process.env)
  const problem = problemOf(proxy)
  return problem === undefined ? NodeDingTalk.layer({ proxy }) : Layer.fail(new UsageError({ problem }))
})

/**
 * The times of a program that has to end in time.
 *
 * @since 0.1.0
 * @category layers
 */
export const timing: Layer.Layer<StreamTiming> = Layer.succeed(StreamTiming, { ...defaults, closeTimeoutMs })
