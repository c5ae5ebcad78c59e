/**
 * What a person reads of a message that a robot has sent: what a quote of it will mean. Pure.
 *
 * @since 0.1.0
 */
import { record, text } from "../../internal/json.ts"
import type { Encoded } from "./TextMessage.ts"

const places: ReadonlyMap<string, string> = new Map([
  ["sampleImageMsg", "[图片]"],
  ["sampleAudio", "[语音]"],
  ["sampleVideo", "[视频]"]
])

/**
 * The words of a robot message; for a picture, a sound, a film and a file, what DingTalk shows in their place.
 *
 * @since 0.1.0
 * @category decisions
 */
export const saidBy = ({ msgKey, msgParam }: Encoded): string => {
  const param = record(msgParam) ?? {}
  const fileName = text(param["fileName"])
  if (fileName !== undefined) return `[文件] ${fileName}`
  const words = text(param["content"]) ?? text(param["text"])
  const title = msgKey === "sampleLink" ? text(param["title"]) : undefined
  return [title, words].filter((part) => part !== undefined).join("\n") || (places.get(msgKey) ?? "")
}

/** Variables that steer a card's template, or that hold what is no words. */
const isShown = ([name, value]: readonly [string, string]): boolean =>
  name !== "flowStatus" && value !== "" && value !== "true" && value !== "false" && !/^(?:https?:\/\/|[[{])/.test(value)

/**
 * The words of a card's variables.
 *
 * @since 0.1.0
 * @category decisions
 */
export const shownBy = (params: Readonly<Record<string, string>>): string =>
  Object.entries(params).filter(isShown).map(([, value]) => value).join("\n")
