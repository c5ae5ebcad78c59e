/**
 * Markdown as elements: from tokens, never from HTML.
 *
 * @since 0.1.0
 */
import type { Token, Tokens } from "marked"
import type { ComponentChildren } from "preact"
import { Icon } from "../ui/Icon.tsx"
import { common } from "../words/common.ts"
import { useWords } from "../words/locale.ts"
import { tokens } from "./dialect.ts"

/** Where a link may lead. */
const isSafe = (href: string): boolean => /^(?:https?|mailto|tel|dingtalk):/i.test(href)

/**
 * A link that leads away from the page.
 *
 * @since 0.1.0
 * @category components
 */
export const Away = ({ children, href }: { readonly href: string; readonly children: ComponentChildren }) =>
  isSafe(href) ? <a href={href} target="_blank" rel="noreferrer noopener">{children}</a> : <span>{children}</span>

const hostOf = (url: string): string => URL.canParse(url) ? new URL(url).host : url

/**
 * A picture somewhere in the network: the page fetches nothing from there.
 *
 * @since 0.1.0
 * @category components
 */
export const PictureElsewhere = ({ alt, url }: { readonly url: string; readonly alt: string }) => {
  const { imageElsewhere } = useWords(common)
  return (
    <Away href={url}>
      <Icon name="picture" /> {alt === "" ? imageElsewhere(hostOf(url)) : alt}
    </Away>
  )
}

const entities: Readonly<Record<string, string>> = { amp: "&", apos: "'", gt: ">", lt: "<", nbsp: "\u00a0", quot: "\"" }

const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name: string | undefined) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole
  })

/** What is drawn instead of a picture, if somebody knows better. */
type Pictures = (url: string, alt: string) => ComponentChildren

type Props = { readonly all: ReadonlyArray<Token>; readonly pictures: Pictures }

const Inline = ({ all, pictures }: Props) => <>{all.map((token, index) => inline(token, index, pictures))}</>

const Blocks = ({ all, pictures }: Props) => <>{all.map((token, index) => block(token, index, pictures))}</>

const within = (token: { readonly tokens?: Array<Token> | undefined; readonly text?: string }, pictures: Pictures) =>
  token.tokens === undefined ? unescaped(token.text ?? "") : <Inline all={token.tokens} pictures={pictures} />

const inline = (token: Token, key: number, pictures: Pictures): ComponentChildren => {
  switch (token.type) {
    case "strong":
      return <strong key={key}>{within(token, pictures)}</strong>
    case "em":
      return <em key={key}>{within(token, pictures)}</em>
    case "del":
      return <del key={key}>{within(token, pictures)}</del>
    case "codespan":
      return <code key={key}>{unescaped(token.text)}</code>
    case "br":
      return <br key={key} />
    case "link":
      return <Away key={key} href={token.href}>{within(token, pictures)}</Away>
    case "image":
      return <span key={key}>{pictures(token.href, token.text)}</span>
    case "html":
      return /^<br\s*\/?>/i.test(token.text) ? <br key={key} /> : ""
    case "escape":
      return unescaped(token.text)
    case "text":
      return token.tokens === undefined ? unescaped(token.text) : within(token, pictures)
    default:
      return token.raw
  }
}

const Table = ({ pictures, table }: { readonly table: Tokens.Table; readonly pictures: Pictures }) => (
  <div class="md-table">
    <table>
      <thead>
        <tr>{table.header.map((cell, index) => <th key={index} scope="col">{within(cell, pictures)}</th>)}</tr>
      </thead>
      <tbody>
        {table.rows.map((row, index) => (
          <tr key={index}>{row.map((cell, at) => <td key={at}>{within(cell, pictures)}</td>)}</tr>
        ))}
      </tbody>
    </table>
  </div>
)

const isTable = (token: Token): token is Tokens.Table => token.type === "table" && "header" in token && "rows" in token

const isList = (token: Token): token is Tokens.List => token.type === "list" && "items" in token

const List = ({ list, pictures }: { readonly list: Tokens.List; readonly pictures: Pictures }) => {
  const items = list.items.map((item, index) => (
    <li key={index}>
      <Blocks all={item.tokens} pictures={pictures} />
    </li>
  ))
  return list.ordered ? <ol start={list.start === "" ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>
}

const block = (token: Token, key: number, pictures: Pictures): ComponentChildren => {
  if (isTable(token)) return <Table key={key} table={token} pictures={pictures} />
  if (isList(token)) return <List key={key} list={token} pictures={pictures} />
  switch (token.type) {
    case "space":
    case "def":
      return null
    case "heading":
      return <p key={key} class={`md-h md-h${token.depth}`}>{within(token, pictures)}</p>
    case "paragraph":
      return <p key={key}>{within(token, pictures)}</p>
    case "blockquote":
      return (
        <blockquote key={key}>
          <Blocks all={token.tokens ?? []} pictures={pictures} />
        </blockquote>
      )
    case "code":
      return <pre key={key}><code>{token.text}</code></pre>
    case "hr":
      return <hr key={key} />
    case "html":
      return <p key={key}>{token.text.replace(/<[^>]*>/g, "")}</p>
    default:
      return inline(token, key, pictures)
  }
}

const elsewhere: Pictures = (url, alt) => <PictureElsewhere url={url} alt={alt} />

/**
 * A text as DingTalk shows it.
 *
 * @since 0.1.0
 * @category components
 */
export const Markdown = ({ pictures = elsewhere, text }: { readonly text: string; readonly pictures?: Pictures }) => (
  <div class="md">
    <Blocks all={tokens(text)} pictures={pictures} />
  </div>
)
