/**
 * What `doctor` finds, and how it says it. Pure.
 *
 * @since 0.1.0
 */
import { ChecksFailed } from "../errors.ts"
import { escaped, toJson } from "../text/printable.ts"
import type { Words } from "../words/Catalogue.ts"

/**
 * The result of one check.
 *
 * @since 0.1.0
 * @category models
 */
export interface Finding {
  /** Empty for what concerns all accounts. */
  readonly account: string
  readonly step:
    | "config"
    | "proxy"
    | "dns"
    | "tcp"
    | "tls"
    | "credentials"
    | "ticket"
    | "websocket"
    | "token"
    | "clock"
  readonly status: "ok" | "warn" | "fail"
  /** What was found. Never contains a secret. */
  readonly what: string
  /** What to do about it; empty where there is nothing to do. */
  readonly todo: string
  /** Whether DingTalk refuses the account for good. */
  readonly refused: boolean
}

/**
 * A finding, good unless something else is said.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  account: string,
  step: Finding["step"],
  what: string,
  rest: Partial<Pick<Finding, "status" | "todo" | "refused">> = {}
): Finding => ({ account, step, what, status: "ok", todo: "", refused: false, ...rest })

/**
 * A finding as a line for people.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toLine = ({ doctor }: Words, { account, status, step, todo, what }: Finding): string =>
  escaped(
    [
      status.padEnd(4),
      step.padEnd(11),
      ...(account === "" ? [] : [`[${account}]`]),
      todo === "" ? what : doctor.whatToDo(what, todo)
    ].join("  ")
  )

/**
 * A finding as a line of JSON.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toJsonLine = ({ account, status, step, todo, what }: Finding): string =>
  toJson({
    account: account === "" ? undefined : account,
    step,
    status,
    what,
    todo: todo === "" ? undefined : todo
  })

/**
 * What the findings amount to: `undefined` when all is well. A warning is well.
 *
 * @since 0.1.0
 * @category decisions
 */
export const verdict = (findings: ReadonlyArray<Finding>): ChecksFailed | undefined =>
  findings.some(({ status }) => status === "fail")
    ? new ChecksFailed({ refused: findings.some(({ refused }) => refused) })
    : undefined
