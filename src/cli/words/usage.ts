/**
 * What is wrong with a command line, in Chinese.
 *
 * @since 0.1.0
 */
import { chinese as hints } from "./library/hints.ts"
import { inChinese as issueInChinese } from "./library/issues.ts"
import { type Phrase, phrase } from "./library/phrases.ts"

/** `a, b and c`, or with `or`. */
const listed = (names: string): string => names.replace(/,? (?:and|or) |, /g, "、")

const howTo = "user:STAFF_ID、chat:CONVERSATION_ID、mobile:NUMBER、webhook:NAME，或不带前缀的 id"

/** What to do instead, behind a colon. */
const ways: ReadonlyArray<Phrase> = [
  [/^did you mean (\S+)\?$/, (name) => `是不是 ${name}？`],
  [/^use one of (.+)$/, (names = "") => `请用 ${listed(names)} 之一`],
  [/^see which there are by --help$/, () => "用 --help 查看全部选项"],
  [/^it belongs to (.+); leave it out$/, (owners = "") => `它属于 ${listed(owners)}，请去掉`],
  [/^leave it out$/, () => "请去掉"]
]

const way = (text: string): string => phrase(ways, text)

/** What is wrong with a target, a file or a word, behind its name. */
const faults: ReadonlyArray<Phrase> = [
  [/^names nobody: write .*$/, () => `没有写明是谁：请写 ${howTo}`],
  [/^is more than one word: write one target, .*$/, () => `不止一个词：一次写一个目标，${howTo}`],
  [/^is more than one word: give one key$/, () => "不止一个词：一次写一个"],
  [
    /^has the control character (U\+\S+) at place (\d+): take it out$/,
    (code, place) => `第 ${place} 个字符是看不见的控制字符 ${code}：请去掉`
  ],
  [/^is no mobile number: .*$/, () => "不是手机号：请写数字，例如 mobile:13800138000"],
  [/^is no whole line that send has printed: .*$/, () => "不是 send 输出的完整一行：请去掉，或直接给出 messageId"],
  [
    /^is no text in UTF-8, UTF-16 or GB18030: save it as UTF-8$/,
    () => "不是 UTF-8、UTF-16 或 GB18030 文本：请另存为 UTF-8"
  ],
  [/^must be a port, from 0 to 65535, but is (.+)$/, (found) => `必须是 0 到 65535 的端口，现在是 ${found}`],
  [/^must be more than 0 seconds, but is (.+)$/, (found) => `必须大于 0 秒，现在是 ${found}`],
  [/^must be a whole number, but is (".*")$/s, (found) => `必须是整数，现在是 ${found}`],
  [/^must be a number, but is (".*")$/s, (found) => `必须是数字，现在是 ${found}`],
  [
    /^must be one of ([^"]+?)(?:, but is (".*"))?$/s,
    (names = "", found = "") => `必须是 ${listed(names)} 之一${found === "" ? "" : `，现在是 ${found}`}`
  ],
  [/^has no value: .*$/, () => "缺少取值：请写在它后面，或去掉它"],
  [/^takes no value, but is given (".*"): leave that out$/s, (found) => `不带取值，却写了 ${found}：请去掉`],
  [/^is given twice: a card has one value of each name$/, () => "写了两次：卡片的每个变量只有一个值"],
  [/^is given twice: (\S+) takes it once$/, (command) => `写了两次：${command} 只接受一次`],
  [/^has no =: .*$/, () => "没有 =：请写成 name=value，例如 --param title=Hello"],
  [/^has no name: .*$/, () => "没有名字：请写成 name=value，例如 --param title=Hello"],
  [/^is empty$/, () => "是空的"],
  [/^needs its length: give --duration SECONDS$/, () => "需要时长：请加 --duration SECONDS"],
  [/^belongs to (.+): leave it out, or give that$/, (of = "") => `要与 ${listed(of)} 一起用：请去掉，或加上后者`],
  [/^has no option (\S+): (.+)$/, (name, rest = "") => `没有选项 ${name}：${way(rest)}`],
  [
    /^does not know what to do with (".*"): .*$/s,
    (word) => `不知道 ${word} 是什么：文字要写在选项后面，有空格时加引号`
  ],
  [
    /^is not executable: chmod \+x it, or put its interpreter before it, as in: (.+)$/s,
    (line) => `不可执行：请 chmod +x，或在前面写上解释器，例如：${line}`
  ],
  [/^is a directory: name a program$/, () => "是目录：请写程序的路径"],
  [
    /^must name a file, or a database as (\S+); it is empty$/,
    (example) => `要写一个文件，或一个数据库，例如 ${example}；现在是空的`
  ],
  [/^names a file with a NUL in it$/, () => "写的文件名里有 NUL 字符：请去掉"],
  [
    /^takes a file, or a URL of (\S+), not of (\S+)$/,
    (right, found) => `只接受文件或 ${right} 开头的 URL，不接受 ${found}`
  ],
  [
    /^is no URL as in (\S+); .*$/,
    (example) => `不是 URL，应当像 ${example}；密码里的特殊字符要编码`
  ],
  [
    /^FILE takes the driver (\S+), which is not installed: (npm install \S+), .*$/,
    (driver, install) => `FILE 需要驱动“${driver}”，还没有安装：请与本程序装在一起，例如：${install}（全局安装的加 -g）`
  ],
  [
    /^does list, show, retry or drop, not (.+)$/s,
    (found = "") => `只有 list、show、retry、drop，${found === "nothing" ? "现在没有写" : `没有 ${found}`}`
  ],
  [/^takes no (.+): show does$/s, (word) => `后面不写 ${word}：要看某一条请用 show`],
  [/^what\? give numbers that list has shown, or ids$/, () => "哪一条？请写 list 列出的编号（number）或 id"],
  [/^is for list$/, () => "只用于 list"],
  [/^must be at least (\S+), but is (\S+)$/, (least, found) => `至少为 ${least}，现在是 ${found}`],
  [/^is not for a COMMAND: leave one of them out$/, () => "不能与命令一起用：请去掉其中一个"],
  [
    /^belongs to a COMMAND: put one behind --, as in: (.+)$/,
    (line) => `要与命令一起用：请在 -- 后面写上命令，例如：${line}`
  ]
]

/** What is wrong with what is behind `--file` and its like, or with a line of a list. */
const details: ReadonlyArray<Phrase> = [
  [/^(.+); check the path$/s, (problem = "") => `${hints.file(problem)}；请检查路径`],
  [
    /^DingTalk takes no such (\S+), only (.+?)(?:; (.+))?$/,
    (_kind, types = "", advice = "") =>
      `钉钉不接受这种类型，只接受 ${listed(types)}${
        advice === ""
          ? ""
          : advice.startsWith("give --zip")
          ? "；可加 --zip 压缩后发送"
          : "；可用 --file 作为文件发送"
      }`
  ],
  [
    /^it has (\S+ MB) \((\d+) bytes\), and DingTalk takes (\S+ MB); .*$/,
    (size, bytes, limit) => `大小为 ${size}（${bytes} 字节），钉钉最多接受 ${limit}；请改小，或发送链接`
  ],
  [
    /^it is not fetched: (.+?); (?:.*give (--allow-host \S+)|check the URL)$/s,
    (reason, option) => `没有去取（${reason}）；${option === undefined ? "请检查 URL" : `若确实要取，请加 ${option}`}`
  ],
  [/^there is no target in it: .*$/, () => `里面没有目标：请一行写一个，${howTo}`],
  [/^there is no "(.*)"; name one such as utf-8 or gb18030$/, (name) => `没有编码“${name}”，例如可写 utf-8 或 gb18030`],
  [
    /^nobody of the organisation has this number: .*$/,
    () => "企业里没有人用这个手机号：请核对，或改写 user:STAFF_ID"
  ],
  [/^cannot listen on (\S+) \((.+)\)$/, (address, code) => `无法监听 ${address}（${code}）`],
  [
    /^can't listen on (\S+) \((.+)\): choose another port, or 0 for any$/,
    (address, code) => `无法监听 ${address}（${code}）：请换一个端口，或写 0 由系统选择`
  ],
  [/^it is a directory: name a file in it$/, () => "是目录：请写其中的一个文件"],
  [/^there is no such file: name the one that .*$/, () => "没有这个文件：请写给 listen 或 exec 的那一个"],
  [/^there is no directory (.+): make it first$/s, (path) => `没有目录 ${path}：请先建立`],
  [/^it can't be looked at$/, () => "无法查看"],
  [/^it is no database of SQLite$/, () => "不是 SQLite 数据库"],
  [/^it can't be opened: .*$/, () => "打不开：请检查它和它所在目录的权限"],
  [/^it can't be written: .*$/, () => "写不进去：请检查它和它所在目录的权限"],
  [
    /^better-sqlite3 was built for another version of Node: (.+)$/,
    (way) => `better-sqlite3 是为另一个版本的 Node 编译的，请重新编译，例如：${way}`
  ],
  [/^stdin is empty: .*$/, () => "stdin 是空的：请检查应该向它写入的程序"],
  [/^stdin (.+)$/s, (rest = "") => `stdin ${phrase(faults, rest)}`]
]

const wholes: ReadonlyArray<Phrase> = [
  [
    /^there is no command (".*"): for a line of shell, put a shell before it, as in: (.+)$/s,
    (name, line) => `没有命令 ${name}：一行 shell 要在前面写上 shell，例如：${line}`
  ],
  [/^there is no command "(.*)": (.+)$/s, (name, rest = "") => `没有命令“${name}”：${way(rest)}`],
  [/^there is no command: (.+)$/, (rest = "") => `没有写命令：${way(rest)}`],
  [/^there is no option (\S+): (.+)$/, (name, rest = "") => `没有选项 ${name}：${way(rest)}`],
  [/^put the command behind --, as in: (.+)$/s, (line) => `命令要写在 -- 后面，例如：${line}`],
  [
    /^there is no command to run; put it behind --, as in: (.+)$/,
    (line) => `没有要运行的命令：请写在 -- 后面，例如：${line}`
  ],
  [
    /^which inbox\? give --inbox .*$/,
    () => "哪一个收件箱？请用 --inbox 写上给 listen 或 exec 的文件或 URL"
  ],
  [/^--own and --robot-only: .*$/, () => "--own 与 --robot-only 不能一起用：前者不启动机器人，后者只启动机器人"],
  [
    /^the files of the page "(.*)" are not there: .*$/s,
    (page) => `没有页面“${page}”的文件：请重新安装这个包；在源码仓库里则运行，例如：npm run build:page`
  ],
  [/^Received unknown argument: '(.*)'$/s, (word) => `不知道“${word}”是什么：请去掉`],
  [
    /^the inbox of the account (\S+) has no entry (\S+): list shows what there is, .*$/,
    (account, entry) => `账号 ${account} 的收件箱里没有 ${entry}：用 list 查看有哪些，每条有 number、id，或两者都有`
  ],
  [
    /^entry (\S+) of the account (\S+) is (\S+): .*$/,
    (entry, account, state) =>
      `账号 ${account} 的 ${entry} 处于 ${state} 状态：retry 用于 dead 和 dropped，drop 用于 waiting 和 dead`
  ],
  [/^these are the oldest (\d+): --limit shows more$/, (count) => `这是最旧的 ${count} 条：用 --limit 查看更多`],
  [/^--wizard asks questions: use it on a terminal$/, () => "--wizard 需要问答，请在终端上使用"],
  [
    /^--stream is not for --persistent: .*$/,
    () => "--stream 不能与 --persistent 一起用：常驻的程序用 card.create 发卡片"
  ],
  [
    /^there is no command "(.*)" in the directories of PATH: .*$/s,
    (name) => `PATH 的目录里没有命令“${name}”：请检查名称，或写出路径`
  ],
  [/^there is no (.+): check the path of the command behind --$/s, (path) => `没有 ${path}：请检查 -- 后面命令的路径`],
  [
    /^(\S+(?: and \S+)?) must be the address of an HTTP proxy, such as (\S+); .*$/s,
    (names = "", example) => `${listed(names)} 必须是 HTTP 代理的地址，例如 ${example}；不走代理的写在 NO_PROXY 里`
  ],
  [/^there is nobody to send to: give --to, or --to-file$/, () => "没有写发给谁：请加 --to 或 --to-file"],
  [/^stdin is wanted twice, .*$/, () => "stdin 被用了两次（文本和 --to-file）：请把其中一个放进文件"],
  [
    /^there is nothing to send: give one of (.+)$/,
    (options = "") => `没有要发送的内容：请给出 ${listed(options)} 之一`
  ],
  [
    /^(--.+) cannot be sent as one message: run send once for each$/,
    (options = "") => `${listed(options)} 不能作为一条消息发送：请分别运行 send`
  ],
  [
    /^webhook:(\S+) is not known: set (\S+) to its URL .*$/,
    (name, variable) =>
      `不认识 webhook:${name}：请把 ${variable} 设为它的 URL（加签的再把 ${variable}_SECRET 设为密钥），或在配置文件里写 "webhooks": {"${name}": {"url": "…", "secret": "SEC…"}}`
  ],
  [
    /^the text takes (\d+) messages of at most (\d+) characters and (\d+) bytes; with (--title|many targets) it has to be one: .*$/,
    (count, characters, bytes, why) =>
      `文本要分成 ${count} 条（每条最多 ${characters} 个字符、${bytes} 字节）；${
        why === "--title" ? "有 --title" : "有多个目标"
      }时只能是一条：请缩短、调大 textChunkLimit，或用 --file 发送`
  ],
  [
    /^a webhook carries neither files nor cards: .*$/,
    () => "Webhook 发不了文件和卡片：请用 --text 或 --markdown 发送链接，或发给 user:… 和 chat:…"
  ],
  [
    /^there is no message to recall: .*$/,
    () => "没有写要撤回的消息：请给出 send 输出的 messageId，或用 - 从 stdin 读取"
  ],
  [/^no line that send has printed for many targets$/, () => "不是 send 向多个目标发送时输出的行"],
  [/^and (\d+) more$/, (count) => `还有 ${count} 处`],
  [/^(.+), line (\d+): (.+)$/s, (name, number, rest = "") => `${name} 第 ${number} 行：${problem(rest)}`],
  [/^line (\d+): (.+)$/s, (number, rest = "") => `第 ${number} 行：${problem(rest)}`],
  [/^(--config \S+): (.+)$/s, (option, rest = "") => `${option}：${issueInChinese(rest)}`]
]

/** What something is wrong with, and what: text in quotes, a word, or an option with its value, which may have blanks. */
const named = [
  /^((?:--\S+ )?"(?:[^"\\]|\\.)*"|\S+?(?: -)?)(:? )(.+)$/s,
  /^(--\S+ .+?)(: )(.+)$/s,
  /^(--\S+ .+?)( )((?:is|has) .+)$/s
]

const problem = (text: string): string => {
  const whole = phrase(wholes, text)
  if (whole !== text) return whole
  for (const pattern of named) {
    const [, name = "", between, rest = ""] = pattern.exec(text) ?? []
    const said = phrase(between === ": " ? details : faults, rest)
    if (said !== rest) return `${name}${between === ": " ? "：" : " "}${said}`
  }
  return text
}

const titles: ReadonlyArray<Phrase> = [
  [/^there are several mistakes:$/, () => "有几处错误："],
  [/^stdin can't be read as keys:$/, () => "stdin 的内容不能当作 messageId："]
]

/**
 * What is wrong with a command line, line by line. A sentence that is not known stays as it is.
 *
 * @since 0.1.0
 * @category rendering
 */
export const inChinese = (message: string): string => {
  const [first = "", ...rest] = message.split("\n  - ")
  return rest.length === 0 ? problem(message) : [phrase(titles, first), ...rest.map(problem)].join("\n  - ")
}
