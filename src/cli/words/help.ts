/**
 * Help in Chinese. The commands describe themselves in English, where they are; each of their sentences has its translation
 * here, and a test says which one has none.
 *
 * @since 0.1.0
 */
import type { Locale } from "./locale.ts"

const chinese: ReadonlyMap<string, string> = new Map(Object.entries({
  // Titles.
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "General options:": "通用选项：",
  "Commands:": "命令：",
  "Examples:": "示例：",
  "DingTalk (钉钉) robots on the command line.": "命令行上的钉钉机器人。",
  "Show the help of a command": "查看一个命令的帮助",

  // What every command has.
  "The settings as a JSON file. Without it they come from DINGTALK_CLIENT_ID and the like.":
    "JSON 格式的配置文件。不写则取自 DINGTALK_CLIENT_ID 等环境变量。",
  "How log records on stderr look. Default: pretty on a terminal, else logfmt.":
    "stderr 上日志的格式。默认：终端上为 pretty，否则为 logfmt。",
  "The least that is logged: all, trace, debug, info, warning, error, fatal or none. Default: info.":
    "记录的最低级别：all、trace、debug、info、warning、error、fatal 或 none。默认：info。",
  "Show this; -h does, too.": "显示本帮助，也可写 -h。",
  "Print a script by which the shell completes commands, options and values.":
    "输出补全脚本，让 shell 能补全命令、选项和取值。",
  "Print the version; -v does, too.": "输出版本，也可写 -v。",
  "Put a command line together by questions, on a terminal.": "在终端上通过问答拼出一条命令。",
  "The account that does it. Default: `default`, or else the first.":
    "由哪个账号执行。默认：`default`，没有则为第一个。",

  // listen
  "Print every message, event and card action as one line of JSON on stdout. A reader that is slow slows the handlers down: what then finds no room in the queue is dropped, counted and logged.":
    "把每条消息、事件、卡片回调以一行 JSON 输出到 stdout。读取方慢，处理就慢；队列里放不下的会丢弃、计数并记日志。",
  "Serve /healthz (?need=all: all accounts must be up, not any) and /metrics on this port; 0 for any, which is then logged. Default: they are not served.":
    "在此端口提供 /healthz（加 ?need=all 则要求全部账号在线）和 /metrics；0 为任意端口，会记入日志。默认：不提供。",
  "The address to serve them on. Default: 127.0.0.1.": "在哪个地址上提供。默认：127.0.0.1。",
  "A name by which clients reach it, beside addresses, localhost and this machine's. May be given again and again.":
    "除地址、localhost 和本机名之外，客户端还会用的名字。可多次给出。",
  "Show what happens on a page in the browser, at this port of this machine alone; 0 for any. Its address, with a token in it, is printed on stderr. Default: there is none.":
    "在浏览器里用网页显示运行情况，只在本机的这个端口；0 为任意端口。带令牌的地址会打印到 stderr。默认：没有。",
  "Show there what people say, too.": "网页上也显示人们说了什么。",
  "What people say, a line each.": "人说的每句话，一句一行。",
  "Keep everything, and let a supervisor ask how it is.": "全部保存，并可供监控查询状态。",

  // exec
  "Answer each message by a program: it gets the text on stdin, and what it prints is the reply. If it prints nothing, nothing is sent. With --stream the reply is a card that shows it while it comes; with --persistent the program stays, and answers by lines of JSON. The program is started directly, never by a shell.":
    "用一个程序回复每条消息：文本从 stdin 传入，它的输出就是回复；没有输出就不发。加 --stream 时，回复是一张边输出边显示的卡片；加 --persistent 时，程序常驻，用一行一个的 JSON 作答。程序直接启动，不经过 shell。",
  "End a program that takes longer: SIGTERM, and SIGKILL 2 s later. Default: no bound. With --persistent: give up a message that is not done by then. Default: 300.":
    "程序超时就结束它：先 SIGTERM，2 秒后 SIGKILL。默认：不限。加 --persistent 时：放弃到时还没处理完的消息。默认：300。",
  "Start the program once, and talk with it by lines of JSON: see docs/exec.md. It is started anew when it ends.":
    "程序只启动一次，用一行一个的 JSON 对话：见 docs/zh/exec.md。它结束后会重新启动。",
  "Reply by a card that shows what the program prints as it prints it.": "用卡片回复，程序输出什么就显示什么。",
  "The AI template of the card. Default: one that DingTalk publishes for everybody.":
    "卡片的 AI 模板。默认：钉钉对所有人公开的模板。",
  "The variable of the template that holds the text. Default: msgContent.": "模板里放文本的变量。默认：msgContent。",
  "Of what the program prints. Default: UTF-8, or GB18030 for what is not; with --stream UTF-8.":
    "程序输出的编码。默认：UTF-8，不是 UTF-8 时按 GB18030；加 --stream 时为 UTF-8。",
  "Put the files of a message there first; DINGTALK_MEDIA_PATHS has their paths, one a line. Default: not fetched.":
    "先把消息里的文件存到这个目录；DINGTALK_MEDIA_PATHS 是它们的路径，一行一个。默认：不取。",
  "What to reply when the program fails. Default: nothing.": "程序失败时回复什么。默认：不回复。",
  "What to reply when it takes longer than --timeout. Default: as --on-error.":
    "超过 --timeout 时回复什么。默认：同 --on-error。",
  "What to reply to a message that finds no room in the queue. Default: nothing.":
    "队列放不下消息时回复什么。默认：不回复。",
  "A program that stays, and talks by lines of JSON.": "常驻的程序，用一行一个的 JSON 对话。",
  "A shell does, with a bound, and an answer where it fails.": "用 shell 也行：限时，失败时有回复。",

  // send
  "Send a text, a file, a picture or a card. To one target: print DingTalk's id of it as a line of JSON. To many: people are sent to 20 per call, and what becomes of each target is a line of JSON, by which a later run can go on.":
    "发送文本、文件、图片或卡片。发给一个目标：以一行 JSON 输出钉钉给的 id。发给许多目标：每次调用发 20 人，每个目标的结果是一行 JSON，下次可以据此接着发。",
  "Whom it is for: user:STAFF_ID, mobile:NUMBER, chat:CONVERSATION_ID for a group, or webhook:NAME for a custom robot. May be given again and again.":
    "发给谁：user:STAFF_ID、mobile:NUMBER、群 chat:CONVERSATION_ID，或自定义机器人 webhook:NAME。可多次给出。",
  "A list of targets, one a line, for as many as you like; - reads it from stdin.":
    "目标列表，一行一个，多少都行；- 表示从 stdin 读取。",
  "What to say, as renderMode has it; - reads it from stdin.": "要说的话，按 renderMode 发送；- 表示从 stdin 读取。",
  "What to say, in Markdown; - reads it from stdin.": "要说的话，Markdown 格式；- 表示从 stdin 读取。",
  "What notifications show of --markdown. Default: its first line.": "--markdown 在通知里显示什么。默认：第一行。",
  "A file: xlsx, pdf, zip, rar, doc, docx or html; others with --zip.":
    "文件：xlsx、pdf、zip、rar、doc、docx 或 html；其他类型加 --zip。",
  "A picture: jpg, gif, png or bmp.": "图片：jpg、gif、png 或 bmp。",
  "A sound: amr, mp3, wav or ogg, up to 2 MB; with --duration.":
    "语音：amr、mp3、wav 或 ogg，最大 2 MB；须加 --duration。",
  "A film: mp4, up to 20 MB; with --duration.": "视频：mp4，最大 20 MB；须加 --duration。",
  "The picture of a --video before it is played. Default: a grey one.": "--video 播放之前的封面。默认：灰色图片。",
  "How long a sound or a film is: DingTalk shows it, and does not measure it.":
    "语音或视频的时长：钉钉只显示，不会去量。",
  "Mention people in a text or Markdown: staff ids, mobile numbers. By a webhook they are told; else names stand in it.":
    "在文本或 Markdown 里 @ 人：staff id 或手机号。走 Webhook 时会提醒对方，否则名字写在正文里。",
  "Mention everybody in the group.": "@ 群里所有人。",
  "Zip a --file that DingTalk does not take as it is.": "钉钉不接受的 --file 先压缩。",
  "Fetch a URL of this host although it is not public, or not https.":
    "允许取这个主机上的 URL，即使它不是公网或不是 https。",
  "A card of this template, one for each target.": "用这个模板发卡片，每个目标一张。",
  "A variable of the card. May be given again and again.": "卡片的变量。可多次给出。",
  "What an earlier run has printed: go on with those who did not get it.": "上一次运行的输出：对没有收到的人接着发。",
  "With --resume, also send again to those who may have got it.": "与 --resume 一起：可能已收到的人也再发一次。",
  "Send nothing: print the requests, as lines of JSON, that would be made.":
    "不发送：以一行一个的 JSON 打印将要发出的请求。",
  "To a person.": "发给一个人。",
  "What would go to a list of people.": "看看会向名单里的人发出什么。",

  // recall
  "Take back messages that are at most 24 hours old; nothing of them stays in the chat. What becomes of each is a line of JSON.":
    "撤回 24 小时以内的消息，聊天里不留痕迹。每条的结果是一行 JSON。",
  "Where they were sent: chat:<conversation id> for a group. Default: to people.":
    "当时发到哪里：群为 chat:<会话 id>。默认：发给人的。",
  "The messageId that send has printed; - reads keys, or lines that send has printed, from stdin.":
    "send 输出的 messageId；- 表示从 stdin 读取它们，或 send 输出的行。",
  "Everything that a run of send has printed.": "一次 send 输出的全部。",
  "One message of a group.": "群里的一条消息。",

  // inbox
  "Keep what is acknowledged in this file of SQLite, or in the database of a postgresql:// URL, until it is handled; after a crash it still is. SQLite takes the package better-sqlite3. Default: it is kept in memory.":
    "把已应答的消息保存在这个 SQLite 文件里，或 postgresql:// URL 的数据库里，直到处理完，崩溃之后仍会处理。SQLite 需要包 better-sqlite3。默认：保存在内存里。",
  "Look at an inbox: what waits in it, and what was given up. What is retried, a running listen or exec takes up within a second, and otherwise the next one.":
    "查看收件箱：什么在等待，什么已放弃。重试的内容，正在运行的 listen 或 exec 一秒之内接手，否则由下一个接手。",
  "The account. Default: for list all, else `default`.": "哪个账号。默认：list 为全部，否则为 `default`。",
  "For list: only these. May be given again. Default: all but done.":
    "用于 list：只看这些。可多次给出。默认：除已完成之外的全部。",
  "For list: how many at most. Default: 100.": "用于 list：最多多少条。默认：100。",
  "list: what waits and what is dead, a line of JSON each. show ENTRY…: with the message. retry ENTRY…: have it handled again. drop ENTRY…: never, unless it begins within the next second. An entry is its number in the list, or its id there: the messageId of DingTalk, event:…, or request:…. What waits in a cluster has an id only.":
    "list：等待的和已放弃的，一行一个 JSON。show ENTRY…：连同消息一起显示。retry ENTRY…：再处理一次。drop ENTRY…：永不处理，除非它在接下来的一秒之内就开始。ENTRY 是列表里的编号（number），或列表里的 id：钉钉的 messageId、event:…，或 request:…。在集群里等待的只有 id。",
  "What was given up, and why.": "放弃了什么，为什么。",
  "Have one of them handled again.": "让其中一条再处理一次。",

  // init, new, doctor, simulate, demo
  "Ask for Client ID and Client Secret, or get them by a QR code, write them into a configuration file for you alone to read, and check them.":
    "询问 Client ID 和 Client Secret，或扫码获取，写入只有您可读的配置文件，并检查。",
  "Show a QR code; who scans it with DingTalk makes a new robot, and the file gets its credentials. Default: ask for them.":
    "显示二维码；用钉钉扫码即创建新机器人，凭证写入文件。默认：询问。",
  "A new robot by a QR code, and its credentials in a file.": "扫码创建新机器人，凭证写入文件。",
  "Asks for the file, Client ID and Client Secret.": "询问文件名、Client ID 和 Client Secret。",
  "The same for this file; what else is in it is kept.": "写入这个文件，其中的其他设置保留。",
  "Make a folder with a robot in Effect: package.json, a handler, a test against the fake DingTalk, and a Dockerfile.":
    "创建一个目录，里面是用 Effect 写的机器人：package.json、处理函数、对着模拟钉钉的测试，以及 Dockerfile。",
  "The folder to be made; its name is the robot's. One that is there has to be empty.":
    "要创建的目录，它的名字就是机器人的名字。已存在的必须是空的。",
  "A robot in a folder of its own.": "在单独的目录里创建机器人。",
  "In this folder, which is empty.": "在当前的空目录里创建。",
  "Check configuration, network, credentials, ticket, WebSocket, token and clock, and say what to do about each failure.":
    "检查配置、网络、凭证、ticket、WebSocket、token 和时钟，并说明每项失败该怎么办。",
  "Print each finding as a line of JSON.": "每项结果输出为一行 JSON。",
  "Check the account that the environment names.": "检查环境变量里的账号。",
  "All accounts of a file, for a program.": "检查文件里的所有账号，供程序读取。",
  "Play DingTalk on this machine, so that a robot can be developed without an account and without a network.":
    "在本机模拟钉钉，不需要账号和网络也能开发机器人。",
  "The port on 127.0.0.1; 0 for any. Default: 0.": "127.0.0.1 上的端口；0 为任意。默认：0。",
  "Write the settings of a robot for it into this file, as in: exec --config FILE.":
    "把机器人用的设置写入这个文件，供 exec --config FILE 使用。",
  "A DingTalk to talk to, at a port that stays.": "端口固定的模拟钉钉。",
  "Say things from a script.": "由脚本来说话。",
  "See a robot at work, and what it does when things go wrong: twenty seconds, no account, no network.":
    "看机器人怎样工作、出问题时怎样应对：二十秒，不需要账号和网络。",
  "A robot at work, without an account and without a network.": "看一个机器人工作，不需要账号和网络。",
  "The first robot: it says everything louder.": "第一个机器人：把每句话都变成大写。",
  "Complete commands and options in this shell.": "在这个 shell 里补全命令和选项。",
  "Look on, then talk to the robot.": "先看，再和机器人说话。",
  "With the log beside it.": "同时显示日志。",

  // play
  "Chat with a robot in the browser: DingTalk is played on this machine, without an account and without a network. The robot is COMMAND, as in exec; without one, a built-in robot; with --own, one that you start yourself. What goes wrong with DingTalk goes wrong at a click, and a conversation can be saved as a test.":
    "在浏览器里与机器人聊天：钉钉由本机模拟，不需要账号和网络。机器人是 COMMAND（同 exec），不写则为内置机器人，--own 则由您自己启动。点一下就能让钉钉出故障，对话还可以存成测试。",
  "The port of the page on 127.0.0.1; 0 for any. Default: 0.": "页面在 127.0.0.1 上的端口；0 为任意。默认：0。",
  "The port of the DingTalk that is played, for a robot of your own; 0 for any. Default: 0.":
    "模拟的钉钉的端口，供您自己的机器人连接；0 为任意。默认：0。",
  "Start no robot: the page says what yours needs in order to connect.": "不启动机器人：页面会写明您的机器人怎样连接。",
  "Open the page in the browser.": "在浏览器里打开页面。",
  "Run the built-in robot alone, with the settings of the environment, as a saved test does.":
    "只运行内置机器人，设置取自环境变量；保存的测试就是这样启动它的。",
  "Chat with the built-in robot, and let things go wrong.": "与内置机器人聊天，再制造一些故障。",
  "The same with a robot of yours.": "换成您自己的机器人。"
}))

/**
 * A sentence of the help in a language. One without a translation stays as it is.
 *
 * @since 0.1.0
 * @category rendering
 */
export const inLanguage = (locale: Locale) => (english: string): string =>
  locale === "zh" ? chinese.get(english) ?? english : english
