/**
 * What a new configuration means for the accounts that run. Pure.
 *
 * @since 0.1.0
 */
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import type { AccountSettings, Settings } from "../config/Settings.ts"

/**
 * Account ids by what is to be done with them.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReloadPlan {
  /** Gone from the configuration. */
  readonly remove: ReadonlyArray<string>
  /** New in the configuration. */
  readonly add: ReadonlyArray<string>
  /** Changed: stopped and started with the new settings. */
  readonly restart: ReadonlyArray<string>
  /** The same as before: not touched. */
  readonly keep: ReadonlyArray<string>
}

/**
 * With a text that is equal for equal patterns, which `RegExp` itself is not, and the bare secret: to compare `Redacted`s
 * would leave a hash in each of them.
 */
const comparable = (settings: AccountSettings) => ({
  ...settings,
  appSecret: Redacted.value(settings.appSecret),
  mentionPatterns: settings.mentionPatterns.map(String)
})

const sameValue = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((item, i) => Equal.equals(item, b[i]))
    : Equal.equals(a, b)

/**
 * Whether two accounts' settings are the same in every respect.
 *
 * @since 0.1.0
 * @category decisions
 */
export const sameSettings = (a: AccountSettings, b: AccountSettings): boolean => {
  const left = new Map<string, unknown>(Object.entries(comparable(a)))
  const right = new Map<string, unknown>(Object.entries(comparable(b)))
  return left.size === right.size && [...left].every(([key, value]) => sameValue(value, right.get(key)))
}

/**
 * Compares two configurations.
 *
 * @since 0.1.0
 * @category decisions
 */
export const make = (before: Settings, after: Settings): ReloadPlan => {
  const both = [...after.accounts].flatMap(([id, now]) => {
    const old = before.accounts.get(id)
    return old === undefined ? [] : [{ id, isSame: sameSettings(old, now) }]
  })
  return {
    remove: [...before.accounts.keys()].filter((id) => !after.accounts.has(id)),
    add: [...after.accounts.keys()].filter((id) => !before.accounts.has(id)),
    restart: both.filter(({ isSame }) => !isSame).map(({ id }) => id),
    keep: both.filter(({ isSame }) => isSame).map(({ id }) => id)
  }
}
