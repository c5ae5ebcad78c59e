import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { Input, parse } from "../../../src/cli/simulate/input.ts"
import { catalogue } from "../../../src/cli/words/Catalogue.ts"

const read = parse(catalogue.en)

const say = (text: string, mention = false) => Input.Say({ text, mention })

const cases: ReadonlyArray<readonly [line: string, input: Input]> = [
  ["你好 there", say("你好 there")],
  ["  padded ", say("padded")],
  ["@你好", say("你好", true)],
  ["@ 你好", say("你好", true)],
  ["＠你好", say("你好", true)],
  ["//new session", say("/new session")],
  ["@", Input.Nothing()],
  ["", Input.Nothing()],
  ["/notice", Input.Notice()],
  ["／close", Input.Close()],
  ["/CLOSE", Input.Close()],
  ["/quit", Input.Quit()],
  ["/flood", Input.Flood({ count: 1_000 })],
  ["/flood 5", Input.Flood({ count: 5 })],
  ["/as 李四", Input.As({ name: "李四" })],
  ["/as Li Si", Input.As({ name: "Li Si" })],
  ["/group", Input.Group({ title: undefined })],
  ["/group 运维 值班", Input.Group({ title: "运维 值班" })],
  ["/file /tmp/a b.pdf", Input.File({ path: "/tmp/a b.pdf" })],
  ["/click agree", Input.Click({ button: "agree" })],
  ["/event user_add_org", Input.Event({ type: "user_add_org", data: {} })],
  ["/event user_add_org 7", Input.Event({ type: "user_add_org", data: 7 })],
  ["/secret wrong", Input.Secret({ right: false })],
  ["/secret right", Input.Secret({ right: true })],
  ["/502", Input.Outage()],
  ["/throttle", Input.Throttle()],
  ["/freeze", Input.Freeze()],
  ["/redeliver", Input.Redeliver()],
  ["/help", Input.Help()]
]

const mistakes: ReadonlyArray<readonly [line: string, says: string]> = [
  ["/flood -1", "from 1 to"],
  ["/flood x", "from 1 to"],
  ["/flood 1e9", "from 1 to"],
  ["/dance", "/help"],
  ["/redelivr", "did you mean /redeliver?"],
  ["/dance", "type //dance"],
  ["/as", "/as 李四"],
  ["/file", "/file PATH"],
  ["/click", "/click BUTTON"],
  ["/event", "/event TYPE"],
  ["/event user_add_org {", "must be JSON"],
  ["/secret", "/secret wrong"],
  ["/secret maybe", "/secret wrong"]
]

describe("simulate", () => {
  for (const [line, input] of cases) {
    it(`reads ${JSON.stringify(line)}`, () => assert.deepStrictEqual(read(line), input))
  }

  for (const [line, says] of mistakes) {
    it(`explains ${JSON.stringify(line)}: ${says}`, () => {
      const input = read(line)
      assert.include(input._tag === "Mistake" ? input.problem : input._tag, says)
    })
  }

  it("understands anything", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string({ unit: "binary" }), (line) => {
      const input = read(line)
      if (input._tag === "Say") assert.isTrue(line.includes(input.text))
    }))
  })
})
