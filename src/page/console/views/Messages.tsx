/**
 * The last messages, and what became of each.
 *
 * @since 0.1.0
 */
import { useState } from "preact/hooks"
import type { Heard, Outcome } from "../../../console/Protocol.ts"
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { duration, time } from "../format.ts"
import type { State } from "../state.ts"
import { words as all } from "../words.ts"

const outcomes: ReadonlyArray<Outcome> = ["atWork", "handled", "failed", "interrupted", "refused", "dropped", "stale"]

const tones: Readonly<Record<Outcome, string>> = {
  atWork: "warn",
  handled: "good",
  failed: "bad",
  interrupted: "plain",
  refused: "plain",
  dropped: "bad",
  stale: "plain"
}

const Row = ({ heard, now }: { readonly heard: Heard; readonly now: number }) => {
  const words = useWords(all)
  const locale = useLocale()
  const { account, at, chat, durationMs, kind, messageId, outcome, sender, text, why } = heard
  return (
    <tr>
      <td data-label={words.time}>
        <time dateTime={new Date(at).toISOString()} title={messageId}>{time(locale, at, now)}</time>
      </td>
      <td data-label={words.account}>{account}</td>
      <td data-label={words.who}>
        {sender} {chat === undefined ? null : <small>{chat === "group" ? words.inGroup : words.inDirect}</small>}
      </td>
      <td data-label={words.what} class="said">{text ?? kind ?? ""}</td>
      <td data-label={words.became}>
        <span class={`badge ${tones[outcome]}`}>{words.outcome[outcome]}</span>{" "}
        {why === undefined ? null : <span class="why">{words.gate[why] ?? why}</span>}
      </td>
      <td data-label={words.took}>{durationMs === undefined ? "" : duration(locale, durationMs)}</td>
    </tr>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const Messages = ({ now, state }: { readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  const [only, setOnly] = useState<string>("")
  const shown = only === "" ? state.heard : state.heard.filter(({ outcome }) => outcome === only)
  return (
    <>
      <div class="page-head">
        <h1>{words.messages}</h1>
        <label>
          <span class="label">{words.filter}</span>{" "}
          <select class="field short" value={only} onChange={({ currentTarget }) => setOnly(currentTarget.value)}>
            <option value="">{words.everything}</option>
            {outcomes.map((outcome) => <option key={outcome} value={outcome}>{words.outcome[outcome]}</option>)}
          </select>
        </label>
      </div>
      {state.showsText ? null : <p class="dim">{words.textHidden}</p>}
      {shown.length === 0 ? <p class="dim">{words.noMessages}</p> : (
        <div class="panel flush">
          <table class="messages">
            <thead>
              <tr>
                {[words.time, words.account, words.who, words.what, words.became, words.took].map((name) => (
                  <th key={name} scope="col">{name}</th>
                ))}
              </tr>
            </thead>
            <tbody>{shown.map((heard) => <Row key={heard.key} heard={heard} now={now} />)}</tbody>
          </table>
        </div>
      )}
    </>
  )
}
