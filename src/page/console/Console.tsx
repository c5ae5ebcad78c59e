/**
 * The console of running accounts.
 *
 * @since 0.1.0
 */
import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"
import { Link, Route, Switch, useLocation } from "wouter-preact"
import { Live } from "../../console/Protocol.ts"
import { useFeed } from "../shared/process.ts"
import { LanguageSwitch, LinkNotice } from "../shared/ui/Shell.tsx"
import { common } from "../shared/words/common.ts"
import { useLocale, useWords } from "../shared/words/locale.ts"
import { duration, useNow } from "./format.ts"
import { Setup } from "./setup/Setup.tsx"
import { initial, reduce } from "./state.ts"
import { AccountPage } from "./views/AccountPage.tsx"
import { DeadLetters } from "./views/DeadLetters.tsx"
import { Events } from "./views/Events.tsx"
import { Messages } from "./views/Messages.tsx"
import { Overview } from "./views/Overview.tsx"
import { words as all } from "./words.ts"

const Tab = ({ children, href }: { readonly href: string; readonly children: ComponentChildren }) => {
  const [location] = useLocation()
  const isHere = href === "/" ? location === "/" || location.startsWith("/accounts/") : location.startsWith(href)
  return <Link href={href} class="tab" aria-current={isHere ? "page" : undefined}>{children}</Link>
}

/**
 * @since 0.1.0
 * @category components
 */
export const Console = () => {
  const words = useWords(all)
  const shared = useWords(common)
  const locale = useLocale()
  const [state, link] = useFeed(Live, reduce, initial)
  const now = useNow(state.aheadMs)
  useEffect(() => {
    document.title = `effect-dingtalk · ${words.title}`
  }, [words])
  return (
    <>
      <a class="button primary skip" href="#content">{shared.skip}</a>
      <header class="top">
        <span class="brand">effect-dingtalk</span>
        <nav aria-label={words.navigation}>
          <Tab href="/">{words.overview}</Tab>
          <Tab href="/messages">{words.messages}</Tab>
          <Tab href="/events">{words.errors}</Tab>
          {state.hasInbox ? <Tab href="/dead">{words.deadLetters}</Tab> : null}
          {state.hasSetup ? <Tab href="/setup">{words.setup}</Tab> : null}
        </nav>
        {state.isEmpty ?
          null :
          <span class="uptime dim">{words.running} {duration(locale, now - state.startedAt)}</span>}
        <LanguageSwitch />
      </header>
      <LinkNotice link={link} />
      <main id="content" tabIndex={-1}>
        {state.isEmpty
          ? (link === "stranger" ? null : <p class="dim">{words.nothingYet}</p>)
          : (
            <Switch>
              <Route path="/messages">
                <Messages now={now} state={state} />
              </Route>
              <Route path="/events">
                <Events now={now} state={state} />
              </Route>
              <Route path="/dead">
                <DeadLetters now={now} state={state} />
              </Route>
              <Route path="/setup">
                <Setup now={now} state={state} />
              </Route>
              <Route path="/accounts/:id">
                {({ id }) => <AccountPage id={decodeURIComponent(id)} now={now} state={state} />}
              </Route>
              <Route>
                <Overview now={now} state={state} />
              </Route>
            </Switch>
          )}
      </main>
    </>
  )
}
