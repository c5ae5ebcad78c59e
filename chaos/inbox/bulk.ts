/** A sending to many people, killed at moments of chance and taken up again. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { DingTalkBulkRun } from "../../src/sql/index.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import { bundle } from "../support/bundle.ts"
import { print } from "../support/program.ts"
import * as Random from "../support/random.ts"
import { directory, ended, started, until } from "./processes.ts"
import type { Spec } from "./sender.ts"

export interface Options {
  readonly seed: number
  readonly people: number
  readonly kills: number
}

export interface Report {
  /** Who got it more than once. */
  readonly twice: ReadonlyArray<string>
  /** Who neither got it nor is named as unknown. */
  readonly missed: ReadonlyArray<string>
  /** Who is named as unknown: the call was on its way at a kill. */
  readonly unknown: ReadonlyArray<string>
  /** Kills that came before the end. */
  readonly kills: number
}

const name = "closed on Monday"

export const run = ({ kills, people, seed }: Options): Effect.Effect<Report, unknown> =>
  Effect.scoped(Effect.gen(function*() {
    const random = Random.make(seed)
    const program = yield* bundle(join("chaos", "inbox", "sender.ts"), { name: "bulk-sender" })
    const file = join(yield* directory, "bulk.db")
    const fake = yield* FakeDingTalk.make()
    const userIds = Array.from({ length: people }, (_, index) => `user${index}`)
    const spec: Spec = { config: fake.config, file, name, userIds }
    const sent = Effect.map(fake.sends, (sends) => sends.flatMap(({ userIds }) => userIds))

    for (let kill = 0; kill < kills; kill++) {
      yield* Effect.scoped(Effect.gen(function*() {
        const before = (yield* sent).length
        const child = yield* started(program, spec)
        yield* until("a process that sends", Effect.map(sent, ({ length }) => length > before))
        yield* Effect.sleep(random.below(100))
        child.kill("SIGKILL")
        yield* ended(child)
      }))
    }
    const cut = (yield* sent).length
    yield* Effect.scoped(Effect.flatMap(started(program, spec), ended))
    const got = yield* sent
    const outcomes = yield* Effect.provide(DingTalkBulkRun.outcomes(name), SqliteClient.layer({ filename: file }))
    const unknown = outcomes.filter(({ outcome }) => outcome === "unknown").map(({ userId }) => userId)
    const reached = new Set(got)
    const named = new Set(unknown)
    return {
      twice: got.filter((userId, index) => got.indexOf(userId) !== index),
      missed: userIds.filter((userId) => !reached.has(userId) && !named.has(userId)),
      unknown,
      kills: cut < people ? kills : 0
    }
  }))

export const bulk = (options: Options): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.map(run(options), ({ kills, missed, twice, unknown }) => {
    print(
      `\na message to ${options.people} people, ${kills} times kill -9: twice to ${twice.length}, not to ${missed.length} that nobody names,` +
        ` named as unknown ${unknown.length}`
    )
    return [
      ...twice.length > 0 ? [`bulk: ${twice.length} people got it twice`] : [],
      ...missed.length > 0 ? [`bulk: ${missed.length} people did not get it and are not named`] : [],
      ...unknown.length > 20 * kills ? [`bulk: ${unknown.length} people are unknown after ${kills} kills`] : [],
      ...kills < options.kills ? ["bulk: it had ended before the last kill"] : []
    ]
  })
