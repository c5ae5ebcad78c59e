import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as FastCheck from "effect/FastCheck"
import * as LogLevel from "effect/LogLevel"
import * as Logging from "../../src/cli/logging.ts"
import { withoutColours } from "../../src/cli/text/printable.ts"
import { StreamStall } from "../../src/DingTalkError.ts"

const entry: Logging.Entry = {
  date: new Date("2026-11-22T10:11:12.345Z"),
  level: LogLevel.Info,
  message: "dingtalk.stream.connected",
  annotations: [["account", "ops"], ["detail", "a \"b\"=c\n\u202e"], ["count", 3], ["list", ["x"]]],
  cause: ""
}

describe("logging", () => {
  it("logfmt", () => {
    assert.strictEqual(
      Logging.format("logfmt", true)(entry),
      "time=2026-11-22T10:11:12.345Z level=INFO message=dingtalk.stream.connected account=ops" +
        " detail=\"a \\\"b\\\"=c\\n\\u202e\" count=3 list=\"[\\\"x\\\"]\""
    )
  })

  it("json", () => {
    assert.deepStrictEqual(JSON.parse(Logging.format("json", true)({ ...entry, cause: "why" })), {
      time: "2026-11-22T10:11:12.345Z",
      level: "INFO",
      message: "dingtalk.stream.connected",
      account: "ops",
      detail: "a \"b\"=c\n\u202e",
      count: 3,
      list: "[\"x\"]",
      cause: "why"
    })
  })

  it("pretty, with and without colours", () => {
    const plain = Logging.format("pretty", false)(entry)
    const [, time = ""] = /^(\S+ \S+) INFO {2}dingtalk\.stream\.connected account=ops /.exec(plain) ?? []
    // The date, the time of this machine's zone, and the zone's distance from UTC.
    assert.match(time, /^2026-11-2[123] \d\d:\d\d:12\.345[+-]\d\d:\d\d$/)
    assert.strictEqual(new Date(time.replace(" ", "T")).toISOString(), "2026-11-22T10:11:12.345Z")
    assert.strictEqual(withoutColours(Logging.format("pretty", true)(entry)), plain)
    assert.include(Logging.format("pretty", true)(entry), "\u001b[32m")
  })

  it("one record is one line, whatever is in it", () => {
    const text = FastCheck.string({ unit: "binary" })
    FastCheck.assert(
      FastCheck.property(
        FastCheck.constantFrom(...Logging.formats),
        text,
        text,
        text,
        (style, message, value, cause) => {
          const line = Logging.format(style, false)({ ...entry, message, annotations: [["k", value]], cause })
          assert.notMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
        }
      )
    )
  })

  it("an expected error is told by its tag and message, a defect with its stack", () => {
    const stall = new StreamStall({ account: "ops", strikes: 5, lastDurationMs: 20 })
    const expected = Logging.describeCause(Cause.fail(stall))
    assert.include(expected, "StreamStall: account \"ops\"")
    assert.notInclude(expected, "logging.test.ts")
    const defect = Logging.describeCause(Cause.die(new TypeError("boom")))
    assert.include(defect, "TypeError: boom")
    assert.include(defect, "logging.test.ts")
    assert.strictEqual(Logging.describeCause(Cause.empty), "")
    assert.strictEqual(Logging.describeCause(Cause.fail("just text")), "just text")
  })

  it("is for people where people look", () => {
    assert.strictEqual(Logging.defaultFormat(true), "pretty")
    assert.strictEqual(Logging.defaultFormat(false), "logfmt")
  })
})
