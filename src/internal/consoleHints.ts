/**
 * What to change on DingTalk's developer console, menu by menu: the console speaks Chinese, so its menus are named as they
 * stand there.
 */

/** Where the console is. */
export const site = "open-dev.dingtalk.com"

/** The menus of an application, behind 应用开发 and its name. */
export const menus = {
  credentials: "应用开发 → 凭证与基础信息",
  permissions: "应用开发 → 权限管理",
  stream: "应用开发 → 机器人 → 消息接收模式 → Stream 模式",
  release: "应用开发 → 版本管理与发布",
  ips: "应用开发 → 安全设置 → 服务器出口 IP"
} as const

export const credentials = `Compare Client ID and Client Secret with the application's page on ${site}` +
  ` (${menus.credentials}; both are case-sensitive)`

export const permission = (scopes: ReadonlyArray<string>): string =>
  `Give the application ${
    scopes.length === 0 ? "the permission it lacks" : `the permission ${scopes.join(", ")}`
  } on ${site} (${menus.permissions}) and publish a new version (${menus.release})`

export const ip = (address: string | undefined): string =>
  `Add ${
    address === undefined ? "this machine's egress IP" : `the egress IP ${address}`
  } to the application's allow-list on ${site} (${menus.ips})`

export const published =
  `Check on ${site} that the application is published (${menus.release}), that its robot is on and` +
  ` that its message mode is Stream (${menus.stream})`
