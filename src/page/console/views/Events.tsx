/**
 * What happened: the log of the library, in words, with what to do about it.
 *
 * @since 0.1.0
 */
import { useState } from "preact/hooks"
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { time } from "../format.ts"
import { useSentence } from "../parts.tsx"
import type { State } from "../state.ts"
import { words as all } from "../words.ts"

const isProblem = (level: string): boolean => level === "WARN" || level === "ERROR" || level === "FATAL"

const toneOf = (level: string): string => level === "WARN" ? "warn" : isProblem(level) ? "bad" : "plain"

/**
 * @since 0.1.0
 * @category components
 */
export const Events = ({ now, state }: { readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  const locale = useLocale()
  const said = useSentence()
  const [problemsOnly, setProblemsOnly] = useState(false)
  /** Records say it in English only; where an account still has the trouble, its status says it in both languages. */
  const todoOf = (
    account: string | undefined,
    error: string | undefined,
    reason: string | undefined,
    hint: string | undefined
  ) => {
    const trouble = state.accounts.find(({ id }) => id === account)?.status.trouble
    const now = trouble !== undefined && (trouble.reason ?? trouble.error) === (reason ?? error)
      ? trouble.hint
      : undefined
    if (now !== undefined) return said(now)
    const usual = words.reasons[reason ?? ""]
    return locale === "zh-CN" ? usual ?? hint : hint ?? usual
  }
  const shown = problemsOnly ? state.incidents.filter(({ level }) => isProblem(level)) : state.incidents
  return (
    <>
      <div class="page-head">
        <h1>{words.errors}</h1>
        <label class="check">
          <input
            type="checkbox"
            checked={problemsOnly}
            onChange={({ currentTarget }) => setProblemsOnly(currentTarget.checked)}
          />{" "}
          {words.problemsOnly}
        </label>
      </div>
      {shown.length === 0 ? <p class="dim">{words.noErrors}</p> : (
        <ol class="events">
          {shown.map(({ account, at, event, facts: { hint, reason, ...facts }, level, seq }) => {
            const todo = isProblem(level) ? todoOf(account, facts["error"], reason, hint) : undefined
            const told = reason === undefined ? facts : { reason, ...facts }
            return (
              <li key={seq} class={`panel event ${toneOf(level)}`}>
                <p class="event-head">
                  <time dateTime={new Date(at).toISOString()}>{time(locale, at, now)}</time>
                  <span class={`badge ${toneOf(level)}`}>{level}</span>
                  {account === undefined ? null : <strong>{account}</strong>}
                  <span>{words.events[event] ?? event}</span>
                  <code class="dim">{event}</code>
                </p>
                {Object.keys(told).length === 0 ? null : (
                  <dl class="facts">
                    {Object.entries(told).map(([name, value]) => (
                      <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                      </div>
                    ))}
                  </dl>
                )}
                {todo === undefined ? null : (
                  <p>
                    <span class="label">{words.whatToDo}</span> {todo}
                  </p>
                )}
              </li>
            )
          })}
        </ol>
      )}
    </>
  )
}
