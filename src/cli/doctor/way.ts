/**
 * The way to the API: the checks of its layers.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { proxyFor, type ProxySettings } from "../../node/Proxy.ts"
import { Language, type Words } from "../words/Catalogue.ts"
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
const steps = ({ doctor }: Words, url: URL): ReadonlyArray<Step> => [
  {
    step: "dns",
    target: url.hostname,
    probe: Effect.map(Probes.dns(url), (found) => doctor.addresses(url.hostname, found))
  },
  { step: "tcp", target: url.host, probe: Effect.map(Probes.tcp(url), doctor.answers) },
  ...(url.protocol === "https:"
    ? [
      {
        step: "tls",
        target: url.host,
        probe: Effect.map(Probes.tls(url), ({ protocol, until }) => doctor.certificate(protocol, until))
      } as const
    ]
    : [])
]

/**
 * Checks name, TCP and TLS, each only if the one before was good. Gives whether all were. `account` is empty for a way
 * that several accounts share.
 *
 * @since 0.1.0
 * @category operations
 */
export const check = <E, R>(
  account: string,
  apiBaseUrl: string,
  proxies: ProxySettings,
  report: (finding: Finding) => Effect.Effect<void, E, R>
): Effect.Effect<boolean, E, R> =>
  Effect.gen(function*() {
    const words = yield* Language
    const proxy = proxyFor(proxies, new URL(apiBaseUrl))
    const url = new URL(proxy ?? apiBaseUrl)
    if (proxy !== undefined) yield* report(make(account, "proxy", words.doctor.throughProxy(url.host)))
    for (const { probe, step, target } of steps(words, url)) {
      const finding = yield* Effect.match(probe, {
        onSuccess: (what) => make(account, step, what),
        onFailure: ({ code }) =>
          proxy === undefined
            ? make(account, step, words.doctor.failed(target, code), {
              status: "fail",
              todo: Advice.forCode(words, code)
            })
            : make(account, step, words.doctor.proxyFailed(target, code), {
              status: "fail",
              todo: words.hints.deadProxy(url.host)
            })
      })
      yield* report(finding)
      if (finding.status === "fail") return false
    }
    return true
  })
