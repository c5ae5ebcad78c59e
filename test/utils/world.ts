/** A channel on the fake wire, for tests of tier 1. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/TestClock"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import { type AccountSettings, DingTalkConfig, type Settings } from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import type * as FakeWire from "./FakeWire.ts"
import { settle } from "./settle.ts"

export const settingsOf = (...accounts: ReadonlyArray<AccountSettings>): Settings => ({
  accounts: new Map(accounts.map((account) => [account.id, account])),
  warnings: []
})

export const configOf = (...accounts: ReadonlyArray<AccountSettings>): Layer.Layer<DingTalkConfig> =>
  Layer.effect(
    DingTalkConfig,
    Effect.map(Ref.make(settingsOf(...accounts)), (ref) => ({
      get: Ref.get(ref),
      set: (settings: Settings) => Ref.set(ref, settings)
    }))
  )

/** Starts a channel in the test's scope; jitter is fixed. */
export const channel = <R>(
  wire: FakeWire.FakeWire,
  handlers: Handlers<R>,
  ...accounts: ReadonlyArray<AccountSettings>
) =>
  DingTalkChannel.make(handlers).pipe(
    Effect.withRandom(Random.fixed([0.5])),
    Effect.provide(Layer.merge(wire.layer, configOf(...accounts))),
    Effect.zipLeft(settle)
  )

/** Lets the clock go on and everything follow. */
export const seconds = (n: number) => Effect.zipRight(TestClock.adjust(n * 1_000), settle)

/** The answers that a connection was sent, parsed, by message id. */
export const answers = (connection: FakeWire.FakeConnection | undefined): ReadonlyMap<string, {
  readonly code: number
  readonly data: unknown
}> =>
  new Map((connection?.sent ?? []).map((text) => {
    const { code, data, headers } = JSON.parse(text)
    return [headers.messageId, { code, data: JSON.parse(data) }]
  }))
