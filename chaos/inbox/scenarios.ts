/** An inbox under fire: its process killed at moments of chance, its disk full, its database locked, its clock set back. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ChildProcess } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { logEvents } from "../../src/logEvents.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import { bundle } from "../support/bundle.ts"
import { print } from "../support/program.ts"
import * as Random from "../support/random.ts"
import * as Disk from "./disk.ts"
import { directory, ended, started, until } from "./processes.ts"
import type { Spec, Told } from "./robot.ts"
import { judge, type Judged, missed } from "./verdict.ts"
import * as WallClock from "./wallClock.ts"

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
  /** How it was done, and what could not be done here. */
  readonly notes: ReadonlyArray<string>
  readonly missed: ReadonlyArray<string>
}

const conversations = 10

const perSecond = 100

const workers = 8

const hourMs = 3_600_000

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
    const disk = yield* Disk.small(join(path, "disk"))
    const file = join(path, "disk", "inbox.db")
    const diary = join(path, "diary")
    const clock = WallClock.make(join(path, "time"))
    writeFileSync(diary, "")
    const fake = yield* FakeDingTalk.make({ redeliverAfterMs: 500 })
    const spec: Spec = { config: { ...fake.config, dispatchWorkers: workers }, file, diary, handlerMs: 20 }
    const start = started(bundle, spec, clock.env)
    const begun = Effect.gen(function*() {
      const before = countOf(diary, "end")
      const child = yield* start
      yield* until("a process that handles", Effect.sync(() => countOf(diary, "end") > before))
      return child
    })
    const tell = (child: ChildProcess, told: Told) => Effect.sync(() => child.send(told))
    const said: Array<string> = []
    const began = yield* Clock.currentTimeMillis
    const talking = yield* Effect.forkScoped(talk(fake, said))

    for (let kill = 0; kill < kills; kill++) {
      yield* Effect.scoped(Effect.gen(function*() {
        const child = yield* begun
        yield* Effect.sleep(random.below(300))
        child.kill("SIGKILL")
        yield* ended(child)
      }))
    }
    let child = yield* begun
    /** What was acknowledged during a fault was kept all the same; when it is over, things go on by themselves. */
    const heals = (what: string) => {
      const before = countOf(diary, "end")
      return until(`it heals from ${what}`, Effect.sync(() => countOf(diary, "end") > before + 20))
    }
    /** It says so when it is down, and when it is up again. */
    const isDown = (event: string, level: number) => {
      const before = countOf(diary, `log ${event} ${level}`)
      return until(`it says ${event}`, Effect.sync(() => countOf(diary, `log ${event} ${level}`) > before))
    }
    const down = (fault: Effect.Effect<unknown>) =>
      Effect.zipRight(fault, Effect.sleep(faultMs)).pipe(
        Effect.zip(isDown(logEvents.inboxDown, 0), { concurrent: true })
      )
    const up = (what: string, repair: Effect.Effect<unknown>) =>
      Effect.zip(Effect.zipRight(repair, heals(what)), isDown(logEvents.inboxUp, 1), { concurrent: true })
    if (faultMs > 0) {
      yield* down(tell(child, "full"))
      yield* up("a database without room", tell(child, "room"))
      if (typeof disk !== "string") {
        yield* down(disk.fill)
        yield* up("a full disk", disk.free)
      }
      yield* Effect.scoped(Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const connection = yield* sql.reserve
        yield* connection.executeUnprepared("PRAGMA busy_timeout = 5000", [], undefined)
        yield* connection.executeUnprepared("BEGIN EXCLUSIVE", [], undefined)
        yield* Effect.sleep(faultMs)
        yield* connection.executeUnprepared("ROLLBACK", [], undefined)
      })).pipe(Effect.provide(SqliteClient.layer({ filename: file })))
      yield* heals("a locked database")
      yield* tell(child, "moody")
      yield* heals("handlers that fail")
      if (!clock.set(-hourMs)) yield* tell(child, "back")
      yield* Effect.sleep(faultMs)
      yield* heals("a clock that was set back")
      child.kill("SIGKILL")
      yield* ended(child)
      child = yield* begun
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
    const all = yield* rows
    const hasGoneBack = all.some(({ receivedAt }) => receivedAt < began - hourMs / 2)
    const judged = judge(
      readFileSync(diary, "utf8"),
      acked,
      all.map(({ id = "", line, number = 0, state }) => ({ id, line, number, state }))
    )
    return {
      judged,
      said: said.length,
      acked: acked.size,
      notes: faultMs === 0 ? [] : [
        typeof disk === "string" ? disk : "the disk was filled to the last byte",
        `the clock was set back by an hour: that ${clock.extent}`
      ],
      missed: [
        ...missed(judged, workers),
        ...faultMs > 0 && !hasGoneBack ? ["the clock was not set back: nothing arrived in the past"] : []
      ]
    }
  }))

export const inbox = (options: Options): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.map(run(options), ({ acked, judged, missed, notes, said }) => {
    print(
      `\nan inbox in a SQLite file, ${options.kills} times kill -9 under ${perSecond} messages/s` +
        (options.faultMs > 0
          ? `, a full disk, a locked database and a clock set back for ${options.faultMs} ms each:\n`
          : ":\n") +
        `said ${said}, acknowledged ${acked}, of those not handled ${judged.unhandled.length}, out of order ${judged.misordered.length}\n` +
        `handled twice ${judged.twice.length}, begun again after one kill at most ${judged.mostInHand}; starts ${judged.starts}${
          notes.map((note) => `\n${note}`).join("")
        }`
    )
    return missed.map((bar) => `inbox: ${bar}`)
  })
