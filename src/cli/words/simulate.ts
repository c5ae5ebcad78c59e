/** What `simulate` says. */

interface Start {
  readonly url: string
  readonly config: string
  readonly variables: string
  /** The file that was written; `undefined` without one. */
  readonly written: string | undefined
}

export const english = {
  welcome: ({ config, url, variables, written }: Start) =>
    `DingTalk is simulated at ${url}. Nothing leaves this machine.

${
      written === undefined
        ? "Save this as robot.json"
        : `${written} is written, with this in it`
    }; any Client ID and secret will do:

${config}

Or copy these lines:

${variables}

Start a robot with it in another terminal, for example one
that repeats what it hears:

  effect-dingtalk exec --config ${written ?? "robot.json"} -- cat

Then type here what people say to it, or /help.
`,
  help: (person: string, group: string) =>
    [
      ["你好", `is said to the robot directly, by ${person}`],
      ["@你好", `is said in a group (${group}), mentioning the robot`],
      ["//new", "says /new: a second slash makes it no command"],
      ["/as 李四", "somebody else speaks from now on"],
      ["/group [TITLE]", "speak in a group from now on; @ mentions the robot"],
      ["/direct", "speak to the robot directly again"],
      ["/file PATH", "send a picture or a file"],
      ["/click BUTTON", "press a button of the last card, by its action id"],
      ["/event TYPE [JSON]", "an event happens, such as user_add_org"],
      ["/redeliver", "deliver the last message again"],
      ["/flood [N]", "a crowd says N things at once (1000); summed up"],
      ["/notice", "announce the end of the connection; it ends 10 s later"],
      ["/close", "end the connection without a word"],
      ["/freeze, /thaw", "the connection is dead, but open; or lives again"],
      ["/secret wrong", "refuse the credentials; /secret right ends it"],
      ["/502", "answer every call with 502, as a broken gateway"],
      ["/throttle", "answer every call with: too many"],
      ["/heal", "end all that is wrong"],
      ["/quit", "end all of this"]
    ] satisfies ReadonlyArray<readonly [string, string]>,
  unknownCommand: (name: string, guess: string | undefined) =>
    `there is no ${name}: ${
      guess === undefined ? "/help shows what there is." : `did you mean ${guess}?`
    } To say it to the robot, type /${name}`,
  lacks: (usage: string) => `something is missing: ${usage}`,
  floodRange: (most: number) => `/flood takes a number from 1 to ${most}`,
  badJson: (detail: string) => `what follows the event's type must be JSON: ${detail}`,
  nobodyHeard: "no robot is connected: nobody heard it",
  noEvents: "no robot asks for events: it has to subscribe (\"events\": true in its configuration)",
  connected: "a robot is connected",
  robotClosed: "the robot closed its connection",
  closed: "the connection is closed",
  speaksNow: (person: string, staffId: string, where: string | undefined) =>
    `${person} (${staffId}) speaks now, ${
      where === undefined ? "directly to the robot" : `in ${where}: what begins with @ mentions the robot`
    }`,
  sentFile: (name: string, bytes: number) => `${name} is sent, ${bytes} bytes`,
  noFile: (path: string, problem: string) => `${path}: ${problem}; check the path`,
  emptyFile: (path: string) => `${path} is empty: DingTalk sends no empty files`,
  filesAreDirect: "in groups DingTalk hands on pictures to robots, but no files: /direct first",
  noCard: "no card is to be seen here: let the robot send one first",
  notPressed: (detail: string) => `nothing happened: ${detail}`,
  answered: (what: string) => `the robot answered: ${what}`,
  nothingSaid: "nothing was said so far",
  delivered: "it is delivered again",
  out: (count: number) => `${count} messages are out; their answers are counted, not shown`,
  flooded: (count: number, answers: number) => `the flood is over: ${count} messages so far, ${answers} answers`,
  wrongSecret: "the credentials are refused from now on, and the connection ends; /secret right ends it",
  rightSecret: "the credentials are accepted again; a robot that has stopped has to be started again",
  outage: "every call is answered with HTTP 502 from now on; /heal ends it, /close shows how the robot comes back",
  throttled: "every call that sends is refused as one too many from now on; /heal ends it",
  frozen: "the connection is dead, but open: what is said gets lost until the robot notices; /thaw ends it",
  healed: "all is well again",
  card: "card",
  typing: "card, typing",
  finished: "card, finished ✓",
  failed: "card, failed ✗",
  changed: "card, changed",
  recalled: "takes back",
  reacted: "puts under",
  unreacted: "takes away from under",
  dinged: "DING",
  notOurs: (path: string) =>
    `--write ${path}: the file exists, and simulate did not write it: name another one, or remove it first`
}

export const chinese: typeof english = {
  welcome: ({ config, url, variables, written }) =>
    `正在 ${url} 模拟钉钉，一切都不会离开本机。

${written === undefined ? "把下面这行存为 robot.json" : `已写入 ${written}，内容如下`}（Client ID 和密钥可以是任意值）：

${config}

或者复制这几行环境变量：

${variables}

在另一个终端启动机器人，例如复读机：

  effect-dingtalk exec --config ${written ?? "robot.json"} -- cat

然后在这里输入要对机器人说的话；/help 查看全部命令。
`,
  help: (person, group) => [
    ["你好", `以${person}的身份单聊机器人`],
    ["@你好", `在群（${group}）里 @ 机器人`],
    ["//new", "说出“/new”：多打一个斜杠就不是命令"],
    ["/as 李四", "之后由别人说话"],
    ["/group [TITLE]", "之后在群里说话；@ 开头表示提及机器人"],
    ["/direct", "回到单聊"],
    ["/file PATH", "发送图片或文件"],
    ["/click BUTTON", "点击最近一张卡片上的按钮（action id）"],
    ["/event TYPE [JSON]", "触发一个事件，如 user_add_org"],
    ["/redeliver", "把上一条消息再投递一次"],
    ["/flood [N]", "众人一次说 N 句话（默认 1000），只报总数"],
    ["/notice", "预告断开连接，10 秒后断开"],
    ["/close", "直接断开连接"],
    ["/freeze, /thaw", "连接假死；恢复"],
    ["/secret wrong", "拒绝凭据；/secret right 恢复"],
    ["/502", "所有调用都返回 502"],
    ["/throttle", "所有调用都返回限流"],
    ["/heal", "解除所有故障"],
    ["/quit", "结束"]
  ],
  unknownCommand: (name, guess) =>
    `没有命令 ${name}：${
      guess === undefined ? "/help 查看全部命令。" : `是不是 ${guess}？`
    }要把它说给机器人，请输入 /${name}`,
  lacks: (usage) => `缺少内容，用法：${usage}`,
  floodRange: (most) => `/flood 后面是 1 到 ${most} 的整数`,
  badJson: (detail) => `事件类型后面必须是 JSON：${detail}`,
  nobodyHeard: "没有机器人连接，没人听到",
  noEvents: "没有机器人订阅事件：请在它的配置里写 \"events\": true",
  connected: "机器人已连接",
  robotClosed: "机器人关闭了连接",
  closed: "连接已断开",
  speaksNow: (person, staffId, where) =>
    `现在由 ${person}（${staffId}）说话，${where === undefined ? "单聊" : `在群“${where}”里：@ 开头表示提及机器人`}`,
  sentFile: (name, bytes) => `已发送 ${name}，${bytes} 字节`,
  noFile: (path, problem) => `${path}：${problem}；请检查路径`,
  emptyFile: (path) => `${path} 是空文件，钉钉不发送空文件`,
  filesAreDirect: "群里钉钉只把图片交给机器人，不交文件：请先 /direct",
  noCard: "这里看不到卡片：先让机器人发一张",
  notPressed: (detail) => `没有反应：${detail}`,
  answered: (what) => `机器人应答：${what}`,
  nothingSaid: "还没有说过话",
  delivered: "已再次投递",
  out: (count) => `已发出 ${count} 条消息；回复只计数，不逐条显示`,
  flooded: (count, answers) => `洪峰结束：至今 ${count} 条消息，${answers} 条回复`,
  wrongSecret: "从现在起拒绝凭据，连接断开；/secret right 恢复",
  rightSecret: "凭据恢复有效；已停止的机器人需要重新启动",
  outage: "从现在起所有调用都返回 HTTP 502；/heal 解除，/close 可观察机器人如何重连",
  throttled: "从现在起所有发送都被限流；/heal 解除",
  frozen: "连接假死：在机器人发现之前，说的话都会丢；/thaw 恢复",
  healed: "一切恢复正常",
  card: "卡片",
  typing: "卡片，输入中",
  finished: "卡片，完成 ✓",
  failed: "卡片，失败 ✗",
  changed: "卡片，已更新",
  recalled: "撤回",
  reacted: "贴表情于",
  unreacted: "取消表情于",
  dinged: "DING",
  notOurs: (path) => `--write ${path}：文件已存在，且不是 simulate 写的：请换个文件名，或先删除它`
}
