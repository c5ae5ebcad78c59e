import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Entries from "../../../src/cli/recall/entries.ts"

const read = (text: string) => Either.getOrThrow(Entries.fromLines(text))

describe("entries", () => {
  it("a line is a key, or what send has printed, which knows where the message is", () => {
    const lines = [
      "key1",
      "",
      "{\"messageId\":\"key2\",\"chatId\":\"zhangsan\",\"chunks\":[{\"messageId\":\"key2\"},{\"messageId\":\"key3\"}]}",
      "{\"messageId\":\"key4\",\"chatId\":\"cidG==\"}",
      "{\"to\":\"chat:abc\",\"outcome\":\"sent\",\"messageId\":\"key5\"}",
      "{\"to\":\"user:lisi\",\"outcome\":\"refused\",\"reason\":\"invalid\"}"
    ]
    assert.deepStrictEqual([...Entries.byGroup(read(lines.join("\r\n")))], [
      [undefined, ["key1", "key2", "key3"]],
      ["cidG==", ["key4"]],
      ["abc", ["key5"]]
    ])
  })

  it("what only looks like JSON is a key", () => {
    assert.deepStrictEqual(read("{abc\n\"x\""), [
      { key: "{abc", group: undefined },
      { key: "\"x\"", group: undefined }
    ])
  })

  it("a torn line, and what nobody sees, is named with its line", () => {
    const problems = Either.getOrThrow(
      Either.flip(Entries.fromLines("ok\n{\"messageId\":\"ab\n\nk\u0007ey\ntwo words"))
    )
    assert.deepStrictEqual(problems.map((problem) => problem.split(/: (?:leave|give|take)/)[0]), [
      "line 2: \"{\"messageId\":\"ab\" is no whole line that send has printed",
      "line 4: \"k\\u0007ey\" has the control character U+0007 at place 2",
      "line 5: \"two words\" is more than one word"
    ])
  })
})
