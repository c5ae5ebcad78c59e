import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { isIP } from "node:net"
import { type AddressKind, kindOf } from "../../../src/outbound/media/HostAddress.ts"

const cases: ReadonlyArray<readonly [AddressKind, ReadonlyArray<string>]> = [
  ["public", ["8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "192.167.0.1", "100.63.255.255", "100.128.0.0"]],
  ["public", ["2606:4700:4700::1111", "2001:4860:4860::8888", "2400:3200::1", "2001:200::"]],
  ["loopback", ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1"]],
  ["private", ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1"]],
  ["private", ["fc00::1", "fd12:3456:789a::1", "fec0::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:c0a8:1::"]],
  ["linkLocal", ["169.254.0.1", "169.254.169.253", "fe80::1", "fe80::1%eth0", "febf::1", "::ffff:169.254.1.1"]],
  ["metadata", ["169.254.169.254", "100.100.100.200", "169.254.170.2", "fd00:ec2::254", "::ffff:169.254.169.254"]],
  ["metadata", ["::ffff:a9fe:a9fe", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::"]],
  ["multicast", ["224.0.0.1", "239.255.255.255", "ff02::1"]],
  ["reserved", ["0.0.0.0", "0.1.2.3", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "240.0.0.1"]],
  ["reserved", ["255.255.255.255", "::", "2001:db8::1", "100::1", "2001::1", "3fff::1", "4000::1", "::7f00:1"]],
  ["invalid", ["", "localhost", "127.1", "0x7f.0.0.1", "127.0.0.01", "256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.4 "]],
  ["invalid", ["1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::1.2.3", "1.2.3.4::", ":", "[::1]", "g::"]]
]

const byte = FastCheck.nat({ max: 255 })
const v4 = FastCheck.tuple(byte, byte, byte, byte).map((bytes) => bytes.join("."))
const group = FastCheck.nat({ max: 0xffff }).map((n) => n.toString(16))
const v6 = FastCheck.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(":"))

describe("HostAddress", () => {
  for (const [kind, addresses] of cases) {
    it(`${kind}: ${addresses.join(" ")}`, () => {
      for (const address of addresses) assert.strictEqual(kindOf(address), kind, address)
    })
  }

  it("property: an address is one exactly when Node says so", () => {
    const text = FastCheck.oneof(
      v4,
      v6,
      FastCheck.ipV6(),
      FastCheck.string(),
      FastCheck.array(FastCheck.constantFrom(":", "::", ".", "0", "1", "ff", "255", "fffff", "127.0.0.1"), {
        maxLength: 10
      }).map((parts) => parts.join(""))
    )
    FastCheck.assert(
      FastCheck.property(text, (address) => {
        assert.strictEqual(kindOf(address) !== "invalid", isIP(address) !== 0, address)
      }),
      { numRuns: 2_000 }
    )
  })

  it("property: an IPv4 address is the same inside an IPv6 one", () => {
    FastCheck.assert(FastCheck.property(v4, (address) => {
      const kind = kindOf(address)
      const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number)
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
      for (const carrier of [`::ffff:${address}`, `::FFFF:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`]) {
        assert.strictEqual(kindOf(carrier), kind, carrier)
      }
    }))
  })

  it("property: zeros left out are zeros", () => {
    FastCheck.assert(FastCheck.property(group, group, FastCheck.nat({ max: 6 }), (first, last, at) => {
      const zeros = Array.from({ length: 6 }, () => "0")
      const long = [...zeros.slice(0, at), first, ...zeros.slice(at), last].join(":")
      const short = at === 6 ? `::${first}:${last}` : at === 0 ? `${first}::${last}` : undefined
      if (short !== undefined) assert.strictEqual(kindOf(short), kindOf(long))
    }))
  })

  it("property: nothing of the private blocks is public", () => {
    const blocks = [[10], [127], [192, 168], [169, 254], [172, 20], [100, 100], [0], [198, 19], [230], [250]]
    FastCheck.assert(
      FastCheck.property(
        FastCheck.constantFrom(...blocks),
        FastCheck.array(byte, { minLength: 4, maxLength: 4 }),
        (start, rest) => {
          assert.notStrictEqual(kindOf([...start, ...rest].slice(0, 4).join(".")), "public")
        }
      )
    )
  })
})
