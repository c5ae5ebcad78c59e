/** The pages in the order in which they are read. A page that is not here is not found: `test/docs` sees to it. */

interface Page {
  /** Its file in `docs` and in `docs/zh`, without `.md`. */
  readonly name: string
  readonly en: string
  readonly zh: string
}

interface Group {
  readonly en: string
  readonly zh: string
  readonly pages: ReadonlyArray<Page>
}

export const groups: ReadonlyArray<Group> = [
  {
    en: "Start",
    zh: "开始",
    pages: [
      { name: "start", en: "From zero to an answer", zh: "从零到第一条回复" },
      { name: "command-line", en: "Command line", zh: "命令行" },
      { name: "exec", en: "A robot in any language", zh: "用任何语言写机器人" },
      { name: "configuration", en: "Configuration", zh: "配置" },
      { name: "troubleshooting", en: "Troubleshooting", zh: "故障排查" },
      { name: "migrate", en: "From the official SDKs", zh: "从官方 SDK 迁移" }
    ]
  },
  {
    en: "A robot in Effect",
    zh: "用 Effect 写机器人",
    pages: [
      { name: "handlers", en: "Handlers", zh: "处理函数" },
      { name: "messages", en: "Messages", zh: "消息" },
      { name: "message-fields", en: "What a message holds", zh: "消息的字段" },
      { name: "sending", en: "Sending", zh: "发送" },
      { name: "errors", en: "Errors", zh: "错误" },
      { name: "media", en: "Files and pictures", zh: "文件与图片" },
      { name: "cards", en: "Cards and AI streaming", zh: "卡片与 AI 流式输出" },
      { name: "reactions-and-recall", en: "Reactions and recall", zh: "表情与撤回" },
      { name: "play", en: "Playground", zh: "游乐场" },
      { name: "testing", en: "Testing", zh: "测试" }
    ]
  },
  {
    en: "Conversations",
    zh: "对话",
    pages: [
      { name: "commands", en: "Commands", zh: "指令" },
      { name: "asking", en: "Asking", zh: "提问" },
      { name: "stopping", en: "Stopping", zh: "停止回答" },
      { name: "arriving", en: "Bursts, late, uninvited", zh: "连发、迟到与未授权" },
      { name: "memory", en: "Memory", zh: "记忆" },
      { name: "models", en: "Language models", zh: "大模型" },
      { name: "people", en: "People and groups", zh: "人与群" },
      { name: "events", en: "Events", zh: "事件" },
      { name: "bulk", en: "Bulk", zh: "群发" }
    ]
  },
  {
    en: "In production",
    zh: "上线运行",
    pages: [
      { name: "deploy", en: "Deploying", zh: "部署" },
      { name: "connections", en: "Connections", zh: "连接" },
      { name: "losses", en: "What can be lost", zh: "什么会丢" },
      { name: "durability", en: "Durability", zh: "持久收件箱" },
      { name: "cluster", en: "On many machines", zh: "多机运行" },
      { name: "several-bots", en: "Several bots", zh: "多个机器人" },
      { name: "console", en: "Console", zh: "控制台" },
      { name: "telemetry", en: "Telemetry", zh: "可观测性" },
      { name: "performance", en: "Performance", zh: "性能" }
    ]
  },
  {
    en: "How it is built",
    zh: "内部构造",
    pages: [{ name: "architecture", en: "Architecture", zh: "架构与决策" }]
  }
]
