/**
 * Where something is said.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useRef, useState } from "preact/hooks"
import type * as Contract from "../../../cli/play/contract.ts"
import { Ask } from "../../shared/ui/Dialog.tsx"
import { Icon } from "../../shared/ui/Icon.tsx"
import { common } from "../../shared/words/common.ts"
import { useWords } from "../../shared/words/locale.ts"
import { play } from "../../shared/words/play.ts"
import { say, useTelling } from "../does.ts"
import type { Place } from "../state.ts"

/**
 * @since 0.1.0
 * @category components
 */
export const Composer = ({ onFiles, onQuoteDone, place, quote, robot }: {
  readonly place: Place
  readonly robot: Contract.Robot
  /** What is answered to. */
  readonly quote: Contract.Line | undefined
  readonly onQuoteDone: () => void
  readonly onFiles: (files: ReadonlyArray<File>) => void
}) => {
  const words = useWords(play)
  const { close } = useWords(common)
  const tell = useTelling()
  const text = useRef<HTMLTextAreaElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const [mention, setMention] = useState(true)
  const [isSpeaking, setSpeaking] = useState(false)
  const isGroup = place.group !== undefined
  const send = async (saying: Contract.Saying) => {
    const said = await say(place, saying, { mention, quote: saying._tag === "Text" ? quote?.key : undefined })
    if (Either.isLeft(said)) return tell(words.refused(said.left.message))
    if (!said.right.heard) tell(words.notHeard)
  }
  const sendText = (event: Event) => {
    event.preventDefault()
    const field = text.current
    const words = field?.value.trim() ?? ""
    if (field === null || words === "") return
    field.value = ""
    void send({ _tag: "Text", text: words })
    onQuoteDone()
    field.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) sendText(event)
  }
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData?.files ?? []]
    if (files.length === 0) return
    event.preventDefault()
    onFiles(files)
  }
  const chosen = () => {
    const { current } = file
    if (current === null) return
    onFiles([...current.files ?? []])
    current.value = ""
  }
  return (
    <form class="composer" onSubmit={sendText}>
      {robot.kind !== "builtin" ? null : (
        <p class="hints">
          <span>{words.try}</span>
          {words.hints.map((hint) => (
            <button
              key={hint}
              class="chip"
              type="button"
              onClick={() => void send({ _tag: "Text", text: hint })}
            >
              {hint}
            </button>
          ))}
        </p>
      )}
      {quote === undefined ? null : (
        <p class="quote-line">
          {words.quoting}: {quote.shown}
          <button class="link" type="button" onClick={onQuoteDone} aria-label={close}>✕</button>
        </p>
      )}
      <div class="tools-row">
        {isGroup
          ? (
            <button
              class="button quiet"
              type="button"
              aria-pressed={mention}
              title={words.mentionHint}
              onClick={() => setMention(!mention)}
            >
              {words.mention}
            </button>
          )
          : null}
        <button class="button quiet" type="button" onClick={() => file.current?.click()}>
          <Icon name="attach" /> {words.attach}
        </button>
        {isGroup
          ? null
          : (
            <button class="button quiet" type="button" onClick={() => setSpeaking(true)}>
              <Icon name="voice" /> {words.voice}
            </button>
          )}
        <input ref={file} type="file" multiple hidden aria-label={words.attach} onChange={chosen} />
      </div>
      <div class="text-row">
        <textarea
          ref={text}
          rows={2}
          aria-label={words.placeholder}
          placeholder={words.placeholder}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button class="button primary" type="submit">{words.send}</button>
      </div>
      {isSpeaking
        ? (
          <Ask
            title={words.voice}
            label={words.voiceText}
            hint={words.voiceHint}
            action={words.send}
            onAnswer={(recognition) => void send({ _tag: "Voice", recognition })}
            onClose={() => setSpeaking(false)}
          />
        )
        : null}
    </form>
  )
}
