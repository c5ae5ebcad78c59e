/** The inbox of a command that runs the channel. */
import type { SqlClient } from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Inbox } from "../../inbound/Inbox.ts"
import { layer } from "../../sql/DingTalkInbox.ts"
import type { UsageError } from "../errors.ts"
import * as Database from "./Database.ts"

/** Runs a channel with the inbox that `--inbox` names, which is made if it isn't there. */
export const provide = (given: string) =>
<A, E, R>(
  program: Effect.Effect<A, E, R>
): Effect.Effect<A, E | UsageError, Exclude<Exclude<R, Inbox>, SqlClient>> =>
  Database.provide(given, { mayBeNew: true })(Effect.provide(program, Layer.orDie(layer())))
