/**
 * What is to be sent, as the options of `send` say it. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

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
  readonly Text: { readonly text: string; readonly markdown: boolean; readonly title: string | undefined }
  readonly Media: {
    readonly kind: "file" | "image"
    readonly from: string
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

const kinds = ["text", "markdown", "file", "image", "cardTemplate"] as const

type Kind = typeof kinds[number]

const nameOf: Readonly<Record<Kind, string>> = {
  text: "--text",
  markdown: "--markdown",
  file: "--file",
  image: "--image",
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
  ["--allow-host", given.allowHost.length > 0, ["file", "image"]],
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

const ofKind = (given: Given, kind: Kind, value: string, values: Params["values"]): Content => {
  switch (kind) {
    case "text":
      return Content.Text({ text: value, markdown: false, title: undefined })
    case "markdown":
      return Content.Text({ text: value, markdown: true, title: Option.getOrUndefined(given.title) })
    case "file":
    case "image":
      return Content.Media({ kind, from: value, zip: given.zip, allowedHosts: given.allowHost })
    case "cardTemplate":
      return Content.Card({ templateId: value, params: values })
  }
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
    ...(kind !== "text" && value.trim() === "" ? [`${nameOf[kind]} is empty`] : []),
    ...problems
  ]
  return all.length > 0 ? Either.left(all) : Either.right(ofKind(given, kind, value, values))
}
