import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Document from "../../../src/cli/setup/Document.ts"
import type { Level } from "../../../src/console/SetupProtocol.ts"

const file = {
  $schema: "https://example.com/robots.json",
  _note: "of the help desk",
  client_id: "dingtop",
  client_secret: "top-secret",
  allowed_users: "zhangsan, lisi",
  dispatchWorkers: "4",
  webhooks: { alarm: "https://oapi.dingtalk.com/robot/send?access_token=x" },
  accounts: { ops: { clientId: "dingops", clientSecret: "ops-secret", requireMention: true, theirs: 1 }, idle: null }
}

const changed = (at: number, change: (level: Level) => Level): ReadonlyArray<Level> =>
  Document.levels(file).map((level, i) => i === at ? change(level) : level)

const withValues = (at: number, values: Level["values"]) =>
  changed(at, (level) => ({ ...level, values: { ...level.values, ...values } }))

describe("a file on the form", () => {
  it("has no secret in it, and says only that there is one", () => {
    const levels = Document.levels(file)
    assert.notInclude(JSON.stringify(levels), "secret\":\"top-secret")
    assert.notMatch(JSON.stringify(levels), /(?:top|ops)-secret/)
    assert.deepStrictEqual(levels.map(({ hasSecret, id }) => [id, hasSecret]), [["", true], ["ops", true], [
      "idle",
      false
    ]])
    assert.deepStrictEqual(levels[0]?.values, {
      appKey: "dingtop",
      allowedUsers: ["zhangsan", "lisi"],
      dispatchWorkers: "4"
    })
  })

  it("is the same file again where nobody changed anything", () => {
    const { idle: _, ...accounts } = file.accounts
    assert.deepStrictEqual(Document.apply(file, Document.levels(file)), {
      ...file,
      accounts: { ...accounts, idle: {} }
    })
    const any = FastCheck.dictionary(
      FastCheck.constantFrom("clientId", "app_key", "requireMention", "allowedUsers", "rateLimit", "theirs", "_note"),
      FastCheck.jsonValue()
    )
    FastCheck.assert(FastCheck.property(any, (fields) => {
      const before = structuredClone(fields)
      assert.deepStrictEqual(Document.apply(fields, Document.levels(fields)), before)
    }))
  })

  it("is written in the names that it has, by the types of JSON, and keeps what the form does not know", () => {
    const next = Document.apply(
      file,
      withValues(0, { allowedUsers: ["wangwu"], rateLimit: "2.5", requireMention: "true" })
    )
    assert.deepInclude(next, {
      allowed_users: ["wangwu"],
      rateLimit: 2.5,
      requireMention: true,
      _note: "of the help desk"
    })
    assert.notProperty(next, "allowedUsers")
    assert.deepStrictEqual(Object.keys(next).slice(0, 3), ["$schema", "_note", "client_id"])
    assert.strictEqual(next["dispatchWorkers"], "4")
  })

  it("loses a setting that was emptied, under all its names", () => {
    const next = Document.apply(file, withValues(0, { allowedUsers: [], dispatchWorkers: " " }))
    assert.notProperty(next, "allowed_users")
    assert.notProperty(next, "dispatchWorkers")
  })

  it("gets secrets that are typed or scanned, and keeps the others", () => {
    const typed = Document.apply(file, changed(0, (level) => ({ ...level, secret: { _tag: "Typed", text: " new " } })))
    assert.strictEqual(typed["client_secret"], "new")
    const scanned = Document.apply(
      file,
      changed(1, (level) => ({ ...level, secret: { _tag: "Scanned", scan: "1" } })),
      (scan) => scan === "1" ? "brought" : undefined
    )
    assert.deepInclude(scanned["accounts"], { ops: { ...file.accounts.ops, clientSecret: "brought" } })
  })

  it("has accounts added, renamed and taken away", () => {
    const [top, ops] = Document.levels(file)
    if (top === undefined || ops === undefined) throw new Error("no levels")
    const added: Level = {
      id: "new",
      values: { appKey: "dingnew" },
      hasSecret: false,
      secret: { _tag: "Typed", text: "s" }
    }
    const next = Document.apply(file, [top, { ...ops, id: "operations" }, added])
    assert.deepStrictEqual(next["accounts"], {
      operations: file.accounts.ops,
      new: { clientId: "dingnew", clientSecret: "s" }
    })
    assert.notProperty(Document.apply(file, [top]), "accounts")
    assert.deepStrictEqual(Document.namesakes([top, ops, { ...added, id: "ops" }]), [2])
  })

  it("knows where an issue belongs", () => {
    const placeOf = Document.placeOf(Document.levels(file))
    assert.deepStrictEqual(placeOf({ path: "allowed_users" }), { level: 0, key: "allowedUsers" })
    assert.deepStrictEqual(placeOf({ path: "accounts.ops.clientId" }), { level: 1, key: "appKey" })
    assert.deepStrictEqual(placeOf({ path: "accounts.idle" }), { level: 2 })
    assert.deepStrictEqual(placeOf({ path: "elsewhere" }), {})
  })

  it("keeps its indentation", () => {
    assert.include(Document.toText({ a: 1 }, "{\n    \"b\": 2\n}"), "\n    \"a\"")
    assert.include(Document.toText({ a: 1 }, "{}"), "\n  \"a\"")
  })
})
