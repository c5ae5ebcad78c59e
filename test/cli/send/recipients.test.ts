import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Recipients from "../../../src/cli/send/recipients.ts"
import * as Target from "../../../src/outbound/message/Target.ts"

const read = (text: string) => Recipients.fromList("people.txt", text)
const problems = (text: string) => Either.getOrThrow(Either.flip(read(text)))

const target = FastCheck.tuple(FastCheck.constantFrom("user:", "chat:"), FastCheck.stringMatching(/^[\w@.=+/-]{1,20}$/))
  .map(([prefix, id]) => `${prefix}${id}`)

describe("recipients", () => {
  it("a list has one target a line; blank lines, comments, line ends and a byte order mark do not count", () => {
    const list = "\ufeffzhangsan\r\n\r\n# a comment\n  user:lisi  \nchat:abc\ncidG==\r"
    assert.deepStrictEqual(Either.getOrThrow(read(list)), [
      Target.User({ id: "zhangsan" }),
      Target.User({ id: "lisi" }),
      Target.Group({ id: "abc" }),
      Target.Group({ id: "cidG==" })
    ])
  })

  it("a bad line is named with its number, and what is in it", () => {
    const found = problems("ok\n\n# c\nzhangsan,李四\ngroup:cid1\nuser: \ntwo words")
    assert.deepStrictEqual(found.map((problem) => problem.split(": write")[0]), [
      "people.txt, line 4: \"zhangsan,李四\" is more than one word",
      "people.txt, line 5: \"group:cid1\" begins with group:, which is no kind of target",
      "people.txt, line 6: \"user:\" names nobody",
      "people.txt, line 7: \"two words\" is more than one word"
    ])
  })

  it("of a thousand bad lines ten are told", () => {
    const found = problems("a b\n".repeat(1_000))
    assert.strictEqual(found.length, 11)
    assert.strictEqual(found.at(-1), "and 990 more")
  })

  it("a list without a target is a mistake", () => {
    assert.include(problems("# nobody\n")[0], "people.txt: there is no target in it")
  })

  it("people by mobile number, and webhooks by name", () => {
    assert.deepStrictEqual(Either.getOrThrow(read("mobile:13800138000\nmobile:+852-51234567\nwebhook:ops-alerts")), [
      { _tag: "Mobile", id: "13800138000" },
      { _tag: "Mobile", id: "+852-51234567" },
      { _tag: "Webhook", id: "ops-alerts" }
    ])
    assert.include(problems("mobile:zhangsan")[0], "is no mobile number")
    assert.include(problems("webhook:")[0], "names nobody")
  })

  it("what nobody sees is named, with its line and place, and shown as no terminal acts on it", () => {
    const found = problems("ok\nzhang\u0007san\nuser:li\u200bsi\nchat:cid\u001b[31m\nmobile:138\u202e00138000")
    assert.deepStrictEqual(found, [
      "people.txt, line 2: \"zhang\\u0007san\" has the control character U+0007 at place 6: take it out",
      "people.txt, line 3: \"user:li\u200bsi\" has the control character U+200B at place 3: take it out",
      "people.txt, line 4: \"chat:cid\\u001b[31m\" has the control character U+001B at place 4: take it out",
      "people.txt, line 5: \"mobile:138\\u202e00138000\" has the control character U+202E at place 4: take it out"
    ])
  })

  it("an id of somebody outside the organisation is no prefix", () => {
    assert.isTrue(Either.isRight(Recipients.parse("$:LWCP_v1:$abc")))
  })

  it("every list of targets is read back, each once and in order", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(target, { minLength: 1, maxLength: 50 }), (targets) => {
      const twice = [...targets, ...targets.toReversed()]
      const all = Either.getOrThrow(read(twice.join("\n")))
      assert.deepStrictEqual(all.map(Recipients.format), twice)
      assert.deepStrictEqual(Recipients.unique(all).map(Recipients.format), [...new Set(targets)])
    }))
  })
})
