import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { decode } from "../../../src/config/internal/decode.ts"
import { fromObject } from "../../../src/config/internal/sheet.ts"
import { spelled } from "../../../src/config/internal/spelling.ts"
import { type AccountSettings, keys } from "../../../src/DingTalkConfig.ts"

const base = { appKey: "dingbase", appSecret: "base-secret" }

const settings = (input: object): AccountSettings => {
  const account = Either.getOrThrow(decode(fromObject(input))).accounts.get("default")
  if (account === undefined) throw new Error("no account")
  return account
}

const complaints = (input: object): ReadonlyArray<string> =>
  Either.getOrThrow(Either.flip(decode(fromObject(input)))).map(({ message, path }) => `${path} ${message}`)

interface Cases {
  /** What may be written, and what it means. */
  readonly accepted: ReadonlyArray<readonly [written: unknown, meant: unknown]>
  /** What may not be written, and the sentence about it. */
  readonly refused: ReadonlyArray<readonly [written: unknown, sentence: string]>
}

const texts: Cases = {
  accepted: [["ding1", "ding1"], ["  ding1\n", "ding1"]],
  refused: [[5, "must be a string, but is 5"], [["a"], "must be a string, but is a list"], [{}, "but is an object"]]
}

const flags: Cases = {
  accepted: [
    ...[true, "true", "TRUE", " yes ", "on", "1", 1].map((written) => [written, true] as const),
    ...[false, "false", "No", "off", "0", 0].map((written) => [written, false] as const)
  ],
  refused: [
    ["maybe", "must be true or false (or yes/no, on/off, 1/0), but is \"maybe\""],
    [2, "but is 2"],
    ["-1", "but is \"-1\""],
    [[], "but is a list"]
  ]
}

const lists: Cases = {
  accepted: [
    [["a", " b ", "", "  "], ["a", "b"]],
    [[], []],
    ["a, b,,c ", ["a", "b", "c"]],
    ["a", ["a"]],
    [" [\"a\", \" b\"] ", ["a", "b"]],
    ["[]", []],
    [["a", 123], ["a", "123"]],
    [",", []]
  ],
  refused: [
    [5, "must be a list of strings, a JSON array or a comma list, but is 5"],
    [true, "but is true"],
    [{}, "but is an object"],
    [["a", {}], "but is a list with an object in it"],
    [["a", null], "but is a list with null in it"],
    [[1.5], "but is a list with the number 1.5 in it"],
    [[2 ** 60], "but is a list with the number 1152921504606847000 in it"],
    ["[\"a\", \"b\"", "but is \"[\\\"a\\\", \\\"b\\\"\""]
  ]
}

const counts: Cases = {
  accepted: [[1, 1], [12, 12], ["12", 12], [" 12 ", 12]],
  refused: [
    [0, "must be a whole number of at least 1, but is 0"],
    [1.5, "but is 1.5"],
    [-1, "but is -1"],
    ["eight", "but is \"eight\""],
    ["1.5", "but is \"1.5\""],
    [true, "but is true"],
    [Number.NaN, "but is NaN"],
    ["Infinity", "but is \"Infinity\""],
    [[8], "but is a list"]
  ]
}

const amounts = (unit: string): Cases => ({
  accepted: [[0.5, 0.5], [1_000, 1_000], ["250", 250]],
  refused: [
    [0, `must be a number of ${unit} above 0, but is 0`],
    ["-5", "but is \"-5\""],
    ["5s", "but is \"5s\""],
    [Number.POSITIVE_INFINITY, "but is Infinity"],
    [{}, "but is an object"]
  ]
})

const urls: Cases = {
  accepted: [
    ["https://api.example.com", "https://api.example.com"],
    [" http://127.0.0.1:8080/// ", "http://127.0.0.1:8080"],
    ["https://api.example.com/ding/", "https://api.example.com/ding"]
  ],
  refused: [
    ["api.example.com", "must be an http:// or https:// URL without user name and query"],
    ["ftp://api.example.com", "but is \"ftp://api.example.com\""],
    ["https://", "but is \"https://\""],
    ["https://a.example.com/?x=1", "but is"],
    ["https://me:hunter2@a.example.com", "but is \"https://…@a.example.com\""],
    ["https://a b", "but is"],
    [443, "but is 443"]
  ]
}

const cases: Record<string, Cases> = {
  appKey: {
    accepted: texts.accepted,
    refused: [
      ...texts.refused,
      ["dingtalk_abc", "begins with \"dingtalk_\", which no Client ID does: copy the Client ID"],
      [" DingTalk_abc", "begins with \"dingtalk_\""]
    ]
  },
  appSecret: {
    accepted: [["s3cr3t", "s3cr3t"], [" s3cr3t\n", "s3cr3t"], [Redacted.make("s3cr3t"), "s3cr3t"]],
    refused: [
      [123_456, "must be a string in quotes, but is a number"],
      [["s3cr3t"], "but is a list"],
      [{ value: "s3cr3t" }, "but is an object"],
      [Redacted.make(" "), "but is an object"]
    ]
  },
  robotCode: texts,
  enabled: { accepted: flags.accepted.filter(([, meant]) => meant === true), refused: flags.refused },
  requireMention: flags,
  events: flags,
  freeResponseChats: lists,
  allowedUsers: { accepted: [...lists.accepted, [["Staff_A", "小B"], ["staff_a", "小b"]]], refused: lists.refused },
  mentionPatterns: {
    accepted: [
      [["^小马"], [/^小马/iu]],
      ["[Bb]ot, hey", [/[Bb]ot/iu, /hey/iu]],
      ["[\"a,b\"]", [/a,b/iu]],
      [["a\\-b"], [new RegExp("a\\-b", "i")]],
      [[], []]
    ],
    refused: [
      ["(", "has \"(\", which is not a regular expression: Unterminated group"],
      [
        ["ok", "[z", "a**"],
        "has \"[z\", which is not a regular expression: Unterminated character class; and \"a**\", which"
      ],
      [5, "must be a list of strings"]
    ]
  },
  dispatchWorkers: counts,
  dispatchQueueSize: { accepted: [[8, 8], ["1000", 1_000]], refused: counts.refused },
  dispatchQueueBytes: counts,
  textChunkLimit: counts,
  rateBurst: counts,
  rateLimit: amounts("sends a second"),
  handlerTimeoutMs: amounts("milliseconds"),
  staleAfterMs: amounts("milliseconds"),
  burstMs: amounts("milliseconds"),
  drainTimeoutMs: amounts("milliseconds"),
  stallCoolDownMs: amounts("milliseconds"),
  overflow: {
    accepted: [["dropNewest", "dropNewest"], ["drop_oldest", "dropOldest"], [" DROP-OLDEST", "dropOldest"]],
    refused: [["drop", "must be \"dropNewest\" or \"dropOldest\", but is \"drop\""], [1, "but is 1"]]
  },
  ordering: {
    accepted: [["conversation", "conversation"], ["Unordered", "unordered"]],
    refused: [["chat", "must be \"unordered\" or \"conversation\", but is \"chat\""]]
  },
  renderMode: {
    accepted: [
      ["plain", "plain"],
      [" PLAIN ", "plain"],
      ["auto", "auto"],
      ["markdown", "markdown"],
      [" MarkDown", "markdown"],
      ["p-lain", "auto"],
      [5, "auto"]
    ],
    refused: []
  },
  apiBaseUrl: urls,
  oapiBaseUrl: urls
}

const meaning = (account: AccountSettings, key: string): unknown => {
  const value: unknown = key === "enabled" ? true : Object.entries(account).find(([name]) => name === key)?.[1]
  return Redacted.isRedacted(value) ? Redacted.value(value) : value
}

/** The base without the key, so that what is written is the only value there. */
const without = (key: string) => Object.fromEntries(Object.entries(base).filter(([name]) => name !== key))

describe("values", () => {
  it("has cases for every key", () => {
    assert.deepStrictEqual(
      Object.keys(cases).toSorted(),
      keys.map(({ name }) => name).filter((name) => name !== "accounts").toSorted()
    )
  })

  for (const { key, spellings } of spelled) {
    const { accepted = [], refused = [] } = cases[key] ?? {}
    for (const spelling of spellings) {
      it(`${spelling} accepts`, () => {
        for (const [written, meant] of accepted) {
          assert.deepStrictEqual(
            meaning(settings({ ...without(key), [spelling]: written }), key),
            meant,
            String(written)
          )
        }
      })

      if (refused.length === 0) continue
      it(`${spelling} refuses, and says so`, () => {
        for (const [written, sentence] of refused) {
          const said = complaints({ ...without(key), [spelling]: written })
          assert.strictEqual(said.length, 1, String(said))
          assert.isTrue(said[0]?.startsWith(`${spelling} `), said[0])
          assert.include(said[0], sentence)
        }
      })
    }

    it(`${key} is absent where it is null or blank`, () => {
      const bare = { ...without(key), ...(key === "appKey" || key === "appSecret" ? { [key]: "given" } : {}) }
      for (
        const [spelling, blank] of spellings.flatMap((name) => [[name, null], [name, " "], [name, undefined]] as const)
      ) {
        if (spelling === key && key in bare) continue
        assert.deepStrictEqual(meaning(settings({ ...bare, [spelling]: blank }), key), meaning(settings(bare), key))
      }
    })
  }
})
