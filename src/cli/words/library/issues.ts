/**
 * What is wrong with a configuration, in Chinese: the library says it in English, so each of its sentences is recognised
 * here by its pattern. One that is not stays as it is.
 *
 * @since 0.1.0
 */

import { type Phrase, phrase } from "./phrases.ts"

/** What a value must be, and what it is. */
const kinds: ReadonlyArray<Phrase> = [
  [/^true or false \(or yes\/no, on\/off, 1\/0\)$/, () => "true 或 false（或 yes/no、on/off、1/0）"],
  [/^a whole number of at least 1$/, () => "不小于 1 的整数"],
  [/^a number of milliseconds above 0$/, () => "大于 0 的毫秒数"],
  [/^a number of (.+) above 0$/, (unit) => `大于 0 的数（${unit}）`],
  [/^a list of strings, a JSON array or a comma list$/, () => "字符串列表、JSON 数组或逗号分隔的列表"],
  [
    /^an http:\/\/ or https:\/\/ URL without user name and query, such as (.+)$/,
    (example) => `不带用户名和查询串的 http:// 或 https:// 地址，例如 ${example}`
  ],
  [/^an object of settings$/, () => "由设置组成的对象"],
  [/^an object that holds each account's settings under its id$/, () => "以账号名为键、设置为值的对象"],
  [/^a string in quotes$/, () => "带引号的字符串"],
  [/^a string$/, () => "字符串"],
  [/^a string of (\d+) characters$/, (count) => `长度为 ${count} 的字符串`],
  [/^an empty string$/, () => "空字符串"],
  [/^an object$/, () => "对象"],
  [/^an? (?:list|array)$/, () => "列表"],
  [/^a number$/, () => "数字"],
  [/^a boolean$/, () => "布尔值"],
  [/^an odd list$/, () => "奇怪的列表"],
  [/^(".+") or (".+")$/, (a, b) => `${a} 或 ${b}`]
]

const kind = (text: string): string => phrase(kinds, text)

const expected: ReadonlyArray<Phrase> = [
  [/^a value or "\]"$/, () => "一个值或“]”"],
  [/^a value$/, () => "一个值"],
  [/^a key in double quotes or "\}"$/, () => "双引号里的键或“}”"],
  [/^a key in double quotes$/, () => "双引号里的键"],
  [/^nothing more$/, () => "到此结束"],
  [/^"," or "(.)"$/, (close) => `“,” 或 “${close}”`]
]

const advice: ReadonlyArray<Phrase> = [
  [/^the text ends here$/, () => "文本到这里就结束了"],
  [
    /^this string is not closed, or holds a line break or a lone "\\"$/,
    () => "这个字符串没有结束，或含有换行或单独的“\\”"
  ],
  [/^there is a comma before it that must go$/, () => "前面多了一个逗号"],
  [/^strings stand in double quotes$/, () => "字符串要用双引号"],
  [/^JSON has no comments$/, () => "JSON 没有注释"]
]

const sentences: ReadonlyArray<Phrase> = [
  [/^is missing: add the application's Client ID \(AppKey\)$/, () => "缺失：请填写应用的 Client ID（AppKey）"],
  [
    /^is missing: add the application's Client Secret \(AppSecret\)$/,
    () => "缺失：请填写应用的 Client Secret（AppSecret）"
  ],
  [/^the configuration must be an object, but is (.+)$/, (found) => `配置必须是一个对象，现在是${kind(found)}`],
  [
    /^must be at least (\S+) \((\d+)\), but is (.+)$/,
    (other, least, found) => `不能小于 ${other}（${least}），现在是 ${found}`
  ],
  [/^must be (.+), but is (.+)$/s, (wanted, found) => `必须是${kind(wanted)}，现在是${kind(found)}`],
  [/^is no setting, and has no effect$/, () => "不是设置项，没有作用"],
  [/^is no setting \(is (.+) meant\?\), and has no effect$/, (name) => `不是设置项（是不是 ${name}？），没有作用`],
  [/^(\d+) more keys are no settings, and have no effect$/, (count) => `还有 ${count} 个键不是设置项，没有作用`],
  [/^has no effect, because (.+) stands beside it$/, (other) => `没有作用，因为旁边写了 ${other}`],
  [
    /^has a character in it that can't be seen \((.+)\): .*$/,
    (point) => `含有看不见的字符（${point}）：请手工重新输入，或从别处复制`
  ],
  [/^has quotes around it .*$/, () => "两边带着引号，会被当作值的一部分（docker --env-file 不会去掉它们）：请去掉引号"],
  [/^is a placeholder .*$/, () => "是没有被替换的占位符（${…}、$NAME、%NAME%、<…>）：请检查变量是否已设置"],
  [/^has blanks in the middle: .*$/, () => "中间有空格：是复制了两样东西，还是一行被截断了？"],
  [
    /^begins with "dingtalk_", .*$/,
    () =>
      "以“dingtalk_”开头，Client ID 不会这样：请从开发者后台应用的“凭证与基础信息”复制 Client ID（原 AppKey，常以 ding 开头）"
  ],
  [/^has a blank name: every account needs an id$/, () => "名称是空的：每个账号都需要一个名称"],
  [
    /^is empty: add an account, or appKey and appSecret beside it$/,
    () => "是空的：请添加一个账号，或在旁边写上 appKey 和 appSecret"
  ],
  [/^leaves no account to run: every account is disabled$/, () => "没有可运行的账号：所有账号都被停用"],
  [
    /^gives account (".*") the Client ID that account (".*") has from (\S+): .*$/,
    (one, other, path) =>
      `让账号 ${one} 用了账号 ${other}（${path}）的 Client ID：两者会互相抢走消息；请各用一个应用，或设置 "enabled": false`
  ],
  [/^there is no such file: check the path$/, () => "没有这个文件：请检查路径"],
  [/^it is a directory: name a file in it$/, () => "这是一个目录：请写出其中的文件名"],
  [
    /^the file is no text in UTF-8, UTF-16 or GB18030: save it as UTF-8$/,
    () => "文件不是 UTF-8、UTF-16 或 GB18030 编码的文本：请另存为 UTF-8"
  ],
  [/^the file may not be read: permission denied$/, () => "没有权限读取该文件"],
  [/^the file cannot be read$/, () => "无法读取该文件"],
  [/^the environment cannot be read: (.+)$/, (why) => `无法读取环境变量：${why}`],
  [/^not valid JSON$/, () => "不是有效的 JSON"],
  [
    /^not valid JSON at line (\d+), column (\d+): expected (.+?)(?:; (.+))?$/s,
    (line, column, wanted = "", hint = "") =>
      `不是有效的 JSON：第 ${line} 行第 ${column} 列应为${phrase(expected, wanted)}${
        hint === "" ? "" : `；${phrase(advice, hint)}`
      }`
  ],
  [
    /^(\S+) holds a secret, and others may read it: chmod 600 it$/,
    (path) => `${path} 里有密钥，而别人也能读取：请执行 chmod 600 ${path}`
  ],
  [
    /^(\S+) looks like a Client ID, and (\S+) does not: are they swapped\?$/,
    (secret, id) => `${secret} 看起来像 Client ID，而 ${id} 不像：是不是填反了？`
  ],
  [
    /^(\S+) goes with a secret of the top level, (\S+): .*$/,
    (id, secret) => `${id} 用的是顶层的密钥，而不是 ${secret}：这样对吗？`
  ],
  [/^(\S+) is not https: .*$/, (path) => `${path} 不是 https：密钥和令牌会明文传输`],
  [
    /^account (".*") is left out: (\S+) (.+)$/s,
    (id, path, why = "") => `账号 ${id} 未启用：${path} ${phrase(sentences, why)}`
  ]
]

/**
 * An issue, or a warning, of the configuration.
 *
 * @since 0.1.0
 * @category rendering
 */
export const inChinese = (message: string): string => {
  const whole = phrase(sentences, message)
  if (whole !== message) return whole
  // A warning begins with its path.
  const [, path = "", rest = ""] = /^(\S+) (.+)$/s.exec(message) ?? []
  return rest === "" ? message : `${path} ${phrase(sentences, rest)}`
}
