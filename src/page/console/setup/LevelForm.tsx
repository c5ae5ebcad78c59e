/**
 * The settings of one account, or of all.
 *
 * @since 0.1.0
 */
import { useId, useState } from "preact/hooks"
import type { Issue, Key, Level, Value } from "../../../console/SetupProtocol.ts"
import { useWords } from "../../shared/words/locale.ts"
import { useSentence } from "../parts.tsx"
import { Field } from "./fields.tsx"
import { Scan } from "./Scan.tsx"
import { words as all } from "./words.ts"

/** What belongs together, and what few people ever change. */
const groups = {
  credentials: { first: ["appKey", "appSecret", "enabled"], more: ["robotCode"] },
  gate: { first: ["allowedUsers", "requireMention"], more: ["freeResponseChats", "mentionPatterns"] },
  work: {
    first: ["dispatchWorkers", "ordering"],
    more: [
      "dispatchQueueSize",
      "dispatchQueueBytes",
      "overflow",
      "handlerTimeoutMs",
      "staleAfterMs",
      "burstMs",
      "drainTimeoutMs"
    ]
  },
  rest: {
    first: ["renderMode", "rateLimit"],
    more: ["rateBurst", "textChunkLimit", "events", "stallCoolDownMs", "apiBaseUrl", "oapiBaseUrl"]
  }
} as const

type GroupName = keyof typeof groups

const groupNames = ["credentials", "gate", "work", "rest"] as const satisfies ReadonlyArray<GroupName>

/**
 * @since 0.1.0
 * @category components
 */
export const LevelForm = (
  { isFirst, issues, keys, level, onChange, onRemove }: {
    /** Whether it is open at first. */
    readonly isFirst: boolean
    readonly level: Level
    readonly keys: ReadonlyArray<Key>
    readonly issues: ReadonlyArray<Issue>
    readonly onChange: (level: Level) => void
    readonly onRemove: (() => void) | undefined
  }
) => {
  const words = useWords(all)
  const said = useSentence()
  const nameId = useId()
  const [isScanning, setScanning] = useState(false)
  const [isOpen, setOpen] = useState(isFirst)
  const isTop = level.was === ""
  const set = (name: string, value: Value) => onChange({ ...level, values: { ...level.values, [name]: value } })
  const problemsOf = (name: string) => issues.filter(({ key }) => key === name).map(({ message }) => said(message))
  const setting = (name: string) => {
    const key = keys.find((key) => key.name === name)
    if (key === undefined) return null
    return key.kind === "secret"
      ? (
        <Field
          key={name}
          keyOf={key}
          value={level.secret._tag === "Typed" ? level.secret.text : ""}
          hasSecret={level.hasSecret || level.secret._tag === "Scanned"}
          problems={problemsOf(name)}
          onChange={(value) =>
            onChange({
              ...level,
              secret: value === "" || typeof value !== "string" ? { _tag: "Keep" } : { _tag: "Typed", text: value }
            })}
        />
      )
      : (
        <Field
          key={name}
          keyOf={key}
          value={level.values[name]}
          problems={problemsOf(name)}
          onChange={(value) => set(name, value)}
        />
      )
  }
  const group = (name: GroupName) => {
    const { first, more } = groups[name]
    const isOpen = more.some((key) => key in level.values || problemsOf(key).length > 0)
    return (
      <fieldset key={name}>
        <legend>{words.groups[name]}</legend>
        {name !== "credentials" ? null : (
          <>
            <details class="guide">
              <summary>{words.guide}</summary>
              <ol>{words.steps.map((step) => <li key={step}>{step}</li>)}</ol>
            </details>
            {isScanning
              ? (
                <Scan
                  onClose={() => setScanning(false)}
                  onDone={(scan, clientId) =>
                    onChange({
                      ...level,
                      values: { ...level.values, appKey: clientId },
                      secret: { _tag: "Scanned", scan }
                    })}
                />
              )
              : <button class="button" type="button" onClick={() => setScanning(true)}>{words.scan}</button>}
          </>
        )}
        <div class="settings">{first.map(setting)}</div>
        <details open={isOpen}>
          <summary>{words.more}</summary>
          <div class="settings">{more.map(setting)}</div>
        </details>
      </fieldset>
    )
  }
  const whole = issues.filter(({ key }) => key === undefined)
  return (
    <details class="panel level" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <strong>{isTop ? words.forAll : level.id}</strong> {isTop ? null : <code>{level.values["appKey"]}</code>}{" "}
        {issues.length === 0 ? null : <span class="badge bad">{words.issues(issues.length)}</span>}
      </summary>
      {isTop
        ? <p class="dim">{words.forAllHelp}</p>
        : (
          <div class="level-head">
            <div class={`setting ${whole.length > 0 ? "wrong" : ""}`}>
              <label for={nameId}>{words.account} · {words.name}</label>
              <input
                id={nameId}
                class="field"
                type="text"
                value={level.id}
                spellcheck={false}
                aria-describedby={`${nameId}-help`}
                aria-invalid={whole.length > 0}
                onInput={({ currentTarget }) => onChange({ ...level, id: currentTarget.value })}
              />
              <div id={`${nameId}-help`} class="help">
                {whole.map(({ message }) => <p key={message.en} class="problem">{said(message)}</p>)}
                <p>{words.nameHelp}</p>
              </div>
            </div>
            {onRemove === undefined ?
              null :
              <button class="button bad" type="button" onClick={onRemove}>{words.removeAccount}</button>}
          </div>
        )}
      {groupNames.map(group)}
    </details>
  )
}
