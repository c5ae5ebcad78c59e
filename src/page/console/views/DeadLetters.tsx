/**
 * What the inbox has given up, and what shall become of it.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useCallback, useEffect, useState } from "preact/hooks"
import { type Buried, DeadLetters as Look, Decide } from "../../../console/Protocol.ts"
import type { Refusal } from "../../../pageServer/Endpoint.ts"
import { ask } from "../../shared/process.ts"
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { count, time } from "../format.ts"
import type { State } from "../state.ts"
import { words as all } from "../words.ts"

/** How often it is looked at the database while somebody looks at the page, in milliseconds. */
const lookEveryMs = 2_000

type Decision = "retry" | "drop"

const Row = (
  { buried, decide, isBusy, now }: {
    readonly buried: Buried
    readonly now: number
    readonly isBusy: boolean
    readonly decide: (buried: Buried, decision: Decision) => void
  }
) => {
  const words = useWords(all)
  const locale = useLocale()
  const { account, attempts, cause, endedAt, id, line, number, receivedAt, text, topic } = buried
  const at = endedAt ?? receivedAt
  const name = `${account} ${number}`
  return (
    <tr>
      <td data-label={words.time}>
        <time dateTime={new Date(at).toISOString()} title={time(locale, receivedAt, now)}>{time(locale, at, now)}</time>
      </td>
      <td data-label={words.account}>
        {account} <small>{number}</small>
      </td>
      <td data-label={words.what} class="said">
        <span title={`${topic} · ${line}`}>{text ?? <code>{id ?? line}</code>}</span>
      </td>
      <td data-label={words.attempts}>{count(locale, attempts)}</td>
      <td data-label={words.failedOf}>
        <span class="why">{cause ?? ""}</span>
      </td>
      <td data-label={words.decide}>
        <div class="acts">
          <button
            class="button"
            type="button"
            aria-label={words.retryOf(name)}
            disabled={isBusy}
            onClick={() => decide(buried, "retry")}
          >
            {words.retry}
          </button>
          <button
            class="button bad"
            type="button"
            aria-label={words.dropOf(name)}
            disabled={isBusy}
            onClick={() => decide(buried, "drop")}
          >
            {words.drop}
          </button>
        </div>
      </td>
    </tr>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const DeadLetters = ({ now, state }: { readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  const locale = useLocale()
  const [known, setKnown] = useState<typeof Look.success.Type>()
  const [isBusy, setBusy] = useState(false)
  const [unseen, setUnseen] = useState<Refusal>()
  const [undone, setUndone] = useState<Refusal>()
  const look = useCallback(async () => {
    const answer = await ask(Look, {})
    if (Either.isRight(answer)) setKnown(answer.right)
    setUnseen(Either.isLeft(answer) ? answer.left : undefined)
  }, [])
  useEffect(() => {
    void look()
    const timer = setInterval(() => void look(), lookEveryMs)
    return () => clearInterval(timer)
  }, [look])
  const decide = async ({ account, number }: Buried, decision: Decision) => {
    setBusy(true)
    const answer = await ask(Decide, { account, number, decision })
    setUndone(Either.isLeft(answer) ? answer.left : undefined)
    await look()
    setBusy(false)
  }
  const said = ({ code, message }: Refusal) => words.failedAct(words.dead[code] ?? message)
  const problem = undone ?? unseen
  return (
    <>
      <div class="page-head">
        <h1>
          {words.deadLetters}
          {known === undefined ? null : ` (${count(locale, known.count)})`}
        </h1>
      </div>
      <p class="dim">{words.deadHelp}</p>
      {state.showsText ? null : <p class="dim">{words.textHidden}</p>}
      <p role="status">{problem === undefined ? null : said(problem)}</p>
      {known === undefined ? null : known.count === 0 ? <p class="dim">{words.noDead}</p> : (
        <>
          {known.entries.length === known.count
            ? null
            : <p class="dim">{words.deadShown(count(locale, known.entries.length), count(locale, known.count))}</p>}
          <div class="panel flush">
            <table class="messages">
              <thead>
                <tr>
                  {[words.time, words.account, words.what, words.attempts, words.failedOf, words.decide].map((name) => (
                    <th key={name} scope="col">{name}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {known.entries.map((buried) => (
                  <Row
                    key={`${buried.account} ${buried.number}`}
                    buried={buried}
                    now={now}
                    isBusy={isBusy}
                    decide={(buried, decision) => void decide(buried, decision)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </>
  )
}
