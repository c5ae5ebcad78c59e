import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as World from "../../chaos/cluster/World.ts"
import { freePort } from "../../chaos/support/listen.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { database } from "../utils/database.ts"
import { postgresMissing, query } from "../utils/postgres.ts"

const until = (what: string, isSo: () => boolean) =>
  Effect.repeat(Effect.sync(isSo), { until: (isSo) => isSo, schedule: Schedule.spaced("50 millis") }).pipe(
    Effect.timeoutFail({ duration: "40 seconds", onTimeout: () => new Cause.TimeoutException(`waited for ${what}`) })
  )

const app = (clientId: string) => ({ clientId, clientSecret: `secret-${clientId}` })

describe.skipIf(postgresMissing !== undefined)(`two runners on PostgreSQL${postgresMissing ?? ""}`, () => {
  it.scopedLive(
    "lose nothing and keep the order when one is stopped, comes back, and is killed",
    () =>
      Effect.gen(function*() {
        const url = yield* database
        const fake = yield* FakeDingTalk.make({ apps: [app("a"), app("b"), app("c")], redeliverAfterMs: 2_000 })
        const ids = ["a", "b", "c"]
        const config = {
          accounts: Object.fromEntries(
            ids.map((id) => [id, { ...fake.config, appKey: id, appSecret: app(id).clientSecret }])
          )
        }
        const bundle = yield* World.program
        const runners: Array<World.Runner> = []
        const start = (name: string): Effect.Effect<World.Runner, never, Scope.Scope> =>
          Effect.gen(function*() {
            const runner = yield* World.start(bundle, { name, url, port: yield* freePort, config, handlerMs: 20 })
            runners.push(runner)
            return runner
          })
        const facts = () => runners.flatMap((runner) => runner.facts)
        const spread = (of: ReadonlyArray<World.Runner>) => () =>
          of.reduce((sum, runner) => sum + runner.connected(), 0) === ids.length
        const isThere = ({ facts }: World.Runner) => facts.some(({ event }) => event === "status")
        let said = 0
        const say = (count: number) =>
          Effect.forEach(Array.from({ length: count }), () => {
            const text = said === 7 ? "once" : String(said)
            const options = { robots: [ids[said % ids.length] ?? ""] as const, group: `cid${said % 4}`, mention: true }
            said += 1
            // Without a connection it is redelivered when there is one.
            return Effect.zipRight(
              Effect.ignore(fake.say(text, options)),
              Effect.sleep(10)
            )
          })

        const one = yield* start("one")
        const two = yield* start("two")
        yield* until(
          "both to be there and to have the connections",
          () => spread([one, two])() && isThere(one) && isThere(two)
        )
        yield* say(30)
        // Stopped in good order: the other one has what was its within seconds, under load.
        const saying = yield* Effect.fork(say(60))
        yield* two.end("SIGTERM")
        yield* until("one to have them all", spread([one]))
        yield* saying
        const three = yield* start("three")
        yield* until("three to be there", () => spread([one, three])() && isThere(three))
        const more = yield* Effect.fork(say(60))
        yield* Effect.sleep(200)
        yield* one.end("SIGKILL")
        yield* until("three to have them all", spread([three]))
        yield* more
        yield* fake.awaitAllAcked

        const kept = () =>
          query(
            url,
            "SELECT entity_id || ' ' || (payload::json->>'id') FROM cluster_messages WHERE kind = 0 ORDER BY rowid"
          ).pipe(Effect.map((rows) =>
            rows.map((row) => {
              const [entity = "", messageId = ""] = row.split(" ")
              return { entity, messageId }
            })
          ))
        const ended = () =>
          new Set(facts().filter(({ event }) => event === "end").map(({ messageId }) => messageId)).size
        yield* until("all to be handled", () => ended() === said)
        const { twice, wrong } = World.faults(yield* kept(), facts())
        assert.deepStrictEqual(wrong, [])
        // What the killed one had in hand, at most one of each conversation.
        assert.isAtMost(twice, 12)
        assert.isTrue(facts().some(({ attempt, event, text }) => event === "end" && text === "once" && attempt === 2))
      }),
    180_000
  )
})
