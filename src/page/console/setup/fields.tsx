/**
 * The controls of the form, one for each kind of setting.
 *
 * @since 0.1.0
 */
import { useId, useState } from "preact/hooks"
import type { Key, Value } from "../../../console/SetupProtocol.ts"
import { useWords } from "../../shared/words/locale.ts"
import { words as all } from "./words.ts"

interface Labelled {
  readonly id: string
  readonly describedBy: string
  readonly isWrong: boolean
}

const Tags = (
  { describedBy, id, isWrong, items, onChange }: Labelled & {
    readonly items: ReadonlyArray<string>
    readonly onChange: (items: ReadonlyArray<string>) => void
  }
) => {
  const words = useWords(all)
  const [text, setText] = useState("")
  const add = (more: string) => {
    const fresh = more.split(/[,，\n]/).map((item) => item.trim()).filter((item) =>
      item !== "" && !items.includes(item)
    )
    if (fresh.length > 0) onChange([...items, ...new Set(fresh)])
    setText("")
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault()
      add(text)
    } else if (event.key === "Backspace" && text === "") {
      onChange(items.slice(0, -1))
    }
  }
  return (
    <div class="tags field">
      {items.map((item) => (
        <span key={item} class="tag">
          {item}
          <button
            type="button"
            aria-label={words.remove(item)}
            onClick={() => onChange(items.filter((other) => other !== item))}
          >
            ×
          </button>
        </span>
      ))}
      <input
        id={id}
        type="text"
        value={text}
        placeholder={words.addItem}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const pasted = event.clipboardData?.getData("text") ?? ""
          if (!/[,，\n]/.test(pasted)) return
          event.preventDefault()
          add(pasted)
        }}
        onBlur={() => add(text)}
      />
    </div>
  )
}

const textOf = (value: Value | undefined): string =>
  value === undefined ? "" : typeof value === "string" ? value : value.join(", ")

/**
 * A setting with its name, its explanation, and what is wrong with it.
 *
 * @since 0.1.0
 * @category components
 */
export const Field = (
  { hasSecret = false, keyOf: key, onChange, problems, value }: {
    readonly keyOf: Key
    readonly value: Value | undefined
    readonly hasSecret?: boolean
    readonly problems: ReadonlyArray<string>
    readonly onChange: (value: Value) => void
  }
) => {
  const words = useWords(all)
  const id = useId()
  const names: Readonly<Record<string, string>> = words.labels
  const descriptions: Readonly<Record<string, string | undefined>> = words.descriptions
  const labelled = { id, describedBy: `${id}-help`, isWrong: problems.length > 0 }
  const attributes = {
    id,
    class: "field",
    "aria-describedby": labelled.describedBy,
    "aria-invalid": labelled.isWrong
  }
  const options: ReadonlyArray<readonly [value: string, name: string]> = key.kind === "flag"
    ? [["true", words.yes], ["false", words.no]]
    : key.choices.map((choice) => [choice, choice] as const)
  const text = textOf(value)
  const control = key.kind === "list"
    ? (
      <Tags
        {...labelled}
        items={value === undefined || typeof value === "string" ? [] : value}
        onChange={onChange}
      />
    )
    : key.kind === "flag" || key.kind === "choice"
    ? (
      <select {...attributes} value={text} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">
          {words.defaultChoice(
            key.kind === "flag" ? (key.default === "true" ? words.yes : words.no) : key.default.replaceAll("\"", "")
          )}
        </option>
        {options.some(([option]) => option === text) || text === "" ? null : <option value={text}>{text}</option>}
        {options.map(([option, name]) => <option key={option} value={option}>{name}</option>)}
      </select>
    )
    : (
      <input
        {...attributes}
        type={key.kind === "secret" ? "password" : "text"}
        inputMode={key.kind === "number" ? "decimal" : "text"}
        autoComplete={key.kind === "secret" ? "new-password" : "off"}
        spellcheck={false}
        value={text}
        placeholder={hasSecret ? words.kept : ""}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )
  return (
    <div class={`setting ${labelled.isWrong ? "wrong" : ""}`}>
      <label for={id}>
        {names[key.name] ?? key.name} <code>{key.name}</code>
      </label>
      {control}
      <div id={labelled.describedBy} class="help">
        {problems.map((problem) => <p key={problem} class="problem">{problem}</p>)}
        <p>
          {descriptions[key.name] ?? key.description.replaceAll("`", "")} {key.kind === "secret"
            ? words.secretNever
            : key.kind === "number" || key.kind === "text"
            ? (key.default === "required" ? "" : words.default(key.default.replaceAll("`", "")))
            : ""}
        </p>
      </div>
    </div>
  )
}
