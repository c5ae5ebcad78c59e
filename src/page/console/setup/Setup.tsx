/**
 * The set-up form: the configuration's file, setting by setting.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useEffect, useRef, useState } from "preact/hooks"
import {
  Check,
  type Draft,
  Examine,
  type Finding,
  type Form,
  type Level,
  Read,
  Save,
  type Verdict
} from "../../../console/SetupProtocol.ts"
import type { Refusal } from "../../../pageServer/Endpoint.ts"
import { ask } from "../../shared/process.ts"
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { useSentence } from "../parts.tsx"
import type { State } from "../state.ts"
import { Connection } from "./Connection.tsx"
import { LevelForm } from "./LevelForm.tsx"
import { words as all } from "./words.ts"

/** How long somebody has to pause before what was typed in is validated, in milliseconds. */
const pauseMs = 400

const good: Verdict = { issues: [], warnings: [] }

const fresh = (levels: ReadonlyArray<Level>): Level => {
  const names = new Set(levels.map(({ id }) => id))
  const id = ["robot", ...Array.from(levels, (_, i) => `robot${i + 2}`)].find((id) => !names.has(id)) ?? "robot"
  return { id, values: {}, hasSecret: false, secret: { _tag: "Keep" } }
}

const Findings = ({ findings }: { readonly findings: ReadonlyArray<Finding> }) => {
  const words = useWords(all)
  const tones = { ok: "good", warn: "warn", fail: "bad" } as const
  return (
    <section class="panel" aria-label={words.testTitle}>
      <h2>{words.testTitle}</h2>
      <ul class="findings">
        {findings.map(({ account, status, step, todo, what }, i) => (
          <li key={i}>
            <span class={`badge ${tones[status]}`}>{words.statusWords[status]}</span> <code>{step}</code>
            <span>{account === "" ? "" : <strong>{account}</strong>} {what} {todo}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const Setup = ({ now, state }: { readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  const locale = useLocale()
  const sentence = useSentence()
  const [form, setForm] = useState<Form>()
  const [levels, setLevels] = useState<ReadonlyArray<Level>>([])
  const [verdict, setVerdict] = useState<Verdict>(good)
  const [findings, setFindings] = useState<ReadonlyArray<Finding>>()
  const [busy, setBusy] = useState<"save" | "test">()
  const [said, setSaid] = useState<{ readonly text: string; readonly isBad: boolean }>()
  const latest = useRef(0)

  const show = (form: Form) => {
    setForm(form)
    setLevels(form.levels)
  }
  const refused = ({ code, message }: Refusal) =>
    setSaid({ text: words.refused[code] ?? words.failed(message), isBad: true })
  const read = async () => {
    const answer = await ask(Read, {})
    if (Either.isRight(answer)) {
      show(answer.right)
      setSaid(undefined)
    } else setSaid({ text: words.unreadable(answer.left.message), isBad: true })
  }
  useEffect(() => void read(), [])
  const draft: Draft | undefined = form === undefined ? undefined : { revision: form.revision, levels }
  useEffect(() => {
    if (draft === undefined) return
    const timer = setTimeout(async () => {
      const mine = ++latest.current
      const answer = await ask(Check, draft)
      if (mine === latest.current && Either.isRight(answer)) setVerdict(answer.right)
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [levels, form])
  if (form === undefined || draft === undefined) {
    return <p role="status" class={said?.isBad === true ? "problem" : "dim"}>{said?.text ?? words.loading}</p>
  }
  const save = async (event: Event) => {
    event.preventDefault()
    setBusy("save")
    const answer = await ask(Save, draft)
    const again = Either.isLeft(answer) ? await ask(Check, draft) : undefined
    setBusy(undefined)
    if (Either.isRight(answer)) {
      show(answer.right)
      setSaid({ text: words.saved, isBad: false })
    } else {
      if (again !== undefined && Either.isRight(again)) setVerdict(again.right)
      refused(answer.left)
    }
  }
  const test = async () => {
    setBusy("test")
    setFindings(undefined)
    const answer = await ask(Examine, { draft, locale: locale === "zh-CN" ? "zh" : "en" })
    setBusy(undefined)
    if (Either.isRight(answer)) {
      setFindings(answer.right)
      setSaid(undefined)
    } else refused(answer.left)
  }
  const change = (at: number, level: Level) => setLevels((before) => before.map((other, i) => i === at ? level : other))
  const { issues, warnings } = verdict
  return (
    <form class="setup" onSubmit={(event) => void save(event)} noValidate>
      <h1>{words.title}</h1>
      <Connection now={now} state={state} />
      <p class="dim">{words.file(form.path)}</p>
      {issues.length + warnings.length === 0 ?
        null :
        (
          <div class={`panel ${issues.length > 0 ? "alert" : ""}`} role="status">
            {issues.length === 0 ? null : <p>{words.issues(issues.length)}</p>}
            <ul>
              {issues.map(({ message, path }, i) => (
                <li key={i}>
                  <code>{path}</code> {sentence(message)}
                </li>
              ))}
              {warnings.map((warning, i) => <li key={`w${i}`}>{sentence(warning)}</li>)}
            </ul>
          </div>
        )}
      {levels.map((level, at) => (
        <LevelForm
          key={at}
          isFirst={level.was === undefined || (level.was === "" ? form.levels.length === 1 : form.levels.length === 2)}
          level={level}
          keys={form.keys}
          issues={issues.filter((issue) => issue.level === at)}
          onChange={(level) => change(at, level)}
          onRemove={level.was === "" ? undefined : () => setLevels(levels.filter((_, i) => i !== at))}
        />
      ))}
      <button class="button" type="button" onClick={() => setLevels([...levels, fresh(levels)])}>
        + {words.addAccount}
      </button>
      {findings === undefined ? null : <Findings findings={findings} />}
      <div class="save-bar">
        <button class="button primary" type="submit" disabled={busy !== undefined}>{words.save}</button>
        <button class="button" type="button" disabled={busy !== undefined} onClick={() => void test()}>
          {busy === "test" ? words.testing : words.test}
        </button>
        <button class="button quiet" type="button" onClick={() => void read()}>{words.reload}</button>
        <p role="status" class={said?.isBad === true ? "problem" : "done"}>{said?.text}</p>
      </div>
    </form>
  )
}
