/**
 * What several pages of the console show.
 *
 * @since 0.1.0
 */
import type { ComponentChildren } from "preact"
import type { Account, Sentence, Status, Trouble } from "../../console/Protocol.ts"
import { useLocale, useWords } from "../shared/words/locale.ts"
import { count, duration } from "./format.ts"
import { words as all } from "./words.ts"

const tones = {
  Connecting: "warn",
  Standby: "good",
  Connected: "good",
  BackingOff: "warn",
  Stopping: "warn",
  Stopped: "bad"
} as const

/**
 * A status in a word, with a mark for those who don't see its colour.
 *
 * @since 0.1.0
 * @category components
 */
export const Badge = ({ status }: { readonly status: Status }) => {
  const words = useWords(all)
  const tone = status.byRequest === true ? "plain" : tones[status.name]
  const mark = { good: "●", warn: "◐", bad: "■", plain: "○" }[tone]
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{mark}</span> {words.status[status.name]}
    </span>
  )
}

/**
 * Since when, or when next.
 *
 * @since 0.1.0
 * @category components
 */
export const Since = ({ now, status }: { readonly now: number; readonly status: Status }) => {
  const words = useWords(all)
  const locale = useLocale()
  const text = status.until !== undefined
    ? words.nextTry(duration(locale, Math.max(0, status.until - now)))
    : status.since !== undefined
    ? words.since(duration(locale, now - status.since))
    : ""
  return <span class="dim">{text}{status.byRequest === true ? ` · ${words.byRequest}` : ""}</span>
}

/**
 * A sentence in the language of the page, as far as it is known in it.
 *
 * @since 0.1.0
 * @category hooks
 */
export const useSentence = () => {
  const locale = useLocale()
  return (sentence: Sentence): string => locale === "zh-CN" ? sentence.zh ?? sentence.en : sentence.en
}

/**
 * What is wrong, and what to do about it.
 *
 * @since 0.1.0
 * @category components
 */
export const TroubleView = ({ trouble }: { readonly trouble: Trouble }) => {
  const words = useWords(all)
  const said = useSentence()
  const hint = trouble.hint === undefined ? words.reasons[trouble.reason ?? ""] : said(trouble.hint)
  return (
    <div class="trouble">
      <p>
        <strong>{trouble.error}{trouble.reason === undefined ? "" : ` · ${trouble.reason}`}</strong> {trouble.what}
      </p>
      {hint === undefined ? null : (
        <p>
          <span class="label">{words.whatToDo}</span> {hint}
        </p>
      )}
    </div>
  )
}

/** How much of something is taken. */
const Meter = (
  { label, most, text, value }: {
    readonly label: string
    readonly value: number
    readonly most: number
    readonly text: string
  }
) => (
  <div class="meter">
    <span class="label">{label}</span>
    <meter min={0} max={Math.max(1, most)} high={0.8 * most} value={value} aria-label={label}>{text}</meter>
    <span class="number">{text}</span>
  </div>
)

/**
 * How much of an account's queue is taken, and how many of its workers.
 *
 * @since 0.1.0
 * @category components
 */
export const Meters = ({ figures, limits }: Pick<Account, "figures" | "limits">) => {
  const words = useWords(all)
  const locale = useLocale()
  const textOf = (value: number, most: number) => words.of(count(locale, value), count(locale, most))
  const { inFlight, queueDepth } = figures
  const { queueSize, workers } = limits
  return (
    <div class="meters">
      <Meter label={words.queue} value={queueDepth} most={queueSize} text={textOf(queueDepth, queueSize)} />
      <Meter label={words.workers} value={inFlight} most={workers} text={textOf(inFlight, workers)} />
    </div>
  )
}

/**
 * A number with its name.
 *
 * @since 0.1.0
 * @category components
 */
export const Figure = (
  { label, tone = "", value }: { readonly label: string; readonly value: ComponentChildren; readonly tone?: string }
) => (
  <div class={`figure ${tone}`}>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
)
