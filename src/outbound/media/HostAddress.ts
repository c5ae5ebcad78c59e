/**
 * Whether an IP address is of the public internet. Pure.
 *
 * By IANA's registries of special-purpose addresses. Addresses that carry an IPv4 address inside (mapped, NAT64, 6to4) are
 * what that one is; whatever is not known to be public is not.
 *
 * @since 0.1.0
 */
import ipaddr from "ipaddr.js"
import { isIP } from "node:net"

/**
 * What an address is good for. `metadata` is where clouds tell their machines secrets; `reserved` is everything that is
 * no host's, `invalid` what is no address.
 *
 * @since 0.1.0
 * @category models
 */
export type AddressKind =
  | "public"
  | "loopback"
  | "private"
  | "linkLocal"
  | "metadata"
  | "multicast"
  | "reserved"
  | "invalid"

/** Where the machines of Amazon, Google, Microsoft, Alibaba, Oracle and others ask for what they may know. */
const metadata: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "192.0.0.192",
  "fd00:ec2::254"
])

/** The ranges that are told apart here; all others are reserved. */
const kinds: ReadonlyMap<string, AddressKind> = new Map<string, AddressKind>([
  ["unicast", "public"],
  ["loopback", "loopback"],
  ["private", "private"],
  ["carrierGradeNat", "private"],
  ["uniqueLocal", "private"],
  ["deprecatedSiteLocal", "private"],
  ["linkLocal", "linkLocal"],
  ["multicast", "multicast"]
])

/** Of the rest of IPv6 nothing has been given out. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3")

/** Where an IPv4 address lies inside an IPv6 one. */
const carriers = ([["::ffff:0:0/96", 12], ["64:ff9b::/96", 12], ["2002::/16", 2]] as const)
  .map(([block, at]) => ({ block: ipaddr.IPv6.parseCIDR(block), at }))

const rangeKind = (address: ipaddr.IPv4 | ipaddr.IPv6): AddressKind =>
  metadata.has(address.toString()) ? "metadata" : kinds.get(address.range()) ?? "reserved"

/**
 * What an address is good for, from its text: IPv4 in four decimal numbers, IPv6 without brackets, with or without a
 * zone.
 *
 * @since 0.1.0
 * @category decisions
 */
export const kindOf = (text: string): AddressKind => {
  // Stricter than the parser, which takes `127.1` and `0x7f000001` as well.
  if (isIP(text) === 0) return "invalid"
  const address = ipaddr.parse(text.replace(/%.*/s, ""))
  if (address instanceof ipaddr.IPv4) return rangeKind(address)
  const carrier = carriers.find(({ block }) => address.match(block))
  if (carrier !== undefined) {
    return rangeKind(new ipaddr.IPv4(address.toByteArray().slice(carrier.at, carrier.at + 4)))
  }
  const kind = rangeKind(address)
  return kind === "public" && !address.match(globalUnicast) ? "reserved" : kind
}
