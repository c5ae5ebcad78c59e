/** How a command ends. */
import { inChinese } from "./library/issues.ts"

export const english = {
  tryHelp: (command: string) => `Try: ${command}`,
  accountsStopped: "every account has stopped:",
  stoppedByRequest: (account: string) => `account "${account}" was stopped`,
  stalled: (account: string, strikes: number, lastMs: number) =>
    `account "${account}": DingTalk ended ${strikes} connections in a row without delivering anything (the last after ${lastMs} ms).`,
  /** What is wrong with the configuration, by path. */
  badConfig: (source: string | undefined, issues: ReadonlyArray<string>) =>
    [`The configuration${source === undefined ? "" : ` (${source})`} cannot be used:`, ...issues].join("\n  - "),
  issue: (message: string) => message,
  reportedAbove: "the configuration can't be used: see above"
}

export const chinese: typeof english = {
  tryHelp: (command) => `请看：${command}`,
  accountsStopped: "所有账号都已停止：",
  stoppedByRequest: (account) => `账号“${account}”已被停止`,
  stalled: (account, strikes, lastMs) =>
    `账号“${account}”：钉钉连续断开了 ${strikes} 个没有投递任何消息的连接（最后一个只持续 ${lastMs} 毫秒）。`,
  badConfig: (source, issues) =>
    [`配置${source === undefined ? "" : `（${source === "environment" ? "环境变量" : source}）`}无法使用：`, ...issues]
      .join("\n  - "),
  issue: inChinese,
  reportedAbove: "配置无法使用，原因见上"
}
