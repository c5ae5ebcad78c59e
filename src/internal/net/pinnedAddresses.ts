import * as Context from "effect/Context"

/**
 * The addresses that a request may connect to, whatever its host is called: those that were checked. None: any.
 *
 * It is for the `HttpClient` to heed, which the one of `effect-dingtalk/node` does.
 */
export class PinnedAddresses
  extends Context.Reference<PinnedAddresses>()("effect-dingtalk/internal/net/PinnedAddresses", {
    defaultValue: (): ReadonlyArray<string> => []
  })
{}
