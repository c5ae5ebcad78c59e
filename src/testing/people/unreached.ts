/** Whom and what robots can't reach any more. */
import * as Effect from "effect/Effect"
import type { CallFaults } from "../Face.ts"
import { Conversations } from "./Conversations.ts"
import { Files } from "./Files.ts"

export const unreached: Effect.Effect<
  Pick<CallFaults, "expireDownloads" | "refuseUsers" | "refuseGroup" | "restoreGroup">,
  never,
  Conversations | Files
> = Effect.gen(function*() {
  const conversations = yield* Conversations
  const files = yield* Files
  return {
    expireDownloads: Effect.sync(files.expireLinks),
    refuseUsers: (refused) => Effect.sync(() => conversations.refuseUsers(refused)),
    refuseGroup: (id, code = "group.disbanded") => Effect.sync(() => conversations.refuseGroup(id, code)),
    restoreGroup: (id) => Effect.sync(() => conversations.restoreGroup(id))
  }
})
