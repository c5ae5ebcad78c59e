import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { cast, groupOf, personOf } from "../../../src/cli/simulate/cast.ts"
import * as Opening from "../../../src/cli/simulate/opening.ts"
import { columns } from "../../../src/cli/text/columns.ts"
import { catalogue } from "../../../src/cli/words/Catalogue.ts"

const config = { appKey: "k", appSecret: "s", apiBaseUrl: "http://127.0.0.1:1", oapiBaseUrl: "http://127.0.0.1:1" }

describe("the beginning of a simulation", () => {
  for (const words of [catalogue.en, catalogue.zh]) {
    it(`has the settings as a line of JSON and as variables (${words.locale})`, () => {
      const lines = Opening.welcome(words, { url: "http://127.0.0.1:1", config, written: undefined }).split("\n")
      assert.deepStrictEqual(JSON.parse(lines.find((text) => text.startsWith("{")) ?? ""), config)
      assert.include(lines, "export DINGTALK_CLIENT_ID=k")
      assert.include(lines, "export DINGTALK_API_BASE_URL=http://127.0.0.1:1")
    })

    it(`names the file that was written (${words.locale})`, () => {
      const text = Opening.welcome(words, { url: "http://127.0.0.1:1", config, written: "my.json" })
      assert.include(text, "effect-dingtalk exec --config my.json")
      assert.notInclude(text, "robot.json")
    })

    it(`help is as wide as the terminal (${words.locale})`, () => {
      for (const width of [60, 120]) {
        for (const line of Opening.help(words, width).split("\n")) assert.isAtMost(columns(line), width, line)
      }
    })
  }

  it("writes over what a simulation wrote, and over nothing else", () => {
    assert.isTrue(Opening.isOurs(JSON.stringify(config, undefined, 2), config))
    assert.isFalse(Opening.isOurs(JSON.stringify({ ...config, appKey: "dingother" }), config))
    assert.isFalse(Opening.isOurs(JSON.stringify({ ...config, apiBaseUrl: "https://api.dingtalk.com" }), config))
    assert.isFalse(Opening.isOurs("", config))
  })

  it("people and groups are the same in each run, and different from each other", () => {
    assert.deepStrictEqual(personOf("李四"), { staffId: "lisi", nick: "李四" })
    assert.deepStrictEqual(personOf("lisi"), personOf("李四"))
    assert.deepStrictEqual(groupOf(cast.group.title), cast.group)
    FastCheck.assert(FastCheck.property(FastCheck.string(), FastCheck.string({ unit: "grapheme" }), (a, b) => {
      assert.match(personOf(b).staffId, /^[\w-]+$/)
      if (a !== b) assert.notStrictEqual(groupOf(a).conversationId, groupOf(b).conversationId)
    }))
  })
})
