/** Requests that connect to addresses that were checked beforehand, and to no other that their host's name may have. */
import * as Undici from "@effect/platform-node/Undici"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import { isIP, type LookupFunction } from "node:net"
import { PinnedAddresses } from "../../internal/net/pinnedAddresses.ts"
import * as UndiciClient from "./undiciClient.ts"

const lookupOf = (pinned: ReadonlyArray<string>): LookupFunction => (host, { all }, callback) => {
  const addresses = pinned.map((address) => ({ address, family: isIP(address) }))
  const [first] = addresses
  if (first === undefined) callback(Object.assign(new Error(`no address of ${host}`), { code: "ENOTFOUND" }), "")
  else if (all === true) callback(null, addresses)
  else callback(null, first.address, first.family)
}

/**
 * The client, for all requests but those with {@link PinnedAddresses}: each of these gets a connection of its own, which
 * ends with it. Through a proxy it is the proxy that looks names up, so there nothing is pinned.
 */
export const make = (
  client: HttpClient.HttpClient,
  connect: { readonly rejectUnauthorized: boolean },
  isProxied: (url: URL) => boolean
): HttpClient.HttpClient =>
  HttpClient.transform(client, (response, request) =>
    Effect.flatMap(PinnedAddresses, (pinned) => {
      if (pinned.length === 0 || isProxied(new URL(request.url))) return response
      const agent = new Undici.Agent({ connect: { ...connect, lookup: lookupOf(pinned) }, pipelining: 0 })
      return UndiciClient.make(agent).execute(request)
    }))
