/** What `init` asks and says. */
import { identity } from "effect/Function"
import type { Problem } from "../../config/internal/credential.ts"
import { menus, site } from "../../internal/consoleHints.ts"
import type { Reason } from "../scan/RegistrationError.ts"

export const english = {
  intro: `This writes the configuration of a robot.
Client ID and Client Secret are on ${site}:
  ${menus.credentials}
(init --scan makes a new application by a QR code instead.)`,
  scan: {
    intro: "This makes an application with a robot by a QR code, and writes its configuration.",
    asking: "Asking DingTalk for a code …",
    how: (url: string, minutes: number) =>
      `Scan it with DingTalk on your phone, within ${minutes} minutes, and confirm; or open it where you are logged in:
  ${url}
Waiting. Enter: type in Client ID and Client Secret instead. Ctrl-C: stop.`,
    done: (clientId: string) => `Confirmed: the application's Client ID is ${clientId}.`,
    reasons: {
      refused: "it was refused",
      expired: "nobody has scanned the code in time",
      rejected: "DingTalk does not let this program begin",
      unreachable: "DingTalk can't be reached",
      odd: "DingTalk's answer can't be used"
    } satisfies Readonly<Record<Reason, string>>,
    failed: (reason: string, detail: string) =>
      `Nothing came of the scan: ${reason}${detail === "" ? "" : ` (${detail})`}.
By hand, then: make an application on ${site} and copy its Client ID and Client Secret:
  ${menus.credentials}`
  },
  file: (usual: string) => `File [${usual}]: `,
  keeps: (path: string) => `${path} exists; what else is in it is kept.`,
  replace: (path: string) => `${path} has credentials already. Replace them? [y/N]: `,
  yes: identity<ReadonlyArray<string>>(["y", "yes"]),
  clientId: "Client ID: ",
  clientSecret: "Client Secret (not shown): ",
  taken: (length: number) => `(${length} characters)`,
  missing: (name: string) => `${name} is missing: copy it from ${site}`,
  problems: {
    invisible: "has a character in it that can't be seen: copy it again",
    quotes: "has quotes around it: enter it without",
    placeholder: "is a placeholder (${…}, $NAME, %NAME%, <…>): enter the real one",
    blanks: "has blanks in the middle: were two things copied, or a line cut?"
  } satisfies Readonly<Record<Problem, string>>,
  wrong: (name: string, problem: string) => `${name} ${problem}.`,
  swapped: "The secret looks like a Client ID, and the Client ID does not: they may be swapped. Both are asked again.",
  unreadable: (path: string, problem: string) => `${path}: ${problem}.`,
  notJson: (path: string, problem: string) => `${path} is no configuration: ${problem}. Name another file.`,
  notObject: (path: string) => `${path} is no configuration: it must hold a JSON object. Name another file.`,
  written: (path: string) => `${path} is written, for you alone to read (mode 600). Keep it out of version control.`,
  kept: "Nothing was changed.",
  cancelled: "stopped: nothing was written",
  checking: "Checking it:",
  next: (path: string) =>
    `It works. What next, for example:

  effect-dingtalk exec --config ${path} -- cat`,
  again: (path: string) =>
    `When that is mended, check again:

  effect-dingtalk doctor --config ${path}`,
  needsTerminal:
    "init asks questions, so it needs a terminal. Without one, set DINGTALK_CLIENT_ID and DINGTALK_CLIENT_SECRET, or write {\"clientId\": \"…\", \"clientSecret\": \"…\"} into a file (chmod 600) and name it by --config FILE",
  unwritable: (path: string, problem: string) =>
    `${path} can't be written: ${problem}. Nothing was changed; name a file in a folder of yours by --config FILE`
}

export const chinese: typeof english = {
  intro: `本命令写出机器人的配置文件。
Client ID 和 Client Secret 见 ${site}：
  ${menus.credentials}
（也可以用 init --scan 扫码创建新应用。）`,
  scan: {
    intro: "本命令通过扫码创建带机器人的应用，并写出它的配置文件。",
    asking: "正在向钉钉申请二维码……",
    how: (url, minutes) =>
      `请在 ${minutes} 分钟内用手机钉钉扫码并确认；也可以在已登录钉钉的电脑上打开：
  ${url}
正在等待。按回车键改为手工输入 Client ID 和 Client Secret，按 Ctrl-C 停止。`,
    done: (clientId) => `已确认：应用的 Client ID 是 ${clientId}。`,
    reasons: {
      refused: "被拒绝",
      expired: "没有人在有效期内扫码",
      rejected: "钉钉不允许本程序发起扫码",
      unreachable: "无法连接钉钉",
      odd: "钉钉的应答无法使用"
    },
    failed: (reason, detail) =>
      `扫码没有成功：${reason}${detail === "" ? "" : `（${detail}）`}。
请改为手工操作：在 ${site} 创建应用，复制其 Client ID 和 Client Secret：
  ${menus.credentials}`
  },
  file: (usual) => `文件 [${usual}]：`,
  keeps: (path) => `${path} 已存在，其中的其他设置会保留。`,
  replace: (path) => `${path} 里已有凭据，要替换吗？[y/N]：`,
  yes: ["y", "yes", "是", "好"],
  clientId: "Client ID：",
  clientSecret: "Client Secret（不显示）：",
  taken: (length) => `（${length} 个字符）`,
  missing: (name) => `缺少 ${name}：请从 ${site} 复制`,
  problems: {
    invisible: "里有看不见的字符，请重新复制",
    quotes: "两边带着引号，请去掉引号再输入",
    placeholder: "是占位符（${…}、$NAME、%NAME%、<…>），请输入真实的值",
    blanks: "中间有空格：是复制了两样东西，还是一行被截断了？"
  },
  wrong: (name, problem) => `${name} ${problem}。`,
  swapped: "密钥看起来像 Client ID，而 Client ID 不像：两者可能填反了。请重新输入这两项。",
  unreadable: (path, problem) => `${path}：${problem}。`,
  notJson: (path, problem) => `${path} 不是配置文件：${problem}。请换一个文件。`,
  notObject: (path) => `${path} 不是配置文件：里面必须是一个 JSON 对象。请换一个文件。`,
  written: (path) => `已写入 ${path}，只有您能读取（权限 600）。请不要提交到版本库。`,
  kept: "没有改动任何内容。",
  cancelled: "已停止：没有写入任何内容",
  checking: "正在检查：",
  next: (path) =>
    `一切正常。接下来可以，例如：

  effect-dingtalk exec --config ${path} -- cat`,
  again: (path) =>
    `修正之后，请再检查一次：

  effect-dingtalk doctor --config ${path}`,
  needsTerminal:
    "init 需要提问，只能在终端里使用。没有终端时，请设置环境变量 DINGTALK_CLIENT_ID 和 DINGTALK_CLIENT_SECRET，或者把 {\"clientId\": \"…\", \"clientSecret\": \"…\"} 写入文件（chmod 600），再用 --config FILE 指定",
  unwritable: (path, problem) =>
    `无法写入 ${path}：${problem}。没有改动任何内容；请用 --config FILE 指定您自己目录里的文件`
}
