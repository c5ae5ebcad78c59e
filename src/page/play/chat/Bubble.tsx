/**
 * What is in a message, as DingTalk shows it.
 *
 * @since 0.1.0
 */
import type { Line, Person } from "../../../cli/play/contract.ts"
import { Away, Markdown, PictureElsewhere } from "../../shared/markdown/Markdown.tsx"
import { Icon } from "../../shared/ui/Icon.tsx"
import { useWords } from "../../shared/words/locale.ts"
import { play } from "../../shared/words/play.ts"
import { fileUrl } from "../does.ts"
import { CardBody } from "./CardBody.tsx"
import * as Content from "./content.ts"

const Picture = ({ url }: { readonly url: string }) => {
  const { picture } = useWords(play)
  return /^https?:/.test(url)
    ? <PictureElsewhere url={url} alt="" />
    : <img class="picture" src={fileUrl(url)} alt={picture} />
}

/** A picture within Markdown: one that was uploaded is here. */
const pictures = (url: string, alt: string) =>
  url.startsWith("@") ? <Picture url={url} /> : <PictureElsewhere url={url} alt={alt} />

const FileChip = ({ code, name }: { readonly code: string; readonly name: string }) => {
  const { download } = useWords(play)
  return (
    <a class="file" href={fileUrl(code)} download={name} aria-label={`${download} ${name}`}>
      <span class="file-type" aria-hidden="true">{Content.extensionOf(name)}</span>
      <span class="file-name">{name}</span>
    </a>
  )
}

const Voice = ({ duration, recognition }: { readonly duration: number; readonly recognition: string | undefined }) => (
  <div class="voice">
    <Icon name="sound" /> {Math.max(1, Math.round(duration / 1_000))}″
    {recognition === undefined ? null : <p class="recognised">{recognition}</p>}
  </div>
)

const ActionCard = ({ line }: { readonly line: Line }) => {
  const { buttons, isHorizontal } = Content.actionButtons(line.content)
  return (
    <div class="action-card">
      <Markdown text={Content.textOf(line.content, "text") ?? line.text} pictures={pictures} />
      <div class={isHorizontal ? "actions row" : "actions"}>
        {buttons.map(({ title, url }) => <Away key={title} href={url}>{title}</Away>)}
      </div>
    </div>
  )
}

const Feed = ({ line }: { readonly line: Line }) => (
  <ul class="feed">
    {Content.links(line.content).map(({ title, url }, index) => (
      <li key={index} class={index === 0 ? "first" : ""}>
        <Away href={url}>{title}</Away>
      </li>
    ))}
  </ul>
)

const LinkCard = ({ line: { content, text, title } }: { readonly line: Line }) => (
  <div class="link-card">
    <Away href={Content.textOf(content, "messageUrl") ?? ""}>{title ?? text}</Away>
    <p>{Content.textOf(content, "text") ?? ""}</p>
  </div>
)

const ChatRecord = ({ line }: { readonly line: Line }) => {
  const words = useWords(play)
  return (
    <div class="record">
      <strong>{Content.textOf(line.content, "title") ?? words.chatRecord}</strong>
      {Content.recordEntries(line.content).map(({ content, senderName }, index) => (
        <p key={index}>{senderName}: {content}</p>
      ))}
      <footer>{words.chatRecord}</footer>
    </div>
  )
}

/** People's ids in a text become their names. */
const named = (text: string, people: ReadonlyArray<Person>): string =>
  people.reduce((text, { nick, staffId }) => text.replaceAll(`@${staffId}`, `@${nick}`), text)

const Text = ({ line, people }: { readonly line: Line; readonly people: ReadonlyArray<Person> }) => {
  const text = named(line.text, people)
  const missing = line.mentions
    .map((id) => id === "*" ? "@所有人" : `@${people.find(({ staffId }) => staffId === id)?.nick ?? id}`)
    .filter((mention) => line.from === undefined && !text.includes(mention))
  return <p class="plain">{[text, ...missing].join(" ")}</p>
}

/**
 * @since 0.1.0
 * @category components
 */
export const Bubble = ({ line, me, people }: {
  readonly line: Line
  readonly me: Person
  readonly people: ReadonlyArray<Person>
}) => {
  const { card, content, kind } = line
  if (card !== undefined) return <CardBody card={card} me={me} />
  if (/markdown/i.test(kind)) {
    return <Markdown text={named(Content.textOf(content, "text") ?? line.text, people)} pictures={pictures} />
  }
  if (/actionCard/i.test(kind)) return <ActionCard line={line} />
  const code = Content.fileCode(content)
  switch (kind) {
    case "feedCard":
      return <Feed line={line} />
    case "link":
    case "sampleLink":
      return <LinkCard line={line} />
    case "picture":
    case "sampleImageMsg":
      return code === undefined ? <p>{line.shown}</p> : <Picture url={code} />
    case "file":
    case "sampleFile":
      return code === undefined
        ? <p>{line.shown}</p>
        : <FileChip code={code} name={Content.textOf(content, "fileName") ?? line.shown} />
    case "audio":
    case "sampleAudio":
      return <Voice duration={Number(content["duration"] ?? 0)} recognition={Content.textOf(content, "recognition")} />
    case "chatRecord":
      return <ChatRecord line={line} />
    default:
      return <Text line={line} people={people} />
  }
}
