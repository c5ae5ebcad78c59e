import { assert, describe, it } from "@effect/vitest"
import { codeOfStop } from "../../../src/cli/process/stopping.ts"

describe("stopping", () => {
  it("is the end of what runs for ever, and a failure of what was to be done", () => {
    for (const subcommand of ["listen", "exec", "doctor", "simulate", "demo", undefined]) {
      assert.strictEqual(codeOfStop(subcommand), 0)
    }
    for (const subcommand of ["send", "recall"]) assert.strictEqual(codeOfStop(subcommand), 1)
  })
})
