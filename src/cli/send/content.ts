/**
 * What is to be sent, as the options of `send` say it. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { At } from "../../outbound/message/WebhookMessage.ts"
import { escaped } from "../text/printable.ts"
import { strangeCharacter } from "./recipients.ts"

/**
 * What was given for the options.
 *
 * @since 0.1.0
 * @category models
 */
export interface Given {
  readonly text: Option.Option<string>
  readonly markdown: Option.Option<string>
  readonly title: Option.Option<string>
  readonly file: Option.Option<string>
  readonly image: Option.Option<string>
  readonly audio: Option.Option<string>
  readonly video: Option.Option<string>
  /** Of the video: a path or a URL. */
  readonly cover: Option.Option<string>
  /** Of the audio or the video, in seconds. */
  readonly duration: Option.Option<number>
  readonly at: ReadonlyArray<string>
  readonly atAll: boolean
  readonly zip: boolean
  readonly allowHost: ReadonlyArray<string>
  readonly cardTemplate: Option.Option<string>
  readonly param: ReadonlyArray<string>
}

/**
 * One thing to be sent.
 *
 * - `Text`: `markdown` is Markdown whatever the account's `renderMode`; the text `-` stands for stdin.
 * - `Media`: `from` is a path or a URL.
 * - `Card`: made of a template.
 *
 * @since 0.1.0
 * @category models
 */
export type Content = Data.TaggedEnum<{
  readonly Text: {
    readonly text: string
    readonly markdown: boolean
    readonly title: string | undefined
    readonly at: At | undefined
  }
  readonly Media: {
    readonly kind: "file" | "image" | "audio" | "video"
    readonly from: string
    /** Of sounds and films; else 0. */
    readonly durationMs: number
    readonly cover: string | undefined
    readonly zip: boolean
    readonly allowedHosts: ReadonlyArray<string>
  }
  readonly Card: { readonly templateId: string; readonly params: Readonly<Record<string, string>> }
}>

/**
 * The constructors and guards of {@link Content}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Content = Data.taggedEnum<Content>()

const kinds = ["text", "markdown", "file", "image", "audio", "video", "cardTemplate"] as const

type Kind = typeof kinds[number]

const nameOf: Readonly<Record<Kind, string>> = {
  text: "--text",
  markdown: "--markdown",
  file: "--file",
  image: "--image",
  audio: "--audio",
  video: "--video",
  cardTemplate: "--card-template"
}

const listed = (names: ReadonlyArray<string>, word: "and" | "or"): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`

/** The options that only make sense beside others. */
const companions = (
  given: Given
): ReadonlyArray<readonly [name: string, isGiven: boolean, of: ReadonlyArray<Kind>]> => [
  ["--title", Option.isSome(given.title), ["markdown"]],
  ["--zip", given.zip, ["file"]],
  ["--allow-host", given.allowHost.length > 0, ["file", "image", "audio", "video"]],
  ["--duration", Option.isSome(given.duration), ["audio", "video"]],
  ["--cover", Option.isSome(given.cover), ["video"]],
  ["--at", given.at.length > 0, ["text", "markdown"]],
  ["--at-all", given.atAll, ["text", "markdown"]],
  ["--param", given.param.length > 0, ["cardTemplate"]]
]

interface Params {
  readonly values: Readonly<Record<string, string>>
  readonly problems: ReadonlyArray<string>
}

/**
 * Reads `name=value`, each name once; the value is all behind the first `=`, even nothing.
 *
 * @since 0.1.0
 * @category parsing
 */
export const params = (pairs: ReadonlyArray<string>): Params => {
  const values = new Map<string, string>()
  const problems: Array<string> = []
  for (const pair of pairs) {
    const at = pair.indexOf("=")
    const name = pair.slice(0, Math.max(0, at)).trim()
    if (at === -1) problems.push(`--param ${pair} has no =: write it as name=value, as in --param title=Hello`)
    else if (name === "") {
      problems.push(`--param ${pair} has no name: write it as name=value, as in --param title=Hello`)
    } else if (values.has(name)) problems.push(`--param ${name} is given twice: a card has one value of each name`)
    else values.set(name, pair.slice(at + 1))
  }
  return { values: Object.fromEntries(values), problems }
}

/** Eleven digits, as mobile numbers of the mainland have, or a number with its country. */
const isMobile = (id: string): boolean => /^(?:1\d{10}|\+\d{1,3}-?\d{5,15})$/.test(id)

/**
 * Whom a text is to mention: ids and mobile numbers, also several of them with commas between; `undefined` for nobody.
 *
 * @since 0.1.0
 * @category parsing
 */
export const atOf = (at: ReadonlyArray<string>, all: boolean): At | undefined => {
  const ids = at.flatMap((each) => each.split(/[,，]/)).map((id) => id.trim().replace(/^(?:user:|@)/, ""))
    .filter((id) => id !== "")
  return ids.length === 0 && !all
    ? undefined
    : { userIds: ids.filter((id) => !isMobile(id)), mobiles: ids.filter(isMobile), all }
}

const ofKind = (given: Given, kind: Kind, value: string, values: Params["values"]): Content => {
  const at = atOf(given.at, given.atAll)
  switch (kind) {
    case "text":
      return Content.Text({ text: value, markdown: false, title: undefined, at })
    case "markdown":
      return Content.Text({ text: value, markdown: true, title: Option.getOrUndefined(given.title), at })
    case "file":
    case "image":
    case "audio":
    case "video":
      return Content.Media({
        kind,
        from: value,
        durationMs: 1_000 * Option.getOrElse(given.duration, () => 0),
        cover: Option.getOrUndefined(given.cover),
        zip: given.zip,
        allowedHosts: given.allowHost
      })
    case "cardTemplate":
      return Content.Card({ templateId: value, params: values })
  }
}

/** Sounds and films have a length, which DingTalk shows and does not measure. */
const durationProblem = ({ duration }: Given, chosen: ReadonlyArray<Kind>): ReadonlyArray<string> => {
  const kind = chosen.find((each) => each === "audio" || each === "video")
  if (kind === undefined) return []
  if (Option.isNone(duration)) return [`${nameOf[kind]} needs its length: give --duration SECONDS`]
  return duration.value > 0 && Number.isFinite(duration.value)
    ? []
    : [`--duration must be more than 0 seconds, but is ${duration.value}`]
}

/**
 * What is to be sent; or everything that is wrong with the options, in words.
 *
 * @since 0.1.0
 * @category parsing
 */
export const fromOptions = (given: Given): Either.Either<Content, ReadonlyArray<string>> => {
  const chosen = kinds.flatMap((kind) => Option.toArray(Option.map(given[kind], (value) => [kind, value] as const)))
  const [first] = chosen
  if (first === undefined) {
    return Either.left([
      `there is nothing to send: give one of ${listed(kinds.map((kind) => nameOf[kind]), "or")}`
    ])
  }
  const [kind, value] = first
  const { problems, values } = params(given.param)
  const all = [
    ...(chosen.length > 1
      ? [`${listed(chosen.map(([each]) => nameOf[each]), "and")} cannot be sent as one message: run send once for each`]
      : []),
    ...companions(given)
      .filter(([, isGiven, of]) => isGiven && !chosen.some(([each]) => of.includes(each)))
      .map(([name, , of]) =>
        `${name} belongs to ${listed(of.map((each) => nameOf[each]), "or")}: leave it out, or give that`
      ),
    ...durationProblem(given, chosen.map(([each]) => each)),
    ...given.at.flatMap((each) =>
      Option.toArray(Option.map(
        Option.fromNullable(strangeCharacter(each)),
        (strange) => `--at "${escaped(each)}" ${strange}`
      ))
    ),
    ...(value.trim() === "" ? [`${nameOf[kind]} is empty`] : []),
    ...problems
  ]
  return all.length > 0 ? Either.left(all) : Either.right(ofKind(given, kind, value, values))
}
