/**
 * Whether an IP address is of the public internet. Pure.
 *
 * By IANA's registries of special-purpose addresses. Addresses that carry an IPv4 address inside (mapped, NAT64, 6to4) are
 * what that one is; whatever is not known to be public is not.
 *
 * @since 0.1.0
 */

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

type Block = readonly [kind: Exclude<AddressKind, "invalid">, prefix: ReadonlyArray<number>, bits: number]

/** The first block that has an address decides. */
const v4Blocks: ReadonlyArray<Block> = [
  ["metadata", [169, 254, 169, 254], 32],
  ["metadata", [169, 254, 170, 2], 32],
  ["metadata", [100, 100, 100, 200], 32],
  ["metadata", [192, 0, 0, 192], 32],
  ["reserved", [0], 8],
  ["private", [10], 8],
  ["private", [100, 64], 10],
  ["loopback", [127], 8],
  ["linkLocal", [169, 254], 16],
  ["private", [172, 16], 12],
  ["reserved", [192, 0, 0], 24],
  ["reserved", [192, 0, 2], 24],
  ["reserved", [192, 88, 99], 24],
  ["private", [192, 168], 16],
  ["reserved", [198, 18], 15],
  ["reserved", [198, 51, 100], 24],
  ["reserved", [203, 0, 113], 24],
  ["multicast", [224], 4],
  ["reserved", [240], 4]
]

const v6Blocks: ReadonlyArray<Block> = [
  ["metadata", [0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54], 128],
  ["loopback", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128],
  ["private", [0xfc], 7],
  ["linkLocal", [0xfe, 0x80], 10],
  ["private", [0xfe, 0xc0], 10],
  ["multicast", [0xff], 8],
  ["reserved", [0x20, 0x01, 0x00], 23],
  ["reserved", [0x20, 0x01, 0x0d, 0xb8], 32],
  ["reserved", [0x3f, 0xff, 0x00], 20],
  ["public", [0x20], 3]
]

/** Where an IPv4 address lies inside an IPv6 one. */
const carriers: ReadonlyArray<readonly [prefix: ReadonlyArray<number>, bits: number, at: number]> = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96, 12],
  [[0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12],
  [[0x20, 0x02], 16, 2]
]

const has = (prefix: ReadonlyArray<number>, bits: number, address: ReadonlyArray<number>): boolean => {
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff
    if (((prefix[bit / 8] ?? 0) & mask) !== ((address[bit / 8] ?? 0) & mask)) return false
  }
  return true
}

const kindIn = (blocks: ReadonlyArray<Block>, address: ReadonlyArray<number>): AddressKind | undefined =>
  blocks.find(([, prefix, bits]) => has(prefix, bits, address))?.[0]

const parseV4 = (text: string): ReadonlyArray<number> | undefined => {
  const parts = text.split(".")
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
    ? parts.map(Number)
    : undefined
}

/** The bytes of colon-separated groups; the last group may be an IPv4 address. */
const groups = (text: string, mayEndInV4: boolean): ReadonlyArray<number> | undefined => {
  if (text === "") return []
  const bytes: Array<number> = []
  const parts = text.split(":")
  for (const [index, part] of parts.entries()) {
    const v4 = mayEndInV4 && index === parts.length - 1 ? parseV4(part) : undefined
    if (v4 !== undefined) bytes.push(...v4)
    else if (/^[0-9a-f]{1,4}$/i.test(part)) bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff)
    else return undefined
  }
  return bytes
}

const parseV6 = (text: string): ReadonlyArray<number> | undefined => {
  const [address = "", ...zones] = text.split("%")
  if (zones.length > 1 || !address.includes(":")) return undefined
  const halves = address.split("::")
  if (halves.length > 2) return undefined
  const [left = "", right] = halves
  const head = groups(left, right === undefined)
  const tail = right === undefined ? [] : groups(right, true)
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (right === undefined ? missing !== 0 : missing < 2) return undefined
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

/**
 * What an address is good for, from its text: IPv4 in four decimal numbers, IPv6 without brackets, with or without a
 * zone.
 *
 * @since 0.1.0
 * @category decisions
 */
export const kindOf = (text: string): AddressKind => {
  const v4 = parseV4(text)
  if (v4 !== undefined) return kindIn(v4Blocks, v4) ?? "public"
  const v6 = parseV6(text)
  if (v6 === undefined) return "invalid"
  const carrier = carriers.find(([prefix, bits]) => has(prefix, bits, v6))
  if (carrier !== undefined) return kindIn(v4Blocks, v6.slice(carrier[2], carrier[2] + 4)) ?? "public"
  return kindIn(v6Blocks, v6) ?? "reserved"
}
