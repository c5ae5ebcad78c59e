/** What `send` and `recall` say on stderr of how it went. */

export const english = {
  sent: (sent: number, total: number) => `${sent} of ${total} sent`,
  outcomes: { refused: "refused", unknown: "unknown (may have arrived)", failed: "failed" },
  ofOutcome: (count: number, what: string) => `${count} ${what}`,
  notTried: (count: number) => `${count} not tried`,
  comma: ", ",
  semicolon: "; ",
  unknownLeft: (count: number) =>
    `of ${count} it is unknown whether they have got it: --again-unknown sends to them again`,
  refusedLeft: (count: number) => `${count} were refused by DingTalk, and would be again`,
  untold: (count: number) => `what became of ${count} of them could not be printed: --resume will send to them again`,
  nobodyLeft: "everybody has got it already: nothing is left to be sent",
  torn: (file: string, line: number) => `${file}, line ${line} ends too early and was left out`,
  namesInText:
    "an application's robot can mention nobody, so names stand in the text; a custom robot can: --to webhook:NAME",
  rehearsed: (count: number) => `dry run: ${count} ${count === 1 ? "request" : "requests"}, and none was made`,
  recalled: (recalled: number, total: number) =>
    `${recalled} of ${total} recalled${recalled === total ? "" : `, ${total - recalled} failed`}`
}

export const chinese: typeof english = {
  sent: (sent, total) => `${total} 个目标已发送 ${sent} 个`,
  outcomes: { refused: "被拒绝", unknown: "结果不明（可能已送达）", failed: "失败" },
  ofOutcome: (count, what) => `${count} 个${what}`,
  notTried: (count) => `${count} 个未尝试`,
  comma: "，",
  semicolon: "；",
  unknownLeft: (count) => `有 ${count} 个不知道是否已收到：加 --again-unknown 会再发一次`,
  refusedLeft: (count) => `有 ${count} 个被钉钉拒绝，再发仍会被拒绝`,
  untold: (count) => `其中 ${count} 个的结果没能输出：用 --resume 会再发给他们`,
  nobodyLeft: "所有人都已收到，没有要发送的了",
  torn: (file, line) => `${file} 第 ${line} 行不完整，已略过`,
  namesInText: "应用机器人不能 @ 人，名字会写在正文里；自定义机器人可以：--to webhook:NAME",
  rehearsed: (count) => `试运行：共 ${count} 个请求，都没有发出`,
  recalled: (recalled, total) =>
    `${total} 条已撤回 ${recalled} 条${recalled === total ? "" : `，${total - recalled} 条失败`}`
}
