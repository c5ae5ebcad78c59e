/** What can go wrong. */
import * as Effect from "effect/Effect"
import type { CallFaults, Faults } from "../Face.ts"
import { Settings } from "../internal/settings.ts"
import { Timers } from "../internal/Timers.ts"
import { Watch } from "../internal/Watch.ts"
import type { Which } from "../Say.ts"
import { Calls } from "./Calls.ts"
import { Credentials } from "./Credentials.ts"
import { Deliveries } from "./Deliveries.ts"
import type { Link } from "./Link.ts"
import { Links } from "./Links.ts"
import { openPath, Upgrades } from "./Upgrades.ts"

/** Those of calls and credentials. */
export const callFaults: Effect.Effect<
  Pick<CallFaults, "answerNext" | "answerEvery" | "expireTokens" | "expireWebhooks">,
  never,
  Credentials | Calls
> = Effect.gen(function*() {
  const credentials = yield* Credentials
  const calls = yield* Calls
  return {
    answerNext: (path, ...answers) => Effect.sync(() => calls.answerNext(path, answers)),
    answerEvery: (path, answer) => Effect.sync(() => calls.answerEvery(path, answer)),
    expireTokens: Effect.sync(credentials.expireTokens),
    expireWebhooks: Effect.sync(credentials.expireSessions)
  }
})

/** Those of sockets, on the way to them, too. */
export const socketFaults: Effect.Effect<
  Omit<Faults, keyof CallFaults>,
  never,
  Settings | Timers | Watch | Deliveries | Calls | Links | Upgrades
> = Effect.gen(function*() {
  const { closeAfterNoticeMs } = yield* Settings
  const timers = yield* Timers
  const watch = yield* Watch
  const deliveries = yield* Deliveries
  const calls = yield* Calls
  const links = yield* Links
  const upgrades = yield* Upgrades
  const each = (which: Which, act: (link: Link) => void): Effect.Effect<void> =>
    Effect.sync(() => {
      for (const link of links.live(which)) act(link)
      watch.changed()
    })
  return {
    answerOpen: (openings) => Effect.sync(() => calls.answerNext(openPath, openings)),
    nextUpgrades: (fates) => Effect.sync(() => upgrades.script(fates)),
    notice: ({ closeAfterMs, end = 1000, reason = "persistent connection is timeout", ...which } = {}) =>
      each(which, (link) => {
        deliveries.system(link, "disconnect", { reason })
        link.markNoticed()
        timers.after(closeAfterMs ?? closeAfterNoticeMs, () => {
          if (end === "cut") link.cut(false)
          else link.close(end, "")
        })
      }),
    closeAll: (code = 1000, reason = "", which = {}) => each(which, (link) => link.close(code, reason)),
    cut: ({ reset = false, ...which } = {}) => each(which, (link) => link.cut(reset)),
    freeze: (which = {}) => each(which, (link) => link.freeze()),
    thaw: (which = {}) => each(which, (link) => link.thaw()),
    stopAnsweringPings: (which = {}) => each(which, (link) => link.answerPings("never")),
    slowPong: (ms, which = {}) => each(which, (link) => link.answerPings(ms))
  }
})
