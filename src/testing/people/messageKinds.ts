/** The kinds of messages that a robot can send, and what each requires. */
import { isRecord, isText, type Json } from "../internal/json.ts"

/** The fields that `msgParam` must have, by `msgKey`. */
export const msgKeys: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["sampleText", ["content"]],
  ["sampleMarkdown", ["title", "text"]],
  ["sampleImageMsg", ["photoURL"]],
  ["sampleLink", ["text", "title", "picUrl", "messageUrl"]],
  ["sampleAudio", ["mediaId", "duration"]],
  ["sampleFile", ["mediaId", "fileName", "fileType"]],
  ["sampleVideo", ["duration", "videoMediaId", "videoType", "picMediaId"]],
  ["sampleActionCard", ["title", "text", "singleTitle", "singleURL"]],
  ...[2, 3, 4, 5].map((buttons) =>
    [
      `sampleActionCard${buttons}`,
      ["title", "text"].concat(
        ...Array.from({ length: buttons }, (_, i) => [`actionTitle${i + 1}`, `actionURL${i + 1}`])
      )
    ] as const
  ),
  ["sampleActionCard6", ["title", "text", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"]]
])

const fileTypes = new Set(["xlsx", "pdf", "zip", "rar", "doc", "docx"])

/** The code of what is wrong with a `msgParam`; `undefined` when nothing is. */
export const paramProblem = (msgKey: string, param: Json): string | undefined => {
  const missing = msgKeys.get(msgKey)?.find((field) => !isText(param[field]))
  if (missing !== undefined) {
    // The one such code that is on record is misspelt by DingTalk; the others follow its pattern.
    return msgKey === "sampleMarkdown" && missing === "title" ? "miss.param.markdownTotitle" : `miss.param.${missing}`
  }
  // That other types are refused is documented; with which code is not.
  return msgKey === "sampleFile" && !fileTypes.has(String(param["fileType"]))
    ? "invalidParameter.msgParam.invalid"
    : undefined
}

/** The fields that the body's own object must have, by `msgtype` of a session webhook. */
export const webhookTypes: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["text", ["content"]],
  ["markdown", ["title", "text"]],
  ["actionCard", ["title", "text"]],
  ["feedCard", []],
  ["link", ["text", "title", "messageUrl"]]
])

const listOf = (u: unknown, fields: ReadonlyArray<string>): boolean =>
  Array.isArray(u) && u.length > 0 && u.every((it) => isRecord(it) && fields.every((field) => isText(it[field])))

/** Whether a webhook's message has the buttons or links that its type needs. */
export const isComplete = (msgtype: string, content: Json): boolean => {
  switch (msgtype) {
    case "actionCard":
      return isText(content["singleTitle"])
        ? isText(content["singleURL"])
        : listOf(content["btns"], ["title", "actionURL"])
    case "feedCard":
      return listOf(content["links"], ["title", "messageURL"])
    default:
      return true
  }
}
