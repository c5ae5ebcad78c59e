/** What can go wrong. */
import * as Effect from "effect/Effect"
import type { Faults } from "../Face.ts"
import { Settings } from "../internal/settings.ts"
import { Timers } from "../internal/Timers.ts"
import { Watch } from "../internal/Watch.ts"
import type { Which } from "../Say.ts"
import { Credentials } from "./Credentials.ts"
import { Deliveries } from "./Deliveries.ts"
import { HttpSide } from "./HttpSide.ts"
import type { Link } from "./Link.ts"
import { Links } from "./Links.ts"
import { openPath, Upgrades } from "./Upgrades.ts"

type SocketAndHttpFaults = Omit<Faults, "expireDownloads" | "refuseUsers" | "refuseGroup" | "restoreGroup">

/** Those of sockets, calls and credentials. */
export const faults: Effect.Effect<
  SocketAndHttpFaults,
  never,
  Settings | Timers | Watch | Credentials | Deliveries | HttpSide | Links | Upgrades
> = Effect.gen(function*() {
  const { closeAfterNoticeMs } = yield* Settings
  const timers = yield* Timers
  const watch = yield* Watch
  const credentials = yield* Credentials
  const deliveries = yield* Deliveries
  const http = yield* HttpSide
  const links = yield* Links
  const upgrades = yield* Upgrades
  const each = (which: Which, act: (link: Link) => void): Effect.Effect<void> =>
    Effect.sync(() => {
      for (const link of links.live(which)) act(link)
      watch.changed()
    })
  return {
    answerNext: (path, ...answers) => Effect.sync(() => http.answerNext(path, answers)),
    answerEvery: (path, answer) => Effect.sync(() => http.answerEvery(path, answer)),
    answerOpen: (openings) => Effect.sync(() => http.answerNext(openPath, openings)),
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
    slowPong: (ms, which = {}) => each(which, (link) => link.answerPings(ms)),
    expireTokens: Effect.sync(credentials.expireTokens),
    expireWebhooks: Effect.sync(credentials.expireSessions)
  }
})
