/**
 * A configuration file as a form has it, and the file again. What the form does not know stays as it is. Pure.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Equal from "effect/Equal"
import * as Record from "effect/Record"
import type { KeyName } from "../../config/internal/keys.ts"
import { accountPath, countingName } from "../../config/internal/sheet.ts"
import { type Spelled, spelled } from "../../config/internal/spelling.ts"
import type { Issue } from "../../config/Settings.ts"
import type { Key, Level, Value } from "../../console/SetupProtocol.ts"
import { isRecord } from "../../internal/json.ts"
import type { Fields } from "../init/draft.ts"

const own = (fields: Fields, name: string): unknown => Object.hasOwn(fields, name) ? fields[name] : undefined

/** Under which name a key stands in an object, if it does. */
const nameIn = (fields: Fields, { spellings }: Spelled): string | undefined =>
  countingName(spellings, (name) => own(fields, name))

/** The name under which a key is written that is not there yet. */
const newName = (key: KeyName): string => key === "appKey" ? "clientId" : key === "appSecret" ? "clientSecret" : key

/**
 * The keys, for the form.
 *
 * @since 0.1.0
 * @category constants
 */
export const keys: ReadonlyArray<Key> = spelled.map(({ choices = [], default: default_, description, key, kind }) => ({
  name: key,
  kind,
  choices,
  default: default_,
  description
}))

/** A list that was written as a text. */
const itemsOf = (text: string): ReadonlyArray<string> =>
  text.split(",").map((item) => item.trim()).filter((item) => item !== "")

const textOf = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value) ?? ""

const onForm = ({ kind }: Spelled, value: unknown): Value => {
  if (kind !== "list") return textOf(value)
  return Array.isArray(value) ? value.map(textOf) : itemsOf(textOf(value))
}

const level = (id: string, was: string | undefined, fields: Fields): Level => {
  const found = spelled.flatMap((key) => {
    const name = nameIn(fields, key)
    return name === undefined ? [] : [[key, fields[name]] as const]
  })
  return {
    id,
    ...(was === undefined ? {} : { was }),
    values: Object.fromEntries(
      found.filter(([{ kind }]) => kind !== "secret").map(([key, value]) => [key.key, onForm(key, value)])
    ),
    hasSecret: found.some(([{ kind }]) => kind === "secret"),
    secret: { _tag: "Keep" }
  }
}

const accountsIn = (fields: Fields): Fields => {
  const accounts = own(fields, "accounts")
  return isRecord(accounts) ? accounts : {}
}

const bodyIn = (accounts: Fields, id: string | undefined): Fields => {
  const body = id === undefined ? undefined : own(accounts, id)
  return isRecord(body) ? body : {}
}

/**
 * What stands in a file: first what counts for all, then each account.
 *
 * @since 0.1.0
 * @category decoding
 */
export const levels = (fields: Fields): ReadonlyArray<Level> => {
  const accounts = accountsIn(fields)
  return [level("", "", fields), ...Object.keys(accounts).map((id) => level(id, id, bodyIn(accounts, id)))]
}

/** A value as it is best written in JSON; one that is not what it should be, as it is, for the validation to name it. */
const written = ({ kind }: Spelled, value: Value): unknown => {
  if (typeof value !== "string") return value
  const text = value.trim()
  if (kind === "flag" && (text === "true" || text === "false")) return text === "true"
  return kind === "number" && Number.isFinite(Number(text)) ? Number(text) : text
}

const isEmpty = (value: Value | undefined): boolean =>
  value === undefined || (typeof value === "string" ? value.trim() === "" : value.length === 0)

const without = (fields: Fields, names: ReadonlyArray<string>): Fields =>
  Record.filter(fields, (_, name) => !names.includes(name))

const sameValue = (a: Value, b: Value): boolean =>
  typeof a === "string" || typeof b === "string"
    ? a === b
    : Arr.getEquivalence(Equal.equals)(a, b)

/** An object with the values of the form; those that nobody changed stay as they are written. */
const filled = (fields: Fields, { secret, values }: Level, scanned: Scanned): Fields =>
  spelled.reduce((before, key) => {
    const name = nameIn(before, key)
    if (key.kind === "secret") {
      const given = secret._tag === "Typed" ? secret.text : secret._tag === "Scanned" ? scanned(secret.scan) : undefined
      return given === undefined ? before : { ...before, [name ?? newName(key.key)]: given.trim() }
    }
    const value = values[key.key]
    if (name !== undefined && value !== undefined && sameValue(onForm(key, before[name]), value)) return before
    if (value === undefined || isEmpty(value)) return name === undefined ? before : without(before, key.spellings)
    return { ...before, [name ?? newName(key.key)]: written(key, value) }
  }, fields)

/**
 * The secret that a scan has brought.
 *
 * @since 0.1.0
 * @category models
 */
export type Scanned = (scan: string) => string | undefined

/**
 * The file with what the form says. Accounts stand in the order of the form.
 *
 * @since 0.1.0
 * @category rendering
 */
export const apply = (fields: Fields, form: ReadonlyArray<Level>, scanned: Scanned = () => undefined): Fields => {
  const before = accountsIn(fields)
  const accounts = form.filter(({ was }) => was !== "")
  const top = form.find(({ was }) => was === "")
  const next = top === undefined ? fields : filled(fields, top, scanned)
  if (accounts.length === 0) return Object.keys(before).length === 0 ? next : without(next, ["accounts"])
  return {
    ...next,
    accounts: Object.fromEntries(accounts.map((level) => [level.id, filled(bodyIn(before, level.was), level, scanned)]))
  }
}

/**
 * Two accounts of one name: the file would hold but one of them.
 *
 * @since 0.1.0
 * @category decisions
 */
export const namesakes = (form: ReadonlyArray<Level>): ReadonlyArray<number> => {
  const ids = form.map(({ id, was }) => was === "" ? undefined : id)
  return ids.flatMap((id, i) => id !== undefined && ids.indexOf(id) < i ? [i] : [])
}

/**
 * Where on the form an issue belongs; nowhere if it is about the whole.
 *
 * @since 0.1.0
 * @category decisions
 */
export const placeOf = (
  form: ReadonlyArray<Level>
): (issue: Pick<Issue, "path">) => { readonly level?: number; readonly key?: string } => {
  const prefixes = form.map(({ id, was }) => was === "" ? "" : `${accountPath(id)}.`)
  const places = new Map(
    prefixes.flatMap((prefix, level) =>
      spelled.flatMap(({ key, spellings }) => spellings.map((name) => [`${prefix}${name}`, { level, key }] as const))
    )
  )
  const wholes = new Map(
    form.map(({ id, was }, level) => [was === "" ? "accounts" : accountPath(id), { level }] as const)
  )
  return ({ path }) => places.get(path) ?? wholes.get(path) ?? {}
}

/**
 * The text of a file, with the indentation that it has.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toText = (fields: Fields, before: string): string => {
  const indent = /\n([ \t]+)\S/.exec(before)?.[1] ?? 2
  return `${JSON.stringify(fields, undefined, indent)}\n`
}
