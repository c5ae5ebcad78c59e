import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type AccountSettings, DingTalkConfig } from "../../../src/DingTalkConfig.ts"
import * as ApiClients from "../../../src/outbound/api/ApiClients.ts"
import * as Fake from "./utils/fakeApi.ts"

const other = (id: string) => Fake.account({ id, appKey: `key-of-${id}` })

describe("ApiClients", () => {
  it("selects the account that is asked for, else default, else the first", () => {
    const id = (accounts: ReadonlyArray<string>, account?: string) => {
      const selected = ApiClients.select(Fake.settings(...accounts.map(other)), account)
      return "_tag" in selected ? selected._tag : selected.id
    }
    assert.strictEqual(id(["a", "b"], "b"), "b")
    assert.strictEqual(id(["a", "default"]), "default")
    assert.strictEqual(id(["a", "b"]), "a")
    assert.strictEqual(id(["a"], "c"), "UnknownAccount")
    assert.strictEqual(id([]), "CredentialsMissing")
    assert.strictEqual(id([], "c"), "CredentialsMissing")
  })

  it("an unknown account is told which ones there are", () => {
    const selected = ApiClients.select(Fake.settings(other("a"), other("b")), "c")
    assert.strictEqual(
      "_tag" in selected && selected.message,
      `there is no account "c": the configuration has "a", "b"`
    )
  })

  it("B07 without credentials: credentials not configured", () => {
    const message = (...accounts: ReadonlyArray<AccountSettings>) => {
      const selected = ApiClients.select(Fake.settings(...accounts), undefined)
      return "_tag" in selected && selected.message
    }
    const expected = `account "default": credentials not configured`
    assert.strictEqual(message(), expected)
    assert.strictEqual(message(Fake.account({ appKey: "" })), expected)
    assert.strictEqual(message(Fake.account({ appSecret: Redacted.make("") })), expected)
  })

  const world = Fake.world(Fake.dingtalk(), other("a"), other("b"))

  it.scoped("keeps a client as long as the credentials stay, and reads all else from the settings in force", () =>
    Effect.gen(function*() {
      const clients = yield* ApiClients.ApiClients
      const config = yield* DingTalkConfig
      const before = yield* clients.get("a")
      yield* config.set(Fake.settings({ ...other("a"), rateLimit: 1, textChunkLimit: 10 }))
      const after = yield* clients.get("a")
      assert.strictEqual(after.client, before.client)
      assert.strictEqual(after.settings.textChunkLimit, 10)
      assert.strictEqual(before.settings.textChunkLimit, 4_000)
    }).pipe(Effect.provide(ApiClients.layer), Effect.provide(world)))

  it.scoped("other credentials, another base, another account: another client", () =>
    Effect.gen(function*() {
      const clients = yield* ApiClients.ApiClients
      const config = yield* DingTalkConfig
      const known = new Set([(yield* clients.get("a")).client, (yield* clients.get("b")).client])
      const changed = [
        { appKey: "another" },
        { appSecret: Redacted.make("another") },
        { apiBaseUrl: "https://api.dingtalk.io" }
      ]
      for (const overrides of changed) {
        yield* config.set(Fake.settings({ ...other("a"), ...overrides }))
        known.add((yield* clients.get("a")).client)
      }
      assert.strictEqual(known.size, 5)
      assert.strictEqual((yield* Effect.flip(clients.get("b")))._tag, "UnknownAccount")
    }).pipe(Effect.provide(ApiClients.layer), Effect.provide(world)))
})
