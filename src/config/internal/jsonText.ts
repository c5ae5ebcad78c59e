/**
 * JSON whose mistakes are reported by line and column. The platform's own messages quote the text around a mistake,
 * which may be a secret, and leave out its position as often as not.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** What is open, the innermost first. */
type Open = { readonly bracket: "{" | "["; readonly outer: Open } | undefined

interface State {
  readonly expect: "value" | "valueOrClose" | "key" | "keyOrClose" | "colon" | "commaOrClose" | "end"
  readonly open: Open
}

const closed = (open: Open): State => ({ expect: open === undefined ? "end" : "commaOrClose", open })

const valueStep = (open: Open, token: string): Option.Option<State> => {
  if (token === "{") return Option.some({ expect: "keyOrClose", open: { bracket: token, outer: open } })
  if (token === "[") return Option.some({ expect: "valueOrClose", open: { bracket: token, outer: open } })
  return "}]:,".includes(token) ? Option.none() : Option.some(closed(open))
}

const keyStep = (open: Open, token: string): Option.Option<State> =>
  token.startsWith("\"") ? Option.some({ expect: "colon", open }) : Option.none()

const closeStep = (open: Open, token: string): Option.Option<State> =>
  open !== undefined && token === (open.bracket === "{" ? "}" : "]") ? Option.some(closed(open.outer)) : Option.none()

const commaStep = (open: Open, token: string): Option.Option<State> =>
  token === "," ? Option.some({ expect: open?.bracket === "{" ? "key" : "value", open }) : Option.none()

const step = ({ expect, open }: State, token: string): Option.Option<State> => {
  switch (expect) {
    case "value":
      return valueStep(open, token)
    case "valueOrClose":
      return Option.orElse(closeStep(open, token), () => valueStep(open, token))
    case "key":
      return keyStep(open, token)
    case "keyOrClose":
      return Option.orElse(closeStep(open, token), () => keyStep(open, token))
    case "colon":
      return token === ":" ? Option.some({ expect: "value", open }) : Option.none()
    case "commaOrClose":
      return Option.orElse(closeStep(open, token), () => commaStep(open, token))
    case "end":
      return Option.none()
  }
}

const tokens =
  /[{}[\]:,]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null/y
const blanks = /[ \t\r\n]*/y

const matchAt = (pattern: RegExp, text: string, offset: number): string => {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0] ?? ""
}

interface Mistake {
  /** In characters from the beginning. */
  readonly offset: number
  readonly state: State
}

/** The first place where the text stops being JSON, if there is one. */
export const firstMistake = (text: string): Option.Option<Mistake> => {
  let state: State = { expect: "value", open: undefined }
  let offset = 0
  for (;;) {
    offset += matchAt(blanks, text, offset).length
    const token = matchAt(tokens, text, offset)
    const next = token === "" ? Option.none() : step(state, token)
    if (Option.isNone(next)) {
      return offset === text.length && state.expect === "end" ? Option.none() : Option.some({ offset, state })
    }
    state = next.value
    offset += token.length
  }
}

const expectations = {
  value: "a value",
  valueOrClose: "a value or \"]\"",
  key: "a key in double quotes",
  keyOrClose: "a key in double quotes or \"}\"",
  colon: "\":\"",
  end: "nothing more"
}

const expected = ({ expect, open }: State): string =>
  expect === "commaOrClose" ? `"," or "${open?.bracket === "{" ? "}" : "]"}"` : expectations[expect]

/** What people who are not used to JSON write. */
const hint = (text: string, { offset, state: { expect, open } }: Mistake): string => {
  const next = text[offset]
  if (next === undefined) return "; the text ends here"
  if (next === "\"" && expect !== "commaOrClose" && expect !== "colon" && expect !== "end") {
    return "; this string is not closed, or holds a line break or a lone \"\\\""
  }
  if ((next === "}" && expect === "key") || (next === "]" && expect === "value" && open?.bracket === "[")) {
    return "; there is a comma before it that must go"
  }
  if (next === "'") return "; strings stand in double quotes"
  return next === "/" || next === "#" ? "; JSON has no comments" : ""
}

const describe = (text: string, mistake: Mistake): string => {
  const before = text.slice(0, mistake.offset).split("\n")
  const column = mistake.offset - text.slice(0, mistake.offset).lastIndexOf("\n")
  return `not valid JSON at line ${before.length}, column ${column}: expected ${expected(mistake.state)}${
    hint(text, mistake)
  }`
}

/** Parses JSON, with or without a byte order mark. On the left, a sentence that quotes nothing of the text. */
export const parse = (json: string): Either.Either<unknown, string> => {
  const text = json.replace(/^\uFEFF/, "")
  return Either.try({
    try: (): unknown => JSON.parse(text),
    catch: () =>
      // Its patterns give up, by throwing, on strings of some megabytes.
      Option.match(Option.flatten(Option.liftThrowable(firstMistake)(text)), {
        onNone: () => "not valid JSON",
        onSome: (mistake) => describe(text, mistake)
      })
  })
}
