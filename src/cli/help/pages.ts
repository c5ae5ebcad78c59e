/**
 * What the commands themselves can't say of their use: how a line of each begins, and examples.
 *
 * @since 0.1.0
 */

/**
 * An example: a line to be typed, and what it is for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Example {
  readonly line: string
  readonly about: string
}

/**
 * A command's part of its help.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page {
  /** Behind the program's name. */
  readonly usage: ReadonlyArray<string>
  readonly examples: ReadonlyArray<Example>
}

/**
 * The program's own page.
 *
 * @since 0.1.0
 * @category constants
 */
export const program: Page = {
  usage: ["COMMAND [OPTION…]", "help COMMAND"],
  examples: [
    { line: "effect-dingtalk demo", about: "A robot at work, without an account and without a network." },
    { line: "effect-dingtalk exec -- tr a-z A-Z", about: "The first robot: it says everything louder." },
    { line: "source <(effect-dingtalk --completions bash)", about: "Complete commands and options in this shell." }
  ]
}

/**
 * The page of each command.
 *
 * @since 0.1.0
 * @category constants
 */
export const pages: Readonly<Record<string, Page>> = {
  listen: {
    usage: ["listen [OPTION…]"],
    examples: [
      { line: "effect-dingtalk listen | jq -r .text", about: "What people say, a line each." },
      {
        line: "effect-dingtalk listen --config robot.json --health-port 8080 >> messages.jsonl",
        about: "Keep everything, and let a supervisor ask how it is."
      }
    ]
  },
  exec: {
    usage: ["exec [OPTION…] -- COMMAND [ARGUMENT…]"],
    examples: [
      {
        line: "effect-dingtalk exec --persistent -- python3 bot.py",
        about: "A program that stays, and talks by lines of JSON."
      },
      {
        line: "effect-dingtalk exec --timeout 30 --on-error '出错了' -- sh -c 'grep -i \"$(cat)\" notes.txt'",
        about: "A shell does, with a bound, and an answer where it fails."
      }
    ]
  },
  send: {
    usage: ["send --to TARGET --text TEXT [OPTION…]", "send --to-file FILE --markdown TEXT [OPTION…]"],
    examples: [
      { line: "effect-dingtalk send --to user:zhangsan --text '午饭时间'", about: "To a person." },
      {
        line: "effect-dingtalk send --to-file people.txt --markdown '### 三点开会' --dry-run",
        about: "What would go to a list of people."
      }
    ]
  },
  recall: {
    usage: ["recall [OPTION…] KEY…"],
    examples: [
      { line: "effect-dingtalk recall - < result.jsonl", about: "Everything that a run of send has printed." },
      { line: "effect-dingtalk recall --to chat:cidXXXX KEY", about: "One message of a group." }
    ]
  },
  inbox: {
    usage: ["inbox list --inbox FILE [OPTION…]", "inbox show|retry|drop ENTRY… --inbox FILE [OPTION…]"],
    examples: [
      { line: "effect-dingtalk inbox list --inbox inbox.db --state dead", about: "What was given up, and why." },
      { line: "effect-dingtalk inbox retry 17 --inbox inbox.db", about: "Have one of them handled again." }
    ]
  },
  doctor: {
    usage: ["doctor [OPTION…]"],
    examples: [
      { line: "effect-dingtalk doctor", about: "Check the account that the environment names." },
      { line: "effect-dingtalk doctor --config robot.json --json", about: "All accounts of a file, for a program." }
    ]
  },
  init: {
    usage: ["init [OPTION…]"],
    examples: [
      { line: "effect-dingtalk init --scan", about: "A new robot by a QR code, and its credentials in a file." },
      { line: "effect-dingtalk init", about: "Asks for the file, Client ID and Client Secret." },
      { line: "effect-dingtalk init --config ops.json", about: "The same for this file; what else is in it is kept." }
    ]
  },
  new: {
    usage: ["new DIR"],
    examples: [
      { line: "effect-dingtalk new my-bot", about: "A robot in a folder of its own." },
      { line: "mkdir ops-bot && cd ops-bot && effect-dingtalk new .", about: "In this folder, which is empty." }
    ]
  },
  simulate: {
    usage: ["simulate [OPTION…]"],
    examples: [
      { line: "effect-dingtalk simulate --port 7788", about: "A DingTalk to talk to, at a port that stays." },
      { line: "printf '你好\\n/flood 50\\n' | effect-dingtalk simulate", about: "Say things from a script." }
    ]
  },
  play: {
    usage: ["play [OPTION…] [-- COMMAND [ARGUMENT…]]"],
    examples: [
      { line: "effect-dingtalk play --open", about: "Chat with the built-in robot, and let things go wrong." },
      { line: "effect-dingtalk play --persistent -- python3 bot.py", about: "The same with a robot of yours." }
    ]
  },
  demo: {
    usage: ["demo [OPTION…]"],
    examples: [
      { line: "effect-dingtalk demo", about: "Look on, then talk to the robot." },
      { line: "effect-dingtalk demo --log-format pretty", about: "With the log beside it." }
    ]
  }
}
