/**
 * Tells runners that something is kept for them: each once, however many conversations it is for. Who does not hear of it
 * finds it the next time it looks, within a second.
 */
import * as Entity from "@effect/cluster/Entity"
import type { ShardId } from "@effect/cluster/ShardId"
import * as ShardIds from "@effect/cluster/ShardId"
import { Sharding } from "@effect/cluster/Sharding"
import * as Rpc from "@effect/rpc/Rpc"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** Asks whoever has a shard to look, and which of some shards it has. */
const Wake = Rpc.make("Wake", {
  payload: { shards: Schema.Array(Schema.String) },
  success: Schema.Struct({ runner: Schema.String, shards: Schema.Array(Schema.String) })
})

/** What answers for a shard: its name is any that the engine puts there. */
const Reader = Entity.make("DingTalkReader", [Wake])

/** The runner's side of it. */
export const layer: Layer.Layer<never, never, Sharding> = Layer.unwrapEffect(
  Effect.map(Sharding, (sharding) =>
    Reader.toLayer(
      Effect.map(Entity.CurrentRunnerAddress, ({ host, port }) =>
        Reader.of({
          Wake: ({ payload: { shards } }) =>
            Effect.as(sharding.pollStorage, {
              runner: `${host}:${port}`,
              shards: shards.filter((shard) => sharding.hasShardId(ShardIds.ShardId.fromString(shard)))
            })
        })),
      { concurrency: "unbounded" }
    ))
)

/** Where something is kept: a shard, and the name of an entity that is there. */
export interface Place {
  readonly shard: ShardId
  readonly entity: string
}

export interface Waking {
  /** Returns at once. */
  readonly wake: (places: Iterable<Place>) => Effect.Effect<void>
}

/** After this time nobody waits any more for a runner to hear of it, in milliseconds. */
const patienceMs = 1_000

export const make: Effect.Effect<Waking, never, Sharding | Scope.Scope> = Effect.gen(function*() {
  const sharding = yield* Sharding
  const scope = yield* Effect.scope
  const clientOf = yield* Reader.client
  /** The runner that answered last for a shard. */
  const runners = new Map<string, string>()

  const ask = (places: ReadonlyArray<readonly [shard: string, entity: string]>): Effect.Effect<void> =>
    Effect.suspend(() => {
      const [first] = places
      if (first === undefined) return Effect.void
      const asked = places.map(([shard]) => shard)
      return clientOf(first[1]).Wake({ shards: asked }).pipe(
        Effect.timeout(patienceMs),
        Effect.flatMap(({ runner, shards }) => {
          for (const shard of asked) runners.delete(shard)
          for (const shard of shards) runners.set(shard, runner)
          const others = places.filter(([shard]) => !shards.includes(shard))
          return others.length === places.length ? Effect.void : askEach(others)
        }),
        Effect.catchAllCause(() => Effect.sync(() => asked.forEach((shard) => runners.delete(shard))))
      )
    })
  /** Those of which one runner is known to have them together, each other one by itself. */
  const askEach = (places: ReadonlyArray<readonly [shard: string, entity: string]>): Effect.Effect<void> =>
    Effect.forEach(
      Object.values(Arr.groupBy(places, ([shard]) => runners.get(shard) ?? shard)),
      ask,
      { concurrency: "unbounded", discard: true }
    )

  return {
    wake: (places) =>
      Effect.suspend(() => {
        const remote = new Map<string, string>()
        let isLocal = false
        for (const { entity, shard } of places) {
          if (sharding.hasShardId(shard)) isLocal = true
          else remote.set(shard.toString(), entity)
        }
        return Effect.zipRight(
          isLocal ? sharding.pollStorage : Effect.void,
          remote.size === 0 ? Effect.void : Effect.forkIn(askEach([...remote]), scope)
        )
      })
  }
})
