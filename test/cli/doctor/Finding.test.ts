import { assert, describe, it } from "@effect/vitest"
import * as Finding from "../../../src/cli/doctor/Finding.ts"
import { catalogue } from "../../../src/cli/words/Catalogue.ts"

const good = Finding.make("ops", "tcp", "api.dingtalk.com:443 answers")

const bad = Finding.make("ops", "credentials", "DingTalk refuses the account", {
  status: "fail",
  todo: "compare the secret",
  refused: true
})

describe("Finding", () => {
  it("is one line, which says what to do", () => {
    assert.strictEqual(Finding.toLine(catalogue.en, good), "ok    tcp          [ops]  api.dingtalk.com:443 answers")
    assert.strictEqual(
      Finding.toLine(catalogue.en, bad),
      "fail  credentials  [ops]  DingTalk refuses the account. What to do: compare the secret"
    )
    assert.notInclude(Finding.toLine(catalogue.en, { ...good, what: "a\nb\u001b" }), "\n")
  })

  it("is one object", () => {
    assert.deepStrictEqual(JSON.parse(Finding.toJsonLine(bad)), {
      account: "ops",
      step: "credentials",
      status: "fail",
      what: "DingTalk refuses the account",
      todo: "compare the secret"
    })
    assert.deepStrictEqual(JSON.parse(Finding.toJsonLine(Finding.make("", "config", "1 account"))), {
      step: "config",
      status: "ok",
      what: "1 account"
    })
  })

  it("amounts to a verdict", () => {
    const warning = Finding.make("ops", "clock", "behind", { status: "warn" })
    const slow = Finding.make("ops", "ticket", "throttled", { status: "fail" })
    assert.isUndefined(Finding.verdict([]))
    assert.isUndefined(Finding.verdict([good, warning]))
    assert.isFalse(Finding.verdict([good, slow])?.refused)
    assert.isTrue(Finding.verdict([slow, bad, good])?.refused)
  })
})
