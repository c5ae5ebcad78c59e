/**
 * Which addresses a host has: the seam between the guard of URLs and the system.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { lookup } from "node:dns/promises"
import { codeOf } from "../../internal/net/errorCode.ts"

/**
 * The addresses of a host name, as the system would connect to them. Fails with the system's code, if there is one.
 *
 * Default: what the system resolves. Give another one to test, or where names are resolved by a proxy.
 *
 * @since 0.1.0
 * @category tags
 */
export class HostResolver extends Context.Reference<HostResolver>()("effect-dingtalk/outbound/media/HostResolver", {
  defaultValue: (): {
    readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>, string | undefined>
  } => ({
    resolve: (host) =>
      Effect.tryPromise({
        try: () => lookup(host, { all: true, verbatim: true }),
        catch: (error) => codeOf(error)
      }).pipe(Effect.map((addresses) => addresses.map(({ address }) => address)))
  })
}) {}
