/** What somebody wrote that would have no effect, or another one than was meant. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import * as PlatformConfigProvider from "@effect/platform/PlatformConfigProvider"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"

const credentials = { clientId: "dingkey", clientSecret: "s3cr3t-value" }

const warningsOf = (input: object) =>
  Effect.map(DingTalkConfig.decodeUnknown({ ...credentials, ...input }), ({ warnings }) => warnings)

const issuesOf = (input: unknown) =>
  Effect.map(
    Effect.flip(DingTalkConfig.decodeUnknown(input)),
    ({ issues }) => issues.map(({ message, path }) => `${path} ${message}`)
  )

const allowed = (input: object) =>
  Effect.map(
    DingTalkConfig.decodeUnknown({ ...credentials, ...input }),
    ({ accounts }) => Array.from(accounts.values(), ({ allowedUsers }) => allowedUsers.join())
  )

describe("keys that are no settings", () => {
  it.effect.each<readonly [string, string]>([
    ["requireMentoin", "requireMention"],
    ["allowed_user", "allowed_users"],
    ["allowedUser", "allowedUsers"],
    ["allow_form", "allow_from"],
    ["client-id", "clientId"],
    ["CLIENT_SECRET", "clientSecret"],
    ["DINGTALK_ROBOT_CODE", "robotCode"],
    ["Acounts", "accounts"],
    ["handlerTimeout", "handlerTimeoutMs"]
  ])("%s: is %s meant?", ([key, meant]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* warningsOf({ [key]: "x" }), [
        `${key} is no setting (is ${meant} meant?), and has no effect`
      ])
      if (meant !== "accounts") {
        assert.deepStrictEqual(yield* warningsOf({ accounts: { default: { [key]: "x" } } }), [
          `accounts.default.${key} is no setting (is ${meant} meant?), and has no effect`
        ])
      }
    }))

  it.effect("what resembles nothing is told of, what predecessors had and remarks are not", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* warningsOf({ bananas: 1 }), ["bananas is no setting, and has no effect"])
      const quiet = { gatewayToken: "x", gateway_token: "x", token: "x", $schema: "x", "//": "x", _comment: "x" }
      assert.deepStrictEqual(yield* warningsOf(quiet), [])
      const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`bananas${n}`, n]))
      const warnings = yield* warningsOf(many)
      assert.strictEqual(warnings.length, 21)
      assert.strictEqual(warnings.at(-1), "80 more keys are no settings, and have no effect")
    }))

  it.effect("are told of together with what is missing, for they may be why", () =>
    Effect.gen(function*() {
      const issues = yield* issuesOf({ clientIdd: "dingkey", clientSecret: "s3cr3t-value" })
      assert.deepStrictEqual(issues, [
        "appKey is missing: add the application's Client ID (AppKey)",
        "clientIdd is no setting (is clientId meant?), and has no effect"
      ])
    }))
})

describe("a list that somebody filled in", () => {
  it.effect("has an effect under every name", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* allowed({ allowFrom: ["Boss"] }), ["boss"])
      assert.deepStrictEqual(yield* allowed({ allow_from: "boss" }), ["boss"])
      assert.deepStrictEqual(yield* allowed({ allowedUsers: [], allowFrom: ["boss"] }), ["boss"])
      assert.deepStrictEqual(yield* allowed({ accounts: { default: { allow_from: "a,b" } } }), ["a,b"])
      assert.deepStrictEqual(yield* warningsOf({ allowedUsers: [], allowFrom: ["boss"] }), [])
    }))

  it.effect("is told of where another one stands before it", () =>
    Effect.gen(function*() {
      const both = { allowed_users: ["a"], allowFrom: ["b"] }
      assert.deepStrictEqual(yield* allowed(both), ["a"])
      assert.deepStrictEqual(yield* warningsOf(both), [
        "allowFrom has no effect, because allowed_users stands beside it"
      ])
      assert.deepStrictEqual(yield* warningsOf({ appKey: "dingkey" }), [])
    }))

  it.effect("locks nobody out by what quotes a file left around it", () =>
    Effect.gen(function*() {
      for (
        const list of [
          "\"staff_1,staff_2\"",
          "'staff_1, staff_2'",
          "\"staff_1\",'staff_2'",
          "'[\"staff_1\",\"staff_2\"]'"
        ]
      ) {
        assert.deepStrictEqual(yield* allowed({ allowedUsers: list }), ["staff_1,staff_2"], list)
      }
      assert.deepStrictEqual(yield* allowed({ allowedUsers: ["\"staff_1\"", " staff_2 "] }), ["staff_1,staff_2"])
      assert.deepStrictEqual(yield* allowed({ allowedUsers: ["$:LWCP_v1:$abc/+=="] }), ["$:lwcp_v1:$abc/+=="])
      for (const bad of ["\"staff_1,staff_2", "${USERS}", "$USERS", "<staff-id>", "staff\u200b_1"]) {
        const [issue = "", ...more] = yield* issuesOf({ ...credentials, allowedUsers: bad })
        assert.match(issue, /^allowedUsers holds an item that (has|is) /, bad)
        assert.deepStrictEqual(more, [])
      }
      for (
        const bad of [
          "staff_1，staff_2",
          "staff_1、staff_2",
          "staff_1; staff_2",
          "a|b",
          ["staff_1,staff_2"],
          "[\"a,b\"]"
        ]
      ) {
        const [issue = "", ...more] = yield* issuesOf({ ...credentials, allowedUsers: bad })
        assert.match(issue, /^allowedUsers holds an item that has .* in /, String(bad))
        assert.deepStrictEqual(more, [])
      }
      const quoted = yield* DingTalkConfig.decodeUnknown({ ...credentials, mentionPatterns: "\"bot,小马\"" })
      assert.deepStrictEqual(quoted.accounts.get("default")?.mentionPatterns.map(({ source }) => source), [
        "bot",
        "小马"
      ])
    }))
})

describe("credentials with something around them", () => {
  const bad: ReadonlyArray<readonly [string, RegExp]> = [
    ["\"X\"", /quotes around it/],
    ["'X'", /quotes around it/],
    ["“X”", /quotes around it/],
    ["\"X", /quotes around it/],
    ["X\u200b", /can't be seen \(U\+200B\)/],
    ["\ufeffX", /can't be seen \(U\+FEFF\)/],
    ["X\ufeff", /can't be seen \(U\+FEFF\)/],
    ["X\u0000", /can't be seen \(U\+0000\)/],
    ["${X}", /placeholder/],
    ["${X:-}", /placeholder/],
    ["$CLIENT_X", /placeholder/],
    ["%CLIENT_X%", /placeholder/],
    ["<your-X>", /placeholder/],
    ["{{ X }}", /placeholder/],
    ["X X", /blanks in the middle/]
  ]

  for (const [written, problem] of bad) {
    it.effect(`${JSON.stringify(written)} is refused by name, and not shown`, () =>
      Effect.gen(function*() {
        for (const key of ["clientId", "clientSecret", "robotCode"]) {
          const value = written.replaceAll("X", "Zq7wWv9k")
          for (const given of key === "clientSecret" ? [value, Redacted.make(value)] : [value]) {
            const [issue = "", ...more] = yield* issuesOf({ ...credentials, [key]: given })
            assert.isTrue(issue.startsWith(`${key} `), issue)
            assert.match(issue, problem)
            assert.notInclude(issue, "Zq7")
            assert.deepStrictEqual(more, [])
          }
        }
      }))
  }

  it.effect("blanks and line ends around them are nothing", () =>
    Effect.gen(function*() {
      const { accounts } = yield* DingTalkConfig.decodeUnknown({ clientId: " ding\r\n", clientSecret: "\t s3cr3t\n" })
      assert.strictEqual(accounts.get("default")?.appKey, "ding")
    }))
})

describe("ConfigProvider", () => {
  const variables = {
    DINGTALK_CLIENT_ID: "dingkey",
    DINGTALK_CLIENT_SECRET: "s3cr3t-value",
    DINGTALK_ALLOWED_USERS: "a,B",
    DINGTALK_RATE_LIMIT: "7"
  }
  const map = new Map(Object.entries(variables))
  const providers: ReadonlyArray<readonly [string, ConfigProvider.ConfigProvider]> = [
    ["a flat map", ConfigProvider.fromMap(map)],
    ["a map with the environment's delimiter", ConfigProvider.fromMap(map, { pathDelim: "_" })],
    ["a nested map", ConfigProvider.fromMap(new Map([...map].map(([name, value]) => [name.replace("_", "."), value])))],
    ["flat JSON", ConfigProvider.fromJson(variables)],
    [
      "flat JSON with values of its own kinds",
      ConfigProvider.fromJson({
        ...variables,
        DINGTALK_ALLOWED_USERS: ["a", "B"],
        DINGTALK_RATE_LIMIT: 7
      })
    ],
    [
      "nested JSON",
      ConfigProvider.fromJson({
        DINGTALK: { CLIENT_ID: "dingkey", CLIENT_SECRET: "s3cr3t-value", ALLOWED_USERS: "a,B", RATE_LIMIT: 7 }
      })
    ],
    [
      "nested JSON as people write it",
      ConfigProvider.fromJson({
        dingtalk: { clientId: "dingkey", clientSecret: "s3cr3t-value", allowedUsers: ["a", "B"], rateLimit: 7 }
      })
    ],
    [
      "two, one behind the other",
      ConfigProvider.orElse(ConfigProvider.fromMap(new Map()), () => ConfigProvider.fromMap(map))
    ]
  ]

  const assertRead = Effect.gen(function*() {
    const { accounts, warnings } = yield* DingTalkConfig.fromEnv
    const { allowedUsers, appKey, appSecret, rateLimit } = yield* Effect.fromNullable(accounts.get("default"))
    assert.deepStrictEqual({ allowedUsers, appKey, appSecret: Redacted.value(appSecret), rateLimit, warnings }, {
      allowedUsers: ["a", "b"],
      appKey: "dingkey",
      appSecret: "s3cr3t-value",
      rateLimit: 7,
      warnings: []
    })
  })

  for (const [name, provider] of providers) {
    it.effect(`${name} works as the environment does`, () => Effect.withConfigProvider(assertRead, provider))
  }

  it.scoped("a dotenv file works as the environment does", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const path = yield* fileSystem.makeTempFileScoped()
      yield* fileSystem.writeFileString(
        path,
        [...map].map(([name, value]) => `${name}="${value}"`).join("\n")
      )
      const provider = yield* PlatformConfigProvider.fromDotEnv(path)
      yield* Effect.withConfigProvider(assertRead, provider)
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  const credentials = { CLIENT_ID: "dingkey", CLIENT_SECRET: "s3cr3t-value" }
  const lists: ReadonlyArray<readonly [string, ConfigProvider.ConfigProvider]> = [
    [
      "flat JSON",
      ConfigProvider.fromJson({ ...variables, DINGTALK_RATE_LIMIT: [7], DINGTALK_ROBOT_CODE: ["a", "b"] })
    ],
    ["nested JSON", ConfigProvider.fromJson({ DINGTALK: { ...credentials, RATE_LIMIT: [7], ROBOT_CODE: ["a", "b"] } })],
    [
      "nested JSON as people write it",
      ConfigProvider.fromJson({
        dingtalk: { clientId: "dingkey", clientSecret: "s3cr3t-value", rateLimit: [7], robotCode: ["a", "b"] }
      })
    ]
  ]
  for (const [name, provider] of lists) {
    it.effect(`a list in the place of a single value is told of, by its place: ${name}`, () =>
      Effect.gen(function*() {
        const { issues } = yield* Effect.flip(Effect.withConfigProvider(DingTalkConfig.fromEnv, provider))
        assert.deepStrictEqual(issues, [
          { path: "DINGTALK_ROBOT_CODE", message: "must be a string, but is a list" },
          { path: "DINGTALK_RATE_LIMIT", message: "must be a number of sends a second above 0, but is a list" }
        ])
      }))
  }

  it.effect("so is an object, and a secret in a list is not named", () =>
    Effect.gen(function*() {
      const provider = ConfigProvider.fromJson({
        ...variables,
        DINGTALK_CLIENT_SECRET: ["s3cr3t-value"],
        DINGTALK_RATE_LIMIT: { most: 7 }
      })
      const { issues } = yield* Effect.flip(Effect.withConfigProvider(DingTalkConfig.fromEnv, provider))
      assert.deepStrictEqual(issues, [
        { path: "DINGTALK_CLIENT_SECRET", message: "must be a string in quotes, but is a list" },
        { path: "DINGTALK_RATE_LIMIT", message: "must be a number of sends a second above 0, but is an object" }
      ])
    }))

  it.effect("a variable that is nearly one is told of; what belongs to others is not", () =>
    Effect.gen(function*() {
      const odd = new Map([...map, ["DINGTALK_ALLOWED_USER", "boss"], ["DINGTALK_REQUIRE_MENTOIN", "true"]])
      for (
        const [name, value] of [["DINGTALK_MESSAGE_ID", "x"], ["DINGTALK_TOKEN", "x"], [
          "OTHER_CLIENT_IDD",
          "x"
        ]] as const
      ) {
        odd.set(name, value)
      }
      for (const provider of [ConfigProvider.fromMap(odd), ConfigProvider.fromMap(odd, { pathDelim: "_" })]) {
        const { warnings } = yield* Effect.withConfigProvider(DingTalkConfig.fromEnv, provider)
        assert.deepStrictEqual([...warnings].toSorted(), [
          "DINGTALK_ALLOWED_USER is no setting (is DINGTALK_ALLOWED_USERS meant?), and has no effect",
          "DINGTALK_REQUIRE_MENTOIN is no setting (is DINGTALK_REQUIRE_MENTION meant?), and has no effect"
        ])
      }
    }))
})

describe("a file that others can read", () => {
  it.scoped("is warned of", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const path = yield* fileSystem.makeTempFileScoped()
      yield* fileSystem.writeFileString(path, JSON.stringify(credentials))
      for (const [mode, count] of [[0o600, 0], [0o400, 0], [0o644, 1], [0o640, 1], [0o604, 1]] as const) {
        yield* fileSystem.chmod(path, mode)
        const { warnings } = yield* DingTalkConfig.fromFile(path)
        assert.strictEqual(warnings.length, count, mode.toString(8))
        if (count > 0) assert.include(warnings[0], "chmod 600")
      }
    }).pipe(Effect.provide(NodeFileSystem.layer)))
})
