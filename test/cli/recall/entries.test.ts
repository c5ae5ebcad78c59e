import { assert, describe, it } from "@effect/vitest"
import * as Entries from "../../../src/cli/recall/entries.ts"

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
    assert.deepStrictEqual([...Entries.byGroup(Entries.fromLines(lines.join("\r\n")))], [
      [undefined, ["key1", "key2", "key3"]],
      ["cidG==", ["key4"]],
      ["abc", ["key5"]]
    ])
  })

  it("what only looks like JSON is a key", () => {
    assert.deepStrictEqual(Entries.fromLines("{abc\n\"x\""), [
      { key: "{abc", group: undefined },
      { key: "\"x\"", group: undefined }
    ])
  })
})
