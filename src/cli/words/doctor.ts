/** What `doctor` finds. */

export const english = {
  whatToDo: (what: string, todo: string) => `${/[.!?。]$/.test(what) ? what : `${what}.`} What to do: ${todo}`,
  accounts: (ids: ReadonlyArray<string>) =>
    `${ids.length} ${ids.length === 1 ? "account" : "accounts"}: ${ids.join(", ")}`,
  throughProxy: (host: string) => `the API is reached through ${host}`,
  addresses: (host: string, found: ReadonlyArray<string>) => `${host} is ${found.join(", ")}`,
  answers: (host: string) => `${host} answers`,
  certificate: (protocol: string, until: string) => `${protocol}, certificate valid to ${until}`,
  failed: (target: string, code: string) => `${target}: ${code}; the rest was not tried`,
  proxyFailed: (target: string, code: string) => `the proxy ${target}: ${code}; the rest was not tried`,
  accepted: (clientId: string) => `DingTalk accepts Client ID ${clientId}`,
  ticket: "DingTalk issues one",
  refused: (facts: string) => `DingTalk refuses the account: ${facts}`,
  noReason: "no reason given",
  noAnswer: (ms: number) => `no answer within ${ms} ms`,
  noHandshake: (host: string, ms: number) => `${host}: no handshake within ${ms} ms`,
  upgraded: (host: string) => `${host} upgrades the connection`,
  token: "DingTalk issues one: the robot can send",
  noDate: "the answer has no Date to compare with",
  clockAgrees: "agrees with DingTalk's",
  clockAhead: (seconds: number) => `this machine is ${seconds} s ahead of DingTalk`,
  clockBehind: (seconds: number) => `this machine is ${seconds} s behind DingTalk`
}

export const chinese: typeof english = {
  whatToDo: (what, todo) => `${/[.!?。]$/.test(what) ? what : `${what}。`}解决办法：${todo}`,
  accounts: (ids) => `${ids.length} 个账号：${ids.join("、")}`,
  throughProxy: (host) => `经由代理 ${host} 访问 API`,
  addresses: (host, found) => `${host} 的地址是 ${found.join("、")}`,
  answers: (host) => `${host} 有应答`,
  certificate: (protocol, until) => `${protocol}，证书有效期至 ${until}`,
  failed: (target, code) => `${target}：${code}；其余没有尝试`,
  proxyFailed: (target, code) => `代理 ${target}：${code}；其余没有尝试`,
  accepted: (clientId) => `钉钉接受 Client ID ${clientId}`,
  ticket: "钉钉已发放",
  refused: (facts) => `钉钉拒绝该账号：${facts}`,
  noReason: "没有给出原因",
  noAnswer: (ms) => `${ms} 毫秒内没有应答`,
  noHandshake: (host, ms) => `${host}：${ms} 毫秒内没有完成握手`,
  upgraded: (host) => `${host} 升级了连接`,
  token: "钉钉已发放：机器人可以发消息",
  noDate: "应答里没有可比对的时间",
  clockAgrees: "与钉钉一致",
  clockAhead: (seconds) => `本机比钉钉快 ${seconds} 秒`,
  clockBehind: (seconds) => `本机比钉钉慢 ${seconds} 秒`
}
