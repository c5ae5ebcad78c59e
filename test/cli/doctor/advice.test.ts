import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Advice from "../../../src/cli/doctor/advice.ts"
import { catalogue } from "../../../src/cli/words/Catalogue.ts"

const now = Date.parse("Sun, 22 Nov 2026 10:00:00 GMT")

const clockOff = (seconds: number) =>
  Advice.clock(catalogue.en, "ops", now + seconds * 1_000, "Sun, 22 Nov 2026 10:00:00 GMT")

describe("advice", () => {
  it("a clock is right within half a minute", () => {
    FastCheck.assert(FastCheck.property(FastCheck.integer({ min: -100_000, max: 100_000 }), (seconds) => {
      assert.strictEqual(clockOff(seconds).status, Math.abs(seconds) <= 30 ? "ok" : "warn")
    }))
  })

  it("says which clock is ahead, and by how much", () => {
    assert.include(clockOff(90).what, "90 s ahead of DingTalk")
    assert.include(clockOff(-90).what, "90 s behind DingTalk")
    assert.include(clockOff(-90).todo, "NTP")
  })

  it("can't compare with nothing", () => {
    assert.strictEqual(Advice.clock(catalogue.en, "ops", now, undefined).status, "warn")
    assert.strictEqual(Advice.clock(catalogue.en, "ops", now, "tomorrow").status, "warn")
  })

  it("knows what to do about the usual codes", () => {
    assert.include(Advice.forCode(catalogue.en, "ENOTFOUND"), "DNS")
    assert.include(Advice.forCode(catalogue.en, "ECONNREFUSED"), "port")
    assert.include(Advice.forCode(catalogue.en, "ETIMEDOUT"), "firewall")
    for (const code of ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]) {
      assert.include(Advice.forCode(catalogue.en, code), "clock")
      assert.include(Advice.forCode(catalogue.zh, code), "时钟")
    }
    assert.include(Advice.forCode(catalogue.en, "SELF_SIGNED_CERT_IN_CHAIN"), "NODE_EXTRA_CA_CERTS")
    assert.notStrictEqual(Advice.forCode(catalogue.en, "EWHATEVER"), "")
  })
})
