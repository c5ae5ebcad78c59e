/**
 * @since 0.1.0
 */
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { common } from "../words/common.ts"
import { useWords } from "../words/locale.ts"

/**
 * A dialog over the page, while it is there. Escape closes it.
 *
 * @since 0.1.0
 * @category components
 */
export const Dialog = ({ children, onClose, title }: {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const words = useWords(common)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} onClose={onClose}>
      <header>
        <h2>{title}</h2>
        <button class="button quiet" type="button" aria-label={words.close} onClick={onClose}>✕</button>
      </header>
      {children}
    </dialog>
  )
}

/**
 * A dialog that asks for one text.
 *
 * @since 0.1.0
 * @category components
 */
export const Ask = ({ action, hint, label, onAnswer, onClose, title }: {
  readonly title: string
  readonly label: string
  readonly hint?: string
  readonly action: string
  readonly onAnswer: (text: string) => void
  readonly onClose: () => void
}) => {
  const field = useRef<HTMLInputElement>(null)
  const answer = (event: Event) => {
    event.preventDefault()
    const text = field.current?.value.trim() ?? ""
    if (text === "") return
    onAnswer(text)
    onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="ask" onSubmit={answer}>
        <label>
          {label}
          <input ref={field} class="field" />
        </label>
        {hint === undefined ? null : <p class="hint">{hint}</p>}
        <button class="button primary" type="submit">{action}</button>
      </form>
    </Dialog>
  )
}
