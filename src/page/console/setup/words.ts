/** What the set-up form says. */
import { identity } from "effect/Function"
import type { KeyName } from "../../../config/internal/keys.ts"
import type { Bilingual } from "../../shared/words/locale.ts"

/** The descriptions of the keys are the configuration's own in English. */
type Labels = Readonly<Record<KeyName, string>>

const labels: Labels = {
  appKey: "Client ID",
  appSecret: "Client Secret",
  robotCode: "Robot code",
  enabled: "Enabled",
  requireMention: "Only when mentioned",
  freeResponseChats: "Groups without mention",
  mentionPatterns: "Mention patterns",
  allowedUsers: "Allowed users",
  dispatchWorkers: "Workers",
  dispatchQueueSize: "Queue, messages",
  dispatchQueueBytes: "Queue, bytes",
  overflow: "When the queue is full",
  ordering: "Order",
  handlerTimeoutMs: "Longest handling, ms",
  staleAfterMs: "Too old after, ms",
  burstMs: "Burst, ms",
  drainTimeoutMs: "Drain at a stop, ms",
  stallCoolDownMs: "Cool-down after a stall, ms",
  renderMode: "Text is sent as",
  textChunkLimit: "Longest message, characters",
  rateLimit: "Sends a second",
  rateBurst: "Sends at once",
  apiBaseUrl: "API",
  oapiBaseUrl: "Legacy API",
  events: "Events"
}

const chineseLabels: Labels = {
  appKey: "Client ID",
  appSecret: "Client Secret",
  robotCode: "机器人编码",
  enabled: "启用",
  requireMention: "仅在被 @ 时回复",
  freeResponseChats: "无需 @ 的群",
  mentionPatterns: "视为 @ 的文字",
  allowedUsers: "允许的用户",
  dispatchWorkers: "并发处理数",
  dispatchQueueSize: "队列长度（条）",
  dispatchQueueBytes: "队列大小（字节）",
  overflow: "队列满时",
  ordering: "顺序",
  handlerTimeoutMs: "处理时限（毫秒）",
  staleAfterMs: "过期时间（毫秒）",
  burstMs: "连发合并（毫秒）",
  drainTimeoutMs: "停止时的收尾时限（毫秒）",
  stallCoolDownMs: "断流后的冷却时间（毫秒）",
  renderMode: "文本发送方式",
  textChunkLimit: "单条消息最长字符数",
  rateLimit: "每秒发送条数",
  rateBurst: "可突发条数",
  apiBaseUrl: "API 地址",
  oapiBaseUrl: "旧版 API 地址",
  events: "事件订阅"
}

const chineseDescriptions: Labels = {
  appKey: "应用的 Client ID（原 AppKey）。",
  appSecret: "应用的 Client Secret（原 AppSecret）。",
  robotCode: "机器人的编码，一般与 Client ID 相同。",
  enabled: "该账号是否运行。",
  requireMention: "在群里，只有被 @ 时才回复。",
  freeResponseChats: "这些群会话（cid…）里不需要 @ 也会回复。",
  mentionPatterns: "正则表达式，匹配的文字视为 @，不区分大小写。",
  allowedUsers: "可以和机器人说话的员工号或发送者 ID；留空或包含 * 表示所有人。",
  dispatchWorkers: "同时处理多少条消息。",
  dispatchQueueSize: "最多有多少条消息排队等待处理。",
  dispatchQueueBytes: "排队的消息最多占多少字节，每个字符按两个字节计。",
  overflow: "dropNewest 丢弃最新的，dropOldest 丢弃最旧的。",
  ordering: "conversation：同一会话内严格按顺序处理，互不重叠。",
  handlerTimeoutMs: "一条消息最多处理多久，留空表示不限。",
  staleAfterMs: "到达时已超过这个时间的消息不再处理，留空表示不限。",
  burstMs: "使用 onMessages 时，同一个人在这段时间内连发的消息合并处理。",
  drainTimeoutMs: "停止时，最多等待正在处理的消息多久。",
  stallCoolDownMs: "断流之后等待多久再试一次，留空表示不再尝试。",
  renderMode: "文本按什么格式发送：auto 自动判断，plain 纯文本，markdown。",
  textChunkLimit: "超过此长度的文本会拆成多条消息。",
  rateLimit: "每秒最多发送多少条消息。",
  rateBurst: "空闲之后可以一次发出多少条消息。",
  apiBaseUrl: "新版 API 的地址。",
  oapiBaseUrl: "旧版 API 的地址，不随新版 API 地址变化。",
  events: "订阅事件（EVENT *）。"
}

const english = {
  title: "Set-up",
  file: (path: string) => `This form writes ${path}. What it does not know in that file stays as it is.`,
  loading: "Reading the configuration …",
  unreadable: (why: string) => `The configuration can't be read: ${why}`,
  forAll: "For all accounts",
  forAllHelp:
    "Stands at the top of the file. Accounts below have these settings where they have none of their own; credentials here make an account of their own, default.",
  account: "Account",
  name: "Name",
  nameHelp: "By which the log and this console call it.",
  addAccount: "Add an account",
  removeAccount: "Remove this account",
  groups: { credentials: "Credentials", gate: "Who may speak", work: "Handling", rest: "Sending and connection" },
  more: "Advanced",
  labels,
  descriptions: identity<Partial<Labels>>({}),
  default: (value: string) => `Default: ${value}.`,
  defaultChoice: (value: string) => `default (${value})`,
  yes: "yes",
  no: "no",
  kept: "is set; leave empty to keep it",
  secretNever: "It is never shown again.",
  addItem: "Type and press Enter",
  remove: (item: string) => `Remove ${item}`,
  guide: "Where do I find them?",
  steps: identity<ReadonlyArray<string>>([
    "Open open-dev.dingtalk.com and log in as a developer of your organisation.",
    "应用开发 (application development): create an internal application, or open yours.",
    "凭证与基础信息 (credentials and basic information): copy Client ID and Client Secret.",
    "机器人 (robot): turn it on, and choose Stream 模式 (Stream mode) for receiving messages.",
    "版本管理与发布 (versions): publish a version; a robot that is not published hears nothing."
  ]),
  scan: "Scan with DingTalk instead",
  scanTitle: "Make a robot by a scan",
  scanHow: "Scan it with DingTalk on your phone and confirm. A new application with a robot is made.",
  scanLink: "Or open this page where you are logged in to DingTalk",
  scanWaiting: "Waiting for the scan …",
  scanDone: (clientId: string) => `Confirmed: ${clientId}. Save to keep it.`,
  scanFailed: (why: string) => `Nothing came of the scan: ${why}. Enter the credentials by hand instead.`,
  scanReasons: identity<Readonly<Record<string, string>>>({
    refused: "it was refused",
    expired: "nobody has scanned the code in time",
    rejected: "DingTalk does not let this program begin",
    unreachable: "DingTalk can't be reached",
    odd: "DingTalk's answer can't be used"
  }),
  qr: "QR code",
  close: "Close",
  test: "Test the connection",
  testing: "Testing …",
  testTitle: "What the doctor found",
  save: "Save and apply",
  saved: "Saved. It is in force.",
  refused: identity<Readonly<Record<string, string>>>({
    changed: "The file was changed meanwhile. Load the form again; what you typed in is lost then.",
    invalid: "Something is wrong with it: see the marked settings."
  }),
  failed: (why: string) => `It was not done: ${why}`,
  reload: "Load again",
  issues: (n: number) => `${n} ${n === 1 ? "setting needs" : "settings need"} a look:`,
  connection: "Connection",
  statusWords: { ok: "good", warn: "look", fail: "bad" }
}

type Words = typeof english

const chinese: Words = {
  title: "设置",
  file: (path) => `本页写入 ${path}。文件中本页不认识的内容会原样保留。`,
  loading: "正在读取配置……",
  unreadable: (why) => `无法读取配置：${why}`,
  forAll: "所有账号",
  forAllHelp: "写在文件顶层。下面的账号没有单独设置时使用这里的值；在这里填写凭据会成为一个名为 default 的账号。",
  account: "账号",
  name: "名称",
  nameHelp: "日志和控制台里用它称呼该账号。",
  addAccount: "添加账号",
  removeAccount: "删除此账号",
  groups: { credentials: "凭据", gate: "谁可以说话", work: "处理", rest: "发送与连接" },
  more: "高级",
  labels: chineseLabels,
  descriptions: chineseDescriptions,
  default: (value) => `默认：${value}。`,
  defaultChoice: (value) => `默认（${value}）`,
  yes: "是",
  no: "否",
  kept: "已设置，留空则保持不变",
  secretNever: "保存后不再显示。",
  addItem: "输入后按回车",
  remove: (item) => `删除 ${item}`,
  guide: "在哪里找到凭据？",
  steps: [
    "打开 open-dev.dingtalk.com，以组织开发者的身份登录。",
    "应用开发：创建企业内部应用，或打开已有的应用。",
    "凭证与基础信息：复制 Client ID 和 Client Secret。",
    "机器人：开启，消息接收模式选择 Stream 模式。",
    "版本管理与发布：发布版本；未发布的机器人收不到消息。"
  ],
  scan: "改用钉钉扫码",
  scanTitle: "扫码创建机器人",
  scanHow: "请用手机钉钉扫码并确认，会创建一个带机器人的新应用。",
  scanLink: "或在已登录钉钉的电脑上打开此页面",
  scanWaiting: "正在等待扫码……",
  scanDone: (clientId) => `已确认：${clientId}。保存后生效。`,
  scanFailed: (why) => `扫码没有成功：${why}。请改为手工填写凭据。`,
  scanReasons: {
    refused: "被拒绝",
    expired: "没有人在有效期内扫码",
    rejected: "钉钉不允许本程序发起扫码",
    unreachable: "无法连接钉钉",
    odd: "钉钉的应答无法使用"
  },
  qr: "二维码",
  close: "关闭",
  test: "测试连接",
  testing: "正在测试……",
  testTitle: "检查结果",
  save: "保存并应用",
  saved: "已保存并生效。",
  refused: {
    changed: "文件在此期间被修改过。请重新加载，已填写的内容会丢失。",
    invalid: "有设置不正确，请看标出的地方。"
  },
  failed: (why) => `没有完成：${why}`,
  reload: "重新加载",
  issues: (n) => `有 ${n} 处设置需要检查：`,
  connection: "连接",
  statusWords: { ok: "正常", warn: "留意", fail: "异常" }
}

export const words: Bilingual<Words> = { "en-US": english, "zh-CN": chinese }
