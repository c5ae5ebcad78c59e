/** What to do about it: the hints of the library, of the network and of `doctor`. */
import type { TransientReason } from "../../../DingTalkError.ts"
import * as ConsoleHints from "../../../internal/consoleHints.ts"
import { remedies, type Trouble } from "../../../internal/net/networkTrouble.ts"
import * as ProxyFailure from "../../../internal/net/proxyFailure.ts"
import * as hints from "../../../outbound/api/internal/hints.ts"

type Sentences = {
  readonly [K in keyof typeof hints as (typeof hints)[K] extends string ? K : never]: string
}

const { menus, site } = ConsoleHints

/** The library's own, as they are. */
const library: Sentences = { ...hints }

export const english = {
  library,
  permission: ConsoleHints.permission,
  ip: ConsoleHints.ip,
  remedies,
  otherTrouble: "check the network between here and DingTalk",
  deadProxy: ProxyFailure.remedy,
  reasons: {
    throttled: "wait a little: another process may be calling with the same Client ID",
    quota: "wait for the next month, or buy API calls for the organisation",
    ipBanned: "wait five minutes, and look for what calls so often from this egress IP",
    serverError: "wait: DingTalk has a problem",
    rejected: ConsoleHints.published.replace(/^C/, "c"),
    badAnswer: "check what is between here and DingTalk: a proxy or a portal answers in its place",
    handshakeRefused: "check that the proxy, if there is one, lets WebSockets through",
    connectionClosed: "check the network, the firewall and the proxy on the way to the WebSocket host",
    heartbeatLost: "check the network, the firewall and the proxy on the way to the WebSocket host",
    protocol: "check the network, the firewall and the proxy on the way to the WebSocket host",
    network: "check the network, the firewall and the proxy on the way to the WebSocket host",
    timeout: "check the network, the firewall and the proxy on the way to the WebSocket host"
  } satisfies Readonly<Record<TransientReason, string>>,
  setClock: "set the clock (NTP): session webhooks and tokens expire by it",
  mendConfig: "mend the configuration",
  /** Why a file can't be used. */
  file: (problem: string) => problem
}

const onTheWay = "请检查到 WebSocket 主机之间的网络、防火墙和代理"

const networkRemedies: Readonly<Record<Trouble, string>> = {
  name: "请检查 apiBaseUrl 里的域名和本机的 DNS",
  refused: "请检查 apiBaseUrl 里的端口：那里没有服务在监听",
  unreachable: "请检查防火墙：到 API 和 WebSocket 主机的 443 端口必须放行；如需代理，请设置 HTTPS_PROXY",
  clock: "按本机时间，证书不在有效期内：请校准时钟（NTP）；如果时钟正确，则是证书已过期或尚未生效，需要签发方更新",
  issuer: "中间有设备重新签发了 TLS 证书，或本机不认识签发者：请用 NODE_EXTRA_CA_CERTS=文件 把 CA 证书交给 Node",
  identity: "证书属于另一台主机：请检查 apiBaseUrl 里的域名，以及是否有代理或门户页面在替钉钉应答",
  tls: "对方说的不是 TLS：请检查 apiBaseUrl 的协议和端口，以及代理"
}

const fileProblems: ReadonlyMap<string, string> = new Map([
  ["there is no such file", "没有这个文件或目录"],
  ["permission denied", "没有权限"],
  ["it exists", "文件已存在"],
  ["no space is left on its disk", "磁盘空间不足"],
  ["its owner's quota of disk space is used up", "磁盘配额已用完"],
  ["this process has too many files open", "本进程打开的文件太多"],
  ["this machine has too many files open", "本机打开的文件太多"],
  ["it cannot be used", "无法使用"],
  ["it cannot be used (EISDIR)", "这是一个目录"]
])

export const chinese: typeof english = {
  library: {
    credentials: `请与 ${site}（${menus.credentials}）上的 Client ID 和 Client Secret 核对，两者都区分大小写`,
    token: "钉钉拒绝了刚刚签发的访问令牌：请检查 apiBaseUrl 是否属于创建应用的站点",
    throttled: "请降低发送频率（rateLimit），或稍后再试",
    banned: "来自该出口 IP 的所有调用会被拒绝几分钟：请查出是谁调用得这么频繁",
    quota: "组织本月的调用配额已用完：下个月之前重试无用",
    target: "机器人无法（或不再能）联系到此人或此群：请不要再试",
    tooLarge: "请缩短消息",
    emptyFile: "文件是空的：钉钉不接收空文件",
    unavailable: "没有执行，可以再试",
    ambiguous: "可能已经执行：再次发送之前请先查看",
    network: "请检查到钉钉之间的域名解析、防火墙和代理",
    url: "请检查 apiBaseUrl 和 oapiBaseUrl",
    refused: "钉钉收下了消息但不会送达：请检查员工号、应用的可见范围，以及给此人发消息的频率",
    noWayBack: "组织外的人没有员工号：只能在其消息的会话 webhook 有效期内回复",
    notByWebhook: "webhook 只能发送文本、Markdown、链接、操作卡片和 feed 卡片：请改发它的链接",
    field: "钉钉拒绝这样的消息：请给该字段一个可接受的值",
    undelivered: "卡片已创建，但没有显示在任何地方：请检查目标，以及机器人是否在群里",
    link: "链接已过期或并非对所有人开放：请换一个新链接",
    download: "下载码只在几小时内有效，且只属于收到消息的机器人",
    fileTooLarge: "钉钉不接收更大的文件：请压缩、拆分，或改发链接",
    downloadTooLarge: "如果确实需要，请允许更多字节（maxBytes）"
  },
  permission: (scopes) =>
    `请在 ${site}（${menus.permissions}）为应用开通${
      scopes.length === 0 ? "缺少的权限" : `权限 ${scopes.join("、")}`
    }，并发布新版本（${menus.release}）`,
  ip: (address) =>
    `请把${address === undefined ? "本机的出口 IP" : `出口 IP ${address}`} 加入应用的白名单（${site}，${menus.ips}）`,
  remedies: networkRemedies,
  otherTrouble: "请检查到钉钉之间的网络",
  deadProxy: (host) =>
    `请检查代理 ${host}：它写在 HTTPS_PROXY 或 HTTP_PROXY 里，但没有应答或拒绝转发；不需要代理的主机写进 NO_PROXY`,
  reasons: {
    throttled: "请稍等：可能有别的进程在用同一个 Client ID 调用",
    quota: "请等到下个月，或为组织购买 API 调用量",
    ipBanned: "请等五分钟，并查出是谁从这个出口 IP 频繁调用",
    serverError: "请等待：钉钉自身有故障",
    rejected:
      `请在 ${site} 检查：应用已发布（${menus.release}），机器人已启用，消息接收模式为 Stream（${menus.stream}）`,
    badAnswer: "请检查中间的设备：有代理或门户页面在替钉钉应答",
    handshakeRefused: "如有代理，请检查它是否放行 WebSocket",
    connectionClosed: onTheWay,
    heartbeatLost: onTheWay,
    protocol: onTheWay,
    network: onTheWay,
    timeout: onTheWay
  },
  setClock: "请校准时钟（NTP）：会话 webhook 和令牌按它过期",
  mendConfig: "请修改配置",
  file: (problem) => fileProblems.get(problem) ?? problem
}
