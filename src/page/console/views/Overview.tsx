/**
 * All accounts at a glance.
 *
 * @since 0.1.0
 */
import { Link } from "wouter-preact"
import type { Account } from "../../../console/Protocol.ts"
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { count, duration } from "../format.ts"
import { Badge, Figure, Meters, Since, TroubleView } from "../parts.tsx"
import { lastTrouble, type State } from "../state.ts"
import { words as all } from "../words.ts"

/**
 * The sum of what is counted by a tag.
 *
 * @since 0.1.0
 * @category accessors
 */
export const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0)

const Card = ({ account, now, state }: { readonly account: Account; readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  const locale = useLocale()
  const { figures, id, limits, status } = account
  const n = (value: number) => count(locale, value)
  const last = lastTrouble(state, id)
  const warn = (value: number, tone: string) => value === 0 ? "" : tone
  return (
    <li class="panel account">
      <div class="account-head">
        <h2>
          <Link href={`/accounts/${encodeURIComponent(id)}`} aria-label={words.details(id)}>{id}</Link>
        </h2>
        <Badge status={status} />
        <Since status={status} now={now} />
      </div>
      <dl class="figures">
        <Figure label={words.received} value={n(figures.received)} />
        <Figure label={words.handled} value={n(figures.handled)} />
        <Figure label={words.failed} value={n(figures.failed)} tone={warn(figures.failed, "bad")} />
        <Figure label={words.refusedByGate} value={n(total(figures.gated))} />
        <Figure label={words.dropped} value={n(figures.dropped)} tone={warn(figures.dropped, "bad")} />
      </dl>
      <Meters figures={figures} limits={limits} />
      <div class="last-failure">
        <span class="label">{words.lastFailure}</span> {last === undefined
          ? <span class="dim">{words.noFailure}</span>
          : last.at === undefined
          ? <TroubleView trouble={last.trouble} />
          : (
            <span class="dim">
              {last.trouble.reason ?? last.trouble.error} · {words.ago(duration(locale, now - last.at))}
            </span>
          )}
      </div>
    </li>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const Overview = ({ now, state }: { readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  return (
    <>
      <h1>{words.overview}</h1>
      {state.accounts.length === 0 ?
        (
          <p class="dim">
            {words.noAccounts} {state.hasSetup ? <Link href="/setup">{words.makeFirst}</Link> : null}
          </p>
        ) :
        (
          <ul class="accounts">
            {state.accounts.map((account) => <Card key={account.id} account={account} now={now} state={state} />)}
          </ul>
        )}
    </>
  )
}
