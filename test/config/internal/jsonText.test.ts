import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as JsonText from "../../../src/config/internal/jsonText.ts"

const complaint = (text: string): string => Either.getOrThrow(Either.flip(JsonText.parse(text)))

describe("jsonText", () => {
  it.each([
    ["", "line 1, column 1: expected a value; the text ends here"],
    ["{", "line 1, column 2: expected a key in double quotes or \"}\"; the text ends here"],
    ["{\n  \"a\": 1,\n}", "line 3, column 1: expected a key in double quotes; there is a comma before it that must go"],
    ["[1,\n2,]", "line 2, column 3: expected a value; there is a comma before it that must go"],
    ["{\"a\": 1\n \"b\": 2}", "line 2, column 2: expected \",\" or \"}\""],
    ["[1 2]", "line 1, column 4: expected \",\" or \"]\""],
    ["{\"a\" 1}", "line 1, column 6: expected \":\""],
    ["{a: 1}", "line 1, column 2: expected a key in double quotes or \"}\""],
    ["{'a': 1}", "line 1, column 2: expected a key in double quotes or \"}\"; strings stand in double quotes"],
    ["{\r\n  // me\r\n}", "line 2, column 3: expected a key in double quotes or \"}\"; JSON has no comments"],
    ["{\"a\": \"b\n\"}", "line 1, column 7: expected a value; this string is not closed, or holds a line break"],
    ["[\"\\U\"]", "line 1, column 2: expected a value or \"]\"; this string is not closed"],
    ["{\"a\": ]}", "line 1, column 7: expected a value"],
    ["[1}", "line 1, column 3: expected \",\" or \"]\""],
    ["{} {}", "line 1, column 4: expected nothing more"],
    ["[01]", "line 1, column 3: expected \",\" or \"]\""],
    ["tru", "line 1, column 1: expected a value"]
  ])("says where %j goes wrong", (text, said) => {
    assert.include(complaint(text), `not valid JSON at ${said}`)
  })

  it("ends its sentence where there is nothing to hint at", () => {
    assert.strictEqual(complaint("{\"a\": ]}"), "not valid JSON at line 1, column 7: expected a value")
  })

  it("reads JSON with a byte order mark", () => {
    assert.deepStrictEqual(JsonText.parse("\uFEFF{\"a\": [1, \"二\"]}"), Either.right({ a: [1, "二"] }))
  })

  it("keeps its wits in a deep mistake", () => {
    assert.include(complaint("[".repeat(100_000)), "column 100001")
  })

  const mutated = FastCheck.tuple(
    FastCheck.json(),
    FastCheck.nat(),
    FastCheck.constantFrom(
      "",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\"",
      "\\",
      "0",
      "-",
      ".",
      "e",
      "\n",
      " ",
      "true",
      "'",
      "\u0001"
    )
  ).map(([json, position, piece]) => {
    const at = position % (json.length + 1)
    return json.slice(0, at) + piece + json.slice(piece === "" ? at + 1 : at)
  })

  it("finds a mistake exactly in what the platform's parser refuses", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.oneof(FastCheck.json(), mutated, FastCheck.string()), (text) => {
        const accepted = Either.isRight(Either.try((): unknown => JSON.parse(text)))
        assert.strictEqual(Option.isNone(JsonText.firstMistake(text)), accepted)
      }),
      { numRuns: 1_000 }
    )
  })
})
