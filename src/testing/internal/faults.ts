/** What can go wrong. */
import * as Effect from "effect/Effect"
import type { Faults } from "../Face.ts"
import type { Which } from "../Say.ts"
import type { Link } from "./link.ts"
import { linksOf, type Parts } from "./parts.ts"
import { systemParcel } from "./people.ts"
import { openPath } from "./routes.ts"

export const faults = (parts: Parts): Faults => {
  const { deliveries, http, settings, state, timers, upgrades } = parts
  const each = (which: Which, act: (link: Link) => void): Effect.Effect<void> =>
    Effect.sync(() => {
      for (const link of linksOf(parts, which)) act(link)
      parts.watch.changed()
    })
  return {
    answerNext: (path, ...answers) => Effect.sync(() => http.answerNext(path, answers)),
    answerEvery: (path, answer) => Effect.sync(() => http.answerEvery(path, answer)),
    answerOpen: (openings) => Effect.sync(() => http.answerNext(openPath, openings)),
    nextUpgrades: (fates) => Effect.sync(() => upgrades.script(fates)),
    notice: ({ closeAfterMs, end = 1000, reason = "persistent connection is timeout", ...which } = {}) =>
      each(which, (link) => {
        deliveries.deliverOn(link, systemParcel(link.clientId, "disconnect", { reason }))
        link.markNoticed()
        timers.after(closeAfterMs ?? settings.closeAfterNoticeMs, () => {
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
    expireTokens: Effect.sync(state.expireTokens),
    expireWebhooks: Effect.sync(state.expireWebhooks),
    expireDownloads: Effect.sync(state.files.expireLinks),
    refuseUsers: (refused) => Effect.sync(() => state.refuseUsers(refused)),
    refuseGroup: (id, code = "group.disbanded") => Effect.sync(() => state.refuseGroup(id, code)),
    restoreGroup: (id) => Effect.sync(() => state.refuseGroup(id, undefined))
  }
}
