/**
 * Names that are no setting: what stands there has no effect, and the nearest setting is what was probably meant.
 */
import { nearest } from "../../internal/text/nearest.ts"
import type { Issue } from "../Settings.ts"
import { quote } from "./found.ts"
import { envPrefix, spelled } from "./spelling.ts"

const joined = (name: string): string => name.toLowerCase().replace(/[-_.\s]/g, "")

/** Keys that configurations of this robot's predecessors have, and which nothing here needs. */
const legacy: ReadonlySet<string> = new Set(
  [
    "gatewayToken",
    "gatewayPassword",
    "token",
    "accessToken",
    "verificationToken",
    "encryptKey",
    "encodingAesKey",
    "aesKey"
  ]
    .map((name) => name.toLowerCase())
)

/** What people write comments and schemas as, for want of a place in JSON. */
const isRemark = (name: string): boolean => /^[$_#/]/.test(name)

const spellings = spelled.flatMap(({ spellings }) => spellings)

/** In words that the user would write it in: with underscores, or without. */
const meant = (name: string, names: ReadonlyArray<string>): string | undefined => {
  const plain = name.replace(/^dingtalk[-_.]?/i, "")
  const same = names.find((known) => joined(known) === joined(plain))
  return same ?? nearest(plain, names)
}

/** So many are told of by name; a section of another program's configuration may have hundreds. */
const most = 20

/** The unknown keys of one level, whose paths begin with the prefix. */
export const ofLevel = (
  keys: ReadonlyArray<string>,
  prefix: string,
  others: ReadonlyArray<string>
): ReadonlyArray<Issue> => {
  const names = [...spellings, ...others]
  const known = new Set(names)
  const strangers = keys.filter((key) => !known.has(key) && !legacy.has(joined(key)) && !isRemark(key))
  const told = strangers.slice(0, most).map((key) => {
    const name = meant(key, names)
    return {
      path: `${prefix}${/^[\p{L}\p{N}_-]+$/u.test(key) ? key : quote(key)}`,
      message: `is no setting${name === undefined ? "" : ` (is ${name} meant?)`}, and has no effect`
    }
  })
  return strangers.length > most
    ? [...told, { path: "", message: `${strangers.length - most} more keys are no settings, and have no effect` }]
    : told
}

const variables = spelled.flatMap(({ variables }) => variables)

/**
 * The variables, named without their prefix, that are nearly a setting's. Others are somebody else's: what begins like ours
 * need not be ours.
 */
export const ofVariables = (names: ReadonlyArray<string>): ReadonlyArray<Issue> =>
  names.flatMap((name) => {
    const near = variables.includes(name) ? undefined : meant(name, variables)
    return near === undefined || legacy.has(joined(name)) ? [] : [{
      path: `${envPrefix}_${name}`,
      message: `is no setting (is ${envPrefix}_${near} meant?), and has no effect`
    }]
  })
