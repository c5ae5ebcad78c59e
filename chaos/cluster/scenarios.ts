/** Two runners under load: killed, stopped, replaced, frozen, and cut off from each other and from the database. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import { type Postgres, postgres, postgresMissing, query } from "../../test/utils/postgres.ts"
import { freePort } from "../support/listen.ts"
import { table } from "../support/measures/table.ts"
import { print } from "../support/program.ts"
import * as Random from "../support/random.ts"
import * as Network from "./Network.ts"
import { type Blow, judge, missed } from "./verdict.ts"
import * as World from "./World.ts"

export interface Options {
  readonly seed: number
  /** How many runners are killed. */
  readonly kills: number
  /** How long a cut, a freeze and a silent database last, in milliseconds; 0 leaves them out. */
  readonly faultMs: number
  /** Where the sources of an older version are, to deploy from it; this version if there are none. */
  readonly older?: string | undefined
  /** What is done. */
  readonly stages: ReadonlyArray<(typeof stages)[number]>
}

export const stages = ["kills", "deploys", "freezes", "partitions"] as const

const conversations = 12

const perSecond = 40

const handlerMs = 20

/** How soon the other runner is to have everything after a death or a cut, and after a clean stop, in milliseconds. */
const bars = { failover: 12_000, handOver: 2_000 }

/** Longest wait for anything, in milliseconds. */
const patienceMs = 60_000

const until = (what: string, isSo: () => boolean): Effect.Effect<void, unknown> =>
  Effect.sync(isSo).pipe(
    Effect.repeat({ until: (so) => so, schedule: Schedule.spaced("25 millis") }),
    Effect.timeoutFail({
      duration: patienceMs,
      onTimeout: () => new Cause.TimeoutException(`it never came to this: ${what}`)
    }),
    Effect.asVoid
  )

/** Messages at a steady pace, to conversations in turn. What finds no connection comes when there is one. */
const talk = (fake: Fake, count: { said: number }) =>
  Effect.forever(
    Effect.suspend(() => {
      const text = String(count.said)
      const said = fake.say(text, { group: `cid${count.said % conversations}`, mention: true })
      count.said += 1
      return Effect.zipRight(Effect.ignore(said), Effect.sleep(1_000 / perSecond))
    })
  )

interface Took {
  readonly what: string
  readonly ms: number
  readonly barMs: number
}

/** A cluster with its load, what is measured, and what is known of what happened. */
interface Stage {
  readonly took: Array<Took>
  readonly start: (name: string, place: number, bundle?: string) => Effect.Effect<World.Runner, unknown, Scope.Scope>
  readonly hit: (runner: World.Runner) => Effect.Effect<number>
  /** Waits until the runner has the connection and has begun a message of each conversation since then. */
  readonly hasAll: (runner: World.Runner, since: number) => Effect.Effect<number, unknown>
  readonly isShared: (runners: ReadonlyArray<World.Runner>) => Effect.Effect<void, unknown>
}

const stage = <E>(
  title: string,
  database: Postgres,
  places: ReadonlyArray<Network.Place>,
  fake: Fake,
  bundle: string,
  run: (stage: Stage) => Effect.Effect<void, E, Scope.Scope>
) =>
  Effect.scoped(Effect.gen(function*() {
    const name = `c${title.replaceAll(/\W/g, "").toLowerCase()}`
    const url = yield* database.database(name)
    const ports = [yield* freePort, yield* freePort, yield* freePort]
    const runners: Array<World.Runner> = []
    const blows: Array<Blow> = []
    const count = { said: 0 }
    const took: Array<Took> = []
    const facts = () => runners.flatMap(({ facts }) => facts)

    const start: Stage["start"] = (runnerName, place, other = bundle) =>
      Effect.gen(function*() {
        const where = places[place]
        const runner = yield* World.start(
          other,
          {
            name: runnerName,
            url,
            port: ports[place] ?? 0,
            config: { ...fake.config, dispatchWorkers: conversations, drainTimeoutMs: 1_000 },
            handlerMs,
            ...where === undefined ? {} : { host: where.host, forwards: where.forwards }
          },
          where?.namespace
        )
        runners.push(runner)
        yield* until(`${runnerName} to be there`, () => runner.facts.some(({ event }) => event === "status"))
        return runner
      })
    const hit: Stage["hit"] = (runner) =>
      Effect.sync(() => {
        const at = Date.now()
        blows.push({ runner: runner.name, at })
        return at
      })
    const hasAll: Stage["hasAll"] = (runner, since) =>
      Effect.suspend(() => {
        const begun = () =>
          new Set(
            runner.facts.filter(({ at, event }) => event === "begin" && at >= since).map((fact) => fact.conversation)
          ).size
        return Effect.map(
          until(`${runner.name} to have everything`, () => runner.connected() === 1 && begun() === conversations),
          () => Date.now() - since
        )
      })
    const isShared: Stage["isShared"] = (those) =>
      Effect.suspend(() => {
        const since = Date.now()
        return until(
          "both to have conversations and one to have the connection",
          () =>
            those.reduce((sum, runner) => sum + runner.connected(), 0) === 1 &&
            those.every(({ facts }) => facts.some(({ at, event }) => event === "begin" && at >= since))
        )
      })

    const talking = yield* Effect.forkScoped(talk(fake, count))
    yield* run({ took, start, hit, hasAll, isShared })
    yield* talking.interruptAsFork(talking.id())
    yield* Effect.repeat(Effect.map(fake.stats, ({ unacked }) => unacked === 0), {
      until: (all) => all,
      schedule: Schedule.spaced("50 millis")
    }).pipe(
      Effect.timeoutFail({
        duration: patienceMs,
        onTimeout: () => new Cause.TimeoutException("not everything is acknowledged")
      })
    )
    // What was on its way to be delivered again is there by then.
    yield* Effect.sleep("2 seconds")
    const acked = (yield* fake.acks).flatMap(({ code, delivery: { msgId } }) =>
      code === 200 && msgId !== undefined ? [msgId] : []
    )
    const kept = (yield* query(
      url,
      "SELECT entity_id || ' ' || (payload::json->>'id') FROM cluster_messages WHERE kind = 0 ORDER BY rowid"
    )).map((row) => {
      const [entity = "", messageId = ""] = row.split(" ")
      return { entity, messageId }
    })
    const isEnded = () => {
      const ended = new Set(facts().filter(({ event }) => event === "end").map(({ messageId }) => messageId))
      return [...acked, ...kept.map(({ messageId }) => messageId)].every((id) => ended.has(id))
    }
    // Whether it came to this the verdict says.
    yield* Effect.ignore(until("everything is handled", isEnded))
    const judged = judge(acked, kept, facts(), blows)
    print(
      `\n${title}, under ${perSecond} messages/s in ${conversations} conversations\n` +
        table(["what", "ms", "bar"], took.map(({ barMs, ms, what }) => [what, String(Math.round(ms)), String(barMs)])) +
        `\nsaid ${count.said}, acknowledged ${new Set(acked).size}, of those not handled ${judged.unhandled.length}, ` +
        `out of order ${judged.wrong.length}\n` +
        `handled twice ${judged.twice}, begun again after one blow at most ${judged.mostInHand}, ` +
        `handled twice for nothing ${judged.twiceForNothing.length}`
    )
    return [
      ...missed(judged, conversations),
      ...took.filter(({ barMs, ms }) => ms > barMs).map(({ barMs, ms, what }) =>
        `${what} took ${Math.round(ms)} ms, more than ${barMs}`
      )
    ].map((bar) => `cluster, ${title}: ${bar}`)
  }))

/** Kills, alternately, the runner that has the connection and the one that has not; it comes back at once or later. */
const killing = ({ kills, seed }: Options) => ({ hasAll, hit, isShared, start, took }: Stage) =>
  Effect.gen(function*() {
    const random = Random.make(seed)
    let [one, two] = [yield* start("one", 0), yield* start("two", 1)]
    for (let kill = 0; kill < kills; kill++) {
      yield* isShared([one, two])
      yield* Effect.sleep(random.below(300))
      const isHolder = kill % 2 === 0
      const [victim, other] = (one.connected() === 1) === isHolder ? [one, two] : [two, one]
      const at = yield* hit(victim)
      yield* victim.end("SIGKILL")
      const place = victim === one ? 0 : 1
      const again = start(`${place === 0 ? "one" : "two"}-${kill + 1}`, place)
      if (kill % 4 < 2) {
        took.push({
          what: `kill -9 of ${isHolder ? "the runner with the connection" : "the other runner"}`,
          ms: yield* hasAll(other, at),
          barMs: bars.failover
        })
      }
      const next = yield* again
      ;[one, two] = place === 0 ? [next, two] : [one, next]
    }
    yield* isShared([one, two])
  })

/** Replaces both runners, one after the other, by those of another program, and these by the first again. */
const deploying = (older: string, newer: string) => ({ hasAll, isShared, start, took }: Stage) =>
  Effect.gen(function*() {
    let [one, two] = [yield* start("one", 0, older), yield* start("two", 1, older)]
    for (const [round, bundle] of [newer, older].entries()) {
      for (const place of [0, 1] as const) {
        yield* isShared([one, two])
        const [old, other] = place === 0 ? [one, two] : [two, one]
        const since = Date.now()
        yield* old.end("SIGTERM")
        took.push({
          what: `${place === 0 ? "one" : "two"} is replaced by ${bundle === newer ? "the new" : "the old"} version`,
          ms: yield* hasAll(other, since),
          barMs: bars.handOver
        })
        const next = yield* start(`${place === 0 ? "one" : "two"}-${round + 1}`, place, bundle)
        ;[one, two] = place === 0 ? [next, two] : [one, next]
      }
    }
    yield* isShared([one, two])
  })

/** Each runner is frozen, as a virtual machine that is moved; the database is silent, and crashes. */
const freezing = ({ faultMs }: Options, database: Postgres) => ({ hasAll, hit, isShared, start, took }: Stage) =>
  Effect.gen(function*() {
    const [one, two] = [yield* start("one", 0), yield* start("two", 1)]
    for (const [runner, other] of [[one, two], [two, one]] as const) {
      yield* isShared([one, two])
      const at = yield* hit(runner)
      runner.child.kill("SIGSTOP")
      const ms = yield* hasAll({ ...other, connected: () => 1 }, at)
      took.push({ what: `${runner.name} is frozen`, ms, barMs: bars.failover })
      yield* Effect.sleep(Math.max(0, faultMs - ms))
      runner.child.kill("SIGCONT")
    }
    yield* isShared([one, two])
    for (const [stop, go] of [[database.pause, database.resume], [database.crash, database.start]] as const) {
      // What is begun while it goes down is in hand, too.
      const hits = Effect.zipRight(hit(one), hit(two))
      yield* Effect.all([hits, stop, hits, Effect.sleep(faultMs), go, hits])
      yield* isShared([one, two])
      // What has been waiting is not in the way of the next one.
      yield* Effect.sleep("5 seconds")
    }
  })

/** Cuts the two off from each other, and each from the database. */
const cutting =
  ({ faultMs }: Options, places: readonly [Network.Place, Network.Place]) =>
  ({ hasAll, hit, isShared, start, took }: Stage) =>
    Effect.gen(function*() {
      const [one, two] = [yield* start("one", 0), yield* start("two", 1)]
      yield* isShared([one, two])
      yield* hit(one)
      yield* hit(two)
      yield* places[0].cut("peer")
      yield* Effect.sleep(faultMs)
      yield* places[0].mend("peer")
      yield* isShared([one, two])
      for (const isHolder of [true, false]) {
        const index = (one.connected() === 1) === isHolder ? 0 : 1
        const [cut, other] = index === 0 ? [one, two] : [two, one]
        const at = yield* hit(cut)
        yield* places[index].cut("database")
        yield* hit(cut)
        const ms = yield* hasAll(other, at)
        took.push({
          what: `${isHolder ? "the runner with the connection" : "the other runner"} is cut off from the database`,
          ms,
          barMs: bars.failover
        })
        yield* Effect.sleep(Math.max(0, faultMs - ms))
        yield* places[index].mend("database")
        yield* isShared([one, two])
      }
    })

export const cluster = (options: Options): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.scoped(Effect.gen(function*() {
    if (postgresMissing !== undefined) {
      print(`\ncluster: skipped, ${postgresMissing}`)
      return []
    }
    const database = yield* postgres
    const fake = FakeDingTalk.make({ redeliverAfterMs: 1_000 })
    const bundle = yield* World.program
    const missedBars: Array<string> = []
    const wants = (stage: Options["stages"][number]) => options.stages.includes(stage)
    if (wants("kills") && options.kills > 0) {
      missedBars.push(...yield* stage("Kills", database, [], yield* fake, bundle, killing(options)))
    }
    if (wants("deploys")) {
      const older = options.older === undefined ? bundle : yield* World.programOf(options.older)
      missedBars.push(...yield* stage("Deploys", database, [], yield* fake, bundle, deploying(older, bundle)))
    }
    if (options.faultMs === 0) return missedBars
    if (wants("freezes")) {
      missedBars.push(...yield* stage("Freezes", database, [], yield* fake, bundle, freezing(options, database)))
    }
    if (!wants("partitions")) return missedBars
    const reason = Network.missing()
    if (reason !== undefined) {
      print(`\npartitions: skipped, ${reason}`)
      return missedBars
    }
    const reached = yield* fake
    const places = yield* Network.make({ dingTalk: reached.port, database: database.port })
    missedBars.push(...yield* stage("Partitions", database, places, reached, bundle, cutting(options, places)))
    return missedBars
  }))
