/**
 * A card: one that types while it is written, and whose buttons call the robot.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useRef, useState } from "preact/hooks"
import * as Contract from "../../../cli/play/contract.ts"
import { Away, Markdown } from "../../shared/markdown/Markdown.tsx"
import { ask } from "../../shared/process.ts"
import { useWords } from "../../shared/words/locale.ts"
import { play } from "../../shared/words/play.ts"
import { useTelling } from "../does.ts"
import * as Content from "./content.ts"

type Press = (action: string) => void

/** The templates whose looks are known: their buttons are in their variables. */
const isKnown = (params: Readonly<Record<string, string>>): boolean =>
  "msgContent" in params || "msgTitle" in params || "sys_full_json_obj" in params

const ByAction = ({ press }: { readonly press: Press }) => {
  const words = useWords(play)
  const field = useRef<HTMLInputElement>(null)
  const submit = (event: Event) => {
    event.preventDefault()
    const action = field.current?.value.trim() ?? ""
    if (action !== "") press(action)
  }
  return (
    <form class="by-action" onSubmit={submit}>
      <input ref={field} class="field" aria-label={words.pressAction} placeholder={words.actionId} />
      <button class="button" type="submit">{words.press}</button>
    </form>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const CardBody = ({ card, me }: { readonly card: Contract.Card; readonly me: Contract.Person }) => {
  const words = useWords(play)
  const tell = useTelling()
  const [pressed, setPressed] = useState<string>()
  const params = { ...card.params, ...card.privateParams[me.staffId] }
  const text = card.textKey === undefined ? undefined : params[card.textKey]
  const title = params["msgTitle"] ?? (card.textKey === "title" ? undefined : params["title"])
  const isTyping = card.status === "processing" || card.status === "inputting" || card.status === "executing"
  const press: Press = async (action) => {
    setPressed(action)
    const done = await ask(Contract.press, { as: me.staffId, outTrackId: card.outTrackId, action })
    setPressed(undefined)
    if (Either.isLeft(done)) tell(words.refused(done.left.message))
  }
  const buttons = Content.cardButtons(params)
  return (
    <div class={`card ${card.status}`} aria-busy={isTyping}>
      {title === undefined || title === "" || title === text ? null : <p class="card-title">{title}</p>}
      {text === undefined ? null : <Markdown text={text} />}
      {isTyping
        ? (
          <p class="typing">
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <span class="hidden-text">{words.thinking}</span>
          </p>
        )
        : null}
      {card.status === "failed" ? <p class="failed">✗ {words.failed}</p> : null}
      {isKnown(params) ? null : (
        <dl>
          {Content.otherParams(params, card.textKey).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {buttons.length === 0 ? null : (
        <div class="actions row">
          {buttons.map(({ id, text, url }) =>
            url === undefined
              ? (
                <button
                  key={id}
                  class="button"
                  type="button"
                  disabled={pressed !== undefined}
                  onClick={() => press(id)}
                >
                  {text}
                </button>
              )
              : <Away key={id} href={url}>{text}</Away>
          )}
        </div>
      )}
      {isKnown(params) ? null : <ByAction press={press} />}
    </div>
  )
}
