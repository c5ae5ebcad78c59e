import { assert, describe, it } from "@effect/vitest"
import * as Equal from "effect/Equal"
import * as FastCheck from "effect/FastCheck"
import { cast, Input, parse, replyLine, welcome } from "../../../src/cli/simulate/input.ts"

const cases: ReadonlyArray<readonly [line: string, input: Input]> = [
  ["你好 there", Input.Say({ text: "你好 there", inGroup: false })],
  ["  padded ", Input.Say({ text: "padded", inGroup: false })],
  ["@你好", Input.Say({ text: "你好", inGroup: true })],
  ["@ 你好", Input.Say({ text: "你好", inGroup: true })],
  ["@", Input.Nothing()],
  ["", Input.Nothing()],
  ["/notice", Input.Notice()],
  ["/close", Input.Close()],
  ["/quit", Input.Quit()],
  ["/flood", Input.Flood({ count: 1_000 })],
  ["/flood 5", Input.Flood({ count: 5 })]
]

describe("simulate", () => {
  for (const [line, input] of cases) {
    it(`reads ${JSON.stringify(line)}`, () => assert.isTrue(Equal.equals(parse(line), input)))
  }

  it("explains a mistake", () => {
    for (const line of ["/flood -1", "/flood x", "/flood 1e9", "/dance"]) {
      assert.strictEqual(parse(line)._tag, "Mistake", line)
    }
  })

  it("understands anything", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string({ unit: "binary" }), (line) => {
      const input = parse(line)
      if (input._tag === "Say") assert.isTrue(line.includes(input.text))
    }))
  })

  it("a reply says to whom, and how it went", () => {
    assert.strictEqual(
      replyLine({ group: false, text: "一\n二\u001b[2J", to: "zhangsan", via: "webhook" }),
      "robot → zhangsan (webhook): 一\n    二\\u001b[2J"
    )
    assert.include(
      replyLine({ group: true, text: "x", to: cast.group.conversationId, via: "api" }),
      `robot → ${cast.group.title} (api): x`
    )
  })

  it("the welcome has a configuration on a line of its own", () => {
    const config = { appKey: "k", appSecret: "s", apiBaseUrl: "http://127.0.0.1:1", oapiBaseUrl: "http://127.0.0.1:1" }
    const lines = welcome({ url: "http://127.0.0.1:1", config }).split("\n")
    const line = lines.find((text) => text.startsWith("{")) ?? ""
    assert.deepStrictEqual(JSON.parse(line), config)
  })
})
