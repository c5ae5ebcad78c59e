/** An inbox under fire: its process killed at moments of chance, its disk full, its database locked. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import type { ChildProcess } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DingTalkInbox } from "../../src/sql/index.ts"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import { bundle } from "../support/bundle.ts"
import { print } from "../support/program.ts"
import * as Random from "../support/random.ts"
import { directory, ended, started, until } from "./processes.ts"
import type { Spec, Told } from "./robot.ts"
import { judge, type Judged, missed } from "./verdict.ts"

/** What a run is made of. */
export interface Options {
  readonly seed: number
  readonly kills: number
  /** How long each of the other faults lasts, in milliseconds; 0 leaves them out. */
  readonly faultMs: number
}

export interface Report {
  readonly judged: Judged
  readonly said: number
  readonly acked: number
  readonly missed: ReadonlyArray<string>
}

const conversations = 10

const perSecond = 100

const workers = 8

const program = bundle(join("chaos", "inbox", "robot.ts"), { name: "inbox-robot" })

const countOf = (diary: string, what: string): number =>
  readFileSync(diary, "utf8").split("\n").filter((line) => line.startsWith(what)).length

/** Messages at a steady pace, to conversations in turn, until the scope closes. */
const talk = (fake: Fake, said: Array<string>) =>
  Effect.forever(
    Effect.flatMap(
      Effect.suspend(() =>
        fake.say("How is the weather?", { group: `cidGroup${said.length % conversations}`, mention: true })
      ),
      ({ msgId }) => Effect.zipRight(Effect.sync(() => said.push(msgId)), Effect.sleep(1_000 / perSecond))
    )
  )

export const run = ({ faultMs, kills, seed }: Options): Effect.Effect<Report, unknown> =>
  Effect.scoped(Effect.gen(function*() {
    const random = Random.make(seed)
    const bundle = yield* program
    const path = yield* directory
    const file = join(path, "inbox.db")
    const diary = join(path, "diary")
    writeFileSync(diary, "")
    const fake = yield* FakeDingTalk.make({ redeliverAfterMs: 500 })
    const spec: Spec = { config: { ...fake.config, dispatchWorkers: workers }, file, diary, handlerMs: 20 }
    const start = started(bundle, spec)
    const begun = Effect.gen(function*() {
      const before = countOf(diary, "end")
      const child = yield* start
      yield* until("a process that handles", Effect.sync(() => countOf(diary, "end") > before))
      return child
    })
    const tell = (child: ChildProcess, told: Told) => Effect.sync(() => child.send(told))
    const said: Array<string> = []
    const talking = yield* Effect.forkScoped(talk(fake, said))

    for (let kill = 0; kill < kills; kill++) {
      yield* Effect.scoped(Effect.gen(function*() {
        const child = yield* begun
        yield* Effect.sleep(random.below(300))
        child.kill("SIGKILL")
        yield* ended(child)
      }))
    }
    const child = yield* begun
    /** What was acknowledged during a fault was kept all the same; when it is over, things go on by themselves. */
    const heals = (what: string) => {
      const before = countOf(diary, "end")
      return until(`it heals from ${what}`, Effect.sync(() => countOf(diary, "end") > before + 20))
    }
    if (faultMs > 0) {
      yield* tell(child, "full")
      yield* Effect.sleep(faultMs)
      yield* tell(child, "room")
      yield* heals("a full disk")
      yield* Effect.scoped(Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const connection = yield* sql.reserve
        yield* connection.executeUnprepared("PRAGMA busy_timeout = 5000", [], undefined)
        yield* connection.executeUnprepared("BEGIN EXCLUSIVE", [], undefined)
        yield* Effect.sleep(faultMs)
        yield* connection.executeUnprepared("ROLLBACK", [], undefined)
      })).pipe(Effect.provide(SqliteClient.layer({ filename: file })))
      yield* heals("a locked database")
    }
    yield* talking.interruptAsFork(talking.id())
    yield* until("everything is acknowledged", Effect.map(fake.stats, ({ unacked }) => unacked === 0))
    const acks = yield* fake.acks
    const acked = new Set(
      acks.flatMap(({ code, delivery: { msgId } }) => code === 200 && msgId !== undefined ? [msgId] : [])
    )
    const rows = Effect.provide(
      DingTalkInbox.list({ states: ["waiting", "done", "dead", "dropped"], limit: 1_000_000 }),
      SqliteClient.layer({ filename: file })
    )
    yield* until(
      "everything is handled",
      Effect.map(rows, (all) => all.every(({ state }) => state === "done"))
    )
    child.kill("SIGTERM")
    yield* ended(child)
    const judged = judge(
      readFileSync(diary, "utf8"),
      acked,
      (yield* rows).map(({ id = "", line, number, state }) => ({ id, line, number, state }))
    )
    return { judged, said: said.length, acked: acked.size, missed: missed(judged, workers) }
  }))

export const inbox = (options: Options): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.map(run(options), ({ acked, judged, missed, said }) => {
    print(
      `\nan inbox in a SQLite file, ${options.kills} times kill -9 under ${perSecond} messages/s` +
        (options.faultMs > 0 ? `, a full disk and a locked database for ${options.faultMs} ms each:\n` : ":\n") +
        `said ${said}, acknowledged ${acked}, of those not handled ${judged.unhandled.length}, out of order ${judged.misordered.length}\n` +
        `handled twice ${judged.twice.length}, begun again after one kill at most ${judged.mostInHand}; starts ${judged.starts}`
    )
    return missed.map((bar) => `inbox: ${bar}`)
  })
