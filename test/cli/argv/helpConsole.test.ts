import { assert, describe, it } from "@effect/vitest"
import { mended } from "../../../src/cli/argv/helpConsole.ts"

describe("helpConsole", () => {
  it("puts the program's name into the usage of a subcommand, once", () => {
    const usage = "\u001b[1mUSAGE\u001b[0m\n\n$ listen [--config FILE]\n"
    const better = "USAGE\n\n$ effect-dingtalk listen [--config FILE]"
    assert.strictEqual(mended(usage, false), better)
    assert.strictEqual(mended(better, false), better)
  })

  it("says that the program alone is not enough", () => {
    assert.strictEqual(mended("$ effect-dingtalk", false), "$ effect-dingtalk COMMAND …")
  })

  it("says where the command of exec stands", () => {
    assert.strictEqual(mended("$ exec [--x]", false), "$ effect-dingtalk exec [--x] -- COMMAND [ARGUMENT…]")
  })

  it("an option that may be given any number of times is optional", () => {
    assert.strictEqual(
      mended("$ send [--x] --to TARGET... [--y A|B]\n\n--to TARGET...", false),
      "$ effect-dingtalk send [--x] [--to TARGET]... [--y A|B]\n\n--to TARGET..."
    )
  })

  it("lists the commands by their names", () => {
    assert.strictEqual(
      mended("  - send [--x] --to TARGET...  Send it. Now.\n\n  - demo                         See it", false),
      "  - send      Send it. Now.\n\n  - demo      See it"
    )
  })

  it("keeps colours where they are seen", () => {
    assert.strictEqual(mended("\u001b[1mUSAGE\u001b[0m", true), "\u001b[1mUSAGE\u001b[0m")
  })
})
