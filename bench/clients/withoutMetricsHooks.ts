import type { LoadHook, ResolveHook } from "node:module"

const isMetrics = (url: string): boolean => new URL(url).pathname.endsWith("/dist/metrics.js")

export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context)
  return isMetrics(resolved.url) && !resolved.url.includes("?")
    ? { ...resolved, url: `${resolved.url}?silent` }
    : resolved
}

/** The metrics of what arrives, which are all of the hot path, with updates that do nothing. */
const silent = (real: string): string => `
  import { ofInbound as make } from ${JSON.stringify(real)}
  export * from ${JSON.stringify(real)}
  const nothing = () => {}
  const silence = (metric) => Object.assign((effect) => effect, metric, { unsafeUpdate: nothing })
  export const ofInbound = (account) =>
    Object.fromEntries(Object.entries(make(account)).map(([name, metric]) => [name, silence(metric)]))
`

export const load: LoadHook = async (url, context, next) =>
  isMetrics(url) && url.endsWith("?silent")
    ? { format: "module", shortCircuit: true, source: silent(url.replace("?silent", "?real")) }
    : next(url, context)
