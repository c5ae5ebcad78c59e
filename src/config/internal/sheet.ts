/**
 * From whatever the settings were written in to the values that count for each account, each with the place where the
 * user wrote it. Nothing is decoded here.
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { Issue } from "../Settings.ts"
import { kindOf } from "./found.ts"
import type { KeyName } from "./keys.ts"
import { envPrefix, type Spelled, spelled } from "./spelling.ts"
import * as Strangers from "./strangers.ts"

/** A value and its path in the user's words. */
export interface Found {
  readonly path: string
  readonly value: unknown
}

/** The values that count for one account. */
export interface Row {
  readonly id: string
  readonly found: ReadonlyMap<KeyName, Found>
  /** Whether the value was written in the account itself, not inherited from the top level. */
  readonly isOwn: (key: KeyName) => boolean
  /** Where a value that is missing would best be written. */
  readonly pathOf: (key: KeyName) => string
}

/** All accounts in order, and what is wrong with the sheet's shape. */
export interface Sheet {
  readonly rows: ReadonlyArray<Row>
  /** The top level where an account that would inherit it can't be read: nothing runs by it, but its mistakes are told. */
  readonly idle: ReadonlyArray<Row>
  readonly issues: ReadonlyArray<Issue>
  /** What is written there without effect. */
  readonly strangers: ReadonlyArray<Issue>
}

const isGiven = (value: unknown): boolean =>
  Predicate.isNotNullable(value) && !(typeof value === "string" && value.trim() === "")

/** An empty list under one name must not make that under another be without effect. */
const isFilled = (value: unknown): boolean => isGiven(value) && !(Array.isArray(value) && value.length === 0)

/** Of the names of one key, the one whose value counts: the first that holds something. */
export const countingName = (
  spellings: ReadonlyArray<string>,
  valueOf: (name: string) => unknown
): string | undefined => {
  const given = spellings.filter((name) => isGiven(valueOf(name)))
  return given.find((name) => isFilled(valueOf(name))) ?? given[0]
}

/** What is written at one level. */
interface Level {
  readonly found: ReadonlyMap<KeyName, Found>
  readonly strangers: ReadonlyArray<Issue>
}

/** The first spelling of each key that holds something; null and blank strings are as good as absent. */
const collect = (
  spellings: (key: Spelled) => ReadonlyArray<string>,
  valueOf: (name: string) => unknown,
  pathOf: (name: string) => string
): Level => {
  const written = spelled.flatMap((key) => {
    const name = countingName(spellings(key), valueOf)
    const others = spellings(key).filter((other) => other !== name && isGiven(valueOf(other)))
    return name === undefined ? [] : [{ key: key.key, name, others }]
  })
  return {
    found: new Map(written.map(({ key, name }) => [key, { path: pathOf(name), value: valueOf(name) }])),
    strangers: written.flatMap(({ name, others }) =>
      others
        .filter((other) => isFilled(valueOf(other)) && valueOf(other) !== valueOf(name))
        .map((other) => ({ path: pathOf(other), message: `has no effect, because ${pathOf(name)} stands beside it` }))
    )
  }
}

/** The settings as environment variables, named without their prefix: one account. */
export const fromVariables = (variables: ReadonlyMap<string, unknown>): Sheet => {
  const path = (name: string) => `${envPrefix}_${name}`
  const recommended = new Map(spelled.map(({ env, key }) => [key, env]))
  const { found, strangers } = collect(({ variables }) => variables, (name) => variables.get(name), path)
  return {
    rows: [{
      id: "default",
      found,
      isOwn: () => true,
      pathOf: (key) => path(recommended.get(key) ?? key)
    }],
    idle: [],
    issues: [],
    strangers: [...strangers, ...Strangers.ofVariables([...variables.keys()])]
  }
}

type Fields = { readonly [name: string]: unknown }

const fieldsOf = (value: unknown): Option.Option<Fields> =>
  Predicate.isRecord(value) ? Option.some(value) : Option.none()

/** Own keys only: what every object inherits is nobody's setting. */
const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined)

/** `others` are names that are no settings and belong there all the same. */
const level = (fields: Fields, prefix: string, others: ReadonlyArray<string>): Level => {
  const { found, strangers } = collect(
    ({ spellings }) => spellings,
    (name) => own(fields, name),
    (name) => `${prefix}${name}`
  )
  return { found, strangers: [...strangers, ...Strangers.ofLevel(Object.keys(fields), prefix, others)] }
}

const plainId = /^[\p{L}\p{N}_-]+$/u

export const accountPath = (
  id: string
): string => (plainId.test(id) ? `accounts.${id}` : `accounts[${JSON.stringify(id)}]`)

const shapeIssue = (path: string, message: string): Sheet => ({
  rows: [],
  idle: [],
  issues: [{ path, message }],
  strangers: []
})

/** One account: the top level overlaid with the account's own keys. A null body is an empty one. */
const account = (top: ReadonlyMap<KeyName, Found>, id: string, body: unknown): Omit<Sheet, "idle"> => {
  const path = accountPath(id)
  const blank = id.trim() === "" ? [{ path, message: "has a blank name: every account needs an id" }] : []
  return Option.match(fieldsOf(body ?? {}), {
    onNone: () => ({
      rows: [],
      issues: [...blank, { path, message: `must be an object of settings, but is ${kindOf(body)}` }],
      strangers: []
    }),
    onSome: (fields) => {
      const { found: own, strangers } = level(fields, `${path}.`, [])
      const row: Row = {
        id,
        found: new Map([...top, ...own]),
        isOwn: (key) => own.has(key),
        pathOf: (key) => `${path}.${key}`
      }
      return { rows: [row], issues: blank, strangers }
    }
  })
}

/** The top level as an account of its own. */
const implicit = (top: ReadonlyMap<KeyName, Found>): Row => ({
  id: "default",
  found: top,
  isOwn: () => true,
  pathOf: (key) => key
})

const withAccounts = ({ found: top, strangers }: Level, accounts: unknown): Sheet => {
  const withDefault = top.has("appKey") && top.has("appSecret")
  return Option.match(fieldsOf(accounts), {
    onNone: () => ({
      rows: withDefault ? [implicit(top)] : [],
      idle: [implicit(top)],
      issues: [{
        path: "accounts",
        message: `must be an object that holds each account's settings under its id, but is ${kindOf(accounts)}`
      }],
      strangers
    }),
    onSome: (bodies) => {
      const sheets = Object.entries(bodies).map(([id, body]) => account(top, id, body))
      return {
        rows: [
          ...(withDefault && !Object.hasOwn(bodies, "default") ? [implicit(top)] : []),
          ...sheets.flatMap(({ rows }) => rows)
        ],
        idle: sheets.length === 0 || sheets.some(({ rows }) => rows.length === 0) ? [implicit(top)] : [],
        issues: sheets.flatMap(({ issues }) => issues),
        strangers: [...strangers, ...sheets.flatMap(({ strangers }) => strangers)]
      }
    }
  })
}

/** The settings as an object, a parsed JSON file say: top-level credentials, an `accounts` object, or both. */
export const fromObject = (input: unknown): Sheet =>
  Option.match(fieldsOf(input), {
    onNone: () => shapeIssue("", `the configuration must be an object, but is ${kindOf(input)}`),
    onSome: (fields) => {
      const top = level(fields, "", ["accounts", "webhooks"])
      const accounts = own(fields, "accounts")
      return isGiven(accounts) ? withAccounts(top, accounts) : {
        rows: [implicit(top.found)],
        idle: [],
        issues: [],
        strangers: top.strangers
      }
    }
  })
