import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import { StopReason } from "../../src/accounts/AccountStatus.ts"
import { AccountsStopped, ChecksFailed, Incomplete, UsageError } from "../../src/cli/errors.ts"
import * as ExitCode from "../../src/cli/exitCode.ts"
import { StdoutClosed, StdoutFailed } from "../../src/cli/process/Stdout.ts"
import { DingTalkConfigError } from "../../src/DingTalkConfig.ts"
import { PermanentAuth, StreamStall } from "../../src/DingTalkError.ts"
import * as Target from "../../src/outbound/message/Target.ts"

const auth = new PermanentAuth({
  account: "ops",
  code: "authFailed",
  status: 401,
  requestId: "R1",
  detail: "鉴权失败",
  hint: "Compare the secret"
})

const fromExit = (
  exit: Exit.Exit<unknown, Error>,
  subcommand: string | undefined
) => ExitCode.fromExit(Effect.runSyncExit(ExitCode.ofFailures(exit, subcommand)), subcommand)

const endOf = (error: Error) => fromExit(Exit.fail(error), "listen")

describe("exitCode", () => {
  it("0 for success, a signal and a reader that has gone", () => {
    for (
      const exit of [
        Exit.void,
        Exit.interrupt(FiberId.none),
        Exit.fail(new StdoutClosed()),
        Exit.failCause(Cause.parallel(Cause.interrupt(FiberId.none), Cause.fail(new StdoutClosed())))
      ]
    ) {
      assert.deepStrictEqual(fromExit(exit, "listen"), { code: 0, text: "" })
    }
  })

  it("1 for what was to be sent or recalled and was not, even if a signal is to blame", () => {
    assert.deepStrictEqual(fromExit(Exit.fail(new Incomplete()), "send"), { code: 1, text: "" })
    for (const subcommand of ["send", "recall"]) {
      assert.deepStrictEqual(fromExit(Exit.interrupt(FiberId.none), subcommand), { code: 1, text: "" })
    }
  })

  it("2 for a command line that can't be used, with a hint", () => {
    assert.deepStrictEqual(endOf(new UsageError({ problem: "there is no command" })), {
      code: 2,
      text: "effect-dingtalk: there is no command\nTry: effect-dingtalk listen --help"
    })
    assert.include(fromExit(Exit.fail(new UsageError({ problem: "x" })), undefined).text, "Try: effect-dingtalk --help")
  })

  it("2 for a configuration that can't be used, with every issue", () => {
    const error = new DingTalkConfigError({
      source: "robot.json",
      issues: [{ path: "appKey", message: "is missing" }, { path: "rateLimit", message: "must be a number" }]
    })
    const { code, text } = endOf(error)
    assert.strictEqual(code, 2)
    assert.include(text, "robot.json")
    assert.include(text, "appKey is missing")
    assert.include(text, "rateLimit must be a number")
  })

  it("3 when every account has stopped, with tag, account, code and hint of each", () => {
    const { code, text } = endOf(
      new AccountsStopped({
        reasons: new Map([
          ["ops", StopReason.ByError({ error: auth })],
          ["hr", StopReason.ByError({ error: new StreamStall({ account: "hr", strikes: 5, lastDurationMs: 9 }) })]
        ])
      })
    )
    assert.strictEqual(code, 3)
    for (const word of ["PermanentAuth", "authFailed", "\"ops\"", "Compare the secret", "StreamStall", "\"hr\""]) {
      assert.include(text, word)
    }
  })

  it("doctor's 3 is for a refused account, 1 for everything else", () => {
    assert.deepStrictEqual(endOf(new ChecksFailed({ refused: true })), { code: 3, text: "" })
    assert.deepStrictEqual(endOf(new ChecksFailed({ refused: false })), { code: 1, text: "" })
  })

  it("1 for anything else, with its reason", () => {
    const { code, text } = endOf(Either.getOrThrow(Either.flip(Target.parse(""))))
    assert.strictEqual(code, 1)
    assert.include(text, "invalid target: empty target")
    assert.strictEqual(endOf(new StdoutFailed({ code: "ENOSPC" })).code, 1)
    const defect = fromExit(Exit.die(new TypeError("boom")), "listen")
    assert.strictEqual(defect.code, 1)
    assert.include(defect.text, "TypeError: boom")
  })
})
