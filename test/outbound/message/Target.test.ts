import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Target from "../../../src/outbound/message/Target.ts"

describe("Target", () => {
  it.each([
    ["user:abc", "abc"],
    ["chat:cidXYZ", "cidXYZ"],
    ["plain", "plain"],
    ["", ""],
    ["user:user:abc", "user:abc"],
    ["  user: abc ", "abc"],
    ["  ", ""]
  ])("A01 the bare id of %j is %j", (to, id) => {
    assert.strictEqual(Target.bare(to), id)
  })

  it.each([
    ["user:zhangsan", "user"],
    ["chat:cid1", "group"],
    ["cidABC123", "group"],
    ["zhangsan", "user"],
    ["", "user"],
    ["   cidABC123", "group"],
    ["user:cidABC123", "user"],
    ["chat:zhangsan", "group"],
    ["Cid1", "user"],
    ["acid", "user"]
  ])("A02 the kind of %j is %s", (to, kind) => {
    assert.strictEqual(Target.kind(to), kind)
  })

  it.each([
    ["user:abc", Target.User({ id: "abc" })],
    ["chat:cidXYZ", Target.Group({ id: "cidXYZ" })],
    [" cidXYZ\n", Target.Group({ id: "cidXYZ" })],
    ["user:cidXYZ", Target.User({ id: "cidXYZ" })]
  ])("reads %j", (to, target) => {
    assert.deepStrictEqual(Target.parse(to), Either.right(target))
  })

  it.each(["", "  ", "user:", "chat:", "user:  ", "\n"])("refuses %j as empty", (to) => {
    const error = Either.getOrThrow(Either.flip(Target.parse(to)))
    assert.strictEqual(error._tag, "InvalidTarget")
    assert.include(error.message, "empty target")
    assert.strictEqual(error.to, to)
  })

  it.each([
    ["group:cid1", "chat:"],
    ["Chat:cid1", "chat:"],
    ["conversation:cid1", "chat:"],
    ["USER:zhangsan", "user:"],
    ["staff: zhangsan", "user:"],
    ["user：zhangsan", "user:"]
  ])("refuses the prefix of %j, and says what is probably meant", (to, meant) => {
    const error = Either.getOrThrow(Either.flip(Target.parse(to, { account: "a", operation: "send" })))
    assert.deepInclude({ ...error }, { account: "a", operation: "send", to, status: undefined, code: undefined })
    assert.include(error.message, `account "a": send: invalid target: begins with `)
    assert.include(error.hint, meant)
  })

  const id = FastCheck.string({ minLength: 1 }).map((text) => text.trim()).filter((text) => text !== "")

  it("reads back what it formats, whatever the id looks like", () => {
    FastCheck.assert(FastCheck.property(id, FastCheck.constantFrom(Target.User, Target.Group), (id, of) => {
      const target = of({ id })
      assert.deepStrictEqual(Target.parse(Target.format(target)), Either.right(target))
    }))
  })

  it("bare and kind agree with parse", () => {
    const text = FastCheck.tuple(FastCheck.constantFrom("", "user:", "chat:", " cid"), FastCheck.string())
    FastCheck.assert(FastCheck.property(text, ([head, tail]) => {
      const to = head + tail
      Either.match(Target.parse(to), {
        onLeft: ({ detail }) => assert.strictEqual(detail === "empty target", Target.bare(to) === ""),
        onRight: (target) => {
          assert.strictEqual(Target.bare(to), target.id)
          assert.strictEqual(Target.kind(to), Target.match(target, { User: () => "user", Group: () => "group" }))
        }
      })
    }))
  })
})
