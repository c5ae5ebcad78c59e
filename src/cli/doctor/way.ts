/**
 * The way to the API: the checks of its layers.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { AccountSettings } from "../../DingTalkConfig.ts"
import { proxyFor, type ProxySettings } from "../../node/Proxy.ts"
import * as Advice from "./advice.ts"
import { type Finding, make } from "./Finding.ts"
import * as Probes from "./probes.ts"

type Step = Pick<Finding, "step"> & {
  /** What was tried. */
  readonly target: string
  /** What was found, in words. */
  readonly probe: Effect.Effect<string, Probes.ProbeFailed>
}

/** The layers in order: to the API itself or, where there is one, to the proxy before it. */
const steps = (url: URL): ReadonlyArray<Step> => [
  {
    step: "dns",
    target: url.hostname,
    probe: Effect.map(Probes.dns(url), (found) => `${url.hostname} is ${found.join(", ")}`)
  },
  { step: "tcp", target: url.host, probe: Effect.map(Probes.tcp(url), (found) => `${found} answers`) },
  ...(url.protocol === "https:" ? [{ step: "tls", target: url.host, probe: Probes.tls(url) } as const] : [])
]

/**
 * Checks name, TCP and TLS, each only if the one before was good. Gives whether all were.
 *
 * @since 0.1.0
 * @category operations
 */
export const check = <E, R>(
  { apiBaseUrl, id }: AccountSettings,
  proxies: ProxySettings,
  report: (finding: Finding) => Effect.Effect<void, E, R>
): Effect.Effect<boolean, E, R> =>
  Effect.gen(function*() {
    const proxy = proxyFor(proxies, new URL(apiBaseUrl))
    const url = new URL(proxy ?? apiBaseUrl)
    if (proxy !== undefined) yield* report(make(id, "proxy", `the API is reached through ${url.host}`))
    for (const { probe, step, target } of steps(url)) {
      const finding = yield* Effect.match(probe, {
        onSuccess: (what) => make(id, step, what),
        onFailure: ({ code }) =>
          make(id, step, `${target}: ${code}; the rest was not tried`, { status: "fail", todo: Advice.forCode(code) })
      })
      yield* report(finding)
      if (finding.status === "fail") return false
    }
    return true
  })
