import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { channel } from "../utils/world.ts"

let applications = 0

/** Starts a channel, and gives the warnings of its start. */
const start = (
  handlers: Handlers,
  overrides: { readonly events?: boolean; readonly appKey?: string; readonly staleAfterMs?: number } = {}
) =>
  Effect.gen(function*() {
    const warnings: Array<string> = []
    const logger = Logger.make(({ annotations, message }) => {
      if (!String(message).includes("dingtalk.config.warning")) return
      warnings.push(String(Option.getOrUndefined(HashMap.get(annotations, "warning"))))
    })
    const account = settings({ id: "a", appKey: `silent-${applications++}`, drainTimeoutMs: 0, ...overrides })
    yield* channel(FakeWire.make(), handlers, account).pipe(Effect.provide(Logger.add(logger)))
    return warnings
  })

const onMessage = () => Effect.void
const onEvent = () => Effect.void

describe("a start that does less than somebody expects says so", () => {
  it.scoped("no handler at all", () =>
    Effect.gen(function*() {
      const warnings = yield* start({})
      assert.strictEqual(warnings.length, 1)
      assert.include(warnings[0], "no handler")
      assert.strictEqual((yield* start({ onDropped: onMessage })).length, 1)
      assert.deepStrictEqual(yield* start({ onMessages: onMessage }), [])
    }))

  it.scoped("onEvent without events, and events without onEvent", () =>
    Effect.gen(function*() {
      assert.include((yield* start({ onEvent }))[0], "Set `events: true`")
      assert.include((yield* start({ onMessage }, { events: true }))[0], "no onEvent")
      assert.deepStrictEqual(yield* start({ onMessage }), [])
      assert.deepStrictEqual(yield* start({ onEvent }, { events: true }), [])
    }))

  it.scoped("onStale without staleAfterMs", () =>
    Effect.gen(function*() {
      assert.include((yield* start({ onMessage, onStale: onMessage }))[0], "`staleAfterMs`")
      assert.deepStrictEqual(yield* start({ onMessage, onStale: onMessage }, { staleAfterMs: 1 }), [])
    }))

  it.scoped("two channels that run the same application, while both do", () =>
    Effect.gen(function*() {
      const first = yield* Scope.make()
      const appKey = `silent-${applications++}`
      assert.deepStrictEqual(yield* Scope.extend(start({ onMessage }, { appKey }), first), [])
      const [warning, ...more] = yield* start({ onMessage }, { appKey })
      assert.include(warning, appKey)
      assert.include(warning, "another DingTalkChannel")
      assert.deepStrictEqual(more, [])
      const alone = yield* Scope.make()
      const other = `silent-${applications++}`
      yield* Scope.extend(start({ onMessage }, { appKey: other }), alone)
      yield* Scope.close(alone, Exit.void)
      assert.deepStrictEqual(yield* start({ onMessage }, { appKey: other }), [])
      yield* Scope.close(first, Exit.void)
    }))
})
