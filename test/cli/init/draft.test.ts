import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Draft from "../../../src/cli/init/draft.ts"
import * as DingTalkConfig from "../../../src/DingTalkConfig.ts"

const secret = "s3cr3t-".repeat(9)

describe("the file that init writes", () => {
  it.effect("has the credentials, under whatever names there were others, and keeps what else is in it", () =>
    Effect.gen(function*() {
      const before = { events: true, app_key: "old", appSecret: "old", client_id: "old", $comment: "x", accounts: {} }
      assert.isTrue(Draft.hasCredentials(before))
      const text = Draft.withCredentials(before, "dingnew", secret)
      assert.deepStrictEqual(JSON.parse(text), {
        clientId: "dingnew",
        clientSecret: secret,
        events: true,
        $comment: "x",
        accounts: {}
      })
      const { accounts } = yield* DingTalkConfig.fromJson(text)
      const account = accounts.get("default")
      assert.strictEqual(account?.appKey, "dingnew")
      assert.strictEqual(account === undefined ? "" : Redacted.value(account.appSecret), secret)
      assert.isTrue(account?.events)
    }))

  it("is read back, whatever it holds", () => {
    FastCheck.assert(FastCheck.property(FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue()), (fields) => {
      const others = Object.fromEntries(Object.entries(fields).filter(([name]) => !Draft.hasCredentials({ [name]: 1 })))
      const read = Draft.read(Draft.withCredentials(fields, "ding1", "s"))
      assert.isTrue(Either.isRight(read))
      assert.deepInclude(JSON.parse(JSON.stringify(Either.getOrThrow(read))), JSON.parse(JSON.stringify(others)))
    }))
  })

  it("empty it is as good as none; no JSON and no object it is refused", () => {
    assert.deepStrictEqual(Draft.read(""), Either.right({}))
    assert.deepStrictEqual(Draft.read("\uFEFF{}"), Either.right({}))
    assert.include(Either.getOrThrow(Either.flip(Draft.read("{\"a\":1,}"))).mistake, "column 8")
    assert.deepStrictEqual(Draft.read("[]"), Either.left({ mistake: undefined }))
  })
})

describe("what is pasted", () => {
  const cases: ReadonlyArray<readonly [string, ReturnType<typeof Draft.problemOf>]> = [
    ["dingabc", undefined],
    ["  dingabc \t", undefined],
    ["", "missing"],
    ["   ", "missing"],
    ["\"dingabc\"", "quotes"],
    ["dingabc'", "quotes"],
    ["ding abc", "blanks"],
    ["${ID}", "placeholder"],
    ["<your id>", "placeholder"],
    ["ding\u200babc", "invisible"]
  ]
  for (const [text, problem] of cases) {
    it(`${JSON.stringify(text)}: ${problem ?? "good"}`, () => assert.strictEqual(Draft.problemOf(text), problem))
  }

  it("id and secret that were mistaken for each other", () => {
    assert.isTrue(Draft.areSwapped(secret, "dingabcdefghijklmnop"))
    assert.isFalse(Draft.areSwapped("dingabcdefghijklmnop", secret))
    assert.isFalse(Draft.areSwapped("dingabcdefghijklmnop", "dingabcdefghijklmnop"))
    assert.isFalse(Draft.areSwapped("k", "s"))
  })
})
