/**
 * A conversation.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { Link } from "wouter-preact"
import * as Contract from "../../../cli/play/contract.ts"
import { ask } from "../../shared/process.ts"
import { Avatar, RobotFace } from "../../shared/ui/Avatar.tsx"
import { Dialog } from "../../shared/ui/Dialog.tsx"
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { play } from "../../shared/words/play.ts"
import { forward, isPicture, isSendable, sendFile, useTelling } from "../does.ts"
import { idOf, type Place } from "../state.ts"
import { Bubble } from "./Bubble.tsx"
import { Composer } from "./Composer.tsx"
import * as Content from "./content.ts"

interface MessageProps {
  readonly line: Contract.Line
  readonly place: Place
  readonly people: ReadonlyArray<Contract.Person>
  /** `undefined` while nothing is being selected. */
  readonly isSelected: boolean | undefined
  readonly onSelect: () => void
  readonly onQuote: () => void
}

const ReadMark = ({ isGroup, readBy }: { readonly isGroup: boolean; readonly readBy: ReadonlyArray<string> }) => {
  const words = useWords(play)
  return (
    <span class={readBy.length > 0 ? "read" : "unread"}>
      {readBy.length === 0 ? words.unread : isGroup ? words.readBy(readBy.length) : words.read}
    </span>
  )
}

const Message = ({ isSelected, line, onQuote, onSelect, people, place }: MessageProps) => {
  const words = useWords(play)
  const locale = useLocale()
  const isOwn = line.from === place.me.staffId
  const name = line.from === undefined
    ? words.robotName
    : people.find(({ staffId }) => staffId === line.from)?.nick ?? line.from
  const quoted = Content.quoted(line.content)
  const time = new Date(line.at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
  return (
    <li class={`message ${isOwn ? "mine" : ""}`} data-from={line.from ?? "robot"}>
      {isSelected === undefined
        ? null
        : (
          <input
            type="checkbox"
            checked={isSelected}
            aria-label={`${words.select}: ${line.shown}`}
            onChange={onSelect}
          />
        )}
      <Avatar name={name}>{line.from === undefined ? <RobotFace /> : undefined}</Avatar>
      <div class="message-body">
        <p class="who">
          {name} {line.from === undefined ? <span class="tag">{words.robotTag}</span> : null}
          <time dateTime={new Date(line.at).toISOString()}>{time}</time>
        </p>
        <div class={`bubble kind-${line.kind}`}>
          {quoted === undefined ? null : <blockquote class="quoted">{quoted}</blockquote>}
          {isOwn && place.group !== undefined && line.mentions.length > 0
            ? <span class="at">{words.mention}</span>
            : null}
          <Bubble line={line} me={place.me} people={people} />
        </div>
        <p class="under">
          {line.reactions.map((reaction) => <span key={reaction} class="reaction">{reaction}</span>)}
          {line.from === undefined && line.readBy !== undefined
            ? <ReadMark isGroup={place.group !== undefined} readBy={line.readBy} />
            : null}
          <span class="tools">
            <button class="link" type="button" onClick={onQuote} aria-label={`${words.quote}: ${line.shown}`}>
              {words.quote}
            </button>
            <button class="link" type="button" onClick={onSelect} aria-label={`${words.select}: ${line.shown}`}>
              {words.select}
            </button>
          </span>
        </p>
      </div>
    </li>
  )
}

/** Goes along with what is new, unless somebody reads what is older. */
const useFollowing = (length: number, last: string) => {
  const list = useRef<HTMLOListElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    const { current } = list
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight
  }, [length, last])
  const onScroll = () => {
    const { current } = list
    if (current !== null) isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < 80
  }
  return { list, onScroll }
}

/** Whoever looks at a conversation reads it. */
const useReading = ({ group, me }: Place, lines: ReadonlyArray<Contract.Line>) => {
  const unread = lines.filter(({ from, readBy }) => from === undefined && readBy?.includes(me.staffId) === false).length
  useEffect(() => {
    if (unread > 0 && document.visibilityState === "visible") {
      void ask(Contract.read, { as: me.staffId, group: group?.conversationId })
    }
  }, [unread, me.staffId, group?.conversationId])
}

const ForwardDialog = ({ onClose, onForward, place, stage }: {
  readonly place: Place
  readonly stage: Contract.Stage
  readonly onForward: (to: Place) => void
  readonly onClose: () => void
}) => {
  const words = useWords(play)
  return (
    <Dialog title={words.forwardTo} onClose={onClose}>
      <ul class="choices">
        {[undefined, ...stage.groups].map((group) => (
          <li key={group?.conversationId ?? "robot"}>
            <button class="button" type="button" onClick={() => onForward({ me: place.me, group })}>
              {group?.title ?? words.robotName}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const Chat = ({ lines, onPanel, place, stage }: {
  readonly place: Place
  readonly stage: Contract.Stage
  readonly lines: ReadonlyArray<Contract.Line>
  readonly onPanel: () => void
}) => {
  const words = useWords(play)
  const tell = useTelling()
  const [quote, setQuote] = useState<Contract.Line>()
  const [selected, setSelected] = useState<ReadonlySet<string>>()
  const [isForwarding, setForwarding] = useState(false)
  const [isDragging, setDragging] = useState(false)
  const { list, onScroll } = useFollowing(lines.length, JSON.stringify(lines.at(-1)))
  const id = idOf(place)
  useReading(place, lines)
  useEffect(() => {
    setQuote(undefined)
    setSelected(undefined)
  }, [id])
  const select = (key: string) =>
    setSelected((before = new Set()) => {
      const others = [...before].filter((other) => other !== key)
      return new Set(before.has(key) ? others : [...others, key])
    })
  const send = async (files: ReadonlyArray<File>) => {
    for (const file of files) {
      if (!isSendable(file)) tell(words.tooLarge(file.name))
      else if (place.group !== undefined && !isPicture(file)) tell(words.directOnly)
      else {
        // One after the other, as they were chosen.
        // oxlint-disable-next-line no-await-in-loop
        const sent = await sendFile(place, file, true)
        if (Either.isLeft(sent)) tell(words.refused(sent.left.message))
        else if (!sent.right.heard) tell(words.notHeard)
      }
    }
  }
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setDragging(false)
    void send([...event.dataTransfer?.files ?? []])
  }
  const forwardTo = async (to: Place) => {
    setForwarding(false)
    setSelected(undefined)
    const title = words.recordTitle(place.group?.title ?? words.robot)
    const sent = await forward(to, title, place, [...selected ?? []])
    if (Either.isLeft(sent)) tell(words.refused(sent.left.message))
  }
  const title = place.group?.title ?? words.robotName
  return (
    <section
      class={`chat ${isDragging ? "dragging" : ""}`}
      aria-label={title}
      onDragOver={(event) => {
        event.preventDefault()
        setDragging(true)
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={dropped}
    >
      <header class="chat-head">
        <Link class="button quiet back" href="/" aria-label={words.back}>‹</Link>
        <h1>{title}{place.group === undefined ? null : <small>({stage.people.length + 1})</small>}</h1>
        <button class="button quiet open-panel" type="button" onClick={onPanel}>{words.panel}</button>
      </header>
      <ol
        class="lines"
        ref={list}
        onScroll={onScroll}
        role="log"
        aria-live="polite"
        aria-label={words.chat}
        tabIndex={0}
      >
        {lines.length === 0 ? <li class="nothing">{words.nothingYet}</li> : null}
        {lines.map((line) => (
          <Message
            key={line.key}
            line={line}
            place={place}
            people={stage.people}
            isSelected={selected?.has(line.key)}
            onSelect={() => select(line.key)}
            onQuote={() => setQuote(line)}
          />
        ))}
      </ol>
      {isDragging ? <p class="drop">{words.dropHere}</p> : null}
      {selected === undefined
        ? (
          <Composer
            key={id}
            place={place}
            robot={stage.robot}
            quote={quote}
            onQuoteDone={() => setQuote(undefined)}
            onFiles={send}
          />
        )
        : (
          <div class="selecting">
            <span>{words.selected(selected.size)}</span>
            <button
              class="button primary"
              type="button"
              disabled={selected.size === 0}
              onClick={() => setForwarding(true)}
            >
              {words.forward}
            </button>
            <button class="button" type="button" onClick={() => setSelected(undefined)}>✕</button>
          </div>
        )}
      {isForwarding
        ? <ForwardDialog place={place} stage={stage} onForward={forwardTo} onClose={() => setForwarding(false)} />
        : null}
    </section>
  )
}
