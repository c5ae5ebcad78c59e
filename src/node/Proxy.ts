/**
 * Which proxy a connection goes through: one setting for HTTP and WebSocket. Pure.
 *
 * @since 0.1.0
 */

/**
 * The proxies by scheme, and the exceptions.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProxySettings {
  /** For `http:` and `ws:`; as a URL. */
  readonly http?: string | undefined
  /** For `https:` and `wss:`; as a URL. Default: `http`. */
  readonly https?: string | undefined
  /**
   * Hosts to reach directly, separated by commas or blanks: a name means itself and what is below it, `:port` restricts
   * it to a port, `*` means every host.
   */
  readonly noProxy?: string | undefined
}

/**
 * The settings of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (or in lower case, which wins), the way curl knows them: an
 * address without a scheme is one of `http:`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromEnvironment = (env: Readonly<Record<string, string | undefined>>): ProxySettings => {
  const read = (name: string): string | undefined => {
    const value = env[name] ?? env[name.toUpperCase()]
    return value === undefined || value.trim() === "" ? undefined : value.trim()
  }
  const address = (name: string): string | undefined => {
    const value = read(name)
    return value === undefined || value.includes("://") ? value : `http://${value}`
  }
  return { http: address("http_proxy"), https: address("https_proxy"), noProxy: read("no_proxy") }
}

/** The same reading as undici's, so that the two halves of a connection never part ways. */
const isExcepted = (noProxy: string, hostname: string, port: number): boolean =>
  noProxy === "*" || noProxy.split(/[,\s]/).some((entry) => {
    if (entry === "") return false
    const withPort = /^(.+):(\d+)$/.exec(entry)
    const host = (withPort?.[1] ?? entry).replace(/^\*?\./, "").toLowerCase()
    if (withPort !== null && Number(withPort[2]) !== port) return false
    return hostname === host || hostname.endsWith(`.${host}`)
  })

/**
 * The proxy for a URL, or `undefined` for a direct connection.
 *
 * @since 0.1.0
 * @category decisions
 */
export const proxyFor = (settings: ProxySettings, url: URL): string | undefined => {
  const secure = url.protocol === "https:" || url.protocol === "wss:"
  const proxy = secure ? settings.https ?? settings.http : settings.http
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port)
  return proxy === undefined || isExcepted(settings.noProxy ?? "", url.hostname.toLowerCase(), port)
    ? undefined
    : proxy
}
