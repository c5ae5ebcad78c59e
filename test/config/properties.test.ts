import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { decode } from "../../src/config/internal/decode.ts"
import { fromObject, fromVariables } from "../../src/config/internal/sheet.ts"
import { spelled } from "../../src/config/internal/spelling.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"

const { anything, array, assert: check, boolean, constantFrom, dictionary, integer, oneof, property, record, string } =
  FastCheck

/** Settings that can be compared and read by a failing test's reader. */
const plain = ({ accounts, warnings }: DingTalkConfig.Settings) => ({
  accounts: Array.from(accounts.values(), (account) => ({ ...account, appSecret: Redacted.value(account.appSecret) })),
  warnings
})

const names = spelled.flatMap(({ spellings }) => spellings)

const junk = anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true
})

/** Junk under names that matter. */
const level = dictionary(constantFrom(...names, "__proto__", "constructor", "toString"), junk)

const junkConfiguration = oneof(
  junk,
  level,
  FastCheck.tuple(level, dictionary(oneof(string(), constantFrom("__proto__", "default")), oneof(level, junk)))
    .map(([top, accounts]) => ({ ...top, accounts }))
)

/** A good value of every key but the credentials, as an environment variable would have it. */
const good = record({
  robotCode: constantFrom("robot", "机器人"),
  requireMention: constantFrom("true", "off", "YES"),
  freeResponseChats: constantFrom("cid1", "cid1, cid2", "[\"cid3\"]"),
  mentionPatterns: constantFrom("^小马", "a,b"),
  allowedUsers: constantFrom("*", "Staff_1,staff_2"),
  dispatchWorkers: integer({ min: 1, max: 400 }).map(String),
  dispatchQueueSize: integer({ min: 400, max: 9_999 }).map(String),
  overflow: constantFrom("dropNewest", "drop_oldest"),
  ordering: constantFrom("unordered", "CONVERSATION"),
  handlerTimeoutMs: integer({ min: 1, max: 9_999 }).map(String),
  staleAfterMs: integer({ min: 1, max: 9_999 }).map(String),
  burstMs: integer({ min: 1, max: 9_999 }).map(String),
  drainTimeoutMs: integer({ min: 1, max: 9_999 }).map(String),
  stallCoolDownMs: integer({ min: 1, max: 9_999 }).map(String),
  renderMode: constantFrom("plain", "auto", "Plain"),
  textChunkLimit: integer({ min: 1, max: 9_999 }).map(String),
  rateLimit: constantFrom("0.5", "20"),
  rateBurst: integer({ min: 1, max: 99 }).map(String),
  apiBaseUrl: constantFrom("https://api.example.com/", "http://127.0.0.1:1"),
  oapiBaseUrl: constantFrom("https://oapi.example.com"),
  events: constantFrom("1", "no")
}, { requiredKeys: [] })

const credentials = { appKey: "dingkey", appSecret: "the-secret" }

/** The same values, each under one of the spellings of its key; `pick` says which. */
const respelled = (values: object, pick: number) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value], index) => {
      const spellings = spelled.find((entry) => entry.key === key)?.spellings ?? []
      return [spellings[(pick + index) % spellings.length] ?? key, value]
    })
  )

describe("decoding", () => {
  it("never throws, and gives settings with an account or at least one issue", () => {
    check(
      property(junkConfiguration, (input) => {
        Either.match(decode(fromObject(input)), {
          onLeft: (issues) => assert.isAtLeast(issues.length, 1),
          onRight: ({ accounts }) => assert.isAtLeast(accounts.size, 1)
        })
      }),
      { numRuns: 500 }
    )
  })

  it("decodes what is good, whatever junk stands under other names", () => {
    check(property(dictionary(string(), junk), good, (other, values) => {
      const known = new Set([...names, "accounts"])
      const unknown = Object.fromEntries(Object.entries(other).filter(([name]) => !known.has(name)))
      assert.deepStrictEqual(
        plain(Either.getOrThrow(decode(fromObject({ ...unknown, ...credentials, ...values })))).accounts,
        plain(Either.getOrThrow(decode(fromObject({ ...credentials, ...values })))).accounts
      )
    }))
  })

  it("shows nothing of what may be a secret, whatever key it stands under", () => {
    const secret = "Zx9-aB3dEf6hJk0LmN5pQr8tUvWy1_Cg"
    const anywhere = FastCheck.tuple(
      constantFrom(...names, "accounts", "clientSecrte", "unheard"),
      constantFrom<unknown>(
        secret,
        [secret],
        { secret },
        `(${secret}`,
        `https://x.example/?${secret}`,
        `[z${secret}`,
        `a ${secret}`
      )
    )
    check(property(array(anywhere), array(anywhere), (top, own) => {
      const input = { ...Object.fromEntries(top), accounts: { a: Object.fromEntries(own) } }
      const said = Either.match(decode(fromObject(input)), {
        onLeft: (issues) => JSON.stringify(issues),
        onRight: ({ warnings }) => JSON.stringify(warnings)
      })
      assert.notInclude(said, secret.slice(0, 9))
    }))
  })

  it("tells of everything in one round: who mends what it names is done", () => {
    const bad = record({
      appKey: constantFrom<unknown>("dingtalk_1", "dingA", "dingB", 5, null),
      appSecret: constantFrom<unknown>("s", 5, null),
      dispatchWorkers: constantFrom<unknown>(0, 2, 20),
      dispatchQueueSize: constantFrom<unknown>(5, 500, "x"),
      rateLimit: constantFrom<unknown>("fast", 1),
      mentionPatterns: constantFrom<unknown>(["("], ["bot"]),
      events: constantFrom<unknown>("perhaps", true)
    }, { requiredKeys: [] })
    const accounts = oneof(
      dictionary(constantFrom("a", "b", "c", "default", ""), oneof(bad, constantFrom<unknown>(5, null))),
      constantFrom<unknown>([], 5)
    )
    const configuration = FastCheck.tuple(bad, FastCheck.option(accounts, { nil: undefined }))

    const isFields = (u: unknown): u is Record<string, unknown> =>
      typeof u === "object" && u !== null && !Array.isArray(u)
    const mended: Record<string, unknown> = {
      appSecret: "mended",
      dispatchWorkers: 2,
      dispatchQueueSize: 500,
      rateLimit: 1,
      mentionPatterns: [],
      events: true
    }
    const isRename = ({ message }: DingTalkConfig.Issue) => message.startsWith("has a blank name")
    /** Does what each issue asks for, in copies. */
    const mend = (input: Record<string, unknown>, issues: ReadonlyArray<DingTalkConfig.Issue>) => {
      const top = structuredClone(input)
      let given = 0
      const good = (key: string) => (key === "appKey" ? `dingOwn${given++}` : mended[key])
      const whole = () => ({ appKey: good("appKey"), appSecret: "mended" })
      const bodies = (): Record<string, unknown> => {
        if (!isFields(top["accounts"])) top["accounts"] = { named: whole() }
        return isFields(top["accounts"]) ? top["accounts"] : {}
      }
      const body = (id: string): Record<string, unknown> => {
        const found = bodies()[id]
        if (isFields(found)) return found
        const fresh = {}
        bodies()[id] = fresh
        return fresh
      }
      // What is to be renamed comes last: the others name it as it was.
      for (const { message, path } of [...issues.filter((it) => !isRename(it)), ...issues.filter(isRename)]) {
        const [, owner] = /^gives account "(.*?)"/.exec(message) ?? []
        const [, quoted, plain, key] = /^accounts(?:\["(.*?)"\]|\.(\w+))(?:\.(\w+))?$/.exec(path) ?? []
        const id = quoted ?? plain
        if (path === "accounts") {
          if (!isFields(top["accounts"]) || Object.keys(bodies()).length === 0) top["accounts"] = { named: whole() }
        } else if (owner !== undefined) body(owner)["appKey"] = good("appKey")
        else if (id === undefined) top[path] = good(path)
        else if (key !== undefined) body(id)[key] = good(key)
        else if (message.startsWith("must be an object")) bodies()[id] = whole()
        else {
          bodies()["renamed"] = bodies()[id]
          delete bodies()[id]
        }
      }
      return top
    }
    check(
      property(configuration, ([settings, accounts]) => {
        const input = { ...settings, ...(accounts === undefined ? {} : { accounts }) }
        const first = decode(fromObject(input))
        if (Either.isRight(first)) return
        const second = decode(fromObject(mend(input, first.left)))
        assert.deepStrictEqual(Either.isLeft(second) ? second.left : [], [])
      }),
      { numRuns: 500 }
    )
  })

  it("does not care how a key is spelled", () => {
    check(property(good, integer({ min: 0, max: 1_000 }), (values, pick) => {
      const all = { ...credentials, ...values }
      assert.deepStrictEqual(
        plain(Either.getOrThrow(decode(fromObject(respelled(all, pick))))),
        plain(Either.getOrThrow(decode(fromObject(all))))
      )
    }))
  })

  it("does not care whether a setting stands at the top level or in the account", () => {
    check(property(good, array(boolean(), { minLength: 21, maxLength: 21 }), (values, places) => {
      const all = Object.entries({ ...credentials, ...values })
      const top = Object.fromEntries(all.filter((_, index) => places[index] === true))
      const own = Object.fromEntries(all.filter((_, index) => places[index] !== true))
      const { accounts } = plain(Either.getOrThrow(decode(fromObject({ ...top, accounts: { default: own } }))))
      assert.deepStrictEqual(accounts, plain(Either.getOrThrow(decode(fromObject(Object.fromEntries(all))))).accounts)
    }))
  })

  it.effect.prop("the documented variables mean what the keys mean", [good], ([values]) => {
    const all = { ...credentials, ...values }
    const variables = Object.entries(all).map(([name, value]) =>
      [DingTalkConfig.keys.find((key) => key.name === name)?.env ?? "", value] as const
    )
    return Effect.map(
      Effect.all([DingTalkConfig.fromEnv, DingTalkConfig.decodeUnknown(all)]),
      ([environment, object]) => assert.deepStrictEqual(plain(environment), plain(object))
    ).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map(variables), { pathDelim: "_" })))
  })
})

describe("secrets", () => {
  /** Long and odd enough not to occur by chance. */
  const secret = FastCheck.stringMatching(/^[A-Za-z0-9]{12}$/).map((text) => `zQ${text}`)

  /** Everything a reader of logs could get to see. */
  const told = (error: DingTalkConfig.DingTalkConfigError): string =>
    [error.message, JSON.stringify(error.issues), Cause.pretty(Cause.fail(error)), String(error)].join("\n")

  const silent = (self: Effect.Effect<DingTalkConfig.Settings, DingTalkConfig.DingTalkConfigError>, hidden: string) =>
    Effect.map(Effect.either(self), (result) => {
      const text = Either.match(result, {
        onLeft: told,
        onRight: (settings) => [JSON.stringify(plain(settings).warnings), JSON.stringify([...settings.accounts])].join()
      })
      assert.notInclude(text, hidden)
    })

  const spelling = constantFrom("appSecret", "app_secret", "clientSecret", "client_secret")

  it.effect.prop(
    "are never told of, whatever else is wrong",
    [secret, spelling, level],
    ([secret, spelling, other]) =>
      Effect.forEach(
        [secret, ` ${secret} `, [secret], { value: secret }, Redacted.make(` ${secret}`)],
        (written) =>
          Effect.all([
            silent(DingTalkConfig.decodeUnknown({ appKey: "dingkey", ...other, [spelling]: written }), secret),
            silent(DingTalkConfig.decodeUnknown({ accounts: { ops: { ...other, [spelling]: written } } }), secret)
          ]),
        { discard: true }
      )
  )

  it.effect.prop(
    "are never told of as numbers",
    [integer({ min: 1_000_000_000, max: 2_000_000_000 }), spelling],
    ([secret, spelling]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(DingTalkConfig.decodeUnknown({ appKey: "dingkey", [spelling]: secret }))
        assert.notInclude(told(error), String(secret))
        assert.strictEqual(error.issues[0]?.path, spelling)
      })
  )

  it.effect.prop("are never told of in place of an account", [secret], ([secret]) =>
    Effect.all([
      silent(DingTalkConfig.decodeUnknown({ accounts: { ops: secret } }), secret),
      silent(DingTalkConfig.decodeUnknown({ accounts: secret }), secret),
      silent(DingTalkConfig.decodeUnknown(secret), secret)
    ], { discard: true }))

  it.effect.prop("are never told of by a broken JSON file", [secret, integer({ min: 0, max: 80 })], ([secret, cut]) => {
    const text = JSON.stringify({ appKey: "dingkey", appSecret: secret, accounts: { a: { client_secret: secret } } })
    return Effect.all([
      silent(DingTalkConfig.fromJson(text.slice(0, cut), "ding.json"), secret),
      silent(DingTalkConfig.fromJson(`${text.slice(0, cut)}'${text.slice(cut)}`), secret)
    ], { discard: true })
  })

  it("are never told of by the environment's problems", () => {
    check(property(secret, (secret) => {
      const result = decode(fromVariables(new Map([["CLIENT_SECRET", secret], ["RATE_LIMIT", "x"]])))
      assert.notInclude(JSON.stringify(Either.getOrThrow(Either.flip(result))), secret)
    }))
  })
})

describe("keys", () => {
  it("are read under every name only once", () => {
    const objectNames = spelled.flatMap(({ spellings }) => spellings)
    const variables = spelled.flatMap(({ variables }) => variables)
    assert.strictEqual(new Set(objectNames).size, objectNames.length)
    assert.strictEqual(new Set(variables).size, variables.length)
  })

  it("are all documented", () => {
    for (const { accepted, aliases, default: default_, description, env, name } of DingTalkConfig.keys) {
      assert.isTrue(accepted !== "" && default_ !== "" && /^[^\n]+\.$/.test(description), name)
      assert.strictEqual(env === undefined, name === "accounts")
      assert.deepStrictEqual(
        aliases,
        { appKey: ["clientId"], appSecret: ["clientSecret"], allowedUsers: ["allowFrom"] }[name] ?? []
      )
    }
  })
})
