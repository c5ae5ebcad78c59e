/**
 * How the accounts that run stand: a strip over the form.
 *
 * @since 0.1.0
 */
import { useLocale, useWords } from "../../shared/words/locale.ts"
import { DebugSwitch } from "../DebugSwitch.tsx"
import { duration } from "../format.ts"
import { Badge, Since } from "../parts.tsx"
import { lastTrouble, type State } from "../state.ts"
import { words as console } from "../words.ts"
import { words as all } from "./words.ts"

/**
 * @since 0.1.0
 * @category components
 */
export const Connection = ({ now, state }: { readonly now: number; readonly state: State }) => {
  const words = useWords(all)
  const said = useWords(console)
  const locale = useLocale()
  if (state.accounts.length === 0) return <p class="panel dim">{said.noAccounts}</p>
  return (
    <ul class="strip panel" aria-label={words.connection}>
      {state.accounts.map((account) => {
        const last = lastTrouble(state, account.id)
        return (
          <li key={account.id}>
            <strong>{account.id}</strong>
            <Badge status={account.status} />
            <Since status={account.status} now={now} />
            <span class="dim">
              {said.lastFailure}: {last === undefined
                ? said.noFailure
                : `${last.trouble.reason ?? last.trouble.error}${
                  last.at === undefined ? "" : ` · ${said.ago(duration(locale, now - last.at))}`
                }`}
            </span>
            <DebugSwitch account={account} />
          </li>
        )
      })}
    </ul>
  )
}
