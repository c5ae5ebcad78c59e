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

  it("an id of somebody outside the organisation is no prefix", () => {
    assert.strictEqual(Recipients.problemOf("$:LWCP_v1:$abc"), undefined)
  })

  it("every list of targets is read back, each once and in order", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(target, { minLength: 1, maxLength: 50 }), (targets) => {
      const twice = [...targets, ...targets.toReversed()]
      const all = Either.getOrThrow(read(twice.join("\n")))
      assert.deepStrictEqual(all.map(Target.format), twice)
      assert.deepStrictEqual(Recipients.unique(all).map(Target.format), [...new Set(targets)])
    }))
  })
})
