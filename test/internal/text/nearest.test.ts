import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { distance, nearest } from "../../../src/internal/text/nearest.ts"

const name = FastCheck.string({ maxLength: 8 })

describe("distance", () => {
  it("is a distance", () => {
    FastCheck.assert(FastCheck.property(name, name, (a, b) => {
      assert.strictEqual(distance(a, a), 0)
      assert.strictEqual(distance(a, b), distance(b, a))
      assert.isAtMost(distance(a, b), Math.max([...a].length, [...b].length))
      if (a !== b) assert.isAtLeast(distance(a, b), 1)
    }))
  })

  it.each([["listen", "lisen", 1], ["mention", "mentoin", 1], ["部署", "部属", 1], ["", "abc", 3]] as const)(
    "%s and %s are %d apart",
    (a, b, far) => assert.strictEqual(distance(a, b), far)
  )
})

describe("nearest", () => {
  it("is the first of those that are least apart, where that is near enough", () => {
    const letters = FastCheck.string({ unit: FastCheck.constantFrom("a", "b", "C", "部"), maxLength: 8 })
    FastCheck.assert(FastCheck.property(letters, FastCheck.array(letters, { maxLength: 4 }), (given, names) => {
      const far = (known: string) => distance(given.toLowerCase(), known.toLowerCase())
      const near = names.filter((known) => far(known) <= Math.max(1, Math.floor([...known].length / 3)))
      assert.strictEqual(nearest(given, names), near.find((known) => near.every((other) => far(known) <= far(other))))
    }))
  })

  const names = ["requireMention", "allowedUsers", "appKey", "events"]
  it.each([
    ["requireMentoin", "requireMention"],
    ["require_mention", "requireMention"],
    ["allowedUser", "allowedUsers"],
    ["APPKEY", "appKey"],
    ["event", "events"],
    ["gatewayToken", undefined],
    ["x", undefined]
  ])("%s means %s", (given, meant) => assert.strictEqual(nearest(given, names), meant))
})
