/** What to do about a failed call, a sentence each. */

import * as ProxyFailure from "../../../internal/net/proxyFailure.ts"

export { credentials, ip, permission } from "../../../internal/consoleHints.ts"

export const token = "DingTalk refuses an access token that it has just issued: check that apiBaseUrl is of the site" +
  " on which the application was made"

export const throttled = "Send more slowly (rateLimit), or later"

export const banned = "All calls from this egress IP are refused for some minutes: find out who makes so many"

export const quota =
  "The organisation's monthly quota of calls is used up: retrying does not help before the next month"

export const target = "The person or group can not, or no longer, be reached by this robot: do not try again"

export const tooLarge = "Make the message smaller"

export const emptyFile = "Give a file with something in it: DingTalk does not take empty ones"

export const unavailable = "It was not done and may be tried again"

export const ambiguous = "It may have been done: look before sending it again"

const requestHints: ReadonlyArray<readonly [RegExp, string]> = [
  [/^invalidParameter\.robotCode\./i, "robotCode is the application's Client ID, not its AgentId"],
  [/openConversationId/i, "A group's id is its openConversationId (cid…), case-sensitive, and the robot must be in it"],
  [/^(?:staffId\.|invalidParameter\.userIds?\.|illegal\.receivers)/i, "A person's id is the staff id (userId)"],
  [/^300001$/, "The session webhook is expired or unknown, or refuses the content"],
  [/^310000$/, "The webhook's security settings (安全设置) refuse the content or this machine"],
  [/^(?:300005|400101)$/, "There is no such webhook any more: copy its URL anew from the robot's settings in the group"]
]

/** The three of a custom robot's security settings, which share a code. */
const securityHints: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /sign|timestamp|签名|时间戳/i,
    "Compare the webhook's secret (SEC…, 加签) with the robot's settings, and set this machine's clock: a signature" +
    " is taken for an hour"
  ],
  [/keyword|关键词/i, "Put one of the keywords (自定义关键词) of the robot's settings into the message"],
  [/\bip\b|whitelist|白名单/i, "Add this machine's egress IP to the robot's settings (IP地址段)"]
]

/** What to do about a request that was refused with a code, or with none; the words are DingTalk's. */
export const request = (code: string | undefined, said: string): string =>
  code === undefined
    ? "DingTalk gave no code: check the target, the credentials and the base URLs"
    : (code === "310000" ? securityHints.find(([pattern]) => pattern.test(said))?.[1] : undefined) ??
      requestHints.find(([pattern]) => pattern.test(code))?.[1] ?? "Mend the request: it will be refused again as it is"

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

/** What to do about a failure of the network, by the code or the proxy that a text names, if it names one. */
export const remedyIn = (text: string): string | undefined => {
  const remedy = ProxyFailure.remedyIn(text)
  return remedy === undefined ? undefined : sentence(remedy)
}

export const network = "Check name resolution, the firewall and the proxy on the way to DingTalk"

export const url = "Check apiBaseUrl and oapiBaseUrl"

export const refused =
  "DingTalk took the message and will not deliver it: check the staff id, the application's visible" +
  " range, and how often this person is written to"

export const noWayBack = "DingTalk names no staff id for people outside the organisation: they can be answered only" +
  " while the session webhook of their message is valid"

export const field = "DingTalk refuses such a message: give the field a value that it takes"

export const undelivered =
  "The card was made and is shown nowhere: check the target, and that the robot is in the group"

export const notByWebhook = "A webhook carries text, Markdown, links, action cards and feed cards: send a link to it"

export const link = "The link is expired or not for everybody: get a new one"

export const download =
  "The code of a download lives for some hours, and belongs to the robot that received the message"

export const fileTooLarge = "DingTalk takes no larger one: compress or split it, or send a link"

export const downloadTooLarge = "Allow more bytes (maxBytes) if it is wanted"
