import * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as DingTalkConfig from "../src/DingTalkConfig.ts"

/** The credentials of every account, secrets in clear. */
const credentials = (settings: DingTalkConfig.Settings) =>
  Object.fromEntries(
    Array.from(
      settings.accounts,
      ([id, { appKey, appSecret, robotCode }]) => [id, [appKey, Redacted.value(appSecret), robotCode]]
    )
  )

const decoded = (input: unknown) => Effect.map(DingTalkConfig.decodeUnknown(input), credentials)

const account = (input: unknown, id = "default") =>
  Effect.flatMap(DingTalkConfig.decodeUnknown(input), ({ accounts }) => Effect.fromNullable(accounts.get(id)))

const problems = <A, R>(self: Effect.Effect<A, DingTalkConfig.DingTalkConfigError, R>) =>
  Effect.map(Effect.flip(self), ({ issues }) => issues.map(({ message, path }) => `${path} ${message}`.trim()))

const refused = (input: unknown) => problems(DingTalkConfig.decodeUnknown(input))

const K = "dingK"
const S = "secret-S"
const R = "robot-R"

describe("accounts", () => {
  it.effect("A03 the top level is the account default", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decoded({ appKey: K, appSecret: S, robotCode: R }), { default: [K, S, R] })
    }))

  it.effect("A04 an account overrides key and secret and keeps the top level's robotCode", () =>
    Effect.gen(function*() {
      const accounts = { alice: { appKey: "dingA", appSecret: "secret-A" } }
      assert.deepStrictEqual(yield* decoded({ appKey: K, appSecret: S, robotCode: R, accounts }), {
        default: [K, S, R],
        alice: ["dingA", "secret-A", R]
      })
    }))

  it.effect.each([
    { clientId: K, clientSecret: S },
    { client_id: K, client_secret: S },
    { app_key: K, app_secret: S },
    { appKey: K, clientSecret: S }
  ])("A05 the aliases are accepted: %j", (input) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decoded(input), { default: [K, S, K] })
    }))

  it.effect("A06 appKey and appSecret win over their aliases, in whatever case", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decoded({ clientId: "x", clientSecret: "y", appKey: K, appSecret: S }), {
        default: [K, S, K]
      })
      assert.deepStrictEqual(yield* decoded({ clientId: "x", clientSecret: "y", app_key: K, app_secret: S }), {
        default: [K, S, K]
      })
      assert.deepStrictEqual(yield* decoded({ client_id: "x", app_key: "y", appKey: K, appSecret: S }), {
        default: [K, S, K]
      })
    }))

  it.effect("A06 an account's own alias wins over the top level's canonical key", () =>
    Effect.gen(function*() {
      const accounts = { a: { client_id: "dingA", clientSecret: "secret-A" } }
      assert.deepStrictEqual((yield* decoded({ appKey: K, appSecret: S, accounts }))["a"], [
        "dingA",
        "secret-A",
        "dingA"
      ])
    }))

  it.effect("A07 without robotCode it is the key", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decoded({ appKey: K, appSecret: S }), { default: [K, S, K] })
    }))

  it.effect("A08 also when the key came as clientId", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decoded({ clientId: K, clientSecret: S, robotCode: " " }), { default: [K, S, K] })
    }))

  it.effect("A09 an account with its own key and no robotCode anywhere uses its own key", () =>
    Effect.gen(function*() {
      const accounts = { alice: { appKey: "dingA", appSecret: "secret-A" } }
      assert.deepStrictEqual((yield* decoded({ appKey: K, appSecret: S, accounts }))["alice"], [
        "dingA",
        "secret-A",
        "dingA"
      ])
    }))

  it.effect("A10 an explicit robotCode always wins", () =>
    Effect.gen(function*() {
      const accounts = { alice: { appKey: "dingA", appSecret: "secret-A", robot_code: "robot-A" } }
      assert.deepStrictEqual(yield* decoded({ appKey: K, appSecret: S, robotCode: R, accounts }), {
        default: [K, S, R],
        alice: ["dingA", "secret-A", "robot-A"]
      })
    }))

  it.effect("A11 top-level credentials alone are exactly one account", () =>
    Effect.gen(function*() {
      const { accounts, warnings } = yield* DingTalkConfig.decodeUnknown({ appKey: K, appSecret: S })
      assert.deepStrictEqual(Array.from(accounts.keys()), ["default"])
      assert.strictEqual(accounts.get("default")?.id, "default")
      assert.deepStrictEqual(warnings, [])
    }))

  it.effect("A12 the same through the aliases", () =>
    Effect.gen(function*() {
      const { accounts } = yield* DingTalkConfig.decodeUnknown({ clientId: K, client_secret: S })
      assert.deepStrictEqual(Array.from(accounts.keys()), ["default"])
    }))

  it.effect("A13 enabled: false skips the account, whatever else is wrong with it", () =>
    Effect.gen(function*() {
      const accounts = { off: { appKey: K, enabled: "no", dispatchWorkers: 0 }, on: { appKey: K, appSecret: S } }
      const settings = yield* DingTalkConfig.decodeUnknown({ accounts })
      assert.deepStrictEqual(Array.from(settings.accounts.keys()), ["on"])
      assert.deepStrictEqual(settings.warnings, [])
    }))

  it.effect("A14 an account without a secret is left out with a warning that names the key", () =>
    Effect.gen(function*() {
      const { accounts, warnings } = yield* DingTalkConfig.decodeUnknown({
        accounts: { ops: { appKey: "dingO" }, dev: { appKey: K, appSecret: S } }
      })
      assert.deepStrictEqual(Array.from(accounts.keys()), ["dev"])
      assert.strictEqual(warnings.length, 1)
      assert.include(warnings[0], "account \"ops\" is left out: accounts.ops.appSecret is missing")
    }))

  it.effect("A14 it is an error if no other account is complete", () =>
    Effect.gen(function*() {
      const said = yield* refused({ accounts: { ops: { appKey: "dingO" }, dev: { client_secret: S } } })
      assert.strictEqual(said.length, 2)
      assert.include(said[0], "accounts.ops.appSecret is missing")
      assert.include(said[1], "accounts.dev.appKey is missing")
    }))

  it.effect("the implicit default comes first, a named one takes its place", () =>
    Effect.gen(function*() {
      const own = { appKey: "dingA", appSecret: "secret-A" }
      const top = { appKey: K, appSecret: S }
      assert.deepStrictEqual(Object.keys(yield* decoded({ accounts: { a: own }, ...top })), ["default", "a"])
      assert.deepStrictEqual(yield* decoded({ ...top, accounts: { a: own, default: { robotCode: R } } }), {
        a: ["dingA", "secret-A", "dingA"],
        default: [K, S, R]
      })
      assert.deepStrictEqual(yield* decoded({ ...top, accounts: { default: null } }), { default: [K, S, K] })
      assert.deepStrictEqual(Object.keys(yield* decoded({ appKey: K, accounts: { a: own } })), ["a"])
    }))

  it.effect("every setting is inherited, and overlaid one by one", () =>
    Effect.gen(function*() {
      const input = {
        require_mention: "yes",
        allowedUsers: ["X"],
        events: true,
        accounts: { a: { appKey: K, appSecret: S, requireMention: false, allowed_users: [] } }
      }
      const { allowedUsers, events, requireMention } = yield* account(input, "a")
      assert.deepStrictEqual({ allowedUsers, events, requireMention }, {
        allowedUsers: [],
        events: true,
        requireMention: false
      })
    }))

  it.effect("ids that every object knows are ids like others", () =>
    Effect.gen(function*() {
      const text = `{"constructor": {}, "toString": 1, "accounts": {
        "__proto__": {"appKey": "ding1", "appSecret": "one", "__proto__": {"events": true}},
        "constructor": {"appKey": "ding2", "appSecret": "two"}}}`
      const { accounts } = yield* DingTalkConfig.fromJson(text)
      assert.deepStrictEqual(Array.from(accounts.keys()), ["__proto__", "constructor"])
      assert.deepStrictEqual(Array.from(accounts.values(), ({ appKey, events }) => [appKey, events]), [
        ["ding1", false],
        ["ding2", false]
      ])
      assert.strictEqual(Object.hasOwn(Object.prototype, "appKey"), false)
    }))

  it.effect("what is inherited through a prototype is nobody's setting", () =>
    Effect.gen(function*() {
      const said = yield* refused(Object.create({ appKey: K, appSecret: S }))
      assert.strictEqual(said.length, 2)
    }))
})

describe("defaults", () => {
  it.effect("are complete and as documented", () =>
    Effect.gen(function*() {
      const { appKey, appSecret, id, robotCode, ...rest } = yield* account({
        appKey: K,
        appSecret: S,
        gatewayToken: "x"
      })
      assert.deepStrictEqual([id, appKey, Redacted.value(appSecret), robotCode], ["default", K, S, K])
      assert.deepStrictEqual(rest, {
        requireMention: false,
        freeResponseChats: [],
        mentionPatterns: [],
        allowedUsers: [],
        dispatchWorkers: 8,
        dispatchQueueSize: 256,
        dispatchQueueBytes: 32 * 1024 * 1024,
        overflow: "dropNewest",
        ordering: "unordered",
        handlerTimeoutMs: undefined,
        staleAfterMs: undefined,
        burstMs: 1_000,
        drainTimeoutMs: 1_500,
        stallCoolDownMs: undefined,
        renderMode: "auto",
        textChunkLimit: 4_000,
        rateLimit: 20,
        rateBurst: 5,
        apiBaseUrl: "https://api.dingtalk.com",
        oapiBaseUrl: "https://oapi.dingtalk.com",
        events: false
      })
      assert.deepStrictEqual(rest, DingTalkConfig.defaults)
    }))

  it.effect("the queue's grows with the workers, an explicit queue does not", () =>
    Effect.gen(function*() {
      const base = { appKey: K, appSecret: S }
      assert.strictEqual((yield* account({ ...base, dispatchWorkers: 300 })).dispatchQueueSize, 300)
      assert.strictEqual((yield* account({ ...base, dispatchWorkers: 9 })).dispatchQueueSize, 256)
      assert.strictEqual((yield* account({ ...base, dispatchWorkers: 9, dispatchQueueSize: 9 })).dispatchQueueSize, 9)
      assert.deepStrictEqual(yield* refused({ ...base, dispatch_workers: 9, dispatchQueueSize: 8 }), [
        "dispatchQueueSize must be at least dispatch_workers (9), but is 8"
      ])
      assert.deepStrictEqual(yield* refused({ ...base, dispatchQueueSize: 7 }), [
        "dispatchQueueSize must be at least dispatchWorkers (8), but is 7"
      ])
      assert.deepStrictEqual(
        yield* refused({ dispatchQueueSize: 256, accounts: { a: { ...base, dispatchWorkers: 300 } } }),
        [
          "dispatchQueueSize must be at least accounts.a.dispatchWorkers (300), but is 256"
        ]
      )
    }))

  it.effect("the legacy host does not follow the v1 host", () =>
    Effect.gen(function*() {
      const settings = yield* account({ appKey: K, appSecret: S, apiBaseUrl: "http://127.0.0.1:9/" })
      assert.strictEqual(settings.apiBaseUrl, "http://127.0.0.1:9")
      assert.strictEqual(settings.oapiBaseUrl, DingTalkConfig.publicHosts.oapi)
    }))
})

describe("refusals", () => {
  it.effect("a client id that begins with dingtalk_", () =>
    Effect.gen(function*() {
      const said = yield* refused({ clientId: "dingtalk_main", clientSecret: S })
      assert.strictEqual(said.length, 1)
      assert.include(said[0], "clientId begins with \"dingtalk_\", which no Client ID does: copy the Client ID")
    }))

  it.effect("two accounts with one client id, unless one is disabled or left out", () =>
    Effect.gen(function*() {
      const one = { appKey: K, appSecret: S }
      const two = { client_id: ` ${K} `, client_secret: "other" }
      assert.deepStrictEqual(yield* refused({ accounts: { one, two } }), [
        "accounts.two.client_id gives account \"two\" the Client ID that account \"one\" has from accounts.one.appKey: they would"
        + " steal each other's messages; give each an application of its own, or set \"enabled\": false"
      ])
      assert.include((yield* refused({ ...one, accounts: { ops: {} } })).join(), "appKey gives account \"ops\"")
      assert.deepStrictEqual(Object.keys(yield* decoded({ accounts: { one, two: { ...two, enabled: false } } })), [
        "one"
      ])
      assert.deepStrictEqual(Object.keys(yield* decoded({ accounts: { one, two: { appKey: K } } })), ["one"])
    }))

  it.effect("no account at all", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refused({ accounts: {} }), [
        "accounts is empty: add an account, or appKey and appSecret beside it"
      ])
      assert.deepStrictEqual(yield* refused({ accounts: { a: { appKey: K, appSecret: S, enabled: false } } }), [
        "accounts.a.enabled leaves no account to run: every account is disabled"
      ])
      assert.deepStrictEqual(yield* refused({}), [
        "appKey is missing: add the application's Client ID (AppKey)",
        "appSecret is missing: add the application's Client Secret (AppSecret)"
      ])
    }))

  it.effect.each([
    [null, "null"],
    [undefined, "undefined"],
    ["text", "a string"],
    [5, "a number"],
    [true, "a boolean"],
    [[], "a list"],
    [() => 1, "a function"]
  ])("a configuration that is not an object: %s", ([input, kind]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refused(input), [`the configuration must be an object, but is ${kind}`])
    }))

  it.effect("accounts and bodies of the wrong kind", () =>
    Effect.gen(function*() {
      const top = { appKey: K, appSecret: S }
      assert.deepStrictEqual(yield* refused({ ...top, accounts: [top] }), [
        "accounts must be an object that holds each account's settings under its id, but is a list"
      ])
      assert.deepStrictEqual(yield* refused({ ...top, accounts: { "my ops": S, " ": {}, dev: [] } }), [
        "accounts[\"my ops\"] must be an object of settings, but is a string",
        "accounts[\" \"] has a blank name: every account needs an id",
        "accounts.dev must be an object of settings, but is a list",
        "appKey gives account \" \" the Client ID that account \"default\" has from appKey: they would steal each other's"
        + " messages; give each an application of its own, or set \"enabled\": false"
      ])
    }))

  it.effect("all in one round: no mistake hides another one", () =>
    Effect.gen(function*() {
      const issues = (input: object) =>
        Effect.map(Effect.flip(DingTalkConfig.decodeUnknown(input)), ({ issues }) =>
          issues.map(({ message, path }) => `${path} ${message.split(" ")[0]}`))
      const wrong = { appKey: "dingtalk_1", dispatchWorkers: 0 }
      // An account's other mistakes, and that it is not complete, hide neither its prefix nor that it is a duplicate.
      assert.deepStrictEqual(yield* issues({ accounts: { a: wrong, b: { ...wrong, appSecret: 5 } } }), [
        "accounts.a.appKey begins",
        "accounts.a.dispatchWorkers must",
        "accounts.b.appKey begins",
        "accounts.b.appSecret must",
        "accounts.b.dispatchWorkers must",
        "accounts.a.appSecret is",
        "accounts.b.appKey gives"
      ])
      // Accounts that can't be read hide neither the top level nor what stands in them.
      assert.deepStrictEqual(yield* issues({ ...wrong, accounts: [] }), [
        "accounts must",
        "appKey begins",
        "dispatchWorkers must"
      ])
      assert.deepStrictEqual(yield* issues({ dispatchWorkers: 0, accounts: { a: 5 } }), [
        "accounts.a must",
        "dispatchWorkers must"
      ])
      assert.deepStrictEqual(yield* issues({ dispatchWorkers: 0, accounts: {} }), [
        "accounts is",
        "dispatchWorkers must"
      ])
      assert.deepStrictEqual(yield* issues({ accounts: { "": { ...wrong, appSecret: S } } }), [
        "accounts[\"\"] has",
        "accounts[\"\"].appKey begins",
        "accounts[\"\"].dispatchWorkers must"
      ])
    }))

  it.effect("several problems at once, each at the path where the user wrote it, shared ones once", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(DingTalkConfig.decodeUnknown({
        require_mention: "maybe",
        accounts: {
          a: { appKey: K, client_secret: 12_345, dispatchWorkers: 0 },
          b: { clientId: "dingtalk_b", appSecret: S, mentionPatterns: ["("], rateLimit: "fast" },
          c: { app_key: "dingC" }
        }
      }))
      assert.deepStrictEqual(error.issues.map(({ path }) => path), [
        "accounts.a.client_secret",
        "require_mention",
        "accounts.a.dispatchWorkers",
        "accounts.b.clientId",
        "accounts.b.mentionPatterns",
        "accounts.b.rateLimit",
        "accounts.c.appSecret"
      ])
      assert.strictEqual(error.source, undefined)
      const lines = error.message.split("\n")
      assert.strictEqual(lines[0], "The configuration cannot be used:")
      assert.strictEqual(lines.length, 1 + error.issues.length)
      assert.strictEqual(lines[1], "  - accounts.a.client_secret must be a string in quotes, but is a number")
    }))
})

describe("warnings", () => {
  it.effect("an own key with an inherited secret", () =>
    Effect.gen(function*() {
      const { warnings } = yield* DingTalkConfig.decodeUnknown({ client_secret: S, accounts: { a: { appKey: K } } })
      assert.deepStrictEqual(warnings, [
        "accounts.a.appKey goes with a secret of the top level, client_secret: is that the right one?"
      ])
    }))

  it.effect("an API that is not encrypted, unless it is on this machine", () =>
    Effect.gen(function*() {
      const warningsOf = (apiBaseUrl: string) =>
        Effect.map(DingTalkConfig.decodeUnknown({ appKey: K, appSecret: S, apiBaseUrl }), ({ warnings }) => warnings)
      assert.deepStrictEqual(yield* warningsOf("http://proxy.example.com"), [
        "apiBaseUrl is not https: secrets and tokens would travel unencrypted"
      ])
      for (
        const url of ["http://localhost:1", "http://127.0.0.1", "http://[::1]:8080/x", "https://proxy.example.com"]
      ) {
        assert.deepStrictEqual(yield* warningsOf(url), [])
      }
      assert.strictEqual((yield* warningsOf("http://localhost.example.com")).length, 1)
    }))
})

describe("fromJson and fromFile", () => {
  const json = JSON.stringify({ clientId: K, clientSecret: S })

  it.effect("decode like an object", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(credentials(yield* DingTalkConfig.fromJson(json)), { default: [K, S, K] })
    }))

  it.effect("name the source, and the place of a syntax error", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        DingTalkConfig.fromJson("{\n  \"appSecret\": \"s3cr3t\"\n  \"appKey\"", "ding.json")
      )
      assert.strictEqual(error.source, "ding.json")
      assert.strictEqual(
        error.message,
        "The configuration (ding.json) cannot be used:\n  - not valid JSON at line 3, column 3: expected \",\" or \"}\""
      )
    }))

  const failing = (reason: PlatformError.SystemErrorReason) =>
    FileSystem.layerNoop({
      readFile: () => Effect.fail(new PlatformError.SystemError({ reason, module: "FileSystem", method: "readFile" }))
    })

  it.effect.each(
    [
      ["NotFound", "there is no such file: check the path"],
      ["PermissionDenied", "the file may not be read: permission denied"],
      ["Busy", "the file cannot be read"]
    ] as const
  )("a file that cannot be read is a configuration error: %s", ([reason, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(DingTalkConfig.fromFile("ding.json"))
      assert.deepStrictEqual(error.issues, [{ path: "", message }])
      assert.strictEqual(error.source, "ding.json")
    }).pipe(Effect.provide(failing(reason))))

  it.effect.each(
    [
      ["/tmp", "it is a directory: name a file in it"],
      ["utf-32.json", "the file is no text in UTF-8, UTF-16 or GB18030: save it as UTF-8"]
    ] as const
  )("a file that is none, or no text, is called so: %s", ([path, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(DingTalkConfig.fromFile(path))
      assert.deepStrictEqual(error.issues, [{ path: "", message }])
    }).pipe(Effect.provide(FileSystem.layerNoop({
      readFile: (path) =>
        path === "/tmp"
          ? Effect.fail(
            new PlatformError.SystemError({
              reason: "Unknown",
              module: "FileSystem",
              method: "readFile",
              cause: Object.assign(new Error("read"), { code: "EISDIR" })
            })
          )
          : Effect.succeed(Buffer.from("\ufeff{\0}\0", "utf16le"))
    }))))

  it.effect("layerFile reads the file it is told", () =>
    Effect.gen(function*() {
      const config = yield* DingTalkConfig.DingTalkConfig
      assert.deepStrictEqual(credentials(yield* config.get), { default: [K, S, K] })
    }).pipe(
      Effect.provide(DingTalkConfig.layerFile("ding.json")),
      Effect.provide(FileSystem.layerNoop({
        readFile: (path) => Effect.succeed(Buffer.from(path === "ding.json" ? json : "no"))
      }))
    ))

  it.effect("a file may be in UTF-16, as Notepad writes it, or in GB18030", () =>
    Effect.gen(function*() {
      const text = JSON.stringify({ appKey: K, appSecret: S, accounts: { "销售": { appKey: "k2", appSecret: "s2" } } })
      const wide = Buffer.from(`\ufeff${text}`, "utf16le")
      // 销售 in GB18030.
      const [before = "", behind = ""] = text.split("销售")
      const chinese = Buffer.concat([Buffer.from(before), Buffer.from([0xcf, 0xfa, 0xca, 0xdb]), Buffer.from(behind)])
      for (const bytes of [wide, Buffer.from(wide).swap16(), chinese, Buffer.from(`\ufeff${text}`)]) {
        const settings = yield* DingTalkConfig.fromFile("ding.json").pipe(
          Effect.provide(FileSystem.layerNoop({ readFile: () => Effect.succeed(bytes) }))
        )
        assert.sameMembers([...settings.accounts.keys()], ["销售", "default"])
      }
    }))
})

describe("fromEnv", () => {
  const withEnv = (variables: Readonly<Record<string, string>>) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)), { pathDelim: "_" }))

  it.effect("reads one account", () =>
    Effect.gen(function*() {
      const settings = yield* DingTalkConfig.fromEnv
      assert.deepStrictEqual(credentials(settings), { default: [K, S, K] })
      const { allowedUsers, apiBaseUrl, dispatchWorkers, requireMention } = yield* Effect.fromNullable(
        settings.accounts.get("default")
      )
      assert.deepStrictEqual({ allowedUsers, apiBaseUrl, dispatchWorkers, requireMention }, {
        allowedUsers: ["a", "b"],
        apiBaseUrl: "https://api.example.com",
        dispatchWorkers: 3,
        requireMention: true
      })
    }).pipe(withEnv({
      DINGTALK_CLIENT_ID: K,
      DINGTALK_CLIENT_SECRET: S,
      DINGTALK_ALLOWED_USERS: "A, b",
      DINGTALK_API_BASE_URL: "https://api.example.com/",
      DINGTALK_DISPATCH_WORKERS: "3",
      DINGTALK_REQUIRE_MENTION: "on",
      DINGTALK_ROBOT_CODE: "",
      DINGTALK_UNKNOWN: "x"
    })))

  it.effect("A05 reads the older names", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(credentials(yield* DingTalkConfig.fromEnv), { default: [K, S, R] })
    }).pipe(withEnv({ DINGTALK_APP_KEY: K, DINGTALK_APP_SECRET: S, DINGTALK_ROBOT_CODE: R })))

  it.effect("A06 the older names win here too", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(credentials(yield* DingTalkConfig.fromEnv), { default: [K, S, K] })
    }).pipe(withEnv({
      DINGTALK_APP_KEY: K,
      DINGTALK_CLIENT_ID: "x",
      DINGTALK_APP_SECRET: S,
      DINGTALK_CLIENT_SECRET: "y"
    })))

  it.effect("names the variables that are wrong", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(DingTalkConfig.fromEnv)
      assert.strictEqual(error.source, "environment")
      assert.deepStrictEqual(error.issues.map(({ path }) => path), [
        "DINGTALK_APP_KEY",
        "DINGTALK_RATE_LIMIT",
        "DINGTALK_CLIENT_SECRET"
      ])
    }).pipe(withEnv({ DINGTALK_APP_KEY: "dingtalk_x", DINGTALK_RATE_LIMIT: "fast" })))
})

describe("DingTalkConfig", () => {
  it.effect("gives what it was set to", () =>
    Effect.gen(function*() {
      const config = yield* DingTalkConfig.DingTalkConfig
      assert.deepStrictEqual(credentials(yield* config.get), { default: [K, S, K] })
      yield* config.set(yield* DingTalkConfig.decodeUnknown({ appKey: "dingB", appSecret: "b" }))
      assert.deepStrictEqual(credentials(yield* config.get), { default: ["dingB", "b", "dingB"] })
    }).pipe(Effect.provide(DingTalkConfig.layerUnknown({ appKey: K, appSecret: S }))))

  it.effect("layer holds the given settings", () =>
    Effect.gen(function*() {
      const settings = yield* DingTalkConfig.decodeUnknown({ appKey: K, appSecret: S })
      const held = yield* Effect.flatMap(DingTalkConfig.DingTalkConfig, ({ get }) => get).pipe(
        Effect.provide(DingTalkConfig.layer(settings))
      )
      assert.strictEqual(held, settings)
    }))

  it.effect("layerConfig fails with the configuration's error", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.provide(DingTalkConfig.DingTalkConfig, DingTalkConfig.layerConfig))
      assert.strictEqual(error._tag, "DingTalkConfigError")
      assert.strictEqual(error.issues.length, 2)
    }).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map()))))
})

describe("isApiOverridden", () => {
  it.each([
    ["https://api.dingtalk.com", false],
    ["https://api.dingtalk.io", false],
    ["https://pre-api.dingtalk.com", false],
    ["https://pre-api.dingtalk.io", false],
    ["https://API.dingtalk.com:443/", false],
    ["http://api.dingtalk.com", true],
    ["https://api.dingtalk.com.example.com", true],
    ["https://api.dingtalk.com:8443", true],
    ["https://oapi.dingtalk.com", true],
    ["http://127.0.0.1:8080", true],
    ["not a url", true]
  ])("%s: %s", (apiBaseUrl, overridden) => {
    assert.strictEqual(DingTalkConfig.isApiOverridden({ apiBaseUrl }), overridden)
  })
})
