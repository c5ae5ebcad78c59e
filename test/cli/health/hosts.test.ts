import { assert, describe, it } from "@effect/vitest"
import { isMeant } from "../../../src/cli/health/hosts.ts"

describe("hosts", () => {
  it("addresses, localhost and known names are meant, with and without a port", () => {
    for (const host of [undefined, "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080", "10.0.0.7:9", "LOCALHOST:1"]) {
      assert.isTrue(isMeant(host, []), host)
    }
    assert.isTrue(isMeant("Robot:9090", ["other", "robot"]))
  })

  it("other names are not", () => {
    for (const host of ["", "evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.nip.io", "robot"]) {
      assert.isFalse(isMeant(host, ["host"]), host)
    }
  })
})
