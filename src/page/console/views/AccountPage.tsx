/**
 * One account in full.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useState } from "preact/hooks"
import { Link } from "wouter-preact"
import { type Account, Act } from "../../../console/Protocol.ts"
import { ask } from "../../shared/process.ts"
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { DebugSwitch } from "../DebugSwitch.tsx"
import { count, duration, time } from "../format.ts"
import { Badge, Figure, Meters, Since, TroubleView } from "../parts.tsx"
import type { State } from "../state.ts"
import { words as all } from "../words.ts"
import { total } from "./Overview.tsx"

type Which = "start" | "stop" | "restart"

const Acts = ({ account }: { readonly account: Account }) => {
  const { id, status } = account
  const words = useWords(all)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const act = async (act: Which) => {
    setBusy(true)
    const answer = await ask(Act, { account: id, act })
    setBusy(false)
    setProblem(Either.isLeft(answer) ? answer.left.message : undefined)
  }
  const isDown = status.name === "Stopped" || status.name === "Stopping"
  return (
    <div class="acts">
      <button class="button" type="button" disabled={isBusy} onClick={() => void act("restart")}>
        {words.restart}
      </button>
      {isDown
        ? (
          <button class="button" type="button" disabled={isBusy} onClick={() => void act("start")}>
            {words.start}
          </button>
        )
        : (
          <button class="button bad" type="button" disabled={isBusy} onClick={() => void act("stop")}>
            {words.stop}
          </button>
        )}
      <DebugSwitch account={account} />
      <p role="status">{problem === undefined ? null : words.failedAct(problem)}</p>
    </div>
  )
}

const Counts = ({ counts, label }: { readonly counts: Readonly<Record<string, number>>; readonly label: string }) => {
  const locale = useLocale()
  const parts = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
  return (
    <Figure
      label={label}
      value={
        <>
          {count(locale, total(counts))}
          {parts.length === 0 ?
            null :
            <small>{parts.map(([name, n]) => `${name === "" ? "–" : name} ${count(locale, n)}`).join(" · ")}</small>}
        </>
      }
    />
  )
}

/** The statuses as stripes, from the oldest known to now. */
const Timeline = ({ id, now, state }: { readonly id: string; readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  const changes = state.changes.filter(({ account }) => account === id).toReversed()
  const from = changes[0]?.at ?? now
  const span = Math.max(1, now - from)
  return (
    <svg class="timeline" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label={words.timeline(id)}>
      {changes.map(({ at, seq, status }, i) => {
        const until = changes[i + 1]?.at ?? now
        return (
          <rect
            key={seq}
            class={`stripe ${status.name}`}
            x={(1_000 * (at - from)) / span}
            width={Math.max(2, (1_000 * (until - at)) / span)}
            y={0}
            height={24}
          />
        )
      })}
    </svg>
  )
}

const Figures = ({ account: { clientId, figures, limits } }: { readonly account: Account }) => {
  const words = useWords(all)
  const locale = useLocale()
  const { figures: names, groups } = words
  const n = (value: number) => count(locale, value)
  const average = (timed: { readonly count: number; readonly seconds: number }) =>
    timed.count === 0 ? words.none : duration(locale, (1_000 * timed.seconds) / timed.count)
  return (
    <div class="groups">
      <section class="panel">
        <h2>{groups.arriving}</h2>
        <dl class="rows">
          <Figure label={names.received} value={n(figures.received)} />
          <Figure label={names.acked} value={n(figures.acked)} />
          <Counts label={names.gated} counts={figures.gated} />
          <Figure label={names.dropped} value={n(figures.dropped)} />
          <Figure label={names.duplicate} value={n(figures.duplicate)} />
          <Figure label={names.stale} value={n(figures.stale)} />
          <Figure label={names.undecodable} value={n(figures.undecodable)} />
        </dl>
      </section>
      <section class="panel">
        <h2>{groups.handling}</h2>
        <Meters figures={figures} limits={limits} />
        <dl class="rows">
          <Figure label={names.handled} value={n(figures.handled)} />
          <Figure label={names.failed} value={n(figures.failed)} />
          <Figure label={names.interrupted} value={n(figures.interrupted)} />
          <Figure label={names.abandoned} value={n(figures.abandoned)} />
          <Figure label={names.average} value={average(figures.handling)} />
        </dl>
      </section>
      <section class="panel">
        <h2>{groups.connection}</h2>
        <dl class="rows">
          <Figure label={names.clientId} value={<code>{clientId}</code>} />
          <Figure label={names.strikes} value={n(figures.strikes)} />
          <Counts label={names.reconnects} counts={figures.reconnects} />
          <Counts label={names.oddFrames} counts={figures.oddFrames} />
          <Figure label={names.tokens} value={n(figures.tokenRefreshes)} />
        </dl>
      </section>
      <section class="panel">
        <h2>{groups.sending}</h2>
        <dl class="rows">
          <Counts label={names.sends} counts={figures.sends} />
          <Figure label={names.rate} value={names.rateOf(n(limits.rateLimit), n(limits.rateBurst))} />
          <Figure label={names.waited} value={average(figures.sendWait)} />
          <Counts label={names.holds} counts={figures.holds} />
          <Figure label={names.skipped} value={n(figures.skippedCalls)} />
          <Counts label={names.cards} counts={figures.cards} />
          <Counts label={names.asks} counts={figures.asks} />
        </dl>
      </section>
    </div>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const AccountPage = (
  { id, now, state }: { readonly id: string; readonly now: number; readonly state: State }
) => {
  const words = useWords(all)
  const locale = useLocale()
  const account = state.accounts.find((account) => account.id === id)
  if (account === undefined) {
    return (
      <>
        <p>
          <Link href="/">← {words.back}</Link>
        </p>
        <p class="dim">{words.noAccounts}</p>
      </>
    )
  }
  const { status } = account
  return (
    <>
      <p>
        <Link href="/">← {words.back}</Link>
      </p>
      <div class="account-head">
        <h1>{id}</h1>
        <Badge status={status} />
        <Since status={status} now={now} />
      </div>
      {status.trouble === undefined ? null : (
        <div class="panel alert">
          <TroubleView trouble={status.trouble} />
        </div>
      )}
      <Acts account={account} />
      <Timeline id={id} now={now} state={state} />
      <Figures account={account} />
      <section class="panel">
        <h2>{words.history}</h2>
        <p class="dim">{words.historyHelp}</p>
        <ol class="history">
          {state.changes.filter((change) => change.account === id).map(({ at, seq, status }) => (
            <li key={seq}>
              <time dateTime={new Date(at).toISOString()}>{time(locale, at, now)}</time>
              <Badge status={status} />
              {status.trouble === undefined ?
                null :
                <span class="dim">{status.trouble.reason ?? status.trouble.error} · {status.trouble.what}</span>}
            </li>
          ))}
        </ol>
      </section>
    </>
  )
}
